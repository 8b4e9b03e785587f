"""A database with the tables that the demand reads and writes, and made-up events."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

NOVEMBER = datetime(2026, 11, 15, 12, tzinfo=UTC)
EVENT: dict[str, Any] = {
    "month": "2026-09", "need": "food", "territory": "1623", "language": "fr", "for_other": False, "age_band": "senior",
    "door": None, "channel": "web", "met": True, "reason": None, "oriented_to": "service-1", "wait": "none", "asked_before": None,
}


def lines(*groups: tuple[int, dict[str, Any]]) -> list[str]:
    """JSON lines: so many of each event, the fields given over EVENT's."""
    return [json.dumps({**EVENT, **fields}) for count, fields in groups for _ in range(count)]


@pytest.fixture
def demonstration(engine: Engine) -> Callable[..., Engine]:
    """Loads groups of events and publishes their months: demonstration((12, {"need": "food"}), publish=["2026-09"])."""
    from bot.demand.load import load
    from bot.demand.publish import publish as publish_month

    def fill(*groups: tuple[int, dict[str, Any]], publish: tuple[str, ...] = ("2026-09",)) -> Engine:
        load(engine, lines(*groups))
        for month in publish:
            publish_month(engine, month, now=NOVEMBER)
        return engine

    return fill


class SignedIn:
    """An application as seen by this person: what the session's middleware puts in request.state."""

    def __init__(self, app: Any, person: Any) -> None:
        self.app, self.person = app, person

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})["person"] = self.person
        await self.app(scope, receive, send)
