"""Doors: the partner places whose link or poster brings residents. An unknown door is dropped, never written down."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from bot.demand.tables import demand_doors, insert_if_absent

__all__ = ["CODE", "Door", "add_door", "all_doors", "change_door", "door_names", "is_door"]

# What may stand in a link, a QR code and Telegram's deep link (64 of A-Z, a-z, 0-9, _ and -).
CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Door:
    """`name` is public: it stands beside the figures. `place` is for whoever keeps the list."""

    code: str
    name: str
    place: str


def is_door(connection: Connection, code: str) -> bool:
    """Whether the operator made this door."""
    return connection.execute(select(demand_doors.c.code).where(demand_doors.c.code == code)).first() is not None


def add_door(connection: Connection, code: str, name: str, place: str | None = None) -> bool:
    """Make a door with a public name; false when its code exists already (its name stays)."""
    return insert_if_absent(connection, demand_doors, code=code, name=name, place=place or None)


def change_door(connection: Connection, code: str, name: str, place: str | None = None) -> bool:
    """Another name or place; false when there is no such door. A code never changes: it is on posters."""
    changed = update(demand_doors).where(demand_doors.c.code == code).values(name=name, place=place or None)
    return connection.execute(changed).rowcount == 1


def all_doors(connection: Connection) -> list[Door]:
    """All doors in the order of their names."""
    rows = connection.execute(select(demand_doors))
    return sorted((Door(row.code, row.name, row.place or "") for row in rows), key=lambda one: (one.name.casefold(), one.code))


def door_names(connection: Connection) -> dict[str, str]:
    """Public names of all doors by code, in the order of the codes."""
    rows = connection.execute(select(demand_doors).order_by(demand_doors.c.code))
    return {row.code: row.name for row in rows}
