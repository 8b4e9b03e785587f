"""The engine: SQLite by default (WAL, synchronous=FULL, foreign keys), PostgreSQL to grow.

SQLite begins every writing transaction with BEGIN IMMEDIATE: a transaction that reads first and writes later
would otherwise fail with "database is locked" instead of waiting its turn. SQLite itself waits by sleeping and trying
again, up to a tenth of a second at a time; so the writers of one process queue on a lock of ours first.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

__all__ = ["alone", "insert_if_absent", "is_used", "make_engine", "reading", "writing"]

BUSY_SECONDS = 30
# How our connections are called in PostgreSQL's list of them.
APPLICATION = "bonneporte"
# Where our advisory locks are, apart from those of others in the same PostgreSQL.
LOCKS = zlib.crc32(b"bonneporte") & 0x7FFFFFFF

# The writers' queue of each SQLite engine of this process. Other processes are waited for by SQLite's own means.
_queues: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()


def make_engine(address: str) -> Engine:
    """An engine for `address` (a SQLAlchemy URL)."""
    # hide_parameters: an error's text must never hold what a resident wrote.
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return create_engine(url.update_query_dict({"application_name": APPLICATION}), pool_pre_ping=True, pool_size=10,
                             max_overflow=20, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
                           pool_size=10, max_overflow=20, hide_parameters=True)

    _queues[engine] = threading.Lock()

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN itself, below
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        deferred = connection.get_execution_options().get("bonneporte_reading", False)
        connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One writing transaction: commits at the end, rolls back on any exception. Never one inside another."""
    queue: AbstractContextManager[Any] = _queues.get(engine) or nullcontext()
    with queue, engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent read that never waits for a writer (SQLite) and never writes."""
    with engine.connect().execution_options(bonneporte_reading=True) as connection:
        yield connection


def alone(connection: Connection, work: str) -> None:
    """Wait until no other process is at the work of this name, and keep it to the end of the transaction. For what begins with
    nothing in a table to lock. (On SQLite a writing transaction is alone.)"""
    if connection.dialect.name == "postgresql":
        key = zlib.crc32(work.encode()) & 0x7FFFFFFF
        connection.execute(text("SELECT pg_advisory_xact_lock(:space, :key)"), {"space": LOCKS, "key": key})


def insert_if_absent(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one with its key, or with what is unique in it, is there; whether it was inserted. Safe against another
    process doing the same."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(insert).first() is not None


def is_used(engine: Engine) -> bool:
    """Whether another process of ours has the database open. The engine's own connections are closed first."""
    engine.dispose()
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                          "AND application_name = :name")
            for _ in range(10):  # a connection that was closed just now may still be in the list
                connection.rollback()  # each transaction sees the list as it was at its first look
                if not connection.scalar(others, {"name": APPLICATION}):
                    return False
                time.sleep(0.2)
            return True
        connection.exec_driver_sql("COMMIT")
        try:  # SQLite leaves its write-ahead log only when nobody else has the file open
            connection.exec_driver_sql("PRAGMA busy_timeout=500")
            return bool(connection.exec_driver_sql("PRAGMA journal_mode=DELETE").scalar() != "delete")
        except OperationalError:
            return True
        finally:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
