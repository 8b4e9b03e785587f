"""Whether this database is a demonstration: its events are made up, and every page and export says so."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.demand.tables import insert_if_absent
from bot.store.tables import facts

__all__ = ["FACT", "is_demonstration", "mark_demonstration"]

FACT = "demonstration"


def is_demonstration(connection: Connection) -> bool:
    return connection.execute(select(facts.c.value).where(facts.c.name == FACT)).scalar() == "yes"


def mark_demonstration(connection: Connection) -> None:
    insert_if_absent(connection, facts, name=FACT, value="yes")
