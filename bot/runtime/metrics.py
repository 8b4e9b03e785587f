"""Metrics for whoever watches the machine: requests, answers, work beside them, what waits. No label by need, territory,
language, door or crisis, and no count of what people say: few numbers on a small table tell on somebody.

Counts (those of background.py too) are this process's own. What waits is read from the database when the metrics are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client import REGISTRY, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.conversation.tables import messages, outbox
from bot.handoff.tables import handoffs
from bot.runtime.background import over_before
from bot.settings import Settings
from bot.store.engine import reading

__all__ = ["Measured", "scrape"]

# A stream of events lives for hours: its time says nothing.
SECONDS = Histogram("bonneporte_request_seconds", "Time until the answer's first byte, by class of status", ["status"],
                    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 8))


class Measured:
    """Times each request until it begins to be answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                SECONDS.labels(f"{message['status'] // 100}xx").observe(time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, watched)


class _Waiting(Collector):
    """What waits in the database, and for how long."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = datetime.now(UTC)
        due = (outbox.c.status.in_(("waiting", "sending")), outbox.c.not_before <= now)
        try:
            with reading(self.engine) as connection:
                for name, help, rows, since in (
                    ("messages_unanswered", "Messages of residents still to be answered", messages.c.handled.is_(False), messages.c.created_at),
                    ("outbox_waiting", "Messages still to be sent on Telegram", due[0] & due[1], outbox.c.not_before),
                    ("requests_waiting", "Requests for a person that nobody has taken", handoffs.c.status == "waiting", handoffs.c.created_at),
                ):
                    number, oldest = connection.execute(select(func.count(), func.min(since)).where(rows)).one()
                    yield GaugeMetricFamily(f"bonneporte_{name}", help, value=number)
                    age = (now - oldest).total_seconds() if oldest is not None else 0.0
                    yield GaugeMetricFamily(f"bonneporte_{name}_oldest_seconds", f"{help}: age of the oldest", value=max(0.0, age))
                yield GaugeMetricFamily("bonneporte_conversations_overdue", "Conversations whose time to be erased has come",
                                        value=over_before(connection, self.settings, now))
            yield GaugeMetricFamily("bonneporte_database_up", "Whether the database answers", value=1)
        except SQLAlchemyError:
            yield GaugeMetricFamily("bonneporte_database_up", "Whether the database answers", value=0)


def scrape(engine: Engine, settings: Settings, assistant_ready: bool) -> bytes:
    """Everything, in Prometheus' text format."""
    waiting = CollectorRegistry()
    waiting.register(_Waiting(engine, settings))
    Gauge("bonneporte_assistant_up", "Whether the assistant takes turns", registry=waiting).set(float(assistant_ready))
    return generate_latest(REGISTRY) + generate_latest(waiting)
