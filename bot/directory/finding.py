"""Looking for records as a maintainer does: every status, by words, numbers, places and what waits to be done."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, select

from bot.directory import held, reports
from bot.directory import tables as t
from bot.directory.storage import current_version
from bot.directory.trust import STALE_DAYS, is_stale
from bot.store.engine import reading

__all__ = ["PAGE", "SHOWS", "Entry", "Finder", "Page"]

# What the list can show: everything, or what waits for somebody.
SHOWS = ("all", "reports", "review", "stale", "closed", "unverified", "inactive")
PAGE = 25
# Up to so many records that changed are read again by themselves, more with all the others.
MOST_AGAIN = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. checked_on: as Service.checked_on; stale, closed: on the day of the search."""

    id: str
    name: str
    organization: str
    city: str | None
    status: str
    checked_on: str | None
    stale: bool
    closed: bool
    reports: int
    review: int


@dataclass(frozen=True, slots=True)
class Page:
    """entries: one page of what was found. counts: how many records each of SHOWS has, whatever was looked for."""

    entries: list[Entry]
    found: int
    number: int
    counts: dict[str, int]

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // PAGE))


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    fr: str
    en: str
    sorted_fr: str
    sorted_en: str
    organization: str
    city: str | None
    status: str
    checked_on: str | None
    closed_from: date | None
    closed_until: date | None
    needs: frozenset[str]
    plain: str


class Finder:
    """Holds the names of all records; those that changed since are read again at the next search. Safe to share between
    threads."""

    def __init__(self, engine: Engine, stale_days: int = STALE_DAYS) -> None:
        self._engine = engine
        self._stale_days = stale_days
        self._lock = Lock()
        self._version = -1
        self._known: dict[str, _Known] = {}
        self._stamps: dict[str, datetime] = {}

    def find(self, language: str, today: date, text: str = "", show: str = "all", need: str | None = None, number: int = 1) -> Page:
        """The page `number` (from 1) of the records that hold every word of `text`, for `need` when it is given."""
        with reading(self._engine) as connection:
            known = self._current(connection)
            told, asked = reports.open_counts(connection), held.waiting(connection)
        wanted = _plain(text).split()
        digits = "".join(letter for letter in text if letter.isdigit())
        counts: Counter[str] = Counter()
        found: list[tuple[Any, Entry]] = []
        for each in known:
            entry = self._entry(each, language, today, told, asked)
            kinds = _kinds(entry)
            counts.update(kinds)
            if show in kinds and (need is None or need in each.needs) and _holds(each.plain, wanted, digits):
                first: Any = -entry.reports if show == "reports" else entry.checked_on or "" if show == "stale" else 0
                found.append(((first, each.sorted_en if language == "en" else each.sorted_fr, each.id), entry))
        found.sort(key=lambda one: one[0])
        number = min(max(number, 1), max(1, -(-len(found) // PAGE)))
        page = [entry for _, entry in found[(number - 1) * PAGE : number * PAGE]]
        return Page(page, len(found), number, {name: counts[name] for name in SHOWS})

    def _entry(self, each: _Known, language: str, today: date, told: dict[str, int], asked: dict[str, int]) -> Entry:
        closed = (each.closed_from is not None or each.closed_until is not None) and (each.closed_until or date.max) >= today
        return Entry(each.id, each.en if language == "en" else each.fr, each.organization, each.city, each.status, each.checked_on,
                     is_stale(each.checked_on, today, self._stale_days), closed, told.get(each.id, 0), asked.get(each.id, 0))

    def _current(self, connection: Connection) -> list[_Known]:
        version = current_version(connection)
        with self._lock:
            if version != self._version:
                stamps = {row.id: row.updated_at for row in connection.execute(select(t.services.c.id, t.services.c.updated_at))}
                changed = [key for key, stamp in stamps.items() if self._stamps.get(key) != stamp]
                again = changed if len(changed) <= MOST_AGAIN else None
                read = {each.id: each for each in self._read(connection, again)}
                self._known = read if again is None else {**self._known, **read}
                self._version, self._stamps = version, stamps
            return list(self._known.values())

    def _read(self, connection: Connection, ids: list[str] | None) -> Iterable[_Known]:
        """Of the services `ids`, or of all."""
        def among(query: Any, column: Any) -> Any:
            return query if ids is None else query.where(column.in_(ids))

        names: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        tr = t.translations.c
        owners = select(t.services.c.organization_id).where(t.services.c.id.in_(ids or ()))
        for entity, of_these in (("service", ids or ()), ("organization", owners)):
            query = select(t.translations).where(tr.field == "name", tr.entity == entity)
            for row in connection.execute(query if ids is None else query.where(tr.entity_id.in_(of_these))):
                names[row.entity, row.entity_id][row.language] = row.text
        places: defaultdict[str, list[str]] = defaultdict(list)
        at, address = t.service_at_locations, t.addresses
        joined = select(at.c.service_id, address.c.city, address.c.address_1).join(address, address.c.location_id == at.c.location_id)
        for row in connection.execute(among(joined.order_by(at.c.position), at.c.service_id)):
            places[row.service_id] += [part for part in (row.city, row.address_1) if part]
        numbers: defaultdict[str, list[str]] = defaultdict(list)
        for row in connection.execute(among(select(t.phones.c.service_id, t.phones.c.number), t.phones.c.service_id)):
            numbers[row.service_id].append(row.number)
        needs: defaultdict[str, set[str]] = defaultdict(set)
        for row in connection.execute(among(select(t.attributes.c.link_id, t.attributes.c.taxonomy_term_id), t.attributes.c.link_id)):
            taxonomy, _, code = row.taxonomy_term_id.partition(":")
            if taxonomy == "need":
                needs[row.link_id].add(code)
        s, o = t.services.c, t.organizations.c
        columns = (s.id, s.name, s.status, s.verified_by, s.verified_on, s.source_date, s.closed_from, s.closed_until,
                   o.id.label("owner"), o.name.label("organization"))
        for row in connection.execute(among(select(*columns).join(t.organizations, o.id == s.organization_id), s.id)):
            own, theirs = names[("service", row.id)], names[("organization", row.owner)]
            words = " ".join([row.id, row.name, *own.values(), row.organization, *theirs.values(), *places[row.id]])
            fr, en = own.get("fr") or row.name, own.get("en") or row.name
            yield _Known(
                row.id, fr, en, _plain(fr), _plain(en), row.organization, next(iter(places[row.id]), None), row.status,
                (row.verified_on if row.verified_by else None) or row.source_date, row.closed_from, row.closed_until,
                frozenset(needs[row.id]), f" {_plain(words)} {' '.join(numbers[row.id])}",
            )


def _plain(text: str) -> str:
    """Words without accents, capitals and signs, St and Ste opened: as bot.places.normalise, at a tenth of its cost for
    100,000 records."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("’", " ").replace("–", " ")).encode("ascii", "ignore").translate(_LETTERS).decode()
    return " ".join(_OPENED.get(word, word) for word in bare.split())


_LETTERS = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))
_OPENED = {"st": "saint", "ste": "sainte"}


def _kinds(entry: Entry) -> list[str]:
    """Which of SHOWS an entry belongs to."""
    shown = entry.status == "active"
    tests = {"all": entry.status != "inactive", "reports": bool(entry.reports), "review": bool(entry.review), "stale": shown and entry.stale,
             "closed": shown and entry.closed, "unverified": entry.status == "unverified", "inactive": entry.status == "inactive"}
    return [name for name, holds in tests.items() if holds]


def _holds(plain: str, wanted: list[str], digits: str) -> bool:
    return all(f" {word}" in plain for word in wanted) or (len(digits) >= 3 and digits in plain.replace("+", ""))
