"""The schema: every topic's tables under one metadata, brought up to date by migrations."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, MetaData, inspect, text

from bot.store.base import metadata
from bot.store.engine import alone

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["TOPICS", "all_tables", "is_known", "newest", "revision_of", "upgrade"]

# The topics that keep tables.
TOPICS = ("bot.conversation", "bot.directory", "bot.handoff", "bot.demand", "bot.people", "bot.learning", "bot.store", "bot.channels", "bot.channels.telegram")


def all_tables() -> MetaData:
    """The metadata with every topic's tables in it."""
    for topic in TOPICS:
        import_module(f"{topic}.tables")
    return metadata


def _migrations() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision, by default the newest; nothing happens when it is there already. Processes that
    start at once on one database wait for each other."""
    from alembic import command

    config = _migrations()
    with engine.begin() as connection:
        alone(connection, "migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revision_of(connection: Connection) -> str | None:
    """The revision that a database's schema is at; null where there is none of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def newest() -> str | None:
    """The revision that this version brings a database to."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_migrations()).get_current_head()


def is_known(revision: str) -> bool:
    """Whether this version has the migration: false for a database of a newer version."""
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        return ScriptDirectory.from_config(_migrations()).get_revision(revision) is not None
    except CommandError:
        return False
