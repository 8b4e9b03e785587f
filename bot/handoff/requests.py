"""A conversation's request for a person: made, cancelled, made urgent, in the caller's transaction.

The caller holds the conversation's row (bot/conversation/storage.lock). Everybody locks the conversation before its
request, so that a resident who writes and a navigator who claims never wait for one another.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.handoff.tables import OPEN, handoffs

__all__ = ["SOON_NEEDS", "URGENCIES", "cancel", "create", "open_request", "raise_urgency", "waiting_ahead"]

URGENCIES = ("crisis", "soon", "normal")  # in the queue's order
# A night outside or another blow may come before a quiet queue is through: after danger, before the rest.
SOON_NEEDS = frozenset({"homelessness", "violence"})


def open_request(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """The request that waits or that a navigator has, or null."""
    query = select(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status.in_(OPEN))
    return connection.execute(query).one_or_none()


def create(connection: Connection, conversation_id: str, *, known: dict[str, Any], language: str, urgency: str,
           now: datetime) -> str:
    """Put the conversation in the queue; the request's id. One that is open stays as it is, and its id is given.

    urgency: crisis, soon or normal; normal becomes soon for SOON_NEEDS.
    """
    if urgency not in URGENCIES:
        raise ValueError(f"urgency must be one of {', '.join(URGENCIES)}")
    before = open_request(connection, conversation_id)
    if before is not None:
        return str(before.id)
    if urgency == "normal" and SOON_NEEDS & set(known.get("needs") or ()):
        urgency = "soon"
    request_id = str(uuid4())
    connection.execute(
        insert(handoffs).values(
            id=request_id, conversation_id=conversation_id, status="waiting", packet=dict(known),
            territory=known.get("territory"), language=language, urgency=urgency, created_at=now,
        )
    )
    return request_id


def cancel(connection: Connection, conversation_id: str, now: datetime) -> None:
    """The resident leaves the queue. Nothing happens when nothing waits, or when a navigator has it already."""
    connection.execute(
        update(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status == "waiting")
        .values(status="cancelled", ended_at=now)
    )


def waiting_ahead(connection: Connection, territory: str | None) -> int:
    """How many wait in the territory's queue (null: the queue of those whose territory is not known)."""
    query = select(func.count()).where(handoffs.c.status == "waiting", handoffs.c.territory == territory)
    return connection.scalar(query) or 0


def raise_urgency(connection: Connection, conversation_id: str) -> None:
    """Somebody in danger: to the top of the queue. Nothing happens when no request is open."""
    connection.execute(
        update(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status.in_(OPEN))
        .values(urgency="crisis")
    )
