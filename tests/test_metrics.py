"""Metrics and logs say how the machine does, and nothing of anybody."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from io import StringIO
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, insert
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.conversation import storage
from bot.conversation.tables import messages
from bot.runtime.logs import JsonLines, Lines
from bot.runtime.metrics import Measured, scrape
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import make_engine, writing


def values(text: bytes) -> dict[str, float]:
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.decode().splitlines() if not line.startswith("#")}


def test_what_waits_and_for_how_long(engine: Engine) -> None:
    empty = values(scrape(engine, Settings(), True))
    assert empty["bonneporte_messages_unanswered"] == 0 == empty["bonneporte_messages_unanswered_oldest_seconds"]
    before = utcnow() - timedelta(hours=50)
    with writing(engine) as connection:
        one, _ = storage.create(connection, channel="web", language="fr", door=None, channel_ref=None, now=before)
        connection.execute(insert(messages).values(conversation_id=one, seq=1, from_="resident", language="fr", kind="text", text="allo", choices=[],
                                                   services=[], helplines=[], handled=False, created_at=utcnow() - timedelta(seconds=90)))
    found = values(scrape(engine, Settings(), False))
    assert found["bonneporte_messages_unanswered"] == 1 and 89 < found["bonneporte_messages_unanswered_oldest_seconds"] < 120
    assert found["bonneporte_conversations_overdue"] == 1
    assert (found["bonneporte_assistant_up"], found["bonneporte_database_up"]) == (0, 1)


def test_a_database_that_is_away_is_a_metric_and_no_failure() -> None:
    found = values(scrape(make_engine("postgresql+psycopg://a:b@127.0.0.1:1/c"), Settings(), True))
    assert found["bonneporte_database_up"] == 0


async def test_requests_are_timed_by_class_of_status_alone(tmp_path: Path) -> None:
    async def answer(request: object) -> JSONResponse:
        return JSONResponse({}, 429)

    app = Measured(Starlette(routes=[Route("/d/{door}", answer)]))  # type: ignore[arg-type]
    name = 'bonneporte_request_seconds_count{status="4xx"}'
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    before = values(scrape(engine, Settings(), True)).get(name, 0)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a") as client:
        await client.get("/d/clsc-joliette")
    text = scrape(engine, Settings(), True)
    assert values(text)[name] == before + 1
    assert b"clsc" not in text


@pytest.mark.parametrize("formatter", [JsonLines(), Lines("%(levelname)s %(message)s")])
def test_a_log_names_the_kind_of_an_error_and_never_its_words(formatter: logging.Formatter) -> None:
    written = StringIO()
    logger = logging.Logger("bot.test")
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    try:
        raise ValueError("zanzibulle")
    except ValueError:
        logger.exception("something failed")
    assert "zanzibulle" not in written.getvalue() and "ValueError" in written.getvalue()
    if isinstance(formatter, JsonLines):
        line = json.loads(written.getvalue())
        assert (line["level"], line["module"], line["message"], line["error"]) == ("error", "bot.test", "something failed", "ValueError")
