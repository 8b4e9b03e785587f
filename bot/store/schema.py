"""The schema: every topic's tables under one metadata, brought up to date by migrations."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sqlalchemy import Engine, MetaData

from bot.store.base import metadata

__all__ = ["TOPICS", "all_tables", "upgrade"]

# The topics that keep tables.
TOPICS = ("bot.conversation", "bot.directory", "bot.handoff", "bot.demand", "bot.people", "bot.learning", "bot.store", "bot.channels", "bot.channels.telegram")


def all_tables() -> MetaData:
    """The metadata with every topic's tables in it."""
    for topic in TOPICS:
        import_module(f"{topic}.tables")
    return metadata


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; nothing happens when it is there already."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
