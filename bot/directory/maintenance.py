"""What a maintainer does to the directory: find, change, verify, close for a while, take back, settle.

Every act is one transaction with its line of history, and holds against later imports (held.py).

    MaintenanceError
        NoSuchService       there is no such service, or no such change of it
        Changed             somebody changed the record since the maintainer read it
        CannotUndo          what the change did was changed again since: the later one is taken back first
    RecordError             (forms.py) the record would not be a service; the text says which field and why
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from bot.directory import held, history, reports, storage
from bot.directory import tables as t
from bot.directory.forms import RecordError, as_dict, as_service, digest, digest_of
from bot.directory.load import city_name
from bot.directory.records import Service
from bot.directory.trust import STALE_DAYS, is_stale
from bot.needs import all_needs
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["CannotUndo", "Changed", "Maintenance", "MaintenanceError", "NoSuchService", "Sheet"]


class MaintenanceError(Exception):
    """It cannot be done."""


class NoSuchService(MaintenanceError):
    """There is none of this id."""


class Changed(MaintenanceError):
    """Not the record that was read."""


class CannotUndo(MaintenanceError):
    """A later change stands on it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a maintainer sees of one service. seen: what an edit gives back, to show that nothing changed since."""

    service: Service
    origin: str
    updated_at: datetime
    seen: str
    stale: bool
    reports: list[reports.Report]
    held: dict[str, held.Held]
    changes: list[history.Change]

    @property
    def now(self) -> dict[str, Any]:
        """The record as it is (forms.as_dict)."""
        return as_dict(self.service)

    def as_seen(self, seen: str) -> dict[str, Any] | None:
        """The record as it was when `seen` was given out, by its history; null when that is not known."""
        record = self.now
        if seen == self.seen:
            return record
        for change in self.changes:
            record = {**record, **{name: before for name, (before, _) in change.fields.items()}}
            try:
                found = as_dict(as_service(record, all_needs(), city_name))
            except RecordError:
                return None
            if digest_of(found) == seen:
                return found
        return None

    @property
    def undone(self) -> set[int]:
        """Changes that were taken back."""
        return {change.undoes for change in self.changes if change.undoes is not None}


class Maintenance:
    """The maintainers' side of the directory. `by` is always the maintainer's address."""

    def __init__(self, engine: Engine, stale_days: int = STALE_DAYS, clock: Callable[[], datetime] = utcnow) -> None:
        self.engine = engine
        self.stale_days = stale_days
        self.clock = clock

    def sheet(self, service_id: str, today: date) -> Sheet:
        """One service with its reports, its history and what its source says. Raises NoSuchService."""
        with reading(self.engine) as connection:
            service, row = self._read(connection, service_id)
            return Sheet(
                service, row.origin, row.updated_at, digest(service), is_stale(service.checked_on, today, self.stale_days),
                reports.open_reports(connection, service_id), held.of(connection, [service_id]).get(service_id, {}),
                history.changes_of(connection, service_id),
            )

    def edit(self, by: str, service_id: str, patch: dict[str, Any], seen: str, verified: dict[str, Any] | None = None) -> bool:
        """Change the fields of `patch` (as in a record); whether anything changed. verified: fields of a review made with
        it. Raises NoSuchService, Changed, RecordError."""
        with self._writing() as connection:
            service, _ = self._read(connection, service_id)
            if digest(service) != seen:
                raise Changed(service_id)
            return self._apply(connection, service, {**patch, **(verified or {})}, by, "verified" if verified and not patch else "edited")

    def verify(self, by: str, service_id: str, on: date, source: str | None = None, url: str | None = None) -> bool:
        """The record is true, by this person, on this day; `source`: what or who confirmed it. Raises NoSuchService, RecordError."""
        patch = review(by, on, source, url)
        with self._writing() as connection:
            service, _ = self._read(connection, service_id)
            return self._apply(connection, service, patch, by, "verified")

    def close(self, by: str, service_id: str, first: date, last: date | None, reason: dict[str, str] | None) -> bool:
        """Closed from `first` to `last` (null: nobody knows until when), for a reason in French and English. Raises
        NoSuchService, RecordError."""
        patch = {"closed_from": first.isoformat(), "closed_until": last.isoformat() if last else None, "closed_reason": reason or None}
        with self._writing() as connection:
            service, _ = self._read(connection, service_id)
            return self._apply(connection, service, patch, by, "closed")

    def reopen(self, by: str, service_id: str) -> bool:
        """The closure is over, or was never true. Raises NoSuchService."""
        with self._writing() as connection:
            service, _ = self._read(connection, service_id)
            patch = {"closed_from": None, "closed_until": None, "closed_reason": None}
            return self._apply(connection, service, patch, by, "reopened")

    def undo(self, by: str, service_id: str, number: int) -> bool:
        """Put back what one change changed; that is a change itself. Raises NoSuchService, CannotUndo, RecordError."""
        with self._writing() as connection:
            service, _ = self._read(connection, service_id)
            change = history.change(connection, number)
            if change is None or change.service_id != service_id:
                raise NoSuchService(f"{service_id}: change {number}")
            now = as_dict(service)
            if any(now.get(name) != after for name, (_, after) in change.fields.items()):
                raise CannotUndo(str(number))
            patch = {name: before for name, (before, _) in change.fields.items()}
            return self._apply(connection, service, patch, by, "undone", undoes=number)

    def settle(self, by: str, service_id: str, name: str, take: bool) -> bool:
        """A source says something else than a maintainer's word in the field `name`: take it, or keep ours. False when it
        is settled already. Raises NoSuchService, RecordError."""
        with self._writing() as connection:
            service, _ = self._read(connection, service_id)
            one = held.of(connection, [service_id]).get(service_id, {}).get(name)
            if one is None or not one.proposed:
                return False
            if take:
                return self._apply(connection, service, {name: one.proposal}, by, "taken")
            held.hold(connection, service_id, name, held.Held(one.proposal, by, self.clock()))
            return True

    def treat(self, by: str, ids: list[int], outcome: str) -> int:
        """Residents' reports are settled: fixed, or not_wrong; how many were open."""
        with writing(self.engine) as connection:
            return reports.treat(connection, ids, outcome, by, self.clock())

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with writing(self.engine) as connection:
            storage.lock(connection)
            yield connection

    def _read(self, connection: Connection, service_id: str) -> tuple[Service, Any]:
        row = connection.execute(select(t.services.c.origin, t.services.c.updated_at).where(t.services.c.id == service_id)).one_or_none()
        if row is None:
            raise NoSuchService(service_id)
        (service,) = storage.read_services(connection, ids=[service_id])
        return service, row

    def _apply(self, connection: Connection, service: Service, patch: dict[str, Any], by: str, action: str,
               undoes: int | None = None) -> bool:
        before, now = as_dict(service), self.clock()
        changed = as_service({**before, **patch}, all_needs(), city_name)
        fields = history.differences(before, as_dict(changed))
        if not fields:
            return False
        holding = held.of(connection, [service.id]).get(service.id, {})
        for name, (old, new) in fields.items():
            one = holding.get(name)
            theirs = one.theirs if one else old
            if new == theirs:
                held.forget(connection, service.id, [name])
            elif name not in held.ABOUT_THE_SOURCE:
                held.hold(connection, service.id, name, held.Held(theirs, by, now))
        row = connection.execute(select(t.services.c.origin, t.services.c.origin_digest).where(t.services.c.id == service.id)).one()
        storage.save(connection, [changed], row.origin, now, {service.id: row.origin_digest})
        history.note(connection, service.id, by, action, fields, now, undoes)
        return True


def review(by: str, on: date, source: str | None = None, url: str | None = None) -> dict[str, Any]:
    """The fields of a record that say who verified it, when and by what. The first source stays, with its licence."""
    patch: dict[str, Any] = {"verified_by": by, "verified_on": on.isoformat()}
    if source:
        patch["second_source"] = {"name": source, "url": url or None, "date": on.isoformat(), "licence": None, "read_on": None}
    return patch


__all__ += ["RecordError", "review"]
