"""Counts against floods, by hour."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from bot.store.base import UtcTime, metadata

__all__ = ["flood_counts"]

flood_counts = Table(
    "flood_counts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("hour", UtcTime, nullable=False),
    Column("count", Integer, nullable=False),
)
