"""Publishing a finished month, once and for all, after the attack on all that is published has failed.

    NotFinished             the month is not over yet
    Refused                 (remedy.py) the attack succeeds whatever is withheld: nothing was published
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text

from bot.demand.audit import Known, Place, intersected
from bot.demand.counts import Counts, theme_of
from bot.demand.disclosure import Rule, candidates, protect_grid
from bot.demand.doors import door_names
from bot.demand.labels import words
from bot.demand.months import QUEBEC, current_month, months_of, next_month, parse_month, quarter_of
from bot.demand.network import ENDLESS
from bot.demand.plan import NO_DOOR, UNKNOWN, Plan, TablePlan, load_plan
from bot.demand.published import Publication, answer, digest_of, publications
from bot.demand.register import note, note_parameters
from bot.demand.remedy import LINED, Refused, line_of, withhold_until_safe
from bot.demand.tables import demand_events, demand_publications, insert_if_absent
from bot.needs import all_needs
from bot.store.engine import reading, writing

__all__ = ["PUBLISHING_DAY", "NotFinished", "Refused", "publish", "publish_due"]

PUBLISHING_DAY = 5  # of the following month: by then what a process that died had left was written, and the table can meet

# Where the cells of a table name their need or theme.
NEED_AT = {"need_by_territory": 0, "language_by_need_by_region": 1, "reason_by_need_by_region": 1, "age_band_by_theme": 1}


class NotFinished(ValueError):
    """The month is not over in Quebec: its events are still coming."""


def publish(engine: Engine, month: str, *, now: datetime, plan: Plan | None = None) -> list[Publication]:
    """Publish the tables of a month, and those of its quarter when the month is its last; what is published.

    A month that is published already is given as it is and nothing changes. Raises ValueError for a month not written
    YYYY-MM, NotFinished for one that is not over, Refused when the attack cannot be made to fail.
    """
    parse_month(month)
    if month >= current_month(now):
        raise NotFinished(f"{month} is not over yet: a month is published once it is finished")
    plan = plan or load_plan()
    quarter = quarter_of(month)
    periods = {"month": month} | ({"quarter": quarter} if months_of(quarter)[-1] == month else {})
    # The attack can take seconds. It is played on a plain read, so that residents' messages do not wait for it, and again
    # only in the rare case that an event of the month's last moment was still being written.
    with reading(engine) as connection:
        before = publications(connection, periods=(month,))
        decided = None if before else _decide(connection, plan, month, quarter, periods)
    with writing(engine) as connection:
        if decided is not None and not publications(connection, periods=(month,)):
            _hold_events(connection)
            if _counts_now(connection, month, quarter, periods) != decided[0]:
                decided = _decide(connection, plan, month, quarter, periods)
            _write(connection, plan, month, periods, decided, now)
        return publications(connection, periods=tuple(periods.values()))


def publish_due(engine: Engine, now: datetime) -> list[str]:
    """Publish the months that are due: finished, with events or after a published one, from the PUBLISHING_DAY of the
    following month on, in their order; those published now. Safe to call at any time, from several processes."""
    local = now.astimezone(QUEBEC)
    first_open = current_month(now)
    with reading(engine) as connection:
        done = set(connection.execute(select(demand_publications.c.period).distinct()).scalars())
        oldest = connection.execute(select(func.min(demand_events.c.month))).scalar()
    month = min((month for month in (oldest, *(period for period in done if "Q" not in period)) if month), default=None)
    due = []
    while month is not None and month < first_open:
        waiting = next_month(month) == first_open and local.day < PUBLISHING_DAY
        if month not in done and not waiting:
            publish(engine, month, now=now)
            due.append(month)
        month = next_month(month)
    return due


def _hold_events(connection: Connection) -> None:
    """Wait for events being written and let no other in until the end (SQLite: a writing transaction is alone)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE demand_events IN SHARE MODE"))


Decided = tuple[Counts, dict[str, list[list[Any]]], set[Any]]


def _months_together(month: str, quarter: str, periods: dict[str, str], earlier: list[Publication]) -> tuple[tuple[str, ...], bool]:
    """The months that the attack looks at: months of one quarter hang together through the quarter's tables only."""
    whole = "quarter" in periods or any(publication.period == quarter for publication in earlier)
    return (tuple(months_of(quarter)) if whole else (month,)), whole


def _counts_now(connection: Connection, month: str, quarter: str, periods: dict[str, str]) -> Counts:
    earlier = publications(connection, periods=(*months_of(quarter), quarter))
    months, whole = _months_together(month, quarter, periods, earlier)
    return _count(connection, months, tuple(door_names(connection)), ages=whole)


def _decide(connection: Connection, plan: Plan, month: str, quarter: str, periods: dict[str, str]) -> Decided:
    """The rows of each table as the rule protects them, and the lines to withhold besides, so that the attack fails."""
    doors = tuple(door_names(connection))
    earlier = publications(connection, periods=(*months_of(quarter), quarter))
    months, whole = _months_together(month, quarter, periods, earlier)
    counts = _count(connection, months, doors, ages=whole)
    known: dict[Place, Known] = {}
    for publication in earlier if whole else ():
        _learn(known, publication.table, publication.period, publication.rows, publication.parameters)
    parameters = _parameters(plan)
    protected = {}
    for table in plan.tables.values():
        grid = table.grid(doors)
        if table.period not in periods:
            continue
        found = counts.of_table(table.name, months_of(periods[table.period]))
        values = protect_grid(grid, found, plan.rule, map(table.is_sensitive, grid))
        protected[table.name] = [[*cell, value] for cell, value in values]
        _learn(known, table.name, periods[table.period], protected[table.name], parameters)
    today = {(name, periods[plan.tables[name].period]) for name in protected}
    return counts, protected, set(withhold_until_safe(counts, months, quarter, known, today))


def _write(connection: Connection, plan: Plan, month: str, periods: dict[str, str], decided: Decided, now: datetime) -> None:
    _, protected, withheld = decided
    note_parameters(connection, plan, month, now)
    left_out = sorted(line[0] for line in withheld if line[0] not in LINED)
    for name in left_out:
        del protected[name]
    for name, rows in protected.items():
        _keep(connection, plan, plan.tables[name], periods[plan.tables[name].period], rows, withheld, now)
    note(connection, "publication", now, month=month, tables=sorted(protected), cells=sum(map(len, protected.values())),
         withheld_lines=len(withheld) - len(left_out), left_out=left_out, audit="passed")


def _keep(connection: Connection, plan: Plan, table: TablePlan, period: str, rows: list[list[Any]], withheld: set, now: datetime) -> None:
    lines = []
    for row in rows:
        line = line_of((table.name, period, tuple(row[:-1])))
        if line in withheld:
            row[-1] = None
            if list(line[2]) not in lines:
                lines.append(list(line[2]))
    dimensions = (table.period, *table.dimensions)
    rule: dict[str, Any] = {language: _rule_text(language, plan) for language in ("fr", "en")}
    document = answer(table.name, dimensions, [(period, row) for row in rows], [rule])
    rule["parameters"] = {**_parameters(plan), "withheld_lines": lines}
    insert_if_absent(
        connection, demand_publications, table_name=table.name, period=period, dimensions=list(dimensions), cells=rows,
        rule=rule, digest=digest_of(document), published_at=now,
    )


def _parameters(plan: Plan) -> dict[str, Any]:
    """What the attack of a later month must know of this publication: the rule in force, the needs then sensitive."""
    return {
        "threshold": plan.rule.threshold, "sensitive_threshold": plan.rule.sensitive_threshold,
        "rounding_base": plan.rule.rounding_base, "withheld_lines": [],
        "sensitive": [need.id for need in all_needs().values() if need.sensitive],
    }


def _learn(known: dict[Place, Known], table: str, period: str, rows: Sequence[Sequence[Any]], parameters: dict[str, Any]) -> None:
    """Add what a publication tells of each of its cells by itself."""
    rule = Rule(parameters["threshold"], parameters["sensitive_threshold"], parameters["rounding_base"])
    lines = {tuple(line) for line in parameters["withheld_lines"]}
    # A need and a theme may share a name; only the ages are by theme.
    hot = {theme_of(need) if table == "age_band_by_theme" else need for need in parameters["sensitive"]}
    for *values, value in rows:
        place = (table, period, tuple(values))
        if value is None and line_of(place)[2] in lines:
            cell = Known(0, ENDLESS, True)
        else:
            sensitive = table in NEED_AT and values[NEED_AT[table]] in hot
            cell = Known(*candidates(value, rule, sensitive=sensitive), value is None)
        known[place] = intersected(known[place], cell) if place in known else cell


def _count(connection: Connection, months: tuple[str, ...], doors: tuple[str, ...], *, ages: bool) -> Counts:
    """The counts of these months; the ages only when asked for."""
    counts = Counts()
    for month, need, territory, language, reason, count in _grouped(connection, months, "month", "need", "territory", "language", "reason"):
        counts.requests[month, need, territory or UNKNOWN, language, reason] += count
    for month, door, asked, count in _grouped(connection, months, "month", "door", "asked_before"):
        counts.doors[month, door if door in doors else NO_DOOR, UNKNOWN if asked is None else "yes" if asked else "no"] += count
    for month, wait, count in _grouped(connection, months, "month", "wait"):
        counts.waits[month, wait] += count
    for band, need, count in _grouped(connection, months, "age_band", "need") if ages else ():
        counts.ages[band or UNKNOWN, theme_of(need)] += count
    return counts


def _grouped(connection: Connection, months: tuple[str, ...], *names: str) -> Any:
    columns = [demand_events.c[name] for name in names]
    return connection.execute(select(*columns, func.count()).where(demand_events.c.month.in_(months)).group_by(*columns))


def _rule_text(language: str, plan: Plan) -> str:
    sensitive = ", ".join(need.label(language).lower() for need in all_needs().values() if need.sensitive)
    return words(
        language, "rule", threshold=plan.rule.threshold, sensitive=plan.rule.sensitive_threshold,
        base=plan.rule.rounding_base, needs=sensitive,
    )
