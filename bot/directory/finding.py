"""Looking for records as a maintainer does: every status, by words, numbers, places and what waits to be done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from threading import Lock

from sqlalchemy import Connection, Engine, select

from bot.directory import held, reports
from bot.directory import tables as t
from bot.directory.storage import current_version
from bot.directory.trust import STALE_DAYS, is_stale
from bot.places import normalise
from bot.store.engine import reading

__all__ = ["PAGE", "SHOWS", "Entry", "Finder", "Page"]

# What the list can show: everything, or what waits for somebody.
SHOWS = ("all", "reports", "review", "stale", "closed", "unverified", "inactive")
PAGE = 25


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
    organization: str
    city: str | None
    status: str
    checked_on: str | None
    closed_from: date | None
    closed_until: date | None
    needs: frozenset[str]
    plain: str


class Finder:
    """Holds the names of all records, read again when the directory changed. Safe to share between threads."""

    def __init__(self, engine: Engine, stale_days: int = STALE_DAYS) -> None:
        self._engine = engine
        self._stale_days = stale_days
        self._lock = Lock()
        self._version = -1
        self._known: list[_Known] = []
        self._plain: dict[str, str] = {}

    def find(self, language: str, today: date, text: str = "", show: str = "all", need: str | None = None, number: int = 1) -> Page:
        """The page `number` (from 1) of the records that hold every word of `text`, for `need` when it is given."""
        with reading(self._engine) as connection:
            known = self._current(connection)
            told, asked = reports.open_counts(connection), held.waiting(connection)
        wanted = normalise(text).split()
        digits = "".join(letter for letter in text if letter.isdigit())
        counts: Counter[str] = Counter()
        found = []
        for each in known:
            entry = self._entry(each, language, today, told, asked)
            kinds = _kinds(entry)
            counts.update(kinds)
            if show in kinds and (need is None or need in each.needs) and _holds(each.plain, wanted, digits):
                found.append(entry)
        found.sort(key=lambda one: (-one.reports, one.name) if show == "reports" else (one.checked_on or "", one.name) if show == "stale" else (0, normalise(one.name)))
        number = min(max(number, 1), max(1, -(-len(found) // PAGE)))
        return Page(found[(number - 1) * PAGE : number * PAGE], len(found), number, {name: counts[name] for name in SHOWS})

    def _entry(self, each: _Known, language: str, today: date, told: dict[str, int], asked: dict[str, int]) -> Entry:
        closed = (each.closed_from is not None or each.closed_until is not None) and (each.closed_until or date.max) >= today
        return Entry(each.id, each.en if language == "en" else each.fr, each.organization, each.city, each.status, each.checked_on,
                     is_stale(each.checked_on, today, self._stale_days), closed, told.get(each.id, 0), asked.get(each.id, 0))

    def _current(self, connection: Connection) -> list[_Known]:
        version = current_version(connection)
        with self._lock:
            if version != self._version:
                self._known, self._version = list(self._read(connection)), version
            return self._known

    def _read(self, connection: Connection) -> Iterable[_Known]:
        names: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        tr = t.translations.c
        for row in connection.execute(select(t.translations).where(tr.field == "name", tr.entity.in_(("service", "organization")))):
            names[row.entity, row.entity_id][row.language] = row.text
        places: defaultdict[str, list[str]] = defaultdict(list)
        at, address = t.service_at_locations, t.addresses
        joined = select(at.c.service_id, address.c.city, address.c.address_1).join(address, address.c.location_id == at.c.location_id)
        for row in connection.execute(joined.order_by(at.c.position)):
            places[row.service_id] += [part for part in (row.city, row.address_1) if part]
        numbers: defaultdict[str, list[str]] = defaultdict(list)
        for row in connection.execute(select(t.phones.c.service_id, t.phones.c.number)):
            numbers[row.service_id].append(row.number)
        needs: defaultdict[str, set[str]] = defaultdict(set)
        for row in connection.execute(select(t.attributes.c.link_id, t.attributes.c.taxonomy_term_id)):
            taxonomy, _, code = row.taxonomy_term_id.partition(":")
            if taxonomy == "need":
                needs[row.link_id].add(code)
        s, o = t.services.c, t.organizations.c
        columns = (s.id, s.name, s.status, s.verified_by, s.verified_on, s.source_date, s.closed_from, s.closed_until,
                   o.id.label("owner"), o.name.label("organization"))
        for row in connection.execute(select(*columns).join(t.organizations, o.id == s.organization_id).order_by(s.id)):
            own, theirs = names[("service", row.id)], names[("organization", row.owner)]
            words = " ".join([row.id, row.name, *own.values(), row.organization, *theirs.values(), *places[row.id]])
            if words not in self._plain:
                self._plain[words] = normalise(words)
            yield _Known(
                row.id, own.get("fr") or row.name, own.get("en") or row.name, row.organization, next(iter(places[row.id]), None), row.status,
                (row.verified_on if row.verified_by else None) or row.source_date, row.closed_from, row.closed_until,
                frozenset(needs[row.id]), f" {self._plain[words]} {' '.join(numbers[row.id])}",
            )


def _kinds(entry: Entry) -> list[str]:
    """Which of SHOWS an entry belongs to."""
    shown = entry.status == "active"
    tests = {"all": entry.status != "inactive", "reports": bool(entry.reports), "review": bool(entry.review), "stale": shown and entry.stale,
             "closed": shown and entry.closed, "unverified": entry.status == "unverified", "inactive": entry.status == "inactive"}
    return [name for name, holds in tests.items() if holds]


def _holds(plain: str, wanted: list[str], digits: str) -> bool:
    return all(f" {word}" in plain for word in wanted) or (len(digits) >= 3 and digits in plain.replace("+", ""))
