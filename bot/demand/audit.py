"""The attack that a publication must withstand: what can each cell have been, for somebody who holds all that was ever
published? Pure.

Only tables of one quarter have events in common (a late event counts in a month of its own), so everything ever
published falls apart into quarters, and a quarter's tables, its months' and its own, are one circulation of events
(network.py): theme -> need and region, through each month's cells by RLS -> language in the way or not -> language ->
region -> the whole -> each month's waits and doors -> asked before, by door -> age bands -> theme. Every published cell is
an arc with the bounds that it gives away by itself. The attack starts from the true counts, which the attacker does not
have: the candidates are the same from wherever one starts, and from there are found by integer steps.

Where the circulation does not hold two sums at once, the attack allows fewer worlds than there are (a change stays
within one month; an English cell's slack is shared between its two parts), so that it never calls safe what is not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from bot.demand.counts import TABLES, WRONG_LANGUAGE, Counts, region_of, theme_of
from bot.demand.event import REASONS
from bot.demand.network import ENDLESS, Arc, Network
from bot.demand.plan import ASKED_BEFORE, ENGLISH

__all__ = ["LEAST_CANDIDATES", "MANY", "Finding", "Inconsistent", "Known", "Place", "audit", "intersected"]

LEAST_CANDIDATES = 5  # counts that must stay possible behind every cell; behind a withheld one, 0 among them
MANY = 40  # findings after which something tells on the whole, and looking further is of no use

Place = tuple[str, str, tuple[str, ...]]  # table, period, cell


class Inconsistent(ValueError):
    """A count lies outside of what was published of it: these are not the counts behind the publications."""


@dataclass(frozen=True, slots=True)
class Known:
    """What one cell tells by itself: its count is from `low` to `high`. A withheld one must look as if it could be 0."""

    low: int
    high: int
    withheld: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A cell that tells too much: with everything else, its count is from `low` to `high`."""

    place: Place
    low: int
    high: int


def intersected(first: Known, second: Known) -> Known:
    """What two releases of the same cell tell together."""
    return Known(max(first.low, second.low), min(first.high, second.high), first.withheld and second.withheld)


@dataclass(frozen=True, slots=True)
class _Target:
    arcs: tuple[Arc, ...]
    count: int
    months: tuple[str, ...]


def audit(counts: Counts, months: tuple[str, ...], quarter: str, known: Mapping[Place, Known], *, most: int = MANY) -> list[Finding]:
    """The cells of one quarter's publications that keep fewer than LEAST_CANDIDATES counts, or that are withheld and
    cannot be 0, the first `most` of them. `known`: every published cell of the quarter and its months. Raises Inconsistent."""
    network, targets = _circulation(counts, months, quarter, known)
    findings = []
    for place, cell in known.items():
        target = targets.get(place)
        if target is None:
            raise Inconsistent(f"{place[0]} {place[1]} {place[2]}: not a cell of the attack")
        down = target.count - cell.low
        if not cell.withheld:
            down = min(down, LEAST_CANDIDATES - 1)
        down = network.reach(target.arcs, down, rise=False, layers=target.months)
        up = max(0, min(cell.high - target.count, LEAST_CANDIDATES - 1 - down))
        up = network.reach(target.arcs, up, rise=True, layers=target.months)
        low, high = target.count - down, target.count + up
        if high - low + 1 < LEAST_CANDIDATES or (cell.withheld and low > 0):
            findings.append(Finding(place, low, high))
            if len(findings) >= most:
                break
    return findings


class _Builder:
    """Adds arcs for cells, and remembers which arcs each cell is."""

    def __init__(self, known: Mapping[Place, Known], months: tuple[str, ...]) -> None:
        self.known, self.months = known, months
        self.network, self.targets = Network(), {}
        self.published = {place[:2] for place in known}

    def cell(self, tail: object, head: object, flow: int, table: str, period: str, cell: tuple[str, ...], months: tuple[str, ...]) -> None:
        """One cell as one arc; without bounds when its table is not published."""
        place = (table, period, cell)
        arc = self.network.add(Arc(tail, head, flow, *self._slack(place, flow)))
        self.targets[place] = _Target((arc,), flow, months)

    def passage(self, tail: object, head: object, flow: int = ENDLESS) -> None:
        """Nothing is known of it but that no count is negative."""
        self.network.add(Arc(tail, head, flow, flow, ENDLESS))

    def english(self, parts: tuple[tuple[object, object, int], tuple[object, object, int]], place: Place) -> None:
        """The cell of English, need and region: two arcs (language in the way or not) that share its slack."""
        gap, served = parts
        down, up = self._slack(place, gap[2] + served[2])
        served_down = min(served[2], down - min(gap[2], down // 2))
        gap_down = min(gap[2], down - served_down)
        halves = (ENDLESS, ENDLESS) if up >= ENDLESS else (up // 2, up - up // 2)
        arcs = (self.network.add(Arc(*gap, gap_down, halves[0])), self.network.add(Arc(*served, served_down, halves[1])))
        self.targets[place] = _Target(arcs, gap[2] + served[2], self.months)

    def _slack(self, place: Place, flow: int) -> tuple[int, int]:
        cell = self.known.get(place)
        if cell is None:
            if place[:2] in self.published and flow:
                raise Inconsistent(f"{place[0]} {place[1]} {place[2]}: events of a cell that was not published with its table")
            return flow, 0 if place[:2] in self.published else ENDLESS
        if not cell.low <= flow <= cell.high:
            raise Inconsistent(f"{place[0]} {place[1]} {place[2]}: the count is not what was published")
        return flow - cell.low, ENDLESS if cell.high >= ENDLESS else cell.high - flow


def _circulation(counts: Counts, months: tuple[str, ...], quarter: str, known: Mapping[Place, Known]) -> tuple[Network, dict[Place, _Target]]:
    builder = _Builder(known, months)
    margins = {name: counts.of_table(name, months) for name in TABLES if name not in ("need_by_territory", "doors", "waits")}
    monthly = {(name, month): counts.of_table(name, (month,)) for name in ("need_by_territory", "doors", "waits") for month in months}
    cells: dict[tuple[str, str], dict[tuple[str, ...], None]] = defaultdict(dict)
    for table, period, cell in known:
        cells[table, period][cell] = None
    for (table, period), found in [*monthly.items(), *(((name, quarter), margin) for name, margin in margins.items())]:
        for cell in found:
            cells[table, period].setdefault(cell)
    groups: dict[tuple[str, str], None] = {}
    for month in months:
        for need, territory in cells["need_by_territory", month]:
            groups.setdefault((need, region_of(territory)))
            middle = ("month", month, need, region_of(territory))
            builder.network.layer[middle] = month
            flow = monthly["need_by_territory", month][need, territory]
            builder.cell(("theme", theme_of(need)), middle, flow, "need_by_territory", month, (need, territory), (month,))
    for table in ("language_by_need_by_region", "reason_by_need_by_region"):
        for _, need, region in cells[table, quarter]:
            groups.setdefault((need, region))
    parts: Counter[tuple[str, str, bool, bool]] = Counter()  # need, region, English, language in the way
    for (month, need, territory, language, reason), count in counts.requests.items():
        if month in months:
            parts[need, region_of(territory), language == "en", reason == WRONG_LANGUAGE] += count
    for need, region in groups:
        _group(builder, need, region, quarter, parts, margins)
    _whole(builder, counts, quarter, margins, monthly, cells, {region for _, region in groups}, {theme_of(need) for need, _ in groups})
    return builder.network, builder.targets


def _group(builder: _Builder, need: str, region: str, quarter: str, parts: Counter, margins: Mapping) -> None:
    """One need in one region: from its months to its reasons, then its languages."""
    here, gap, other, french = (("group", stage, need, region) for stage in ("all", "gap", "other", "french"))
    for month in builder.months:
        middle = ("month", month, need, region)
        builder.network.layer[middle] = month
        builder.passage(middle, here)
        if ("need_by_territory", month) not in builder.published:
            builder.passage(("theme", theme_of(need)), middle, 0)
    for reason in REASONS:
        cell = (reason, need, region)
        builder.cell(here, gap if reason == WRONG_LANGUAGE else other, margins["reason_by_need_by_region"][cell],
                     "reason_by_need_by_region", quarter, cell, builder.months)
    unmet = sum(margins["reason_by_need_by_region"][reason, need, region] for reason in REASONS if reason != WRONG_LANGUAGE)
    flows = {key: parts[(need, region, *key)] for key in ((False, True), (False, False), (True, True), (True, False))}
    builder.passage(here, other, flows[False, False] + flows[True, False] - unmet)  # met: no cell of its own
    builder.passage(gap, french, flows[False, True])
    builder.passage(other, french, flows[False, False])
    builder.cell(french, ("region", "french", region), flows[False, True] + flows[False, False],
                 "language_by_need_by_region", quarter, ("fr", need, region), builder.months)
    builder.english(
        ((gap, ("region", "english_gap", region), flows[True, True]), (other, ("region", "english_served", region), flows[True, False])),
        ("language_by_need_by_region", quarter, ("en", need, region)),
    )


def _whole(builder: _Builder, counts: Counts, quarter: str, margins: Mapping, monthly: Mapping, cells: Mapping, regions: set[str], themes: set[str]) -> None:
    """Regions, the whole, then each month's waits and doors, asked before, and the age bands back to the themes."""
    for value in ENGLISH:
        for region in sorted(regions):
            builder.cell(("region", value, region), ("english", value), margins["english_by_region"][value, region],
                         "english_by_region", quarter, (value, region), builder.months)
        builder.cell(("english", value), "all", margins["english"][value,], "english", quarter, (value,), builder.months)
    doors = {cell[0] for month in builder.months for cell in cells["doors", month]} | {cell[1] for cell in cells["asked_before_by_door", quarter]}
    for month in builder.months:
        waited = ("waited", month)
        builder.network.layer[waited] = month
        for cell in cells["waits", month]:
            builder.cell("all", waited, monthly["waits", month][cell], "waits", month, cell, (month,))
        for cell in cells["doors", month]:
            builder.cell(waited, ("door", cell[0]), monthly["doors", month][cell], "doors", month, cell, (month,))
        if ("waits", month) not in builder.published:
            builder.passage("all", waited, 0)
        if ("doors", month) not in builder.published:
            for door in doors or {""}:
                builder.passage(waited, ("door", door), 0)
    for door in doors or {""}:
        for asked in ASKED_BEFORE:
            builder.cell(("door", door), "ages", margins["asked_before_by_door"][asked, door], "asked_before_by_door", quarter, (asked, door), builder.months)
    for cell in cells["age_band_by_theme", quarter]:
        builder.cell("ages", ("theme", cell[1]), margins["age_band_by_theme"][cell], "age_band_by_theme", quarter, cell, builder.months)
    if ("age_band_by_theme", quarter) not in builder.published:
        asked = Counter()
        for (_, need, *_rest), count in counts.requests.items():
            asked[theme_of(need)] += count
        for (_, theme), count in margins["age_band_by_theme"].items():
            asked[theme] -= count
        for theme in sorted(themes):
            builder.passage("ages", ("theme", theme), asked[theme])
