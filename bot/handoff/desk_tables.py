"""What the desk needs beside requests: its opening hours and the replies that its navigators keep ready."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Date, Index, Integer, String, Table, Text

from bot.store.base import UtcTime, metadata

__all__ = ["canned_replies", "desk_exceptions", "desk_shifts"]

# A week's shifts. `territory` null: for every territory that has none of its own.
desk_shifts = Table(
    "desk_shifts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("territory", String(4)),
    Column("weekday", Integer, nullable=False),  # 0: Monday
    Column("opens", Integer, nullable=False),  # minutes from midnight, in Quebec
    Column("closes", Integer, nullable=False),
    Index("ix_desk_shifts_territory", "territory"),
)

# Days with other hours than the week's, or none. `territory` null: for every territory.
desk_exceptions = Table(
    "desk_exceptions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("territory", String(4)),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("spans", JSON, nullable=False),  # [[opens, closes]…]; empty: closed
    Column("kind", String(16), nullable=False),  # opening.EXCEPTION_KINDS
    Index("ix_desk_exceptions_territory", "territory"),
)

# The database itself refuses a reply in one language only.
canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(32), nullable=False, unique=True),  # typed after "/" at the desk
    Column("fr", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    CheckConstraint("length(trim(fr)) > 0 AND length(trim(en)) > 0", name="both_languages"),
)
