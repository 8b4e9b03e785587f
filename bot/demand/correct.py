"""One person, one need, one month: one event, also when a navigator learns more than the assistant knew.

When services are shown an event is written at once. A navigator who closes the request later knows the outcome and the
wait: then one event with exactly the fields written first is taken away and the corrected one put in its place. Events
with the same fields cannot be told apart, so it does not matter whose of them goes, and nothing ties an event to a
conversation: the conversation keeps the fields, not an identifier, and only until it is erased.

A month that is published never changes: then nothing is corrected there, and the closing counts in the open month.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select

from bot.demand.doors import is_door
from bot.demand.event import FIELDS, Event
from bot.demand.months import current_month
from bot.demand.record import hold_publications, open_month, record
from bot.demand.tables import demand_events
from bot.store.base import utcnow

__all__ = ["correct", "count"]


def count(connection: Connection, event: Event, who: str, *, now: datetime | None = None) -> dict[str, Any] | None:
    """Write an event (record.py); its fields as they were written, null when this person asked for this need already this
    month."""
    now = now or utcnow()
    if not record(connection, event, who, now=now):
        return None
    month = open_month(connection, current_month(now))
    door = event.door if event.door is not None and is_door(connection, event.door) else None
    return {**event.as_row(), "month": month, "door": door}


def correct(connection: Connection, written: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any] | None:
    """Change one event that has exactly the fields `written` (count()); the new fields, or null when its month is published
    or there is no such event. Raises EventError for changes that make no event."""
    hold_publications(connection)
    if open_month(connection, written["month"]) != written["month"]:
        return None
    wanted = Event.from_mapping({**written, **changes}).as_row()
    wanted["month"], wanted["door"] = written["month"], written["door"]
    if wanted == written:
        return wanted
    columns = demand_events.c
    same = [columns[name].is_(None) if written[name] is None else columns[name] == written[name] for name in FIELDS]
    found = connection.execute(select(columns.id).where(*same).limit(1).with_for_update()).scalar()
    if found is None:
        return None
    connection.execute(delete(demand_events).where(columns.month == written["month"], columns.id == found))
    connection.execute(insert(demand_events).values({**wanted, "id": uuid4()}))
    return wanted
