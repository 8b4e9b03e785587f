"""Writing events down, one per person, need and month, and destroying what could tell whether somebody asked before."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select, text

from bot.demand.doors import is_door
from bot.demand.event import Event
from bot.demand.months import current_month, half_of, next_month, quarter_of
from bot.demand.tables import (
    demand_counted,
    demand_events,
    demand_keys,
    demand_publications,
    insert_if_absent,
)
from bot.store.base import utcnow

__all__ = ["forget", "open_month", "record", "shuffle"]

KEY_BYTES = 32  # as long as SHA-256's output: RFC 2104


def record(connection: Connection, event: Event, who: str, *, now: datetime | None = None) -> bool:
    """Write an event in the caller's transaction; false when this person asked for this need already this month.

    `who` is the conversation's id on the web, the chat on Telegram: it is only hashed under the month's key, and
    neither it nor the hash is in the event. The event counts in the month it is written in (`now`, by default the
    clock), whatever month it names, and in the following one once that is published. A door that the operator did not
    make is dropped.
    """
    hold_publications(connection)
    month = open_month(connection, current_month(now or utcnow()))
    digest = hmac.digest(_key(connection, month), f"{event.need}\0{who}".encode(), hashlib.sha256)
    if not insert_if_absent(connection, demand_counted, month=month, digest=digest):
        return False
    door = event.door if event.door is not None and is_door(connection, event.door) else None
    connection.execute(insert(demand_events).values({**event.as_row(), "id": uuid4(), "month": month, "door": door}))
    return True


def _key(connection: Connection, month: str) -> bytes:
    find = select(demand_keys.c.key).where(demand_keys.c.month == month)
    key = connection.execute(find).scalar()
    if key is None:
        insert_if_absent(connection, demand_keys, month=month, key=secrets.token_bytes(KEY_BYTES))
        key = connection.execute(find).scalar_one()
    return key


def hold_publications(connection: Connection) -> None:
    """Let no publication begin between the choice of an event's month and its commit (publish() takes SHARE).

    SQLite needs nothing: a writing transaction is alone."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE demand_events IN ROW EXCLUSIVE MODE"))


def open_month(connection: Connection, month: str) -> str:
    """The first month from `month` on that is not published, nor its quarter or half-year: there a late event counts."""
    periods = connection.execute(select(demand_publications.c.period).distinct()).scalars()
    published = set(periods)
    while published & {month, quarter_of(month), half_of(month)}:
        month = next_month(month)
    return month


def forget(connection: Connection, before_month: str) -> None:
    """Destroy the keys of the months before `before_month`, and what was hashed under them. Events stay."""
    for table in (demand_keys, demand_counted):
        connection.execute(delete(table).where(table.c.month < before_month))


def shuffle(connection: Connection, month: str) -> None:
    """Rewrite a month's events in random order, on PostgreSQL, whose pages and xmin would otherwise tell which event
    was written when, and in one transaction with which message. Nothing to do on SQLite: the key's order is random."""
    if connection.dialect.name != "postgresql":
        return
    chosen = demand_events.c.month == month
    rows = connection.execute(select(demand_events).where(chosen).order_by(func.random()).with_for_update()).mappings().all()
    if rows:
        connection.execute(delete(demand_events).where(chosen))
        connection.execute(insert(demand_events), [{**row, "id": uuid4()} for row in rows])
