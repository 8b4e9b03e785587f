"""A conversation's request for a person: made, cancelled, made urgent, in the caller's transaction.

The caller holds the conversation's row (bot/conversation/storage.lock). Everybody locks the conversation before its
request, so that a resident who writes and a navigator who claims never wait for one another.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from bot.handoff import contacts
from bot.handoff.packet import passed_on
from bot.handoff.tables import OPEN, handoffs
from bot.people import audit

__all__ = ["SOON_NEEDS", "URGENCIES", "cancel", "create", "follow_language", "last_service", "left_by_resident", "open_request", "raise_urgency", "urgency_of", "waiting_ahead"]

URGENCIES = ("crisis", "soon", "normal")  # in the queue's order
# A night outside or another blow may come before a quiet queue is through: after danger, before the rest.
SOON_NEEDS = frozenset({"homelessness", "violence"})


def open_request(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """The request that waits or that a navigator has, or null."""
    query = select(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status.in_(OPEN))
    return connection.execute(query).one_or_none()


def create(connection: Connection, conversation_id: str, *, known: dict[str, Any], language: str, urgency: str,
           now: datetime, withheld: Collection[str] = (), last_seq: int = 0) -> str:
    """Put the conversation in the queue; the request's id. One that is open stays as it is, and its id is given.

    urgency: crisis, soon or normal; normal becomes soon for SOON_NEEDS. `withheld`: the fields (packet.FIELDS) that the
    resident leaves out; with "messages", those up to `last_seq` are not the navigator's to read.
    """
    if urgency not in URGENCIES:
        raise ValueError(f"urgency must be one of {', '.join(URGENCIES)}")
    before = open_request(connection, conversation_id)
    if before is not None:
        return str(before.id)
    urgency = urgency_of(known, urgency)
    packet = passed_on(known, withheld)
    request_id = str(uuid4())
    connection.execute(
        insert(handoffs).values(
            id=request_id, conversation_id=conversation_id, status="waiting", packet=packet,
            territory=packet.get("territory"), language=language, urgency=urgency, created_at=now, moved_at=now,
            from_seq=last_seq if "messages" in withheld else None,
        )
    )
    return request_id


def cancel(connection: Connection, conversation_id: str, now: datetime) -> Row[Any] | None:
    """The resident leaves the queue; the request as it was, null when nothing waited. What a navigator has is not touched."""
    waiting = connection.execute(
        select(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status == "waiting")
    ).one_or_none()
    if waiting is None:
        return None
    contacts.erase(connection, waiting.id)
    connection.execute(update(handoffs).where(handoffs.c.id == waiting.id).values(status="cancelled", ended_at=now))
    return waiting


def left_by_resident(connection: Connection, request: Row[Any], last_seq: int, now: datetime) -> None:
    """The resident went back to the assistant: the navigator reads what was said until now, and nothing after."""
    contacts.erase(connection, request.id)
    connection.execute(update(handoffs).where(handoffs.c.id == request.id)
                       .values(status="returned", ended_at=now, ended_seq=last_seq))
    audit.write(connection, None, "left_by_resident", now, handoff_id=request.id)


def urgency_of(known: dict[str, Any], urgency: str = "normal") -> str:
    """The urgency that a request gets: normal becomes soon for SOON_NEEDS."""
    return "soon" if urgency == "normal" and SOON_NEEDS & set(known.get("needs") or ()) else urgency


def waiting_ahead(connection: Connection, territory: str | None, urgency: str = "normal", since: datetime | None = None) -> int:
    """How many go before a request of this urgency that waits since `since` (null: that would begin now) in the
    territory's queue (null: the queue of those whose territory is not known): the more urgent ones, and as urgent ones
    that came before."""
    before = URGENCIES[:URGENCIES.index(urgency)]
    same = handoffs.c.urgency == urgency
    if since is not None:
        same = and_(same, handoffs.c.created_at < since)
    query = select(func.count()).where(handoffs.c.status == "waiting", handoffs.c.territory == territory,
                                       or_(handoffs.c.urgency.in_(before), same))
    return connection.scalar(query) or 0


def raise_urgency(connection: Connection, conversation_id: str, seq: int | None = None) -> None:
    """Somebody in danger: to the top of the queue, told anew to those who would take it, and the navigator who has it is
    alerted of the message `seq`. Nothing happens when no request is open."""
    connection.execute(
        update(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status == "waiting", handoffs.c.urgency != "crisis")
        .values(noticed_at=None)
    )
    connection.execute(
        update(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status.in_(OPEN))
        .values(urgency="crisis", danger_seq=seq)
    )


def follow_language(connection: Connection, conversation_id: str, language: str) -> None:
    """The resident goes on in the other language: a request that still waits is for somebody who speaks it."""
    connection.execute(
        update(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status == "waiting").values(language=language)
    )


def last_service(connection: Connection, conversation_id: str) -> str | None:
    """The last service that a navigator sent in a request of the conversation that is over, or null."""
    query = (
        select(handoffs.c.oriented_to).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status == "closed")
        .order_by(handoffs.c.ended_at.desc()).limit(1)
    )
    return connection.scalar(query)
