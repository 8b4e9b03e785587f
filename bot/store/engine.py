"""The engine: SQLite by default (WAL, synchronous=FULL, foreign keys), PostgreSQL to grow.

SQLite begins every writing transaction with BEGIN IMMEDIATE: a transaction that reads first and writes later
would otherwise fail with "database is locked" instead of waiting its turn. SQLite itself waits by sleeping and trying
again, up to a tenth of a second at a time; so the writers of one process queue on a lock of ours first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

__all__ = ["make_engine", "reading", "writing"]

BUSY_SECONDS = 30

# The writers' queue of each SQLite engine of this process. Other processes are waited for by SQLite's own means.
_queues: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()


def make_engine(address: str) -> Engine:
    """An engine for `address` (a SQLAlchemy URL)."""
    # hide_parameters: an error's text must never hold what a resident wrote.
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)
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
