"""Each change of a record: who, when, and what every changed field was and is. Functions work inside their caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.directory.kept_tables import changes

__all__ = ["ACTIONS", "Change", "Differences", "change", "changes_of", "differences", "note", "note_all"]

# What was done: by a maintainer (edited … undone), or by an import (imported, retired: no longer in its source).
ACTIONS = ("edited", "verified", "closed", "reopened", "taken", "undone", "imported", "retired")

Differences = dict[str, list[Any]]  # field of a record (forms.as_dict): [before, after]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `undoes`: the change that it takes back, null for most."""

    id: int
    service_id: str
    at: datetime
    author: str
    action: str
    fields: Differences
    undoes: int | None = None


def differences(before: dict[str, Any], after: dict[str, Any]) -> Differences:
    """The fields that differ between two records of one service; a field that one of them leaves out is null there."""
    return {name: [before.get(name), after.get(name)] for name in {**before, **after} if before.get(name) != after.get(name)}


def note(connection: Connection, service_id: str, author: str, action: str, fields: Differences, now: datetime,
         undoes: int | None = None) -> int:
    """Write one change down; its number."""
    done = connection.execute(insert(changes).values(
        service_id=service_id, at=now, author=author, action=action, fields=fields, undoes=undoes))
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def note_all(connection: Connection, author: str, action: str, found: Iterable[tuple[str, Differences]], now: datetime) -> None:
    """Write the changes of an import down, (service id, fields) each."""
    rows = [{"service_id": key, "at": now, "author": author, "action": action, "fields": fields} for key, fields in found]
    if rows:
        connection.execute(insert(changes), rows)


def changes_of(connection: Connection, service_id: str, limit: int = 100) -> list[Change]:
    """The changes of one service, the newest first."""
    query = select(changes).where(changes.c.service_id == service_id).order_by(changes.c.id.desc()).limit(limit)
    return [_change(row) for row in connection.execute(query)]


def change(connection: Connection, number: int) -> Change | None:
    """One change, or null."""
    row = connection.execute(select(changes).where(changes.c.id == number)).one_or_none()
    return _change(row) if row else None


def _change(row: Any) -> Change:
    return Change(row.id, row.service_id, row.at, row.author, row.action, row.fields, row.undoes)
