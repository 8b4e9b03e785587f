"""Which requests a person sees, in which order, and one as the contract's row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.handoff import contacts
from bot.handoff.in_hand import InHand, find, in_hand
from bot.handoff.packet import summary
from bot.handoff.requests import URGENCIES
from bot.handoff.tables import OPEN, handoffs
from bot.people.person import Person
from bot.people.tables import people

__all__ = ["STATUSES", "as_row", "found", "may_reopen", "may_see", "read"]

STATUSES = ("waiting", "mine", "all", "ended")
MOST_ENDED = 50
# A closing is taken back as long as it is fresh, and the person has not gone on.
REOPEN_WITHIN = timedelta(hours=24)
WITH_OWNER = select(handoffs, people.c.email.label("owner_email"), people.c.name.label("owner_name")).outerjoin(
    people, people.c.id == handoffs.c.owner
)


def may_see(person: Person, row: Row[Any]) -> bool:
    """Whether the request is the person's own or one that they serve (bot/people/person.py)."""
    return row.owner == person.id or person.serves(row.territory, row.language, row.packet.get("needs") or ())


def read(connection: Connection, person: Person, status: str, now: datetime) -> list[dict[str, Any]]:
    """The queue: danger first, then what cannot wait, and whoever waited longest first.

    waiting: nobody has them; mine: the person's own; all: both, and those that colleagues have; ended: those that the
    person closed or gave back, the newest first, at most MOST_ENDED. ValueError for another status.
    """
    if status not in STATUSES:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}")
    if status == "ended":
        over = WITH_OWNER.where(handoffs.c.owner == person.id, handoffs.c.status.not_in(OPEN)).order_by(handoffs.c.ended_at.desc())
        return _shown(connection, connection.execute(over.limit(MOST_ENDED)).all(), person, now)
    query = WITH_OWNER.where(handoffs.c.status.in_(OPEN))
    if status == "waiting":
        query = query.where(handoffs.c.status == "waiting")
    elif status == "mine":
        query = query.where(handoffs.c.owner == person.id)
    rows = [row for row in connection.execute(query) if may_see(person, row)]
    rows.sort(key=lambda row: (URGENCIES.index(row.urgency), row.created_at, row.id))
    return _shown(connection, rows, person, now)


def found(connection: Connection, person: Person, text: str, now: datetime) -> list[dict[str, Any]]:
    """The person's own requests, open or over, in which something was said (in_hand.find), each with `said`; the newest
    first."""
    said = find(connection, person.id, text)
    rows = connection.execute(WITH_OWNER.where(handoffs.c.id.in_(said)).order_by(handoffs.c.created_at.desc())).all()
    return [{**one, "said": said[one["id"]]} for one in _shown(connection, rows, person, now)]


def _shown(connection: Connection, rows: Sequence[Row[Any]], person: Person, now: datetime) -> list[dict[str, Any]]:
    """The rows, with what their own navigator sees of them besides: unread messages, the last words, since when a reply is
    due; and how they ended."""
    mine = in_hand(connection, [row for row in rows if row.owner == person.id and row.status in OPEN])
    reachable = contacts.given(connection, [row.id for row in rows])
    shown = []
    for row in rows:
        own = mine.get(row.id, InHand())
        shown.append({
            **as_row(row, person, now), "unread": own.unread, "last": own.last,
            "due_seconds": None if own.due is None else max(0, int((now - own.due).total_seconds())),
            "contact_left": row.id in reachable, "outcome": row.outcome, "reason": row.reason,
            "ended_at": row.ended_at.isoformat() if row.ended_at else None, "may_reopen": may_reopen(person, row, now),
        })
    return shown


def may_reopen(person: Person, row: Row[Any], now: datetime) -> bool:
    """Whether the person closed it in the last REOPEN_WITHIN. Whether its resident has gone on is seen in the act."""
    return row.status == "closed" and row.owner == person.id and row.ended_at is not None and now - row.ended_at < REOPEN_WITHIN


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
        "handed": row.status == "navigator" and row.handed_by is not None and row.navigator_seen_seq is None,
        "danger": row.status == "navigator" and (row.danger_seq or 0) > (row.danger_noted_seq or 0),
        "first_reply_seconds": None if row.first_reply_at is None else int((row.first_reply_at - row.created_at).total_seconds()),
    }
