"""One person, one need, one month: one event, also when a navigator learns more than the assistant knew.

When services are shown an event is written at once. A navigator who closes the request later knows the outcome and the
wait: then one event with exactly the fields written first is taken away and the corrected one put in its place. Events
with the same fields cannot be told apart, so it does not matter whose of them goes, and nothing ties an event to a
conversation: the conversation keeps the fields, not an identifier, and only until it is erased.

A month that is published never changes: then nothing is corrected there, and the closing counts in the open month. A month
that is over and not published yet may be corrected while its attack is played: CORRECTED changes then, and publish() looks
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select, update

from bot.demand.doors import is_door
from bot.demand.event import FIELDS, Event
from bot.demand.months import current_month
from bot.demand.record import hold_publications, open_month, record
from bot.demand.tables import demand_events, insert_if_absent
from bot.store.base import utcnow
from bot.store.tables import facts

__all__ = ["CORRECTED", "asked_before_of", "correct", "corrected", "count"]

CORRECTED = "demand_corrected"  # the fact that holds a random word, another one with each correction of a past month


def count(connection: Connection, event: Event, who: str, *, now: datetime | None = None) -> dict[str, Any] | None:
    """Write an event (record.py); its fields as they were written, null when this person asked for this need already this
    month."""
    now = now or utcnow()
    if not record(connection, event, who, now=now):
        return None
    month = open_month(connection, current_month(now))
    door = event.door if event.door is not None and is_door(connection, event.door) else None
    return {**event.as_row(), "month": month, "door": door}


def asked_before_of(counted: Mapping[str, Mapping[str, Any]]) -> bool | None:
    """What a conversation answered, from the fields of its events by need; null when it was not asked or did not say."""
    return next((written["asked_before"] for written in counted.values() if written["asked_before"] is not None), None)


def correct(connection: Connection, written: Mapping[str, Any], changes: Mapping[str, Any], *, now: datetime | None = None) -> dict[str, Any] | None:
    """Change one event that has exactly the fields `written` (count()); the new fields, with what else was kept beside
    them, or null when its month is published or there is no such event. Raises EventError for changes that make no event."""
    hold_publications(connection)
    if open_month(connection, written["month"]) != written["month"]:
        return None
    before = {name: written[name] for name in FIELDS}
    wanted = Event.from_mapping({**before, **changes}).as_row()
    wanted["month"], wanted["door"] = before["month"], before["door"]
    if wanted == before:
        return {**written, **wanted}
    columns = demand_events.c
    same = [columns[name].is_(None) if before[name] is None else columns[name] == before[name] for name in FIELDS]
    found = connection.execute(select(columns.id).where(*same).limit(1).with_for_update()).scalar()
    if found is None:
        return None
    connection.execute(delete(demand_events).where(columns.month == before["month"], columns.id == found))
    connection.execute(insert(demand_events).values({**wanted, "id": uuid4()}))
    if before["month"] != current_month(now or utcnow()):
        _note_corrected(connection)
    return {**written, **wanted}


def corrected(connection: Connection) -> str | None:
    """A word that differs whenever an event of a past month was corrected in between."""
    return connection.execute(select(facts.c.value).where(facts.c.name == CORRECTED)).scalar()


def _note_corrected(connection: Connection) -> None:
    word = uuid4().hex
    if not insert_if_absent(connection, facts, name=CORRECTED, value=word):
        connection.execute(update(facts).where(facts.c.name == CORRECTED).values(value=word))
