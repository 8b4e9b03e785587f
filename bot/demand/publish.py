"""Publishing a finished month, once and for all.

    NotFinished             the month is not over yet
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text

from bot.demand.disclosure import protect_grid
from bot.demand.doors import door_names
from bot.demand.labels import words
from bot.demand.months import current_month, months_of, parse_month, quarter_of
from bot.demand.plan import NO_DOOR, UNKNOWN, Plan, TablePlan, load_plan
from bot.demand.published import Publication, answer, digest_of, publications
from bot.demand.tables import demand_events, demand_publications, insert_if_absent
from bot.needs import all_needs
from bot.store.engine import writing

__all__ = ["NotFinished", "publish"]

# Where each dimension is read in an event, when it is not the column of its own name.
COLUMN = {"theme": "need", "region": "territory"}


class NotFinished(ValueError):
    """The month is not over in Quebec: its events are still coming."""


def publish(engine: Engine, month: str, *, now: datetime, plan: Plan | None = None) -> list[Publication]:
    """Publish the tables of a month, and those of its quarter when the month is its last; what is published.

    A month that is published already is given as it is and nothing changes. Raises ValueError for a month not written
    YYYY-MM, NotFinished for one that is not over.
    """
    parse_month(month)
    if month >= current_month(now):
        raise NotFinished(f"{month} is not over yet: a month is published once it is finished")
    plan = plan or load_plan()
    quarter = quarter_of(month)
    periods = {"month": month} | ({"quarter": quarter} if months_of(quarter)[-1] == month else {})
    with writing(engine) as connection:
        if not publications(connection, periods=(month,)):
            _hold_events(connection)
            doors = tuple(door_names(connection))
            for table in plan.tables.values():
                if table.period in periods:
                    _publish_table(connection, plan, table, periods[table.period], doors, now)
        return publications(connection, periods=tuple(periods.values()))


def _hold_events(connection: Connection) -> None:
    """Wait for events being written and let no other in until the end (SQLite: a writing transaction is alone)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE demand_events IN SHARE MODE"))


def _publish_table(connection: Connection, plan: Plan, table: TablePlan, period: str, doors: tuple[str, ...], now: datetime) -> None:
    grid = table.grid(doors)
    counts = _count(connection, table, months_of(period), doors)
    protected = protect_grid(grid, counts, plan.rule, map(table.is_sensitive, grid))
    rows = [[*cell, value] for cell, value in protected]
    dimensions = (table.period, *table.dimensions)
    rule = {language: _rule_text(language, plan) for language in ("fr", "en")}
    document = answer(table.name, dimensions, [(period, row) for row in rows], [rule])
    insert_if_absent(
        connection, demand_publications, table_name=table.name, period=period, dimensions=list(dimensions), cells=rows,
        rule=rule, digest=digest_of(document), published_at=now,
    )


def _count(connection: Connection, table: TablePlan, months: tuple[str, ...], doors: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    """Events of the months by cell. A table by reason counts unmet needs only."""
    names = list(dict.fromkeys(COLUMN.get(dimension, dimension) for dimension in table.dimensions))
    columns = [demand_events.c[name] for name in names]
    query = select(*columns, func.count()).where(demand_events.c.month.in_(months)).group_by(*columns)
    if "reason" in names:
        query = query.where(demand_events.c.reason.is_not(None))
    counts: Counter[tuple[str, ...]] = Counter()
    for *values, count in connection.execute(query):
        event = dict(zip(names, values, strict=True))
        counts[tuple(_value(dimension, event, doors) for dimension in table.dimensions)] += count
    return counts


def _value(dimension: str, event: dict[str, Any], doors: tuple[str, ...]) -> str:
    value = event[COLUMN.get(dimension, dimension)]
    if dimension == "door":
        return value if value in doors else NO_DOOR
    if value is None:
        return UNKNOWN
    if dimension == "theme":
        return all_needs()[value].theme
    return value[:2] if dimension == "region" else value


def _rule_text(language: str, plan: Plan) -> str:
    sensitive = ", ".join(need.label(language).lower() for need in all_needs().values() if need.sensitive)
    return words(
        language, "rule", threshold=plan.rule.threshold, sensitive=plan.rule.sensitive_threshold,
        base=plan.rule.rounding_base, needs=sensitive,
    )
