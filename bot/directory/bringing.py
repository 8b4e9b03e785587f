"""Bringing the services of one source to what it says now: history kept, maintainers' words respected (held.py).

Used by imports and by the embedded directory, inside their transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.directory import held, history, storage
from bot.directory.forms import as_dict, digest
from bot.directory.records import Service

__all__ = ["CHUNK", "Brought", "bring", "retire"]

# Services written at a time: bounds memory and paces the progress.
CHUNK = 1000

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Brought:
    """changed, unchanged, closed: services. kept: services where a maintainer's word stands against the source's.
    to_review: services of which the source says something new against a maintainer's word."""

    changed: int = 0
    unchanged: int = 0
    closed: int = 0
    kept: int = 0
    to_review: int = 0


def bring(connection: Connection, added: Sequence[Service], known: Sequence[Service], origin: str, now: datetime,
          progress: Progress = lambda done, total: None) -> Brought:
    """Write services that are new, and bring those that are `known` already to what their source says."""
    done, total, result = 0, len(added) + len(known), Brought()
    for chunk in _chunks(added):
        storage.save(connection, chunk, origin, now)
        done += len(chunk)
        progress(done, total)
    for chunk in _chunks(known):
        _update(connection, chunk, origin, now, result)
        done += len(chunk)
        progress(done, total)
    return result


def _update(connection: Connection, services: Sequence[Service], origin: str, now: datetime, result: Brought) -> None:
    keys = [service.id for service in services]
    before = {service.id: service for service in storage.read_services(connection, ids=keys)}
    holding = held.of(connection, keys)
    writes: list[Service] = []
    given: dict[str, str] = {}
    noted: list[tuple[str, history.Differences]] = []
    for service in services:
        ours, theirs = before[service.id], as_dict(service)
        mine = as_dict(ours)
        merged = held.merge(mine, theirs, holding.get(service.id, {}), now)
        final = replace(service, **{name: getattr(ours, name) for name in merged.kept}) if merged.kept else service
        given[service.id] = digest(service)
        for name, one in merged.held.items():
            held.hold(connection, service.id, name, one)
        if merged.released:
            held.forget(connection, service.id, merged.released)
        result.kept += bool(merged.kept)
        result.to_review += any(one.proposed for one in merged.held.values())
        fields = history.differences(mine, as_dict(final)) if merged.kept else history.differences(mine, theirs)
        writes.append(final)
        if fields:
            noted.append((service.id, fields))
    result.changed += len(noted)
    result.unchanged += len(services) - len(noted)
    storage.save(connection, writes, origin, now, given)
    history.note_all(connection, origin, "imported", noted, now)


def retire(connection: Connection, ids: Iterable[str], origin: str, now: datetime, result: Brought) -> None:
    """Services that their source no longer has: closed, except where a maintainer's word stands, which is asked for."""
    ids = list(ids)
    holding = held.of(connection, ids)
    gone = [key for key in ids if key not in holding]
    storage.set_status(connection, gone, "inactive", now)
    history.note_all(connection, origin, "retired", [(key, {"status": ["active", "inactive"]}) for key in gone], now)
    result.closed += len(gone)
    for key, fields in holding.items():
        one = fields.get("status")
        if one is not None and one.theirs == "inactive":
            continue
        by = next(iter(fields.values())).by
        held.hold(connection, key, "status", held.Held(one.given if one else "active", by, now, True, "inactive"))
        result.kept += 1
        result.to_review += 1


def _chunks(services: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(services), CHUNK):
        yield services[start : start + CHUNK]
