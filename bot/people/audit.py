"""Who did what, and when. It holds codes and ids, never a word of a resident or a navigator."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from bot.people.tables import audit_log

__all__ = ["entries", "write"]

# The only details a row may hold, each a code, an id or an account's address: text cannot slip in.
DETAILS = frozenset({"outcome", "reason", "service", "to", "email", "roles", "territories"})


def write(connection: Connection, person_id: str | None, action: str, now: datetime, *, handoff_id: str | None = None,
          **detail: Any) -> None:
    """One row, in the transaction of what it tells. `person_id` is null for the command line."""
    unknown = set(detail) - DETAILS
    if unknown:
        raise ValueError(f"the audit log has no place for {', '.join(sorted(unknown))}")
    kept = {name: value for name, value in detail.items() if value is not None}
    connection.execute(
        insert(audit_log).values(at=now, person_id=person_id, action=action, handoff_id=handoff_id, detail=kept)
    )


def entries(connection: Connection, handoff_id: str | None = None) -> list[Row[Any]]:
    """The log in order; of one handoff when it is named."""
    query = select(audit_log).order_by(audit_log.c.id)
    return list(connection.execute(query if handoff_id is None else query.where(audit_log.c.handoff_id == handoff_id)))
