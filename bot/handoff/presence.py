"""Who types and what each side has seen. Told where the channel allows: the web both ways; to Telegram, typing only (its
Bot API tells a bot neither what a person has seen nor that they type)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.conversation.tables import conversations
from bot.handoff.tables import handoffs

__all__ = ["SIDES", "TYPING", "note", "note_resident", "typing_now", "typists_to_tell"]

SIDES = ("resident", "navigator")
TYPING = timedelta(seconds=6)  # a page says it again every few seconds; then it stopped


def typing_now(at: datetime | None, now: datetime) -> bool:
    """Whether somebody who typed at `at` still does."""
    return at is not None and now - at < TYPING


def note(connection: Connection, row: Row[Any], side: str, seen: int | None, typing: bool, now: datetime) -> None:
    """What one side of a request has seen (a seq, which only rises) and whether it types."""
    values: dict[str, Any] = {f"{side}_typing_at": now if typing else None}
    if seen is not None and seen > (getattr(row, f"{side}_seen_seq") or 0):
        values[f"{side}_seen_seq"] = seen
    connection.execute(update(handoffs).where(handoffs.c.id == row.id).values(**values))


def note_resident(connection: Connection, conversation_id: str, seen: int | None, typing: bool, now: datetime) -> None:
    """The same for the resident of a conversation; nothing happens when no navigator has it."""
    query = select(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status == "navigator")
    row = connection.execute(query).one_or_none()
    if row is not None:
        last = connection.scalar(select(conversations.c.last_seq).where(conversations.c.id == conversation_id)) or 0
        note(connection, row, "resident", None if seen is None else min(seen, last), typing, now)


def typists_to_tell(connection: Connection, channel: str, now: datetime) -> list[str]:
    """The chats of a channel in which a navigator types now."""
    query = (
        select(conversations.c.channel_ref).join(handoffs, handoffs.c.conversation_id == conversations.c.id)
        .where(conversations.c.channel == channel, handoffs.c.status == "navigator", handoffs.c.navigator_typing_at > now - TYPING,
               conversations.c.channel_ref.is_not(None))
    )
    return list(connection.scalars(query))
