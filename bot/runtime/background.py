"""Work that goes on beside the requests: answering what a process that died left behind, retention, demand's month."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Counter, Gauge
from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, delete, func, or_, select
from starlette.concurrency import run_in_threadpool

from bot.channels.telegram import inbox, kept
from bot.conversation import storage
from bot.conversation.tables import conversations
from bot.demand.months import current_month
from bot.demand.publish import publish_due
from bot.demand.record import forget, shuffle
from bot.handoff import closing, follow_up
from bot.handoff.tables import handoffs
from bot.learning import sentences
from bot.runtime.services import Services
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import alone, writing

__all__ = ["Background", "apply_retention", "over_before"]

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
# What a process that died left behind waits this long for the assistant to be ready, rather than be answered without it.
GRACE_SECONDS = 60.0
WAITING_SECONDS = 5.0
RETENTION_SECONDS = 3600.0
AGAIN_SECONDS = 60.0

FAILURES = Counter("bonneporte_work_failures", "Work beside the requests that failed, by its name", ["work"])
LAST_DONE = Gauge("bonneporte_work_done_timestamp_seconds", "When work beside the requests was last done, by its name", ["work"])


def apply_retention(engine: Engine, settings: Settings) -> int:
    """Erase the conversations whose time has come; how many."""
    now = utcnow()
    over = _over(settings, now)
    with writing(engine) as connection:
        alone(connection, "retention")  # two processes in the same hour: what waited in vain is counted once
        for request, conversation in waiting_in_vain(connection, over):
            closing.left_without_end(connection, request, conversation, now)
        # What a resident let us keep leaves the conversation in the very transaction that erases it, for each exactly once.
        erased = connection.execute(delete(conversations).where(over).returning(conversations.c.unclear, conversations.c.crisis)).all()
        sentences.set_apart(connection, [(row.unclear, row.crisis) for row in erased], current_month(now))
        sentences.forget(connection, now, settings.learning_days)
        sentences.shuffle(connection)
        follow_up.forget(connection, now)
        inbox.forget(connection, now)  # here too: the channel itself may be off by now
        kept.forget_messages(connection, now)
        forget(connection, current_month(now))
        shuffle(connection, current_month(now))
    return len(erased)


def _over(settings: Settings, now: datetime) -> ColumnElement[bool]:
    plain = now - timedelta(hours=settings.retention_hours)
    handed = now - timedelta(days=settings.retention_handoff_days)
    last = conversations.c.last_message_at
    return or_(and_(conversations.c.handed_off.is_(False), last < plain), and_(conversations.c.handed_off.is_(True), last < handed))


def over_before(connection: Connection, settings: Settings, then: datetime) -> int:
    """How many conversations are here whose time had come already at the instant `then`."""
    return connection.scalar(select(func.count()).select_from(conversations).where(_over(settings, then))) or 0


def waiting_in_vain(connection: Connection, over: ColumnElement[bool]) -> list[tuple[Row[Any], Row[Any]]]:
    """The requests that still wait in conversations about to be erased, each with its conversation."""
    waiting = connection.execute(select(handoffs).join(conversations).where(handoffs.c.status == "waiting", over)).all()
    found = [(row, storage.find(connection, row.conversation_id)) for row in waiting]
    return [(row, conversation) for row, conversation in found if conversation is not None]


class Background:
    """The loops of one process. Several processes may run them at once: each step is safe to do twice."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._tasks: list[asyncio.Task[None]] = []
        self._began: float | None = None
        self._assistant_was_ready = False

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._every(SWEEP_SECONDS, "sweep", self._sweep)),
            asyncio.create_task(self._every(WAITING_SECONDS, "waiting", self._waiting)),
            # What must be erased is tried again soon when it failed; an attack that succeeded would only succeed again.
            asyncio.create_task(self._every(RETENTION_SECONDS, "retention", self._retention, again=AGAIN_SECONDS)),
            asyncio.create_task(self._every(RETENTION_SECONDS, "publishing", self._publishing)),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _sweep(self) -> None:
        now = asyncio.get_running_loop().time()
        self._began = self._began or now
        if not self._assistant_was_ready and now - self._began < GRACE_SECONDS:
            self._assistant_was_ready = await self.services.assistant.ready()
            if not self._assistant_was_ready:
                return
        await self.services.conversations.sweep()

    async def _waiting(self) -> None:
        await run_in_threadpool(self.services.waiting.look)

    async def _retention(self) -> None:
        await run_in_threadpool(apply_retention, self.services.engine, self.services.settings)

    async def _publishing(self) -> None:
        await run_in_threadpool(publish_due, self.services.engine, utcnow())

    async def _every(self, seconds: float, name: str, work: Callable[[], Awaitable[Any]], again: float | None = None) -> None:
        """`again`: how soon after a failure, where that is sooner."""
        while True:
            rest = seconds
            try:
                await work()
                LAST_DONE.labels(name).set_to_current_time()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # the loop must outlive any one failure; the text may hold data, so only its kind
                logger.error("%s failed: %s", name, type(error).__name__)
                FAILURES.labels(name).inc()
                rest = again or seconds
            await asyncio.sleep(rest)
