"""What is kept beside the records: who changed what, what a maintainer holds against a source, what residents report."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Index, Integer, String, Table, Text, text

from bot.store.base import UtcTime, metadata

__all__ = ["changes", "held", "reports"]

ID = String(160)

# One row a change of a record. It outlives the record, and says nothing of residents.
changes = Table(
    "directory_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("service_id", ID, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("author", Text, nullable=False),  # a maintainer's address, or the name of the source that an import read
    Column("action", String(16), nullable=False),  # history.ACTIONS
    Column("fields", JSON, nullable=False),  # {field of a record: [before, after]}
    Column("undoes", Integer),  # the change that this one takes back
    Index("ix_directory_changes_service_id", "service_id", "id"),
)

# A field of an imported record in which a maintainer's word stands against the source's (held.py).
held = Table(
    "directory_held",
    metadata,
    Column("service_id", ID, primary_key=True),
    Column("field", String(32), primary_key=True),
    Column("given", JSON, nullable=False),  # what the source said when the maintainer's word was taken, as {"value": …}
    Column("proposed", JSON(none_as_null=True)),  # what the source says since, as {"value": …}: to be looked at
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_directory_held_service_id", "service_id"),
)

# What residents say is wrong: never their words nor who they are. One open row a service and kind of fault.
reports = Table(
    "directory_reports",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("service_id", ID, nullable=False),
    Column("kind", String(16), nullable=False),  # reports.KINDS
    Column("first_on", Date, nullable=False),  # days without a time
    Column("last_on", Date, nullable=False),
    Column("count", Integer, nullable=False),
    Column("status", String(16), nullable=False),  # open, fixed, not_wrong
    Column("treated_by", Text),
    Column("treated_at", UtcTime),
    Index("ix_directory_reports_open", "service_id", "kind", unique=True,
          sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
)
