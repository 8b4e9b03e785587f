"""The engine's promises and the schema's migrations, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Engine, Integer, MetaData, Table, insert, select

from bot.store.base import UtcTime
from bot.store.engine import make_engine, reading, writing
from bot.store.schema import all_tables, upgrade
from bot.store.tables import facts


def test_every_connection_to_sqlite_survives_a_power_cut(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    for _ in range(3):
        with reading(engine) as connection:
            pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        engine.dispose()


def test_the_migrations_make_the_schema_that_the_code_describes(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    upgrade(empty_engine)  # a second time changes nothing
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, all_tables()) == []


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        connection.execute(insert(facts).values(name="a", value="b"))
        raise ZeroDivisionError
    with reading(engine) as connection:
        assert connection.execute(select(facts)).all() == []


def test_times_are_kept_in_utc_and_come_back_aware(empty_engine: Engine) -> None:
    table = Table("times", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcTime))
    table.create(empty_engine)
    eastern = datetime(2026, 7, 1, 8, 30, tzinfo=timezone(timedelta(hours=-4)))
    with writing(empty_engine) as connection:
        connection.execute(insert(table).values(id=1, at=eastern))
    with reading(empty_engine) as connection:
        assert connection.scalar(select(table.c.at)) == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused(empty_engine: Engine) -> None:
    table = Table("times", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcTime))
    table.create(empty_engine)
    with pytest.raises(Exception, match="without a zone"), writing(empty_engine) as connection:
        connection.execute(insert(table).values(id=1, at=datetime(2026, 7, 1)))
