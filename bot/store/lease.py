"""One process at a time, among all that share the database: whoever holds a lease does the work and renews it; when its
holder dies the lease runs out and another goes on. Kept as facts, `lease.NAME`: the holder and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from bot.store.engine import insert_if_absent
from bot.store.tables import facts

__all__ = ["give_back", "take"]


def take(connection: Connection, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Take the lease, or renew one's own, until `seconds` from now; false while somebody else holds it. `holder`: without spaces."""
    name, until = f"lease.{name}", now + timedelta(seconds=seconds)
    value = f"{holder} {until.isoformat()}"
    if insert_if_absent(connection, facts, name=name, value=value):
        return True
    there = connection.scalar(select(facts.c.value).where(facts.c.name == name))
    if there is None:
        return False  # given back just now: at the next try
    other, _, end = there.partition(" ")
    if other != holder and datetime.fromisoformat(end) > now:
        return False
    same = (facts.c.name == name, facts.c.value == there)  # unless somebody was faster
    return connection.execute(update(facts).where(*same).values(value=value)).rowcount == 1


def give_back(connection: Connection, name: str, holder: str) -> None:
    """Let go of it, so that another need not wait."""
    connection.execute(delete(facts).where(facts.c.name == f"lease.{name}", facts.c.value.startswith(f"{holder} ", autoescape=True)))
