"""Accounts on a database, on both kinds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.people.people import People
from bot.settings import Settings

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
PASSWORD = "un mot de passe assez long"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", limit_logins=3)


@pytest.fixture
def people(engine: Engine, settings: Settings) -> People:
    return People(engine, settings)
