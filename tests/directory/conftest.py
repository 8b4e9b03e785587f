"""The directory's tests run on SQLite here."""

from __future__ import annotations

import pytest

from bot.store.engine import make_engine
from bot.store.schema import all_tables


@pytest.fixture
def engine(tmp_path):
    """An empty database with the whole schema."""
    engine = make_engine(f"sqlite:///{tmp_path / 'directory.db'}")
    all_tables().create_all(engine)
    yield engine
    engine.dispose()
