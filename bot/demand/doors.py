"""Doors: the partner places whose link or poster brings residents. An unknown door is dropped, never written down."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.demand.tables import demand_doors, insert_if_absent

__all__ = ["add_door", "door_names", "is_door"]


def is_door(connection: Connection, code: str) -> bool:
    """Whether the operator made this door."""
    return connection.execute(select(demand_doors.c.code).where(demand_doors.c.code == code)).first() is not None


def add_door(connection: Connection, code: str, name: str) -> bool:
    """Make a door with a public name; false when its code exists already (its name stays)."""
    return insert_if_absent(connection, demand_doors, code=code, name=name)


def door_names(connection: Connection) -> dict[str, str]:
    """Public names of all doors by code, in the order of the codes."""
    rows = connection.execute(select(demand_doors).order_by(demand_doors.c.code))
    return {row.code: row.name for row in rows}
