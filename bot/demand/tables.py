"""Tables of the demand. None has a time of day, and none links an event to another one, to a conversation or a person.

Events are kept in the order of their random keys (SQLite: WITHOUT ROWID), not of their insertion; PostgreSQL keeps
insertion order in its pages until record.shuffle() runs.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, LargeBinary, String, Table, Uuid

from bot.store.base import UtcTime, metadata
from bot.store.engine import insert_if_absent

__all__ = [
    "demand_actions", "demand_counted", "demand_doors", "demand_events", "demand_keys", "demand_publications", "demand_register",
    "insert_if_absent",
]

demand_events = Table(
    "demand_events",
    metadata,
    Column("month", String(7), primary_key=True),  # first, so that a month is read in one stretch
    Column("id", Uuid, primary_key=True),  # random
    Column("need", String(32), nullable=False),
    Column("territory", String(4)),
    Column("language", String(2), nullable=False),
    Column("for_other", Boolean, nullable=False),
    Column("age_band", String(8)),
    Column("door", String(64)),
    Column("channel", String(16), nullable=False),
    Column("met", Boolean, nullable=False),
    Column("reason", String(16)),
    Column("oriented_to", String(64)),
    Column("wait", String(8), nullable=False),
    Column("asked_before", Boolean),
    sqlite_with_rowid=False,
)

# Who asked for what already this month, as an HMAC under the month's key: apart from the events, gone with the month.
demand_counted = Table(
    "demand_counted",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("digest", LargeBinary(32), primary_key=True),
    sqlite_with_rowid=False,
)

demand_keys = Table(
    "demand_keys",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("key", LargeBinary(32), nullable=False),
)

demand_doors = Table(
    "demand_doors",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("place", String(200)),  # where it is, for whoever keeps the list; not published
)

# Written once, never changed.
demand_publications = Table(
    "demand_publications",
    metadata,
    Column("table_name", String(64), primary_key=True),
    Column("period", String(7), primary_key=True),  # 2026-09 or 2026-Q3
    Column("dimensions", JSON, nullable=False),
    Column("cells", JSON, nullable=False),  # [[value of each dimension…, published value or null]…]
    Column("rule", JSON, nullable=False),  # {fr, en, parameters}: the rule it was published under
    Column("digest", String(64), nullable=False),  # SHA-256, published.py
    Column("published_at", UtcTime, nullable=False),
)

# The register of anonymisation and of incidents: lines are added, none is changed.
demand_register = Table(
    "demand_register",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", String(16), nullable=False),  # parameters, publication, review, incident
    Column("entry", JSON, nullable=False),
)

# What a table decided against a gap; shown beside the figures of the following months.
demand_actions = Table(
    "demand_actions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("month", String(7), nullable=False),  # the month whose figures it answers
    Column("need", String(32), nullable=False),
    Column("region", String(8), nullable=False),
    Column("text", String(500), nullable=False),
    Column("lead", String(100), nullable=False),
    Column("co_lead", String(100), nullable=False),
    Column("next_step", String(500), nullable=False),
    Column("due", String(10), nullable=False),  # YYYY-MM-DD
    Column("noted_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
)
