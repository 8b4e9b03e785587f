"""Loading made-up events into a demonstration database, and into no other: real figures are never mixed with them.

    NotADemonstration       the database holds real conversations or events
    LoadFaults              lines that are no events; nothing was loaded
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, select

from bot.conversation.tables import conversations
from bot.demand.demonstration import is_demonstration, mark_demonstration
from bot.demand.doors import add_door
from bot.demand.event import Event
from bot.demand.record import hold_publications, open_month
from bot.demand.tables import demand_counted, demand_events, demand_publications
from bot.store.engine import reading, writing

__all__ = ["MOST_FAULTS", "LoadFaults", "Loaded", "NotADemonstration", "load"]

MOST_FAULTS = 100  # more are not worth reading before mending these
CHUNK = 10_000


class NotADemonstration(Exception):
    """The database holds real conversations or events: made-up ones have no place in it."""


class LoadFaults(Exception):
    """`faults`: (line number from 1, reason), the first MOST_FAULTS of them."""

    def __init__(self, faults: list[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"line {number}: {reason}" for number, reason in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many events were loaded, how many of them came late and count in a following month, and whether the database
    held none before."""

    events: int
    late: int
    first: bool


def load(engine: Engine, lines: Iterable[str]) -> Loaded:
    """Load events, one JSON object a line (blank lines are skipped), all or none. An empty database becomes a
    demonstration. Raises NotADemonstration, LoadFaults."""
    with reading(engine) as connection:
        _refuse_real(connection)
    events = _parse(lines)
    with writing(engine) as connection:
        _refuse_real(connection)
        mark_demonstration(connection)
        hold_publications(connection)
        first = connection.execute(select(demand_events.c.id).limit(1)).first() is None
        open_months = {month: open_month(connection, month) for month in {event.month for event in events}}
        for door in {event.door for event in events if event.door}:
            add_door(connection, door, door)
        _insert(connection, events, open_months)
    return Loaded(len(events), sum(open_months[event.month] != event.month for event in events), first)


def _refuse_real(connection: Connection) -> None:
    if is_demonstration(connection):
        return
    for table in (conversations, demand_events, demand_counted, demand_publications):
        if connection.execute(select(*table.primary_key).limit(1)).first() is not None:
            raise NotADemonstration(
                f"this database holds real data ({table.name}): events are loaded into a database of their own, for a demonstration"
            )


def _parse(lines: Iterable[str]) -> list[Event]:
    events: list[Event] = []
    faults: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            if not isinstance(values, dict):
                raise ValueError("is not a JSON object")
            events.append(Event.from_mapping(values))
        except json.JSONDecodeError as error:
            faults.append((number, f"is not JSON: {error.msg} at column {error.colno}"))
        except ValueError as error:
            faults.append((number, str(error)))
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise LoadFaults(faults)
    return events


def _insert(connection: Connection, events: list[Event], open_months: dict[str, str]) -> None:
    """In the order of their random keys: it tells nothing of the file's, and fills the table from one end."""
    keyed = sorted(((open_months[event.month], uuid4(), event) for event in events), key=lambda entry: (entry[0], entry[1].int))
    for start in range(0, len(keyed), CHUNK):
        rows: list[dict[str, Any]] = [
            {**event.as_row(), "id": key, "month": month} for month, key, event in keyed[start : start + CHUNK]
        ]
        connection.execute(insert(demand_events), rows)
