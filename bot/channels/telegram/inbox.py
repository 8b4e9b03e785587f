"""The table of updates: written down once, given out one at a time a chat, emptied when done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.channels.telegram.limits import UPDATES_REMEMBERED
from bot.channels.telegram.tables import telegram_updates
from bot.channels.telegram.updates import Noted
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["Taken", "claim", "done", "failed", "forget", "later", "write_down"]

# After this long, whoever took an update counts as dead and somebody else takes it. The core's answer is not waited for.
WORKING_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Taken:
    """An update that is ours to give to the core. `attempts` counts this one."""

    update_id: int
    chat_ref: str
    payload: dict[str, Any]
    attempts: int


def write_down(engine: Engine, noted: Iterable[Noted], now: datetime | None = None) -> int:
    """Write updates down and commit; how many were new. One that is here already is not written again."""
    now, new = now or utcnow(), 0
    with writing(engine) as connection:
        for place, one in enumerate(noted):
            row = {"update_id": one.update_id, "chat_ref": one.chat_ref, "payload": one.payload, "status": "waiting",
                   "not_before": now, "received_at": now + timedelta(microseconds=place)}
            try:
                with connection.begin_nested():
                    connection.execute(insert(telegram_updates).values(**row))
                new += 1
            except IntegrityError:
                continue
    return new


def claim(engine: Engine, limit: int) -> list[Taken]:
    """Take the oldest open update of each chat, at most `limit`; one winner for each among all processes."""
    now, row = utcnow(), telegram_updates.c
    earlier = telegram_updates.alias()
    is_behind = exists().where(
        earlier.c.chat_ref == row.chat_ref, earlier.c.status.in_(("waiting", "working")),
        or_(earlier.c.received_at < row.received_at,
            and_(earlier.c.received_at == row.received_at, earlier.c.update_id < row.update_id)),
    )
    with reading(engine) as connection:
        heads = connection.execute(
            select(telegram_updates).where(row.status.in_(("waiting", "working")), row.not_before <= now, ~is_behind)
            .order_by(row.received_at, row.update_id).limit(limit)
        ).all()
    if not heads:
        return []
    taken = []
    with writing(engine) as connection:
        for head in heads:
            won = connection.execute(
                update(telegram_updates)
                .where(row.update_id == head.update_id, row.status == head.status, row.attempts == head.attempts)
                .values(status="working", attempts=head.attempts + 1, not_before=now + timedelta(seconds=WORKING_SECONDS))
            )
            if won.rowcount:
                taken.append(Taken(head.update_id, head.chat_ref, head.payload, head.attempts + 1))
    return taken


def done(connection: Connection, update_id: int) -> None:
    """The core has it: only its number stays, so that Telegram cannot give it twice."""
    _end(connection, update_id, "done")


def failed(connection: Connection, update_id: int) -> None:
    """Given up."""
    _end(connection, update_id, "failed")


def _end(connection: Connection, update_id: int, status: str) -> None:
    connection.execute(
        update(telegram_updates).where(telegram_updates.c.update_id == update_id)
        .values(status=status, chat_ref=None, payload=None)
    )


def later(connection: Connection, taken: Taken, seconds: float) -> None:
    """Try again in a while; the chat's later updates wait behind it."""
    connection.execute(
        update(telegram_updates)
        .where(telegram_updates.c.update_id == taken.update_id, telegram_updates.c.attempts == taken.attempts)
        .values(status="waiting", not_before=utcnow() + timedelta(seconds=seconds))
    )


def forget(connection: Connection, now: datetime) -> int:
    """Remove the numbers of updates that Telegram can no longer give again; how many."""
    old = and_(telegram_updates.c.status.in_(("done", "failed")), telegram_updates.c.received_at < now - UPDATES_REMEMBERED)
    return connection.execute(delete(telegram_updates).where(old)).rowcount
