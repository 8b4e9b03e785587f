"""What residents say is wrong in a record: which service, what kind of fault, on which day. Never their words, never who.

The same fault of the same service is one open report that counts. Functions work inside their caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, update

from bot.directory.kept_tables import reports
from bot.store.engine import insert_if_absent

__all__ = ["KINDS", "OUTCOMES", "Report", "open_counts", "open_reports", "report", "treat"]

KINDS = ("phone", "hours", "address", "closed", "other")
OUTCOMES = ("fixed", "not_wrong")


@dataclass(frozen=True, slots=True)
class Report:
    """One fault of one service, told `count` times from first_on to last_on."""

    id: int
    service_id: str
    kind: str
    first_on: date
    last_on: date
    count: int
    status: str


def report(connection: Connection, service_id: str, kind: str, today: date) -> None:
    """Count one resident's word. Raises ValueError for another kind."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not one of {', '.join(KINDS)}")
    c = reports.c
    if not insert_if_absent(connection, reports, service_id=service_id, kind=kind, first_on=today, last_on=today, count=1, status="open"):
        connection.execute(
            update(reports).where(c.service_id == service_id, c.kind == kind, c.status == "open").values(count=c.count + 1, last_on=today))


def open_reports(connection: Connection, service_id: str | None = None) -> list[Report]:
    """Open reports, of one service when it is named: the most told first, then the oldest."""
    query = select(reports).where(reports.c.status == "open").order_by(reports.c.count.desc(), reports.c.first_on, reports.c.id)
    if service_id is not None:
        query = query.where(reports.c.service_id == service_id)
    return [Report(row.id, row.service_id, row.kind, row.first_on, row.last_on, row._mapping["count"], row.status)
            for row in connection.execute(query)]


def open_counts(connection: Connection) -> dict[str, int]:
    """How many times residents said that something is wrong, by service, in reports still open."""
    counts: dict[str, int] = {}
    for one in open_reports(connection):
        counts[one.service_id] = counts.get(one.service_id, 0) + one.count
    return counts


def treat(connection: Connection, ids: Sequence[int], outcome: str, by: str, now: datetime) -> int:
    """Close open reports as fixed or not_wrong; how many were open. Raises ValueError for another outcome."""
    if outcome not in OUTCOMES:
        raise ValueError(f"{outcome!r} is not one of {', '.join(OUTCOMES)}")
    done = connection.execute(
        update(reports).where(reports.c.id.in_(list(ids)), reports.c.status == "open")
        .values(status=outcome, treated_by=by, treated_at=now))
    return done.rowcount
