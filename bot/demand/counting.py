"""Counting the events of some months, once for all tables. Never published: publish.py protects the counts first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from bot.demand.counts import Counts, theme_of
from bot.demand.plan import NO_DOOR, NO_SERVICE, UNKNOWN
from bot.demand.tables import demand_events

__all__ = ["count_events"]


def count_events(connection: Connection, months: tuple[str, ...], doors: tuple[str, ...]) -> Counts:
    """The counts of these months; a door that is none of `doors` counts as no door."""
    counts = Counts()
    for month, need, territory, language, reason, count in _grouped(connection, months, "need", "territory", "language", "reason"):
        counts.requests[month, need, territory or UNKNOWN, language, reason] += count
    for month, door, asked, wait, channel, count in _grouped(connection, months, "door", "asked_before", "wait", "channel"):
        counts.doors[month, door if door in doors else NO_DOOR, UNKNOWN if asked is None else "yes" if asked else "no"] += count
        counts.waits[month, wait] += count
        counts.channels[month, channel] += count
    for month, band, need, for_other, count in _grouped(connection, months, "age_band", "need", "for_other"):
        counts.ages[month, band or UNKNOWN, theme_of(need)] += count
        if for_other:
            counts.others[month, theme_of(need)] += count
    for month, service, count in _grouped(connection, months, "oriented_to"):
        counts.services[month, service or NO_SERVICE] += count
    return counts


def _grouped(connection: Connection, months: tuple[str, ...], *names: str) -> Iterator[Any]:
    """(month, values of the columns…, how many events), month by month: each is one stretch of the table."""
    columns = [demand_events.c[name] for name in names]
    for month in months:
        rows = connection.execute(select(*columns, func.count()).where(demand_events.c.month == month).group_by(*columns))
        yield from ((month, *row) for row in rows)
