"""The gazetteer: every municipality of Quebec, Montréal's boroughs and districts, and what residents call them.

Read once from the packaged files (bot/places/data/README.md says where they come from). `index` maps a normalised
name to the keys it can mean; `level` tells how much context a name needs before it is taken for a place.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import yaml

from bot.places.centres import nearest_key
from bot.places.place import Found, Place, status_words
from bot.places.text import normalise

__all__ = ["EVERYDAY", "GUARDED", "PLAIN", "SAINT", "Gazetteer", "gazetteer"]

DATA = Path(__file__).parent / "data"
PLAIN, SAINT, GUARDED, EVERYDAY = 0, 1, 2, 3
#: Orders a part of a city (no population of its own in our sources) among municipalities of the same name; the
#: smallest borough of Montréal is of this size.
PART_POPULATION = 20_000
#: A short form ("Saint-Charles") stands for at most this many municipalities; more would not be a question to ask.
MOST_CANDIDATES = 5


class Gazetteer:
    """Places by key and by name. Immutable once built."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.index: dict[str, tuple[str, ...]] = {}
        self.level: dict[str, int] = {}
        self.regions: dict[str, str] = {}
        self.prefixes: dict[str, dict[str, str]] = {row["prefix"]: row for row in _rows("postal.csv")}
        self._parts: dict[str, list[Place]] = defaultdict(list)
        self._named: dict[str, list[str]] = defaultdict(list)
        self._codes_by_name: dict[str, list[str]] = defaultdict(list)
        aliases = yaml.load((DATA / "aliases.yml").read_text(encoding="utf-8"), Loader=_LOADER)
        self._read_municipalities()
        self._read_boroughs()
        self._read_sectors(aliases["sectors"])
        self._read_names(aliases["names"])
        self._add_variants()
        self._close(aliases)
        self.not_places = frozenset(normalise(name) for name in aliases["not_places"])
        self.ordinary = frozenset(normalise(name) for name in aliases["ordinary"])
        self.squashed = _squashed(self.index)
        self.first_words = frozenset(name.split()[0] for name in self.index if " " in name)

    # -- reading -------------------------------------------------------------------------------------------------

    def _read_municipalities(self) -> None:
        rows = _rows("municipalities.csv")
        twins = _notes(rows)
        for row in rows:
            place = Place(
                row["code"], row["code"], row["name"], row["mrc"], row["rls"] or None, row["rss"],
                float(row["lat"]), float(row["lon"]), int(row["population"]), "municipality",
                note=twins.get(row["code"], ("", "")),
            )
            self.places[place.key] = place
            self._codes_by_name[place.name].append(place.code)
            self._name(place.name, place.key)
            self.regions[row["code"]] = normalise(row["region"])

    def _read_boroughs(self) -> None:
        whole: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in _rows("boroughs.csv"):
            whole[row["borough"]].append(row)
        for borough, rows in whole.items():
            city = self.places[rows[0]["code"]]
            rls = {row["rls"] for row in rows}
            self._part(city, borough, borough, "borough", _middle(rows), _one(rls))
            for row in rows:
                if row["district"]:
                    part = row["district"]
                    self._part(city, borough, part, "district", _middle([row]), _one({row["rls"]}))

    def _read_sectors(self, sectors: dict[str, dict[str, list[str]]]) -> None:
        for code, parts in sectors.items():
            for part, prefixes in parts.items():
                rows = [self.prefixes[prefix] for prefix in prefixes]
                city = self.places[code]
                self._part(city, city.name, part, "sector", _middle(rows), _one({row["rls"] for row in rows}))

    def _part(self, city: Place, name: str, part: str, kind: str, at: tuple[float, float], rls: str | None) -> None:
        key = f"{city.code}:{slug(part)}"
        place = replace(
            city, key=key, name=name, rls=rls or city.rls, lat=at[0], lon=at[1], population=0, kind=kind, part=part,
            note=(city.name, city.name),
        )
        self.places[key] = place
        self._parts[city.code].append(place)
        self._name(part, key)

    def _read_names(self, names: dict[str, str | list[str]]) -> None:
        for name, targets in names.items():
            for target in [targets] if isinstance(targets, str) else targets:
                self._name(name, self._key(target, name))

    def _key(self, target: str, name: str) -> str:
        if target in self.places:
            return target
        codes = self._codes_by_name.get(target, [])
        if len(codes) != 1:
            raise ValueError(f"aliases.yml: {name!r} -> {target!r} is not one place")
        return codes[0]

    def _name(self, name: str, key: str) -> None:
        norm = normalise(name)
        if key not in self._named[norm]:
            self._named[norm].append(key)

    def _add_variants(self) -> None:
        """Spellings that follow a rule: aux Cèdres, Mt-Laurier, Saint-Félix for Saint-Félix-de-Valois."""
        short: dict[str, list[str]] = defaultdict(list)
        for norm, keys in list(self._named.items()):
            for variant in _variants(norm):
                if variant not in self._named:
                    self._named[variant] = list(keys)
            first = norm.split()
            if len(first) > 3 and first[0] in ("saint", "sainte") and first[2] in _LINKS:
                short[" ".join(first[:2])].extend(keys)
        for norm, keys in short.items():
            if norm not in self._named:
                self._named[norm] = keys

    def _close(self, aliases: dict[str, list[str]]) -> None:
        for norm, keys in self._named.items():
            inhabited = [key for key in keys if self._size(key) > 0] or keys
            ordered = sorted(dict.fromkeys(inhabited), key=lambda key: -self._size(key))
            self.index[norm] = tuple(ordered[:MOST_CANDIDATES])
        everyday = {normalise(name) for name in aliases["everyday"]}
        guarded = {normalise(name) for name in aliases["guarded"]}
        for norm in self.index:
            first, *rest = norm.split()
            if norm in everyday:
                self.level[norm] = EVERYDAY
            elif norm in guarded or len(norm) <= 3:
                self.level[norm] = GUARDED
            else:
                self.level[norm] = SAINT if first in ("saint", "sainte") and len(rest) == 1 else PLAIN

    def _size(self, key: str) -> int:
        place = self.places[key]
        return place.population if place.kind == "municipality" else PART_POPULATION

    # -- asking --------------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """Normalised names, aliases and variants, for a matcher; and the names that hold one and are no place."""
        return [*self.index, *self.not_places]

    def by_key(self, key: str) -> Place:
        """The place of a key that by_key, find_places or lookup gave. Raises KeyError."""
        place = self.places.get(key)
        if place is None:
            code, _, prefix = key.partition(":")
            if prefix not in self.prefixes:
                raise KeyError(key)
            place = self.in_prefix(code, prefix)
        return place

    def in_prefix(self, code: str, prefix: str) -> Place:
        """The part of a city that a postal prefix covers, with the prefix's centre and RLS. Raises KeyError."""
        city, row = self.places[code], self.prefixes[prefix]
        for part in self._parts.get(code, ()):
            if prefix in self.part_prefixes.get(part.key, ()):
                return replace(part, rls=row["rls"] or part.rls)
        if city.rls is not None:
            return city
        return replace(
            city, key=f"{code}:{prefix}", rls=row["rls"] or None, lat=float(row["lat"]), lon=float(row["lon"]),
            population=0, kind="prefix", part=city.name, note=(prefix, prefix),
        )

    @property
    def part_prefixes(self) -> dict[str, tuple[str, ...]]:
        """Key of a district, or of a borough without districts -> its postal prefixes."""
        return _part_prefixes()

    def boroughs(self, code: str) -> list[Place]:
        """The boroughs of a city in alphabetical order; none outside Montréal."""
        return sorted((p for p in self._parts.get(code, ()) if p.kind == "borough"), key=lambda p: slug(p.name))

    def lookup(self, text: str) -> Found:
        """A whole answer or argument: exact name, alias, postal code or prefix, or a name with typos."""
        from bot.places.mentions import find_places  # which reads this module

        return find_places(text, answer=True)

    def nearest(self, lat: float, lon: float) -> Place | None:
        """The place whose centre is nearest to a location in degrees; None when all are over 250 km away."""
        key = nearest_key(self, lat, lon)
        return None if key is None else self.by_key(key)

    def in_territory(self, rls: str) -> list[Place]:
        """Municipalities and parts of cities whose RLS is `rls`, in alphabetical order."""
        return sorted((place for place in self.places.values() if place.rls == rls), key=lambda p: slug(p.part or p.name))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The one gazetteer, read at the first call (about 0.1 s)."""
    return Gazetteer()


def slug(name: str) -> str:
    return normalise(name).replace(" ", "-")


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINKS = {"de", "d", "du", "des", "sur", "en", "aux", "la", "le", "l"}


def _variants(norm: str) -> list[str]:
    article, _, rest = norm.partition(" ")
    if article in ("le", "les") and rest:
        heads = ("au", "du") if article == "le" else ("aux", "des")
        return [f"{head} {rest}" for head in heads] + ([rest] if " " in rest else [])
    if article == "mont" and rest:
        return [f"mt {rest}"]
    return []


def _squashed(index: dict[str, tuple[str, ...]]) -> dict[int, dict[str, str]]:
    """Names without spaces by length, for typos: length -> squashed -> name."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for norm in index:
        squashed = norm.replace(" ", "")
        found[len(squashed)].setdefault(squashed, norm)
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _notes(rows: list[dict[str, str]]) -> dict[str, tuple[str, str]]:
    """What tells two municipalities of one name apart: the MRC, or the status where they share it."""
    named: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        named[row["name"]].append(row)
    notes = {}
    for group in named.values():
        if len(group) > 1:
            same_mrc = len({row["mrc"] for row in group}) == 1
            for row in group:
                notes[row["code"]] = status_words(row["status"]) if same_mrc else (row["mrc"], row["mrc"])
    return notes


def _one(rls: set[str]) -> str | None:
    """The RLS when there is exactly one ("0653 0652" are two)."""
    only = rls.pop() if len(rls) == 1 else ""
    return only if only and " " not in only else None


def _middle(rows: list[dict[str, str]]) -> tuple[float, float]:
    count = len(rows)
    return sum(float(row["lat"]) for row in rows) / count, sum(float(row["lon"]) for row in rows) / count


@lru_cache(maxsize=1)
def _part_prefixes() -> dict[str, tuple[str, ...]]:
    rows = _rows("boroughs.csv")
    return {f"{row['code']}:{slug(row['district'] or row['borough'])}": tuple(row["prefixes"].split()) for row in rows}
