"""Accounts, second factors, sessions, failed log-ins and the audit log. None holds a word that a resident wrote."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
)

from bot.store.base import UtcTime, metadata

__all__ = ["audit_log", "login_attempts", "people", "recovery_codes", "second_factors", "sessions"]

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
    # Null: the password is the person's own. "asked": printed on the first run, to be changed. "must": given by an
    # administrator; nothing else is open until it is changed, and it opens nothing after `password_until`.
    Column("password_given", String(8)),
    Column("password_until", UtcTime),
)

# The salts from which secrets are derived (totp.py); no secret.
second_factors = Table(
    "second_factors",
    metadata,
    Column("person_id", String(36), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("salt", String(32)),  # null: begun, not confirmed by a code yet
    Column("confirmed_at", UtcTime),
    Column("last_step", BigInteger, nullable=False, server_default="0"),  # of the last code used: none is taken twice
    Column("pending_salt", String(32)),  # being set up, in place of the other
    Column("pending_at", UtcTime),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person_id", String(36), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("code_hash", String(64), nullable=False),  # HMAC-SHA256 under the secret key
    Column("used_at", UtcTime),
    Index("ix_recovery_codes_person_id", "person_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 of a 256-bit random token
    Column("id", String(36), nullable=False),  # to name it in a list, where the token must not stand
    Column("person_id", String(36), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    Column("agent", String(60), nullable=False, server_default=""),  # "Firefox, Linux": to know it again in the list
    UniqueConstraint("id"),
    Index("ix_sessions_person_id", "person_id"),
)

# One row an attempt that failed, or that is being checked; gone after an hour.
login_attempts = Table(
    "login_attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # SHA-256 of the email address given (it may be nobody's account), or a keyed hash of the network address.
    Column("account", String(64), nullable=False),
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
