"""The directory as callers use it: a snapshot in memory, made again when the stored directory changes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.directory import search as rules
from bot.directory.cards import card
from bot.directory.hours import Moment
from bot.directory.index import Index
from bot.directory.ranking import Query, bare
from bot.directory.records import Service
from bot.directory.search import Result
from bot.directory.storage import current_version, read_services
from bot.directory.trust import STALE_DAYS
from bot.store.base import utcnow
from bot.store.engine import reading

if TYPE_CHECKING:
    from bot.places import Place

__all__ = ["CHECK_SECONDS", "Directory"]

log = logging.getLogger(__name__)

# How often, at most, the stored version is looked at: one row read a second, whatever the number of searches.
CHECK_SECONDS = 1.0


class Directory:
    """The services that residents and navigators are shown. Safe to share between threads; a search touches the
    database at most once in CHECK_SECONDS, and goes on with what it has when the database does not answer."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic, stale_days: int = STALE_DAYS) -> None:
        """stale_days: after how many days a record is said to be verified long ago (the setting STALE_DAYS)."""
        self._engine = engine
        self._clock = clock
        self._stale_days = stale_days
        self._lock = Lock()
        self._index: Index | None = None
        self._version = -1
        self._checked = float("-inf")

    def search(self, query: Query) -> Result:
        """The services for `query` (search.py)."""
        return rules.search(self._current(), replace(query, stale_days=self._stale_days))

    def has_local(self, need: str) -> bool:
        """Whether a need has services that are for some places only."""
        return self._current().has_local(need)

    def service(self, service_id: str) -> Service | None:
        """One service that residents may be shown, or null."""
        return self._current().by_id.get(service_id)

    def get(self, service_id: str, language: str, at: datetime | None = None, place: Place | None = None,
            age_band: str | None = None) -> dict[str, Any] | None:
        """The card of one service, seen from `place` at the instant `at` (now) for somebody of `age_band`; null when there is
        no such service."""
        service, at = self.service(service_id), at or utcnow()
        if service is None:
            return None
        hit = bare(service, Query(service.needs[0], place, language, at, age_band, stale_days=self._stale_days), Moment(at))
        return card(hit, language, at)

    def all(self) -> list[Service]:
        """All services that residents may be shown, by id."""
        return list(self._current().by_id.values())

    def reload(self) -> None:
        """Make the snapshot again now, whatever the version."""
        with self._lock:
            self._load()

    def look_again(self) -> None:
        """Look at the stored version at the next search: this process has just changed the directory."""
        self._checked = float("-inf")

    def _current(self) -> Index:
        if self._index is not None and self._clock() - self._checked < CHECK_SECONDS:
            return self._index
        with self._lock:
            if self._index is None:
                self._load()
            elif self._clock() - self._checked >= CHECK_SECONDS:
                self._check()
            assert self._index is not None
            return self._index

    def _check(self) -> None:
        self._checked = self._clock()
        try:
            with reading(self._engine) as connection:
                moved = current_version(connection) != self._version
            if moved:
                self._load()
        except SQLAlchemyError as error:
            log.warning("directory: the database does not answer (%s); going on with version %d", type(error).__name__, self._version)

    def _load(self) -> None:
        with reading(self._engine) as connection:
            version = current_version(connection)
            services = read_services(connection, ("active",))
        self._index, self._version, self._checked = Index(services), version, self._clock()


