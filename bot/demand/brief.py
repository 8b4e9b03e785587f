"""The month's brief in plain rules: what rose or fell beyond what rounding and chance explain, and what is unmet. Pure.

Two figures are compared over the cells that both publish, so that a cell which comes or goes tells nothing. A rise or a
fall is said when the difference is larger than both together:

    rounding    each published cell is within half a rounding step (2) of its count, in both months: 2 x 2 x cells
    chance      requests come by chance: the difference of two counts varies by about the root of their sum
                (Poisson). Three times that: out of 20 needs, one month in 19 says a change that is none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.demand.published import Publication
from bot.demand.report import NEED, REASON, Report

__all__ = ["DEVIATIONS", "Change", "changed", "changes", "reason_changes"]

DEVIATIONS = 3


@dataclass(frozen=True, slots=True)
class Change:
    """What changed (a need, a reason), the two figures over the cells that both periods publish, and those cells."""

    code: str
    before: int
    after: int
    cells: int


def changed(before: int, after: int, cells: int, base: int) -> bool:
    """Whether the difference of two sums of so many published cells is beyond rounding and chance."""
    return abs(after - before) > 2 * (base // 2) * cells + DEVIATIONS * math.sqrt(before + after)


def changes(report: Report) -> list[Change]:
    """Needs that rose or fell from the month before, the largest change first."""
    return _changes(report, NEED, lambda cell: cell[0], lambda cell: report.filters.territory in (None, cell[1]))


def reason_changes(report: Report) -> list[Change]:
    """Reasons of unmet needs that rose or fell from the quarter before, the largest change first."""
    return _changes(report, REASON, lambda cell: cell[0], lambda cell: cell[1] in report.filters.needs)


def _changes(report: Report, table: str, code_of: Callable[[tuple[str, ...]], str], wanted: Callable[[tuple[str, ...]], bool]) -> list[Change]:
    view = report.views[table]
    if view.last is None or view.before is None or not _follow(view.before, view.last):
        return []
    base = min(publication.parameters["rounding_base"] for publication in (view.last, view.before))
    now, then = (_shown(publication) for publication in (view.last, view.before))
    sums: dict[str, list[int]] = {}
    for cell in now.keys() & then.keys():
        if wanted(cell) and (table != NEED or cell[0] in report.filters.needs):
            numbers = sums.setdefault(code_of(cell), [0, 0, 0])
            for place, more in enumerate((then[cell], now[cell], 1)):
                numbers[place] += more
    found = [Change(code, before, after, cells) for code, (before, after, cells) in sums.items() if changed(before, after, cells, base)]
    return sorted(found, key=lambda change: (-abs(change.after - change.before), change.code))


def _shown(publication: Publication) -> dict[tuple[str, ...], int]:
    return {tuple(row[:-1]): row[-1] for row in publication.rows if row[-1] is not None}


def _follow(before: Publication, after: Publication) -> bool:
    """Whether one period follows the other at once."""
    number = lambda period: int(period[:4]) * (4 if "Q" in period else 12) + int(period[6:] if "Q" in period else period[5:])  # noqa: E731
    return number(after.period) - number(before.period) == 1
