"""What a conversation is made of. Everything two processes must share is here; nothing of it lives in memory.

A resident's message is its own inbox entry: `handled` turns true in the transaction that writes its answers.
A message for a channel that we must push to (Telegram) has an outbox row, written in the same transaction.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from bot.store.base import UtcTime, metadata

__all__ = ["conversations", "messages", "outbox"]

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("token_hash", String(64), nullable=False),  # SHA-256 of a 256-bit random token
    Column("channel", String(16), nullable=False),  # web, telegram
    Column("channel_ref", String(64)),  # the Telegram chat; null on the web
    Column("door", String(64)),
    Column("language", String(2), nullable=False),
    Column("language_chosen", Boolean, nullable=False, server_default=false()),  # asked for: detection never changes it
    Column("status", String(16), nullable=False),  # assistant, waiting, navigator, closed
    Column("asks", String(32)),  # what the last question wants, null when none is open
    Column("known", JSON, nullable=False),  # need, place, territory, for_other, age_band, shown: for the packet
    Column("withheld", JSON),  # fields of the packet that the resident leaves out (bot/handoff/packet.py); null: none
    Column("counted", JSON),  # the fields of the events counted of it, by need: to correct the count when a person knows more
    Column("unclear", JSON),  # a message that was not understood, and what the resident lets us keep of it (learning.py)
    Column("tracker", JSON),  # Rasa's events, opaque (nlu/channel.py)
    Column("crisis", String(16)),  # suicide or danger once recognised, for the queue's order
    Column("last_seq", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("last_message_at", UtcTime, nullable=False),
    Column("handed_off", Boolean, nullable=False, server_default=false()),  # a navigator had it: longer retention
    Column("lease", String(36)),  # who answers it now, until when
    Column("leased_until", UtcTime),
    Index("ix_conversations_channel", "channel", "channel_ref", unique=True),
    Index("ix_conversations_last_message_at", "last_message_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation_id", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("from_", String(16), nullable=False),  # assistant, navigator, resident, system
    Column("language", String(2), nullable=False),
    Column("kind", String(16), nullable=False),  # text, question, services, crisis, handoff, notice
    Column("text", Text, nullable=False),
    Column("asks", String(32)),
    Column("choices", JSON, nullable=False),
    Column("services", JSON, nullable=False),
    Column("helplines", JSON, nullable=False),
    Column("choice", Text),  # the choice that a resident's message tapped
    Column("client_id", String(64)),
    Column("reply_to", Integer),  # the resident's message that this answers
    Column("handled", Boolean, nullable=False),  # false: a resident's message still to be answered
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("conversation_id", "client_id"),
    Index("ix_messages_unhandled", "handled", "created_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("channel_ref", String(64), nullable=False),
    Column("status", String(16), nullable=False),  # waiting, sending, sent, failed
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcTime, nullable=False),
    Column("sent_ids", JSON, nullable=False),  # Telegram's message ids, one a part, so that erase can delete them
    UniqueConstraint("conversation_id", "seq"),
    Index("ix_outbox_status", "status", "not_before"),
)
