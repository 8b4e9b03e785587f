"""Facts about this database itself, by name: is it a demonstration, which embedded directory was loaded."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from bot.store.base import metadata

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
