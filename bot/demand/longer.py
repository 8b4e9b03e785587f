"""What the pages say where a month by local network says little: how much of it is shown, and longer periods and larger
regions. Sums of published cells alone, like everything in report.py. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.demand.circulation import FREED
from bot.demand.disclosure import total
from bot.demand.plan import NO_SERVICE, UNKNOWN
from bot.demand.published import Publication
from bot.demand.report import LANGUAGE, NEED, Filters, Grid, Report
from bot.demand.territories import regions

__all__ = ["by_region", "coverage", "newcomers", "over_the_year", "trended", "unserved", "year_of"]

MOST_TRENDS = 3
QUARTERS = 4  # a year


def coverage(report: Report) -> tuple[int, int] | None:
    """(requests of the month shown by need and territory, requests of the month by its doors); null when either is not
    published, or the reader looks at a part."""
    doors = report.views["doors"].last
    if doors is None or doors.period != report.month or report.filters != Filters():
        return None
    everything, shown = total(row[-1] for row in doors.rows), total(value for _, value in report.views[NEED].cells())
    return None if everything is None else (min(shown or 0, everything), everything)


def by_region(report: Report) -> Grid:
    """Needs by region over the last quarter, those with something published."""
    view = report.views[LANGUAGE]
    return _regional(report, [view.last] if view.last else [])


def over_the_year(report: Report) -> Grid:
    """The same over the last four quarters: a cell adds up those in which it was published."""
    return _regional(report, report.views[LANGUAGE].publications[-QUARTERS:])


def year_of(report: Report) -> tuple[str, str, int]:
    """(first, last, how many) quarters that over_the_year() adds up."""
    periods = [publication.period for publication in report.views[LANGUAGE].publications[-QUARTERS:]]
    return periods[0], periods[-1], len(periods)


def _regional(report: Report, publications: Iterable[Publication]) -> Grid:
    view, parts = report.views[LANGUAGE], dict[tuple[str, str], list[int | None]]()
    wanted = report.filters.territory[:2] if report.filters.territory else None
    for publication in publications:
        cells = view.cells(publication)
        # Where French was left out or withheld, English alone would pass for all of a need.
        whole = {(cell["need"], cell["region"]) for cell, value in cells if cell["language"] in FREED and value is not None}
        for cell, value in cells:
            place = cell["need"], cell["region"]
            if place in whole and cell["need"] in report.filters.needs and wanted in (None, cell["region"]):
                parts.setdefault(place, []).append(value)
    values = {place: total(found) for place, found in parts.items()}
    columns = tuple(region for region in (*regions(), UNKNOWN) if any(place[1] == region for place in values))
    every = Grid(view, "need", report.filters.needs, "region", columns, values)
    return Grid(view, "need", every.shown, "region", columns, values)


def trended(report: Report) -> tuple[str, ...]:
    """The needs asked for most that are published in at least half of the months looked back on."""
    months = len(report.views[NEED].publications)
    steady = [need for need in report.needs.shown if 2 * sum(value is not None for _, value in report.trend([need])) >= months]
    return tuple(steady[:MOST_TRENDS])


def unserved(report: Report) -> tuple[str, int, int] | None:
    """(quarter, requests that led to no service, requests by channel); null when either is not published, or the reader looks
    at a part."""
    led, channels = report.views["oriented"].last, report.views["channels"].last
    if led is None or channels is None or led.period != channels.period or report.filters != Filters():
        return None
    none, everything = next((row[-1] for row in led.rows if row[0] == NO_SERVICE), None), total(row[-1] for row in channels.rows)
    return None if none is None or everything is None else (led.period, min(none, everything), everything)


def newcomers(report: Report) -> list[tuple[str, int, int]]:
    """(door, who had not asked anywhere before, all who answered) of the doors that publish both answers, those that bring
    the largest share of them first."""
    grid = report.asked_before()
    found = [(door, no, no + yes) for door in grid.rows
             if (yes := grid.values[door, "yes"]) is not None and (no := grid.values[door, "no"]) is not None]
    return sorted(found, key=lambda one: (-one[1] / one[2], one[0]))
