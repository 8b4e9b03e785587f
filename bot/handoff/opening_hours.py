"""The desk's opening hours in the database. The rules are opening.py's; writing functions take the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, or_, select

from bot.demand.territories import territories
from bot.handoff.desk_tables import desk_exceptions, desk_shifts
from bot.handoff.opening import (
    EXCEPTION_KINDS,
    Closure,
    Hours,
    OpeningError,
    Shift,
    Span,
    checked_shifts,
    checked_spans,
)
from bot.people import audit

__all__ = ["LONGEST_EXCEPTION_DAYS", "Exceptional", "add_exception", "exceptions", "read", "remove_exception", "set_week", "weeks"]

LONGEST_EXCEPTION_DAYS = 366


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A row of the table, for the administrator's page. territory: null for every one; spans: none is closed."""

    id: int
    territory: str | None
    first: date
    last: date
    spans: tuple[Span, ...]
    kind: str


def read(connection: Connection, territory: str | None) -> Hours:
    """The hours in force in a territory (null: it is not known): its own week, else everybody's; the exceptions of both,
    its own last, so that they win."""
    week = _week(connection, territory) if territory is not None else ()
    found = sorted(exceptions(connection, territory), key=lambda one: (one.territory is not None, one.id))
    return Hours(week or _week(connection, None), tuple(Closure(one.first, one.last, one.spans) for one in found))


def _week(connection: Connection, territory: str | None) -> tuple[Shift, ...]:
    rows = connection.execute(select(desk_shifts).where(desk_shifts.c.territory == territory))
    return tuple(sorted(Shift(row.weekday, row.opens, row.closes) for row in rows))


def weeks(connection: Connection) -> dict[str | None, tuple[Shift, ...]]:
    """Every week that is written down, by territory; null is everybody's."""
    codes = connection.scalars(select(desk_shifts.c.territory).distinct()).all()
    return {code: _week(connection, code) for code in sorted(codes, key=lambda code: code or "")}


def exceptions(connection: Connection, territory: str | None = "all", since: date | None = None) -> list[Exceptional]:
    """Exceptions by first day: all of them, or those in force in a territory (its own and everybody's). `since`: only
    those that are not over before that day."""
    query = select(desk_exceptions).order_by(desk_exceptions.c.first_day, desk_exceptions.c.id)
    if territory != "all":
        query = query.where(or_(desk_exceptions.c.territory.is_(None), desk_exceptions.c.territory == territory))
    if since is not None:
        query = query.where(desk_exceptions.c.last_day >= since)
    return [Exceptional(row.id, row.territory, row.first_day, row.last_day, tuple((a, b) for a, b in row.spans), row.kind)
            for row in connection.execute(query)]


def set_week(connection: Connection, territory: str | None, shifts: Iterable[Shift], *, by: str | None, now: datetime) -> None:
    """Replace a week whole; an empty one of a territory leaves it everybody's. Raises OpeningError."""
    _known(territory)
    checked = checked_shifts(shifts)
    connection.execute(delete(desk_shifts).where(desk_shifts.c.territory == territory))
    for one in checked:
        connection.execute(insert(desk_shifts).values(territory=territory, weekday=one.weekday, opens=one.opens, closes=one.closes))
    audit.write(connection, by, "hours_set", now, territories=[territory or "all"])


def add_exception(connection: Connection, territory: str | None, first: date, last: date, spans: Iterable[Span] = (), *,
                  kind: str = "closure", by: str | None, now: datetime) -> int:
    """Days, both included, with other hours (`spans`) or none; the row's id. Raises OpeningError."""
    _known(territory)
    if kind not in EXCEPTION_KINDS:
        raise OpeningError("kind")
    checked = checked_spans(spans)
    if not 0 <= (last - first).days <= LONGEST_EXCEPTION_DAYS:
        raise OpeningError("last_day")
    made = connection.execute(
        insert(desk_exceptions).values(territory=territory, first_day=first, last_day=last, spans=[list(one) for one in checked], kind=kind)
    )
    audit.write(connection, by, "hours_exception_added", now, territories=[territory or "all"])
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def remove_exception(connection: Connection, exception_id: int, *, by: str | None, now: datetime) -> bool:
    """Take one away; false when there is none."""
    gone = connection.execute(delete(desk_exceptions).where(desk_exceptions.c.id == exception_id))
    if gone.rowcount:
        audit.write(connection, by, "hours_exception_removed", now)
    return gone.rowcount > 0


def _known(territory: str | None) -> None:
    if territory is not None and territory not in territories():
        raise OpeningError("territory")
