"""Accounts on a database, on both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from bot.people.people import People
from bot.settings import Settings
from bot.store.engine import make_engine
from bot.store.schema import all_tables
from tests.people.house import House, make_house

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
PASSWORD = "un mot de passe assez long"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", limit_logins=3)


@pytest.fixture
def people(engine: Engine, settings: Settings) -> People:
    return People(engine, settings, secret="a key for tests, of thirty-two characters")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The whole application on SQLite: pages add no query to those tested on both kinds."""
    database = make_engine(f"sqlite:///{tmp_path / 'house.db'}")
    all_tables().create_all(database)
    yield make_house(database, tmp_path)
    database.dispose()


@pytest.fixture
def boss(house: House) -> TestClient:
    """An administrator, signed in."""
    house.person("boss", ("administrator",))
    return house.client("boss")
