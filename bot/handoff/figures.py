"""A navigator's own figures, shown to them at the desk; and who else is there, with how much in hand, for a transfer.

They come from the requests themselves, so they reach back as far as these are kept. What the tables see is
published by month and withheld when small: the waits for a first reply (an event's `wait`) and how many requests there
were for each navigator (month_load.py).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, func, select

from bot.handoff import duty, navigators, queue
from bot.handoff.tables import OPEN, handoffs
from bot.people.people import person_from
from bot.people.person import ALL, Person
from bot.people.tables import people

__all__ = ["Figures", "as_dict", "colleagues", "figures"]

SINCE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Figures:
    """open: conversations in hand. Of the last 30 days: taken; first replies (from the claim) and waits (from the request
    to the claim), medians in seconds, null for none. waiting and longest_wait (seconds): what the person may take now."""

    open: int
    taken: int
    first_reply: int | None
    wait: int | None
    waiting: int
    longest_wait: int | None


def figures(connection: Connection, person: Person, now: datetime) -> Figures:
    """The person's own."""
    rows = connection.execute(select(handoffs).where(handoffs.c.owner == person.id, handoffs.c.claimed_at > now - SINCE)).all()
    queued = queue.read(connection, person, "waiting", now)
    return Figures(
        open=sum(row.status == "navigator" for row in rows), taken=len(rows),
        first_reply=_median([row.claimed_at for row in rows], [row.first_reply_at for row in rows]),
        wait=_median([row.created_at for row in rows], [row.claimed_at for row in rows]),
        waiting=len(queued), longest_wait=max((row["waiting_seconds"] for row in queued), default=None),
    )


def _median(begins: list[datetime], ends: list[datetime | None]) -> int | None:
    spans = [(end - begin).total_seconds() for begin, end in zip(begins, ends, strict=True) if end is not None]
    return int(median(spans)) if spans else None


def as_dict(found: Figures) -> dict[str, Any]:
    """The fields by name."""
    return asdict(found)


def colleagues(connection: Connection, person: Person, now: datetime) -> list[dict[str, Any]]:
    """Whoever a request can be handed to, by name: {email, name, present, available, open, languages}. Those who share no
    territory with the person are not shown, except to an administrator."""
    there = {one.id for one in duty.present(connection, now)}
    in_hand: dict[str, int] = dict(connection.execute(
        select(handoffs.c.owner, func.count()).where(handoffs.c.status.in_(OPEN), handoffs.c.owner.is_not(None)).group_by(handoffs.c.owner)
    ).tuples().all())
    found = []
    for row in connection.execute(select(people).where(people.c.disabled.is_(False)).order_by(people.c.name)):
        other = person_from(row)
        if other.id != person.id and "navigator" in other.roles and _together(person, other):
            found.append({
                "email": other.email, "name": other.name, "present": other.id in there, "open": in_hand.get(other.id, 0),
                "available": navigators.choices_of(connection, other.id).available, "languages": list(other.languages),
            })
    return found


def _together(person: Person, other: Person) -> bool:
    return person.administrator or ALL in person.territories or ALL in other.territories or bool(
        set(person.territories) & set(other.territories))
