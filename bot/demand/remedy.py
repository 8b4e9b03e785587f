"""What to withhold besides, when the attack finds a cell that tells too much. Pure.

A whole line of the tables by need and region is withheld at a time, so that it adds up to nothing that helps: afterwards
each of its cells may be the large one. The other tables repeat a total in their own way, and a large cell of theirs
could not look like 0: they are left out whole for the period. Tables published earlier never change.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.demand.audit import MANY, Finding, Inconsistent, Known, Place, audit
from bot.demand.counts import Counts
from bot.demand.network import ENDLESS

__all__ = ["LINED", "Refused", "line_of", "withhold_until_safe"]

Line = tuple[str, str, tuple[str, ...]]  # table, period, what the cells of the line share: nothing for a whole table
LINED = ("language_by_need_by_region", "reason_by_need_by_region")
_TOTALS = ("english_by_region", "asked_before_by_door", "age_band_by_theme", "doors", "waits", "english")  # the first to go
_BY_NEED = ("need_by_territory", *LINED)


class Refused(ValueError):
    """The attack succeeds whatever is withheld: nothing is published, and somebody must look."""


def line_of(place: Place) -> Line:
    """The line that a cell is in: need and region, or its whole table."""
    table, period, cell = place
    return table, period, cell[1:] if table in LINED else ()


def withhold_until_safe(
    counts: Counts, months: tuple[str, ...], quarter: str, known: Mapping[Place, Known], today: set[tuple[str, str]]
) -> set[Line]:
    """The lines to withhold besides and the tables to leave out, so that the attack finds nothing. `today`: the (table,
    period) being published, the only ones of which something may still be withheld. Raises Refused."""
    cells = dict(known)
    lines: dict[Line, list[Place]] = {}
    for place in known:
        if place[:2] in today and place[0] != "need_by_territory":
            lines.setdefault(line_of(place), []).append(place)
    withheld: set[Line] = set()
    while True:
        try:
            findings = audit(counts, months, quarter, cells)
        except Inconsistent as error:
            raise Refused(f"{quarter}: {error}") from None
        if not findings:
            return withheld - _given_back(counts, months, quarter, known, cells, lines, withheld)
        chosen = {_choice(finding, lines, withheld, many=len(findings) >= MANY) for finding in findings}
        if len({line for line in chosen if line[0] not in LINED}) > 1:  # one total at a time may be enough
            chosen = {min(chosen, key=lambda line: _TOTALS.index(line[0]) if line[0] in _TOTALS else len(_TOTALS))}
        for line in chosen:
            for place in lines[line]:
                if line[0] in LINED:
                    cells[place] = Known(0, ENDLESS, True)
                else:
                    del cells[place]
        withheld |= chosen


def _given_back(
    counts: Counts, months: tuple[str, ...], quarter: str, known: Mapping[Place, Known], cells: dict[Place, Known],
    lines: Mapping[Line, list[Place]], withheld: set[Line],
) -> set[Line]:
    """Tables that were left out on the way, and need not have been: with them the attack still finds nothing."""
    back: set[Line] = set()
    for line in sorted((line for line in withheld if line[0] not in LINED), key=lambda line: -_TOTALS.index(line[0])):
        tried = cells | {place: known[place] for place in lines[line]}
        if not audit(counts, months, quarter, tried, most=1):
            cells = tried
            back.add(line)
    return back


def _choice(finding: Finding, lines: Mapping[Line, object], withheld: set[Line], *, many: bool) -> Line:
    """What is likely to tell on this cell: its own line, the lines of its need and region, then the totals; these first
    when many cells tell too much, for then a total is known too well."""
    table, _, cell = finding.place
    group = cell[1:] if table in LINED else (cell[0], cell[1][:2] if cell[1].isdigit() else cell[1]) if table in _BY_NEED else None
    near = [line_of(finding.place), *(line for line in lines if group and line[0] in LINED and line[2] == group)]
    totals = [line for name in _TOTALS for line in lines if line[0] == name]
    for line in (*totals, *near) if many else (*near, *totals):
        if line in lines and line not in withheld:
            return line
    for line in lines:
        if line not in withheld:
            return line
    raise Refused(f"{finding.place}: from {finding.low} to {finding.high} for whoever holds all that is published")
