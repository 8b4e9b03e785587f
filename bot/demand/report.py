"""What the table's pages and brief show of a month and the year before it: sums of published cells, never of counts.

Everything here is computed from publications alone, so that no page can say more than what was published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select

from bot.demand.actions import Noted, actions
from bot.demand.demonstration import is_demonstration
from bot.demand.disclosure import total
from bot.demand.event import AGE_BANDS, REASONS
from bot.demand.months import months_of
from bot.demand.plan import ASKED_BEFORE, ENGLISH, load_plan
from bot.demand.published import Publication, names_in, publications
from bot.demand.tables import demand_publications
from bot.demand.territories import regions
from bot.needs import all_needs
from bot.store.engine import reading

__all__ = ["Filters", "Grid", "Report", "View", "report"]

YEAR = 12  # months that the pages look back on
MOST_COLUMNS = 6  # columns that a projector shows
MOST_SERVICES = 15
NEED, LANGUAGE, REASON = "need_by_territory", "language_by_need_by_region", "reason_by_need_by_region"
TRENDS = (NEED, "doors", LANGUAGE)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader chose of what is published; null for all. A code that is none is no choice."""

    theme: str | None = None
    territory: str | None = None
    age_band: str | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(need.id for need in all_needs().values() if self.theme in (None, need.theme))


@dataclass(frozen=True, slots=True)
class View:
    """One table over the periods looked at, the oldest first, and the last of them that is over by the month shown."""

    name: str
    publications: tuple[Publication, ...]

    @property
    def last(self) -> Publication | None:
        return self.publications[-1] if self.publications else None

    @property
    def before(self) -> Publication | None:
        return self.publications[-2] if len(self.publications) > 1 else None

    def cells(self, publication: Publication | None = None) -> list[tuple[dict[str, str], int | None]]:
        """({dimension: value…}, published value) of one period, the last by default."""
        chosen = publication or self.last
        if chosen is None:
            return []
        return [(dict(zip(chosen.dimensions[1:], row, strict=False)), row[-1]) for row in chosen.rows]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of the page: rows (codes) by columns (codes), each value a sum of published cells, null when all of them
    are withheld. Empty columns: the rows' totals alone."""

    view: View
    row: str
    rows: tuple[str, ...]
    column: str
    columns: tuple[str, ...]
    values: dict[tuple[str, str], int | None]

    def total(self, row: str) -> int | None:
        return total(self.values.get((row, column)) for column in self.columns)

    def column_total(self, column: str) -> int | None:
        return total(self.values.get((row, column)) for row in self.rows)

    @property
    def highest(self) -> int:
        """The largest row total, for the charts' scale; 0 when all is withheld."""
        return max((self.total(row) or 0 for row in self.rows), default=0)

    @property
    def shown(self) -> tuple[str, ...]:
        """The rows with something published, the largest first."""
        return tuple(sorted((row for row in self.rows if self.total(row) is not None), key=lambda row: -(self.total(row) or 0)))

    @property
    def period(self) -> str | None:
        return self.view.last.period if self.view.last else None

    @property
    def digest(self) -> str:
        return self.view.last.digest if self.view.last else ""


@dataclass(frozen=True, slots=True)
class Report:
    """A month's page. `months`: those published, the newest first."""

    month: str
    months: tuple[str, ...]
    demonstration: bool
    filters: Filters
    views: dict[str, View]
    names: dict[str, dict[str, str]]
    decisions: tuple[Noted, ...]

    def grid(self, name: str, row: str, rows: Iterable[str], column: str = "", columns: Iterable[str] = ("",), *,
             publication: Publication | None = None, only: Callable[[dict[str, str]], bool] | None = None) -> Grid:
        """Sums of a table's published cells, by row and column; without a column, by row alone."""
        view, rows, columns = self.views[name], tuple(rows), tuple(columns)
        parts: dict[tuple[str, str], list[int | None]] = {}
        for cell, value in view.cells(publication):
            if only is None or only(cell):
                parts.setdefault((cell[row], cell[column] if column else ""), []).append(value)
        return Grid(view, row, rows, column, columns, {key: total(values) for key, values in parts.items()})

    # This month

    @property
    def requests(self) -> int | None:
        """All requests of the month: the sum of its doors, or of its needs when its doors were left out."""
        doors = self.views["doors"].last
        if doors is not None and doors.period == self.month and self.filters == Filters():
            return total(value for _, value in self.views["doors"].cells())
        return total(self.needs.total(need) for need in self.needs.rows)

    @property
    def needs(self) -> Grid:
        """Every need by every territory of the month, as the filters leave them."""
        codes = dict.fromkeys(cell["territory"] for cell, _ in self.views[NEED].cells())
        chosen = [code for code in codes if self.filters.territory in (None, code)]
        return self.grid(NEED, "need", self.filters.needs, "territory", chosen)

    def by_territory(self) -> tuple[Grid, int]:
        """Needs by the territories with the most requests, and how many more have something published."""
        every = self.needs
        present = [code for code in every.columns if every.column_total(code) is not None]
        shown = sorted(sorted(present, key=lambda code: -(every.column_total(code) or 0))[:MOST_COLUMNS])
        return Grid(every.view, "need", every.rows, "territory", tuple(shown), every.values), len(present) - len(shown)

    @property
    def cells(self) -> tuple[int, int]:
        """(published, all) cells of the month's needs by territory."""
        cells = self.views[NEED].cells()
        return sum(value is not None for _, value in cells), len(cells)

    # The year

    def trend(self, needs: Iterable[str] | None = None) -> list[tuple[str, int | None]]:
        """(month, requests) of each month looked back on: of these needs, or of all by the doors."""
        if needs is None and self.filters == Filters():
            return [(publication.period, total(row[-1] for row in publication.rows)) for publication in self.views["doors"].publications]
        chosen = set(self.filters.needs if needs is None else needs)
        wanted = self.filters.territory
        return [
            (publication.period, total(row[-1] for row in publication.rows if row[0] in chosen and wanted in (None, row[1])))
            for publication in self.views[NEED].publications
        ]

    # The last quarter and half-year

    def reasons(self) -> Grid:
        """Why needs went unmet, by need."""
        return self.grid(REASON, "reason", REASONS, "need", self.filters.needs)

    def unmet(self) -> list[tuple[str, str, int]]:
        """(need, reason, requests) with something published, the largest first."""
        grid = self.grid(REASON, "need", self.filters.needs, "reason", REASONS)
        found = [(need, reason, value) for (need, reason), value in grid.values.items() if value is not None and need in grid.rows]
        return sorted(found, key=lambda one: -one[2])

    def english(self) -> Grid:
        """English requests, served in English or not, in all territories."""
        return self.grid("english", "english", ENGLISH)

    def english_by_region(self) -> Grid:
        """The same by region, those with something published."""
        grid = self.grid("english_by_region", "region", (*regions(), "unknown"), "english", ENGLISH)
        return Grid(grid.view, "region", grid.shown, "english", ENGLISH, grid.values)

    def english_by_need(self) -> Grid:
        """English requests by need, those with something published."""
        grid = self.grid(LANGUAGE, "need", self.filters.needs, only=lambda cell: cell["language"] == "en")
        return Grid(grid.view, "need", grid.shown, "", ("",), grid.values)

    def simple(self, name: str) -> Grid:
        """A table of one dimension, by its values."""
        dimension = load_plan().tables[name].dimensions[0]
        grid = self.grid(name, dimension, dict.fromkeys(cell[dimension] for cell, _ in self.views[name].cells()))
        return Grid(grid.view, dimension, grid.shown[:MOST_SERVICES], "", ("",), grid.values) if name == "oriented" else grid

    def asked_before(self) -> Grid:
        """By door, who had asked elsewhere before and who had not."""
        doors = dict.fromkeys(cell["door"] for cell, _ in self.views["asked_before_by_door"].cells())
        return self.grid("asked_before_by_door", "door", doors, "asked_before", ASKED_BEFORE)

    def ages(self) -> Grid:
        """Themes by age band, as the filters leave them."""
        themes = dict.fromkeys(need.theme for need in all_needs().values() if self.filters.theme in (None, need.theme))
        bands = [band for band in AGE_BANDS if self.filters.age_band in (None, band)]
        grid = self.grid("age_band_by_theme", "theme", themes, "age_band", bands)
        return Grid(grid.view, "theme", grid.shown, "age_band", tuple(bands), grid.values)

    def for_other(self) -> Grid:
        """Requests for somebody else, by theme."""
        themes = dict.fromkeys(need.theme for need in all_needs().values() if self.filters.theme in (None, need.theme))
        grid = self.grid("for_other_by_theme", "theme", themes)
        return Grid(grid.view, "theme", grid.shown, "", ("",), grid.values)

    def rules(self, language: str) -> list[str]:
        """Each rule that a table of the page was published under, once."""
        texts = (view.last.rule[language] for view in self.views.values() if view.last)
        return list(dict.fromkeys(text for text in texts if text))

    def decisions_on(self, need: str) -> list[Noted]:
        """The decisions against this need that are still open."""
        return [decision for decision in self.decisions if decision.need == need and decision.done_at is None]


def report(engine: Engine, month: str | None = None, filters: Filters | None = None) -> Report | None:
    """The page of `month`, of the newest month published when it is none of those; null when nothing is published."""
    keys = demand_publications.c
    with reading(engine) as connection:
        found = connection.execute(select(keys.period).where(keys.table_name == NEED).order_by(keys.period.desc())).scalars()
        months: list[Any] = list(found)
        if not months:
            return None
        month = month if month is not None and month in months else str(months[0])
        rows = connection.execute(select(keys.table_name, keys.period)).all()
        views = {name: _view(connection, name, [period for table, period in rows if table == name], _number(month)) for name in load_plan().tables}
        return Report(month, tuple(months), is_demonstration(connection), filters or Filters(), views,
                      names_in(connection, [view.last for view in views.values() if view.last]), tuple(actions(connection, month)))


def _view(connection: Connection, name: str, periods: list[str], last: int) -> View:
    """A table's periods of the year up to the month shown; of those that have no trend, the last two."""
    ended = {period: _number(months_of(period)[-1]) for period in periods}
    wanted = sorted((period for period, end in ended.items() if last - YEAR <= end <= last), key=ended.__getitem__)
    found = publications(connection, table=name, periods=wanted if name in TRENDS else wanted[-2:])
    return View(name, tuple(sorted(found, key=lambda publication: ended[publication.period])))


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])
