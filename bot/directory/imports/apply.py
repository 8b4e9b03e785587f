"""Writing a batch: in one transaction, without duplicates, and without overwriting what a maintainer did (held.py).

    ImportFault         the source lost most of its services: it is more likely cut short than true. Nothing was changed
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine

from bot.directory import held, storage
from bot.directory.bringing import bring, retire
from bot.directory.forms import digest
from bot.directory.imports.batch import Batch, ImportFault
from bot.directory.records import Service
from bot.directory.storage import Known
from bot.store.base import utcnow
from bot.store.engine import writing

__all__ = ["MOST_CLOSED", "SMALL_SOURCE", "Summary", "apply"]

# A source that suddenly lacks more than this share of its services is refused, unless it is a small one.
MOST_CLOSED = 0.5
SMALL_SOURCE = 20
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import did, in services, except `refused`: rows left out for a fault, and `repaired`: rows taken without
    the part that was wrong. closed: no longer in their source, so no longer shown. kept: a maintainer's word stands
    in part of them. to_review: their source now says something else than the maintainer. elsewhere: another source has a
    different service under this id."""

    added: int
    changed: int
    unchanged: int
    closed: int
    kept: int
    refused: int
    repaired: int = 0
    elsewhere: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    to_review: int = 0

    def __str__(self) -> str:
        text = (f"{self.added} added, {self.changed} changed, {self.unchanged} unchanged, {self.closed} closed, "
                f"{self.refused} refused")
        if self.repaired:
            text += f", {self.repaired} rows taken in part"
        if self.kept:
            text += f", {self.kept} keep what a maintainer said"
        if self.to_review:
            text += f", {self.to_review} to review: their source says something else since"
        if self.elsewhere:
            text += f", {self.elsewhere} left to the source that has their ids"
        if self.left_out:
            reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(self.left_out.items(), key=lambda each: -each[1]))
            text += f"; left out: {reasons}"
        return text


def apply(engine: Engine, batch: Batch, now: datetime | None = None, progress: Progress = lambda done, total: None,
          close_many: bool = False) -> Summary:
    """Write the sound services of `batch`; all of them or, on any error, none. The same batch again changes nothing.

    progress: called with services written and services to write. close_many: close even most of a source.
    """
    with writing(engine) as connection:
        return _write(connection, batch, now or utcnow(), progress, close_many)


def _write(connection: Connection, batch: Batch, now: datetime, progress: Progress, close_many: bool) -> Summary:
    storage.lock(connection)
    present = storage.known(connection)
    mine = {key: there for key, there in present.items() if there.origin == batch.origin}
    same = {service.id for service in batch.services if service.id in present and present[service.id].digest == digest(service)}
    asked = held.waiting(connection)
    elsewhere = {each.id for each in batch.services if each.id in present and each.id not in mine and each.id not in same}
    added = [service for service in batch.services if service.id not in present]
    known = [each for each in batch.services if each.id in mine
             and (each.id not in same or each.id in asked or _back(mine[each.id], each))]
    closed = _gone(batch, mine) if batch.whole else []
    if closed and not close_many and not (mine.keys() & ({service.id for service in batch.services} | batch.refused_ids)):
        raise ImportFault(f"none of the {len(mine)} services of the source {batch.origin} is in the file: if it is another source, "
                          "give it a name with --source; if all of them closed, say --close-many")
    if len(closed) > max(SMALL_SOURCE, MOST_CLOSED * len(mine)) and not close_many:
        raise ImportFault(f"{len(closed)} of the {len(mine)} services of the source {batch.origin} are not in the file any more; "
                          "if that is true, say --close-many; if the file is only a part of the source, say --part")
    brought = bring(connection, added, known, batch.origin, now, progress)
    retire(connection, closed, batch.origin, now, brought)
    refused = {(fault.file, fault.row) for fault in batch.faults if fault.refused}
    return Summary(
        added=len(added),
        changed=brought.changed,
        unchanged=len(batch.services) - len(added) - brought.changed - len(elsewhere),
        closed=brought.closed,
        kept=brought.kept,
        refused=len(refused),
        repaired=len({(fault.file, fault.row) for fault in batch.faults} - refused),
        elsewhere=len(elsewhere),
        left_out=dict(batch.left_out),
        to_review=brought.to_review,
    )


def _back(there: Known, service: Service) -> bool:
    """Whether a service that had closed is in its source again."""
    return there.status == "inactive" and service.status != "inactive"


def _gone(batch: Batch, mine: dict[str, Known]) -> list[str]:
    """Services of the source that it no longer has. What it has with a fault is not gone."""
    there = {service.id for service in batch.services} | batch.refused_ids
    return [key for key, known in mine.items() if key not in there and known.status != "inactive"]
