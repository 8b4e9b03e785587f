"""Publishing a finished month, once and for all, after the attack on all that is published has failed.

    NotFinished             the month is not over yet
    Refused                 (remedy.py) the attack succeeds whatever is withheld: nothing was published
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text

from bot.demand.audit import Known, Place, intersected
from bot.demand.circulation import line_of
from bot.demand.correct import corrected
from bot.demand.counting import count_events
from bot.demand.counts import Counts, theme_of
from bot.demand.disclosure import Rule, candidates, protect_grid
from bot.demand.doors import door_names
from bot.demand.labels import words
from bot.demand.months import (
    QUEBEC,
    current_month,
    half_of,
    is_month,
    months_of,
    next_month,
    parse_month,
    quarter_of,
)
from bot.demand.network import ENDLESS
from bot.demand.plan import LISTED, Plan, TablePlan, load_plan
from bot.demand.published import Publication, answer, digest_of, publications
from bot.demand.register import entries, note, note_parameters
from bot.demand.remedy import LINED, Refused, is_left_out, withhold_until_safe
from bot.demand.tables import demand_events, demand_publications, insert_if_absent
from bot.needs import all_needs
from bot.store.engine import reading, writing

__all__ = ["PUBLISHING_DAY", "NotFinished", "Refused", "publish", "publish_due"]

logger = logging.getLogger(__name__)

PUBLISHING_DAY = 5  # of the following month: by then what a process that died had left was written, and the table can meet

# Where the cells of a table name their need or theme.
NEED_AT = {"need_by_territory": 0, "language_by_need_by_region": 1, "reason_by_need_by_region": 1, "age_band_by_theme": 1, "for_other_by_theme": 1}
REFUSED = "refused"  # in the register: the attack succeeded whatever was withheld
BY_THEME = ("age_band_by_theme", "for_other_by_theme")


class NotFinished(ValueError):
    """The month is not over in Quebec: its events are still coming."""


def publish(engine: Engine, month: str, *, now: datetime, plan: Plan | None = None) -> list[Publication]:
    """Publish the tables of a month, and those of the quarter and the half-year that it ends; what is published.

    A month that is published already is given as it is and nothing changes. Raises ValueError for a month not written
    YYYY-MM, NotFinished for one that is not over, Refused when the attack cannot be made to fail.
    """
    parse_month(month)
    if month >= current_month(now):
        raise NotFinished(f"{month} is not over yet: a month is published once it is finished")
    plan = plan or load_plan()
    periods = {"month": month} | {
        name: period for name, period in (("quarter", quarter_of(month)), ("half", half_of(month))) if months_of(period)[-1] == month
    }
    # The attack can take seconds. It is played on a plain read, so that residents' messages do not wait for it, and again
    # only in the rare case that an event of the month's last moment was still being written, or one was corrected
    # (correct.py): events are never taken away, so their number tells of the first, a word of the second.
    with reading(engine) as connection:
        before, word = publications(connection, periods=(month,)), corrected(connection)
        decided = None if before else _decide(connection, plan, month, periods)
    with writing(engine) as connection:
        if decided is not None and not publications(connection, periods=(month,)):
            _hold_events(connection)
            if corrected(connection) != word or _events(connection, decided.months) != decided.counts.events(decided.months):
                decided = _decide(connection, plan, month, periods)
            _write(connection, plan, month, periods, decided, now)
        return publications(connection, periods=tuple(periods.values()))


def publish_due(engine: Engine, now: datetime) -> list[str]:
    """Publish the months that are due: finished, with events or after a published one, from the PUBLISHING_DAY of the
    following month on, in their order; those published now. A month that is refused is noted in the register, once, and the
    months after it wait. Safe to call at any time, from several processes."""
    local = now.astimezone(QUEBEC)
    first_open = current_month(now)
    with reading(engine) as connection:
        done = set(connection.execute(select(demand_publications.c.period).distinct()).scalars())
        oldest = connection.execute(select(func.min(demand_events.c.month))).scalar()
    month = min((month for month in (oldest, *(period for period in done if is_month(period))) if month), default=None)
    due = []
    while month is not None and month < first_open:
        waiting = next_month(month) == first_open and local.day < PUBLISHING_DAY
        if month not in done and not waiting:
            try:
                publish(engine, month, now=now)
            except Refused:
                _note_refused(engine, month, now)
                break
            due.append(month)
        month = next_month(month)
    return due


def _note_refused(engine: Engine, month: str, now: datetime) -> None:
    logger.error("publishing %s was refused: see the register", month)
    with writing(engine) as connection:
        if not any(entry.what["month"] == month and entry.what["audit"] == REFUSED for entry in entries(connection, "publication")):
            note(connection, "publication", now, month=month, tables=[], cells=0, withheld_lines=0, left_out=[], audit=REFUSED)


def _events(connection: Connection, months: tuple[str, ...]) -> int:
    return connection.execute(select(func.count()).select_from(demand_events).where(demand_events.c.month.in_(months))).scalar_one()


def _hold_events(connection: Connection) -> None:
    """Wait for events being written and let no other in until the end (SQLite: a writing transaction is alone)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE demand_events IN SHARE MODE"))


@dataclass(frozen=True, slots=True)
class _Decided:
    """The months that the attack looked at, their counts, the rows of each table as the rule protects them, and the lines
    to withhold besides."""

    months: tuple[str, ...]
    counts: Counts
    protected: dict[str, list[list[Any]]]
    withheld: set[Any]


def _together(connection: Connection, month: str, periods: dict[str, str]) -> tuple[tuple[str, ...], list[Publication]]:
    """The months whose tables hang together with this one's, through the tables of a quarter or half-year that is being
    published or was; and what was published of them."""
    half, quarter = half_of(month), quarter_of(month)
    spans = (half, *dict.fromkeys(quarter_of(one) for one in months_of(half)))
    earlier = publications(connection, periods=(*months_of(half), *spans))
    done = {*periods.values(), *(publication.period for publication in earlier)}
    months = months_of(half) if half in done else months_of(quarter) if quarter in done else (month,)
    near = {*months, *(span for span in spans if set(months_of(span)) <= set(months))}
    return months, [publication for publication in earlier if publication.period in near]


def _decide(connection: Connection, plan: Plan, month: str, periods: dict[str, str]) -> _Decided:
    doors = tuple(door_names(connection))
    months, earlier = _together(connection, month, periods)
    counts = count_events(connection, months, doors)
    known: dict[Place, Known] = {}
    for publication in earlier:
        _learn(known, counts, publication.table, publication.period, publication.rows, publication.parameters)
    parameters = _parameters(plan)
    protected = {}
    for table in plan.tables.values():
        if table.period not in periods:
            continue
        period = periods[table.period]
        found = counts.of_table(table.name, months_of(period))
        grid = table.grid(doors)
        if table.name == LISTED:
            grid += sorted(cell for cell, count in found.items() if cell not in grid and count > plan.rule.sensitive_threshold)
        values = protect_grid(grid, found, plan.rule, map(table.is_sensitive, grid))
        if table.name == LISTED:  # the largest first, by what is published: their order must not tell more
            values[1:] = sorted(values[1:], key=lambda one: -(one[1] or 0))
        protected[table.name] = [[*cell, value] for cell, value in values]
        _learn(known, counts, table.name, period, protected[table.name], parameters)
    today = {(name, periods[plan.tables[name].period]) for name in protected}
    return _Decided(months, counts, protected, set(withhold_until_safe(counts, months, known, today)))


def _write(connection: Connection, plan: Plan, month: str, periods: dict[str, str], decided: _Decided, now: datetime) -> None:
    note_parameters(connection, plan, month, now)
    left_out = sorted(line[0] for line in decided.withheld if line[0] not in LINED)
    tables = {name: rows for name, rows in decided.protected.items() if name not in left_out}
    for name, rows in tables.items():
        _keep(connection, plan, plan.tables[name], periods[plan.tables[name].period], rows, decided.withheld, now)
    note(connection, "publication", now, month=month, tables=sorted(tables), cells=sum(map(len, tables.values())),
         withheld_lines=len(decided.withheld) - len(left_out), left_out=left_out, audit="passed")


def _keep(connection: Connection, plan: Plan, table: TablePlan, period: str, rows: list[list[Any]], withheld: set[Any], now: datetime) -> None:
    lines, kept = [], []
    for row in rows:
        line = line_of((table.name, period, tuple(row[:-1])))
        if line in withheld and is_left_out(line):
            continue
        if line in withheld:
            row = [*row[:-1], None]
            if list(line[2]) not in lines:
                lines.append(list(line[2]))
        kept.append(row)
    dimensions = (table.period, *table.dimensions)
    rule: dict[str, Any] = {language: _rule_text(language, plan) for language in ("fr", "en")}
    document = answer(table.name, dimensions, [(period, row) for row in kept], [rule])
    rule["parameters"] = {**_parameters(plan), "withheld_lines": lines}
    insert_if_absent(
        connection, demand_publications, table_name=table.name, period=period, dimensions=list(dimensions), cells=kept,
        rule=rule, digest=digest_of(document), published_at=now,
    )


def _parameters(plan: Plan) -> dict[str, Any]:
    """What the attack of a later month must know of this publication: the rule in force, the needs then sensitive."""
    return {
        "threshold": plan.rule.threshold, "sensitive_threshold": plan.rule.sensitive_threshold,
        "rounding_base": plan.rule.rounding_base, "withheld_lines": [],
        "sensitive": [need.id for need in all_needs().values() if need.sensitive],
    }


def _learn(known: dict[Place, Known], counts: Counts, table: str, period: str, rows: Sequence[Sequence[Any]], parameters: dict[str, Any]) -> None:
    """Add what a publication tells of each of its cells by itself."""
    rule = Rule(parameters["threshold"], parameters["sensitive_threshold"], parameters["rounding_base"])
    lines = {tuple(line) for line in parameters["withheld_lines"]}
    # A need and a theme may share a name, so each table is compared with the names that it is by.
    hot = {theme_of(need) if table in BY_THEME else need for need in parameters["sensitive"]}
    for *values, value in rows:
        place = (table, period, tuple(values))
        if value is None and line_of(place)[2] in lines:
            cell = Known(0, ENDLESS, True)
        else:
            sensitive = table == LISTED or (table in NEED_AT and values[NEED_AT[table]] in hot)
            cell = Known(*candidates(value, rule, sensitive=sensitive), value is None)
        known[place] = intersected(known[place], cell) if place in known else cell
    if table == LISTED:  # a service that is not listed is withheld
        for unlisted in counts.of_table(table, months_of(period)):
            known.setdefault((table, period, unlisted), Known(0, rule.sensitive_threshold, True))


def _rule_text(language: str, plan: Plan) -> str:
    sensitive = ", ".join(need.label(language).lower() for need in all_needs().values() if need.sensitive)
    return words(
        language, "rule", threshold=plan.rule.threshold, sensitive=plan.rule.sensitive_threshold,
        base=plan.rule.rounding_base, needs=sensitive,
    )
