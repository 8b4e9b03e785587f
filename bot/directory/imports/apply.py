"""Writing a batch: in one transaction, without duplicates, and without touching what a person took over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from bot.directory import storage
from bot.directory.forms import digest
from bot.directory.imports.batch import Batch
from bot.directory.imports.odhf import read_odhf
from bot.store.base import utcnow
from bot.store.engine import writing

__all__ = ["FORMATS", "Summary", "apply"]

# Name of a format -> its reader (path, name of a municipality by code) -> Batch.
FORMATS: dict[str, Callable[[Path, Callable[[str], str | None]], Batch]] = {"odhf": read_odhf}


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import did, in services, except `refused`: rows with a fault. kept: verified by a person, so left alone."""

    added: int
    changed: int
    unchanged: int
    kept: int
    refused: int
    left_out: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        text = f"{self.added} added, {self.changed} changed, {self.unchanged} unchanged, {self.refused} refused"
        if self.kept:
            text += f", {self.kept} kept as a person verified them"
        if self.left_out:
            reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(self.left_out.items(), key=lambda each: -each[1]))
            text += f"; left out: {reasons}"
        return text


def apply(engine: Engine, batch: Batch, now: datetime | None = None) -> Summary:
    """Write the sound services of `batch`; all of them or, on any error, none. The same batch again changes nothing."""
    with writing(engine) as connection:
        present = storage.known(connection, batch.origin)
        kept = {key for key, there in present.items() if there.verified_by}
        ours = [service for service in batch.services if service.id not in kept]
        added = [service for service in ours if service.id not in present]
        changed = [each for each in ours if each.id in present and present[each.id].digest != digest(each)]
        storage.save(connection, [*added, *changed], batch.origin, now or utcnow())
    return Summary(
        added=len(added),
        changed=len(changed),
        unchanged=len(ours) - len(added) - len(changed),
        kept=len(batch.services) - len(ours),
        refused=len({(fault.file, fault.row) for fault in batch.faults}),
        left_out=dict(batch.left_out),
    )
