"""What Telegram needs to be remembered besides conversations: updates taken, long choices, messages of the last 48 hours.

Nothing here outlives its use: an update loses its chat and its content when it is done, and its number after three days;
message numbers go after 48 hours, when Telegram no longer lets a bot delete; handles hold choices, which name nobody.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from bot.store.base import UtcTime, metadata

__all__ = ["telegram_handles", "telegram_messages", "telegram_updates"]

telegram_updates = Table(
    "telegram_updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_ref", String(64)),  # null once done
    Column("payload", JSON(none_as_null=True)),  # what updates.py keeps of it; null once done
    Column("status", String(16), nullable=False),  # waiting, working, done, failed
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcTime, nullable=False),  # while working: when its worker counts as dead
    Column("received_at", UtcTime, nullable=False),  # the order, since update_id may start anew at random
    Index("ix_telegram_updates_status", "status", "not_before"),
    Index("ix_telegram_updates_chat_ref", "chat_ref", "status"),
)

telegram_handles = Table(
    "telegram_handles",
    metadata,
    Column("handle", String(64), primary_key=True),
    Column("choice", Text, nullable=False),
)

telegram_messages = Table(
    "telegram_messages",
    metadata,
    Column("chat_ref", String(64), primary_key=True),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("from_resident", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_telegram_messages_at", "at"),
)
