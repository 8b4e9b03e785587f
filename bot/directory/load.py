"""The embedded directory: the province-wide lines and the public services of the pilot territories.

    EmbeddedError       an embedded file is not a list of services; the text names the file, the record and the fault
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import Connection, Engine, delete, insert, select

from bot.directory import held, storage
from bot.directory.bringing import bring, retire
from bot.directory.forms import RecordError, as_service, digest
from bot.directory.records import Service
from bot.needs import all_needs
from bot.places import gazetteer
from bot.store.base import utcnow
from bot.store.engine import writing
from bot.store.tables import facts

__all__ = ["EMBEDDED", "ORIGIN", "VERIFIER", "EmbeddedError", "Loaded", "embedded_digest", "embedded_services", "load_embedded"]

EMBEDDED = Path(__file__).with_name("embedded")
ORIGIN = "embedded"
# Who verified an embedded record: the project, on its source's date.
VERIFIER = "Bonne Porte"
FACT = "embedded_directory"


class EmbeddedError(ValueError):
    """An embedded file is wrong."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did, in services. `retired`: no longer embedded, so no longer shown. `kept`: a maintainer's word
    stands in part of them (held.py)."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    kept: int = 0


def city_name(code: str) -> str | None:
    """The name of a municipality by its geographic code, null when the gazetteer does not know it."""
    place = gazetteer().places.get(code)
    return place.name if place else None


def embedded_services(folder: Path = EMBEDDED, city_of: Callable[[str], str | None] = city_name) -> list[Service]:
    """The services of all files of `folder`, in the order of their ids. Raises EmbeddedError."""
    found: dict[str, Service] = {}
    needs = all_needs()
    for path in sorted(folder.glob("*.yml")):
        records = _parsed(path, path.stat().st_mtime_ns)
        for number, record in enumerate(records, 1):
            name = record.get("id", f"record {number}") if isinstance(record, dict) else f"record {number}"
            try:
                service = as_service(record, needs, city_of)
            except RecordError as error:
                raise EmbeddedError(f"{path.name}, {name}: {error}") from None
            if service.id in found:
                raise EmbeddedError(f"{path.name}, {name}: another record has this id")
            found[service.id] = replace(service, verified_by=service.verified_by or VERIFIER,
                                        verified_on=service.verified_on or service.source.date)
    return [found[key] for key in sorted(found)]


@cache
def _parsed(path: Path, _modified: int) -> list[object]:
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        records = yaml.load(path.read_text("utf-8"), Loader=loader)
    except yaml.YAMLError as error:
        raise EmbeddedError(f"{path.name}: {error}") from None
    if not isinstance(records, list):
        raise EmbeddedError(f"{path.name}: is not a list of services")
    return records


def embedded_digest(folder: Path = EMBEDDED) -> str:
    """SHA-256 in hex of all embedded files: the version of the embedded directory."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.yml")):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def load_embedded(engine: Engine, folder: Path = EMBEDDED, city_of: Callable[[str], str | None] = city_name,
                  now: datetime | None = None) -> Loaded | None:
    """Load the embedded directory into an empty one, or bring it to this version where an earlier one was loaded.

    Null when nothing had to be done: this version is there already, or the directory was filled from elsewhere.
    Nothing is lost: what a maintainer changed or verified stays, and a service that is no longer embedded only turns inactive.
    """
    version, now = embedded_digest(folder), now or utcnow()
    with writing(engine) as connection:
        storage.lock(connection)
        loaded = connection.execute(select(facts.c.value).where(facts.c.name == FACT)).scalar()
        if loaded == version or (loaded is None and storage.count(connection)):
            return None
        done = _bring(connection, embedded_services(folder, city_of), now)
        connection.execute(delete(facts).where(facts.c.name == FACT))
        connection.execute(insert(facts).values(name=FACT, value=version))
    return done


def _bring(connection: Connection, services: list[Service], now: datetime) -> Loaded:
    present = storage.known(connection, ORIGIN)
    others, asked = set(storage.known(connection)) - set(present), held.waiting(connection)
    ours = [service for service in services if service.id not in others]
    added = [service for service in ours if service.id not in present]
    known = [service for service in ours if service.id in present and (
        present[service.id].digest != digest(service) or present[service.id].status != service.status or service.id in asked)]
    gone = [key for key, there in present.items()
            if key not in {service.id for service in services} and there.status != "inactive"]
    brought = bring(connection, added, known, ORIGIN, now)
    retire(connection, gone, ORIGIN, now, brought)
    return Loaded(len(added), brought.changed, len(ours) - len(added) - brought.changed, brought.closed, brought.kept)
