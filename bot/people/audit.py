"""Who did what, and when. It holds codes and ids, never a word of a resident or a navigator."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from bot.people.tables import audit_log, people

__all__ = ["PAGE", "Filter", "actions", "entries", "search", "write"]

# The only details a row may hold, each a code, an id or an account's address: text cannot slip in.
DETAILS = frozenset({"outcome", "reason", "service", "to", "email", "roles", "territories", "languages", "topics", "key", "door",
                     "territory", "day"})
# And each has the form of one: a sentence has spaces. Only a service's id is whatever its source gave it.
_CODE = re.compile(r"\S{1,254}")
_FREE = frozenset({"service"})
_ACTION = re.compile(r"[a-z_]{1,32}")
PAGE = 100


def write(connection: Connection, person_id: str | None, action: str, now: datetime, *, handoff_id: str | None = None,
          **detail: Any) -> None:
    """One row, in the transaction of what it tells. `person_id` is null for the command line."""
    unknown = set(detail) - DETAILS
    if unknown:
        raise ValueError(f"the audit log has no place for {', '.join(sorted(unknown))}")
    if not _ACTION.fullmatch(action):
        raise ValueError("an action is a short code")
    kept = {name: value for name, value in detail.items() if value is not None}
    for name, value in kept.items():
        if name not in _FREE and not all(isinstance(one, str) and _CODE.fullmatch(one) for one in (value if isinstance(value, list | tuple) else [value])):
            raise ValueError(f"the audit log holds codes: {name} is none")
    connection.execute(
        insert(audit_log).values(at=now, person_id=person_id, action=action, handoff_id=handoff_id, detail=kept)
    )


def entries(connection: Connection, handoff_id: str | None = None) -> list[Row[Any]]:
    """The log in order; of one handoff when it is named."""
    query = select(audit_log).order_by(audit_log.c.id)
    return list(connection.execute(query if handoff_id is None else query.where(audit_log.c.handoff_id == handoff_id)))


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for; what is null or empty does not matter. `person` is an account's id, "-" the command line;
    `since` (included) and `until` (not included) are times; `before` an id from which to go on."""

    person: str = ""
    action: str = ""
    handoff: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def search(connection: Connection, wanted: Filter, limit: int = PAGE) -> list[Row[Any]]:
    """Rows with the `email` and `name` of who did it, the newest first."""
    query = select(audit_log, people.c.email, people.c.name).outerjoin(people, people.c.id == audit_log.c.person_id)
    if wanted.person:
        query = query.where(audit_log.c.person_id.is_(None) if wanted.person == "-" else audit_log.c.person_id == wanted.person)
    if wanted.action:
        query = query.where(audit_log.c.action == wanted.action)
    if wanted.handoff:
        query = query.where(audit_log.c.handoff_id == wanted.handoff)
    if wanted.since:
        query = query.where(audit_log.c.at >= wanted.since)
    if wanted.until:
        query = query.where(audit_log.c.at < wanted.until)
    if wanted.before:
        query = query.where(audit_log.c.id < wanted.before)
    return list(connection.execute(query.order_by(audit_log.c.id.desc()).limit(limit)))


def actions(connection: Connection) -> list[str]:
    """The actions that the log holds, by name: what one can filter by."""
    return list(connection.scalars(select(audit_log.c.action).distinct().order_by(audit_log.c.action)))
