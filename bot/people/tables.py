"""Accounts, sessions, failed log-ins and the audit log. None of them holds a word that a resident wrote."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, false

from bot.store.base import UtcTime, metadata

__all__ = ["audit_log", "login_attempts", "people", "sessions"]

people = Table(
    "people",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),  # in lower case; 254: RFC 5321's longest
    Column("name", String(100), nullable=False),  # what residents are told
    Column("password_hash", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("territories", JSON, nullable=False),  # RLS codes, or ["all"]; empty: none
    Column("languages", JSON, nullable=False),  # those that the person answers in
    Column("topics", JSON, nullable=False),  # need ids; empty: all
    Column("language", String(2), nullable=False),  # that of their own pages
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("created_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime),  # null: signed out everywhere, or never there
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 of a 256-bit random token
    Column("person_id", String(36), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Index("ix_sessions_person_id", "person_id"),
)

# One row an attempt that failed, or that is being checked; gone after an hour.
login_attempts = Table(
    "login_attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account", String(64), nullable=False),  # SHA-256 of the address given: it may be nobody's account
    Column("at", UtcTime, nullable=False),
    Index("ix_login_attempts_account", "account", "at"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcTime, nullable=False),
    Column("person_id", String(36), ForeignKey("people.id")),  # null: the command line
    Column("action", String(32), nullable=False),
    Column("handoff_id", String(36)),  # no foreign key: the log outlives what was erased
    Column("detail", JSON, nullable=False),  # codes only: outcome, reason, service id, to whom
    Index("ix_audit_log_handoff_id", "handoff_id"),
)
