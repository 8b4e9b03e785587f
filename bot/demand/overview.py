"""What the table's first page shows of a month: sums of published cells, never of counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from bot.demand.disclosure import total
from bot.demand.event import LANGUAGES, REASONS
from bot.demand.months import months_of
from bot.demand.published import Published, published, published_tables
from bot.needs import all_needs

__all__ = ["MOST_TERRITORIES", "Grid", "Overview", "overview"]

MOST_TERRITORIES = 6  # columns that a projector shows
NEEDS, LANGUAGE, REASON = "need_by_territory", "language_by_need_by_region", "reason_by_need_by_region"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of the page: rows (codes) by columns (codes), each value a sum of published cells, null when all of them
    are withheld. `table` is what it was summed from; its `periods` are empty when nothing is published yet."""

    table: Published
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: dict[tuple[str, str], int | None]

    def row_total(self, row: str) -> int | None:
        return total(self.values[row, column] for column in self.columns)

    @property
    def highest(self) -> int:
        """The largest row total, for the charts' scale; 0 when all is withheld."""
        return max((self.row_total(row) or 0 for row in self.rows), default=0)

    @property
    def period(self) -> str | None:
        return self.table.periods[-1] if self.table.periods else None


@dataclass(frozen=True, slots=True)
class Overview:
    """A month's page. `months`: those published, the newest first. The quarterly grids are of the last quarter
    published by then. `hidden_territories`: how many with a published cell are left out of `needs`."""

    month: str
    months: tuple[str, ...]
    demonstration: bool
    all_needs: Grid
    needs: Grid
    reasons: Grid
    languages: Grid
    hidden_territories: int

    @property
    def requests(self) -> int | None:
        return total(self.all_needs.row_total(row) for row in self.all_needs.rows)

    @property
    def cells(self) -> tuple[int, int]:
        """(published, all) cells of the month's needs by territory."""
        cells = self.all_needs.table.cells
        return sum(not cell["withheld"] for cell in cells), len(cells)

    def rules(self, language: str) -> list[str]:
        """Each rule that a table of the page was published under, once."""
        texts = (grid.table.rule[language] for grid in (self.needs, self.reasons, self.languages))
        return list(dict.fromkeys(text for text in texts if text))

    def first_needs(self, count: int = 3) -> list[tuple[str, int]]:
        """The needs with the highest published totals, highest first."""
        totals = [(need, value) for need in self.all_needs.rows if (value := self.all_needs.row_total(need)) is not None]
        return sorted(totals, key=lambda entry: -entry[1])[:count]


def overview(engine: Engine, month: str | None = None) -> Overview | None:
    """The page of `month`, of the newest month published when it is none of those; null when nothing is published."""
    periods = {entry["table"]: entry["periods"] for entry in published_tables(engine)}
    months = tuple(reversed(periods.get(NEEDS, ())))
    if not months:
        return None
    month = month if month is not None and month in months else str(months[0])
    needs = tuple(all_needs())
    by_territory = published(engine, NEEDS, month, month)
    every = _grid(by_territory, ("need", needs), ("territory", _codes(by_territory, "territory")))
    present = [code for code in every.columns if _column_total(every, code) is not None]
    shown = sorted(sorted(present, key=lambda code: -(_column_total(every, code) or 0))[:MOST_TERRITORIES])
    quarter = _last(periods.get(LANGUAGE, ()), month)
    reasons, languages = _quarterly(engine, REASON, quarter), _quarterly(engine, LANGUAGE, quarter)
    return Overview(
        month, months, by_territory.demonstration, every,
        _grid(by_territory, ("need", needs), ("territory", tuple(shown))),
        _grid(reasons, ("reason", REASONS), ("need", needs)),
        _grid(languages, ("need", needs), ("language", LANGUAGES)),
        len(present) - len(shown),
    )


def _last(quarters: Any, month: str) -> str | None:
    done = [quarter for quarter in quarters if months_of(quarter)[-1] <= month]
    return done[-1] if done else None


def _quarterly(engine: Engine, name: str, quarter: str | None) -> Published:
    # Before any quarter is over: the empty table, with its dimensions, of a time before everything.
    months = months_of(quarter) if quarter else ("2000-01",)
    return published(engine, name, months[0], months[-1])


def _codes(table: Published, dimension: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell[dimension] for cell in table.cells))


def _column_total(grid: Grid, column: str) -> int | None:
    return total(grid.values[row, column] for row in grid.rows)


def _grid(table: Published, rows: tuple[str, tuple[str, ...]], columns: tuple[str, tuple[str, ...]]) -> Grid:
    (row_dimension, row_codes), (column_dimension, column_codes) = rows, columns
    parts: dict[tuple[str, str], list[int | None]] = {(row, column): [] for row in row_codes for column in column_codes}
    for cell in table.cells:
        place = (cell[row_dimension], cell[column_dimension])
        if place in parts:
            parts[place].append(cell["value"])
    return Grid(table, row_codes, column_codes, {key: total(values) for key, values in parts.items()})
