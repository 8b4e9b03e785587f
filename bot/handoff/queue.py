"""Which requests a person sees, in which order, and one as the contract's row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.conversation.tables import messages
from bot.handoff import contacts
from bot.handoff.packet import summary
from bot.handoff.requests import URGENCIES
from bot.handoff.tables import OPEN, handoffs
from bot.people.person import Person
from bot.people.tables import people

__all__ = ["STATUSES", "as_row", "may_see", "read"]

STATUSES = ("waiting", "mine", "all")
WITH_OWNER = select(handoffs, people.c.email.label("owner_email"), people.c.name.label("owner_name")).outerjoin(
    people, people.c.id == handoffs.c.owner
)


def may_see(person: Person, row: Row[Any]) -> bool:
    """Whether the request is the person's own or one that they serve (bot/people/person.py)."""
    return row.owner == person.id or person.serves(row.territory, row.language, row.packet.get("needs") or ())


def read(connection: Connection, person: Person, status: str, now: datetime) -> list[dict[str, Any]]:
    """The queue: danger first, then what cannot wait, and whoever waited longest first.

    waiting: nobody has them; mine: the person's own; all: both, and those that colleagues have. ValueError for
    another status.
    """
    if status not in STATUSES:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}")
    query = WITH_OWNER.where(handoffs.c.status.in_(OPEN))
    if status == "waiting":
        query = query.where(handoffs.c.status == "waiting")
    elif status == "mine":
        query = query.where(handoffs.c.owner == person.id)
    rows = [row for row in connection.execute(query) if may_see(person, row)]
    rows.sort(key=lambda row: (URGENCIES.index(row.urgency), row.created_at, row.id))
    unread = _unread(connection, [row.id for row in rows if row.owner == person.id])
    reachable = contacts.given(connection, [row.id for row in rows])
    return [{**as_row(row, person, now), "unread": unread.get(row.id, 0), "contact_left": row.id in reachable} for row in rows]


def _unread(connection: Connection, ids: list[str]) -> dict[str, int]:
    """How many messages of the resident the navigator has not seen, by request."""
    newer = messages.c.seq > func.coalesce(handoffs.c.navigator_seen_seq, handoffs.c.from_seq, 0)
    rows = connection.execute(
        select(handoffs.c.id, func.count()).join(messages, messages.c.conversation_id == handoffs.c.conversation_id)
        .where(handoffs.c.id.in_(ids), messages.c.from_ == "resident", newer).group_by(handoffs.c.id)
    )
    return dict(rows.tuples().all())


def as_row(row: Row[Any], person: Person, now: datetime) -> dict[str, Any]:
    """The contract's row of the queue, for the person who reads it. `owner` is an address, null while nobody has it."""
    needs = row.packet.get("needs") or ()
    until = row.claimed_at if row.owner else row.ended_at or now
    return {
        "id": row.id,
        "need": needs[0] if needs else None,
        "territory": row.territory,
        "language": row.language,
        "for_other": bool(row.packet.get("for_other")),
        "urgency": row.urgency,
        "waiting_seconds": max(0, int(((until or now) - row.created_at).total_seconds())),
        "summary": summary(row.packet, person.language),
        "owner": row.owner_email,
        "owner_name": row.owner_name,
        "status": row.status,
        "mine": row.owner == person.id,
        "danger": row.status == "navigator" and (row.danger_seq or 0) > (row.danger_noted_seq or 0),
        "first_reply_seconds": None if row.first_reply_at is None else int((row.first_reply_at - row.created_at).total_seconds()),
    }
