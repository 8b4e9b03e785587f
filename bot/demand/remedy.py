"""What to withhold besides, when the attack finds a cell that tells too much. Pure.

First the French cell of a need and region, then its reasons, then its English cell: each leaves its table, or is withheld
with its line so that each of its cells may be the large one. The other tables repeat a total in their own way, and a large
cell of theirs could not look like 0: they are left out whole for the period. Tables published earlier never change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bot.demand.audit import Finding, Inconsistent, Known, Place, audit
from bot.demand.circulation import FREED, LANGUAGE, NEED, REASON, Line, line_of
from bot.demand.counts import Counts, region_of
from bot.demand.network import ENDLESS

__all__ = ["LINED", "Refused", "is_left_out", "line_of", "withhold_until_safe"]

LINED = (LANGUAGE, REASON)
MANY = 20  # lines at once, once French is out of the way: then a total tells on the whole, rather than each line on its own
_TOTALS = (  # the first to go when a total is known too well; what English demand finds is the last
    "asked_before_by_door", "channels", "oriented", "for_other_by_theme", "age_band_by_theme", "waits", "doors",
    "english_by_region", "english",
)
_ENGLISH = ("english_by_region", "english")


class Refused(ValueError):
    """The attack succeeds whatever is withheld: nothing is published, and somebody must look."""


def is_left_out(line: Line) -> bool:
    """Whether the cells of a line leave their table, rather than being shown as withheld."""
    return line[0] not in LINED or (line[0] == LANGUAGE and line[2][0] in FREED)


def withhold_until_safe(
    counts: Counts, months: tuple[str, ...], known: Mapping[Place, Known], today: set[tuple[str, str]]
) -> set[Line]:
    """The lines to withhold besides and the tables to leave out, so that the attack finds nothing. `today`: the (table,
    period) being published, the only ones of which something may still be withheld. Raises Refused."""
    cells = dict(known)
    lines: dict[Line, list[Place]] = {}
    for place in known:
        if place[:2] in today and place[0] != NEED:
            lines.setdefault(line_of(place), []).append(place)
    withheld: set[Line] = set()
    try:
        findings = audit(counts, months, cells)
        while findings:
            # What is withheld opens more worlds and closes none: what was safe stays so, but for the cells withheld now.
            again = _withhold(findings, cells, lines, withheld)
            findings = audit(counts, months, cells, only=again) or audit(counts, months, cells)
    except Inconsistent as error:
        raise Refused(f"{months[-1]}: {error}") from None
    return withheld - _given_back(counts, months, known, cells, lines, withheld)


def _withhold(findings: list[Finding], cells: dict[Place, Known], lines: Mapping[Line, list[Place]], withheld: set[Line]) -> list[Place]:
    """Withhold what is likely to tell on these; the cells to look at again. Changes `cells` and `withheld`."""
    pointed = Counter(_choice(finding, lines, withheld, many=False) for finding in findings)
    french = {line for line in pointed if line[0] == LANGUAGE and is_left_out(line)}
    if not french and len(pointed) >= MANY:
        pointed = Counter(_choice(finding, lines, withheld, many=True) for finding in findings)
    totals = [line for line, _ in pointed.most_common() if line[0] not in LINED]
    # French first: the least loss, and nearly always enough. Of the totals one at a time, which may be enough: the one that
    # most cells point at.
    chosen = french or set(totals[:1] if len(totals) > 1 else pointed)
    again = dict.fromkeys(finding.place for finding in findings)
    for line in chosen:
        for place in lines[line]:
            if is_left_out(line):
                del cells[place]
                again.pop(place, None)
            else:
                cells[place] = Known(0, ENDLESS, True)
                again[place] = None
    withheld |= chosen
    return list(again)


def _given_back(
    counts: Counts, months: tuple[str, ...], known: Mapping[Place, Known], cells: dict[Place, Known],
    lines: Mapping[Line, list[Place]], withheld: set[Line],
) -> set[Line]:
    """Tables that were left out on the way, and need not have been: with them the attack still finds nothing."""
    back: set[Line] = set()
    left_out = sorted((line for line in withheld if line[0] not in LINED), key=lambda line: -_TOTALS.index(line[0]))
    for line in left_out if len(left_out) > 1 else ():  # one alone was left out last, and was needed
        tried = cells | {place: known[place] for place in lines[line]}
        if not audit(counts, months, tried, most=1):
            cells = tried
            back.add(line)
    return back


def _choice(finding: Finding, lines: Mapping[Line, object], withheld: set[Line], *, many: bool) -> Line:
    """What is likely to tell on this cell: the lines of its need and region, then the totals; these first
    when many lines tell too much, for then a total is known too well."""
    table, _, cell = finding.place
    group = cell[1:] if table in LINED else (cell[0], region_of(cell[1])) if table == NEED else None
    near = [line for kind in ("fr", REASON, "en") for line in lines if group and _is_near(line, kind, group)]
    english = table in _ENGLISH or (table == LANGUAGE and cell[0] not in FREED)
    names = sorted(_TOTALS, key=lambda name: name not in _ENGLISH) if english else _TOTALS
    totals = [line for name in names for line in lines if line[0] == name]
    for line in (*totals, *near) if many else (*near, *totals):
        if line in lines and line not in withheld:
            return line
    for line in lines:
        if line not in withheld:
            return line
    raise Refused(f"{finding.place}: from {finding.low} to {finding.high} for whoever holds all that is published")


def _is_near(line: Line, kind: str, group: tuple[str, ...]) -> bool:
    if kind == REASON:
        return line[0] == REASON and line[2] == group
    return line[0] == LANGUAGE and line[2] == (kind, *group)
