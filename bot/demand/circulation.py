"""How all published tables hang together: one circulation of events a quarter, every published cell an arc of it. Pure.

    theme -> need and region, through each month's cells by RLS -> language in the way or not -> language -> region ->
    half-year's English -> the whole -> each month's waits, then doors -> asked before, by door -> channel -> service ->
    age band -> for whom -> theme

An arc has the bounds that its cell gives away by itself; what no table publishes is a passage without bounds. Labels that
no table joins (a door and an age, say) may go together in any way, so that the circulation holds every world there is.

Where it cannot hold two sums at once it holds fewer worlds than there are (a change stays within one month; two arcs that
make one cell share its slack), so that the attack never calls safe what is not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.demand.counts import WRONG_LANGUAGE, Counts, region_of, theme_of
from bot.demand.event import REASONS
from bot.demand.months import half_of, quarter_of
from bot.demand.network import ENDLESS, Arc, Network
from bot.demand.plan import ENGLISH, LISTED, NO_DOOR, load_plan

__all__ = ["FREED", "LANGUAGE", "NEED", "REASON", "Inconsistent", "Known", "Line", "Place", "Target", "circulation", "line_of"]

Place = tuple[str, str, tuple[str, ...]]  # table, period, cell
Line = tuple[str, str, tuple[str, ...]]  # table, period, what the cells of the line share: nothing for a whole table
Ends = tuple[object, object, int]  # tail, head, flow

NEED, LANGUAGE, REASON = "need_by_territory", "language_by_need_by_region", "reason_by_need_by_region"
FREED = frozenset({"fr"})  # languages whose cell may be missing in its table: the rest of a total


class Inconsistent(ValueError):
    """A count lies outside of what was published of it: these are not the counts behind the publications."""


@dataclass(frozen=True, slots=True)
class Known:
    """What one cell tells by itself: its count is from `low` to `high`. A withheld one must look as if it could be 0."""

    low: int
    high: int
    withheld: bool


@dataclass(frozen=True, slots=True)
class Target:
    """The arcs that make a cell, its count, and the months that its events are of."""

    arcs: tuple[Arc, ...]
    count: int
    months: tuple[str, ...]


def line_of(place: Place) -> Line:
    """What is withheld together: a need and region's reasons, one cell by language, any other table as a whole."""
    table, period, cell = place
    return table, period, cell[1:] if table == REASON else cell if table == LANGUAGE else ()


def circulation(counts: Counts, months: tuple[str, ...], known: Mapping[Place, Known]) -> tuple[Network, dict[Place, Target]]:
    """The network of these months (one, a quarter's, or a half-year's) and the arcs of every cell. Raises Inconsistent."""
    cells: dict[tuple[str, str], dict[tuple[str, ...], None]] = defaultdict(dict)
    for table, period, cell in known:
        cells[table, period][cell] = None
    network = Network()
    targets: dict[Place, Target] = {}
    halves: dict[Place, list[Ends]] = defaultdict(list)
    for quarter in dict.fromkeys(map(quarter_of, months)):
        _Quarter(network, targets, counts, tuple(month for month in months if quarter_of(month) == quarter), quarter, known, cells, halves).build()
    for place, ends in halves.items():
        _shared(network, targets, known, place, ends, months)
    return network, targets


def _slack(known: Mapping[Place, Known], published: bool, place: Place, flow: int) -> tuple[int, int]:
    """How far a cell's count may fall and rise by what is known of it alone."""
    cell = known.get(place)
    if cell is None:
        free = not published or (place[0] == LANGUAGE and place[2][0] in FREED)
        if not free and flow:
            raise Inconsistent(f"{place[0]} {place[1]} {place[2]}: events of a cell that was not published with its table")
        return flow, ENDLESS if free else 0
    if not cell.low <= flow <= cell.high:
        raise Inconsistent(f"{place[0]} {place[1]} {place[2]}: the count is not what was published")
    return flow - cell.low, ENDLESS if cell.high >= ENDLESS else cell.high - flow


def _shared(network: Network, targets: dict[Place, Target], known: Mapping[Place, Known], place: Place, ends: list[Ends], months: tuple[str, ...]) -> None:
    """Several arcs that make one cell: for the others' moves they share its slack."""
    count = sum(flow for _, _, flow in ends)
    down, up = _slack(known, place in known, place, count)
    arcs, rest = [], count
    for left, (tail, head, flow) in zip(range(len(ends), 0, -1), ends, strict=True):
        rest -= flow  # what the arcs after this one can fall by
        fall = min(flow, max(-(-down // left), down - rest))
        rise = ENDLESS if up >= ENDLESS else -(-up // left)
        down, up = down - fall, up if up >= ENDLESS else up - rise
        arcs.append(network.add(Arc(tail, head, flow, fall, rise)))
    if place in known:
        targets[place] = Target(tuple(arcs), count, months)


class _Quarter:
    """Adds the arcs of one quarter."""

    def __init__(self, network: Network, targets: Any, counts: Counts, months: Any, quarter: str, known: Any, cells: Any, halves: Any) -> None:
        self.network, self.targets, self.counts, self.months, self.quarter = network, targets, counts, months, quarter
        self.known, self.cells, self.halves, self.half = known, cells, halves, half_of(months[0])

    def build(self) -> None:
        self.margins = {name: self.counts.of_table(name, self.months) for name, table in load_plan().tables.items() if table.period != "month"}
        self.groups: dict[tuple[str, str], None] = {}
        for month in self.months:
            self._needs(month)
        for _, need, region in (*self.cells[LANGUAGE, self.quarter], *self.cells[REASON, self.quarter]):
            self.groups.setdefault((need, region))
        parts: Counter[tuple[str, str, bool, bool]] = Counter()  # need, region, English, language in the way
        for (month, need, territory, language, reason), count in self.counts.requests.items():
            if month in self.months:
                parts[need, region_of(territory), language == "en", reason == WRONG_LANGUAGE] += count
        for need, region in self.groups:
            self._group(need, region, parts)
        self._english()
        for month in self.months:
            self._month(month)
        self._doors()
        self._once("channels", "asked", "channelled")
        self._once(LISTED, "channelled", "sent")
        self._themes()

    # One arc for a cell, or a passage for what no table says

    def _cell(self, tail: object, head: object, flow: int, table: str, period: str, cell: tuple[str, ...], months: tuple[str, ...] | None = None) -> None:
        place = (table, period, cell)
        arc = self.network.add(Arc((self.quarter, tail), (self.quarter, head), flow, *_slack(self.known, bool(self.cells[table, period]), place, flow)))
        if place in self.known:
            self.targets[place] = Target((arc,), flow, months or self.months)

    def _passage(self, tail: object, head: object, flow: int = ENDLESS) -> None:
        self.network.add(Arc((self.quarter, tail), (self.quarter, head), flow, flow, ENDLESS))

    def _layered(self, node: object, month: str) -> object:
        self.network.layer[self.quarter, node] = month
        return node

    # The stages, in the order of the circulation

    def _needs(self, month: str) -> None:
        found = self.counts.of_table(NEED, (month,))
        for need, territory in dict.fromkeys((*self.cells[NEED, month], *found)):
            region = region_of(territory)
            self.groups.setdefault((need, region))
            middle = self._layered(("month", month, need, region), month)
            self._cell(("theme", theme_of(need)), middle, found[need, territory], NEED, month, (need, territory), (month,))

    def _group(self, need: str, region: str, parts: Counter[Any]) -> None:
        """One need in one region: from its months to its reasons, then its languages."""
        here, gap, other = (("group", stage, need, region) for stage in ("all", "gap", "other"))
        for month in self.months:
            self._passage(self._layered(("month", month, need, region), month), here)
        reasons = self.margins[REASON]
        for reason in REASONS:
            cell = (reason, need, region)
            self._cell(here, gap if reason == WRONG_LANGUAGE else other, reasons[cell], REASON, self.quarter, cell)
        unmet = sum(reasons[reason, need, region] for reason in REASONS if reason != WRONG_LANGUAGE)
        flows = {key: parts[(need, region, *key)] for key in ((False, True), (False, False), (True, True), (True, False))}
        self._passage(here, other, flows[False, False] + flows[True, False] - unmet)  # met: no cell of its own
        french = ("group", "french", need, region)
        self._passage(gap, french, flows[False, True])
        self._passage(other, french, flows[False, False])
        self._cell(french, "all", flows[False, True] + flows[False, False], LANGUAGE, self.quarter, ("fr", need, region))
        ends: list[Ends] = [((self.quarter, tail), (self.quarter, ("region", value, region)), flows[True, value == "english_gap"])
                for tail, value in ((gap, "english_gap"), (other, "english_served"))]
        _shared(self.network, self.targets, self.known, (LANGUAGE, self.quarter, ("en", need, region)), ends, self.months)

    def _english(self) -> None:
        """The half-year's English: arcs of both quarters make one cell."""
        regional, whole = self.margins["english_by_region"], self.margins["english"]
        for value in ENGLISH:
            for region in sorted({region for _, region in self.groups}):
                self.halves["english_by_region", self.half, (value, region)].append(
                    ((self.quarter, ("region", value, region)), (self.quarter, ("english", value)), regional[value, region]))
            self.halves["english", self.half, (value,)].append(((self.quarter, ("english", value)), (self.quarter, "all"), whole[value,]))

    def _month(self, month: str) -> None:
        waited = self._layered(("waited", month), month)
        for name, head in (("waits", lambda value: waited), ("doors", lambda value: ("door", value))):
            tail, found = ("all" if name == "waits" else waited), self.counts.of_table(name, (month,))
            for cell in dict.fromkeys((*self.cells[name, month], *found)):
                self._cell(tail, head(cell[0]), found[cell], name, month, cell, (month,))
            if not self.cells[name, month]:
                self._passage(tail, head(NO_DOOR), 0)

    def _doors(self) -> None:
        asked, through = self.margins["asked_before_by_door"], self.counts.of_table("doors", self.months)
        monthly = (cell for month in self.months for cell in self.cells["doors", month])
        by_door = (cell[1:] for cell in (*self.cells["asked_before_by_door", self.quarter], *asked))
        for (door,) in dict.fromkeys(((NO_DOOR,), *through, *monthly, *by_door)):
            said = 0
            for cell in (("yes", door), ("no", door)):
                said += asked[cell]
                self._cell(("door", door), "asked", asked[cell], "asked_before_by_door", self.quarter, cell)
            self._passage(("door", door), "asked", through[door,] - said)

    def _once(self, table: str, tail: object, head: object) -> None:
        """A table of all events by one label."""
        for cell in dict.fromkeys((*self.cells[table, self.quarter], *self.margins[table])):
            self._cell(tail, head, self.margins[table][cell], table, self.quarter, cell)
        if table == LISTED or not self.cells[table, self.quarter]:
            # A directory holds far more services than are listed, and each may hide as many as the threshold.
            self._passage(tail, head, 0)

    def _themes(self) -> None:
        """Back to the themes: by age band where it is said, then for somebody else or not."""
        asked: Counter[str] = Counter()
        for (need, _), count in self.counts.of_table(NEED, self.months).items():
            asked[theme_of(need)] += count
        ages, others = self.margins["age_band_by_theme"], self.margins["for_other_by_theme"]
        said: Counter[str] = Counter()
        for cell in dict.fromkeys((*self.cells["age_band_by_theme", self.quarter], *ages)):
            said[cell[1]] += ages[cell]
            self._cell("sent", ("themed", cell[1]), ages[cell], "age_band_by_theme", self.quarter, cell)
        for theme in dict.fromkeys(theme_of(need) for need, _ in self.groups):
            self._passage("sent", ("themed", theme), asked[theme] - said[theme])
            self._cell(("themed", theme), ("theme", theme), others["yes", theme], "for_other_by_theme", self.quarter, ("yes", theme))
            self._passage(("themed", theme), ("theme", theme), asked[theme] - others["yes", theme])


