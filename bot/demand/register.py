"""The register that the Quebec regulation on anonymisation asks for: what was made anonymous, how, when, and what changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from bot.demand.plan import Plan
from bot.demand.tables import demand_register

__all__ = ["KINDS", "Entry", "entries", "note", "note_parameters"]

KINDS = ("parameters", "publication", "review", "incident")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the register; `what` holds figures and codes, or an operator's text, never anything of a resident."""

    at: datetime
    kind: str
    what: dict[str, Any]


def note(connection: Connection, kind: str, at: datetime, **what: Any) -> None:
    """Add a line. Raises ValueError for a kind that is none of KINDS."""
    if kind not in KINDS:
        raise ValueError(f"{kind} is not a kind of entry")
    connection.execute(insert(demand_register).values(id=uuid4(), at=at, kind=kind, entry=what))


def entries(connection: Connection, kind: str | None = None) -> list[Entry]:
    """The lines, the newest first; of those of one moment, what concerns the latest month."""
    query = select(demand_register).order_by(demand_register.c.at.desc(), demand_register.c.id)
    if kind is not None:
        query = query.where(demand_register.c.kind == kind)
    found = [Entry(row.at, row.kind, row.entry) for row in connection.execute(query)]
    return sorted(found, key=lambda entry: (entry.at, entry.what.get("month") or entry.what.get("from_month") or "", entry.kind), reverse=True)


def note_parameters(connection: Connection, plan: Plan, month: str, now: datetime) -> bool:
    """Note the plan's parameters when they are not those noted last, with the first month they apply to; whether they
    were new."""
    parameters = {"rule": asdict(plan.rule), "tables": {name: [table.period, *table.dimensions] for name, table in plan.tables.items()}}
    text = json.dumps(parameters, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    last = entries(connection, "parameters")
    if last and last[0].what["digest"] == digest:
        return False
    note(connection, "parameters", now, digest=digest, from_month=month, **parameters)
    return True
