"""What the desk needs beside requests: its hours, ready-made replies, what a navigator chose, questions to ask later, and
the doors that may refer people."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    true,
)

from bot.store.base import UtcTime, metadata

__all__ = ["canned_replies", "desk_exceptions", "desk_navigators", "desk_shifts", "follow_ups", "referral_doors", "service_feedback"]

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

# What a navigator chose at the desk: on a break or not, and the Telegram chat that is told when somebody waits.
desk_navigators = Table(
    "desk_navigators",
    metadata,
    Column("person_id", String(36), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("available", Boolean, nullable=False, server_default=true()),
    Column("telegram_chat", String(64)),
    Column("code_hash", String(64)),  # SHA-256 of the code that links a chat, until when it does
    Column("code_until", UtcTime),
)

# "Did it help?", to be asked once of whoever agreed. Nothing else of them is kept for it, 14 days at most.
follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("channel_ref", String(64), nullable=False),  # the chat on Telegram, the conversation on the web
    Column("service", String(64), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("asked", Boolean, nullable=False, server_default=false()),
    Index("ix_follow_ups_due_on", "due_on"),
)

# What was answered of a service, by whoever: nobody is in it. Read by the directory's maintainers.
service_feedback = Table(
    "service_feedback",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("service", String(64), nullable=False),
    Column("answer", String(16), nullable=False),  # helped, not_helped, wrong_number
    Column("reason", String(16)),  # why it did not help: one of the demand's seven reasons, when it was said
    Column("on_day", Date, nullable=False),
    Index("ix_service_feedback_service", "service"),
)

# Doors whose own short form may refer a person who agreed.
referral_doors = Table(
    "referral_doors",
    metadata,
    Column("door", String(64), primary_key=True),
    Column("allowed_at", UtcTime, nullable=False),
)
