"""The one table of what residents let us keep to learn from. Nothing in it leads to a conversation, a person or a day.

Rows are in the order of their random keys (SQLite: WITHOUT ROWID), not of their insertion; on PostgreSQL sentences.shuffle()
rewrites them in random order.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, String, Table, Text, Uuid

from bot.store.base import metadata

__all__ = ["learning_sentences"]

learning_sentences = Table(
    "learning_sentences",
    metadata,
    Column("id", Uuid, primary_key=True),  # random
    Column("month", String(7), nullable=False),  # in which the conversation was erased, not the one of the message
    Column("language", String(2), nullable=False),
    Column("text", Text, nullable=False),  # masked (masking.py), as the resident saw it
    Column("guessed", JSON, nullable=False),  # need ids, best first; empty when there was no guess
    Column("chosen", JSON, nullable=False),  # what it was about in the end; empty when it was never known
    sqlite_with_rowid=False,
)
