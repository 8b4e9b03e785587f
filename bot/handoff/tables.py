"""Requests for a person, notes on them, and a way to reach whoever left one. All go when the conversation is erased."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

import bot.handoff.desk_tables  # noqa: F401  # the topic's other tables, in the same metadata
from bot.store.base import UtcTime, metadata

__all__ = ["OPEN", "contacts", "handoffs", "notes"]

OPEN = ("waiting", "navigator")

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("status", String(16), nullable=False),  # waiting, navigator, returned, closed, cancelled
    Column("packet", JSON, nullable=False),  # what the resident agreed to pass on (bot/conversation/known.py)
    Column("territory", String(4)),  # RLS it waits in; null while undecided
    Column("language", String(2), nullable=False),
    Column("urgency", String(8), nullable=False),  # crisis, soon, normal
    Column("owner", String(36), ForeignKey("people.id")),  # the navigator; null while it waits
    Column("handed_by", String(36)),  # the colleague who handed it to its owner; null: they took it
    Column("created_at", UtcTime, nullable=False),  # waiting since
    Column("moved_at", UtcTime),  # came into the queue, or to the navigator who has it
    Column("told_at", UtcTime),  # the resident was told that nobody came yet: once each time it is in the queue
    Column("noticed_at", UtcTime),  # navigators were told on Telegram: once each time it is in the queue
    Column("claimed_at", UtcTime),  # the first claim, also after a transfer
    Column("first_reply_at", UtcTime),
    Column("oriented_to", String(64)),  # the last service that a navigator sent
    Column("from_seq", Integer),  # messages up to here are not passed on; null: all are
    Column("danger_seq", Integer),  # the last message that spoke of danger, and the last one that the navigator noted
    Column("danger_noted_seq", Integer),
    Column("resident_seen_seq", Integer),  # what each side has seen, where the channel tells
    Column("navigator_seen_seq", Integer),
    Column("resident_typing_at", UtcTime),
    Column("navigator_typing_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("ended_seq", Integer),  # the conversation's last message then: what came later is not the navigator's to read
    Column("outcome", String(16)),
    Column("reason", String(16)),
    Index("ix_handoffs_status", "status", "territory"),
    Index("ix_handoffs_owner", "owner", "status"),
    Index("ix_handoffs_conversation_id", "conversation_id"),
)

# One open request a conversation, whatever two processes do.
Index(
    "uq_handoffs_open", handoffs.c.conversation_id, unique=True,
    sqlite_where=handoffs.c.status.in_(OPEN), postgresql_where=handoffs.c.status.in_(OPEN),
)

notes = Table(
    "handoff_notes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("handoff_id", String(36), ForeignKey("handoffs.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", String(36), ForeignKey("people.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_handoff_notes_handoff_id", "handoff_id"),
)

# A way to reach somebody, read by the navigator who has the request only, erased once used.
contacts = Table(
    "handoff_contacts",
    metadata,
    Column("handoff_id", String(36), ForeignKey("handoffs.id", ondelete="CASCADE"), primary_key=True),
    Column("way", String(200), nullable=False),
    Column("given_at", UtcTime, nullable=False),
)
