"""What two processes do at the same instant comes out as if one had done it after the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from bot.channels.floods import Floods
from bot.conversation.core import Conversations
from bot.conversation.tables import conversations
from bot.demand.tables import demand_events
from bot.directory import reports
from bot.directory.load import load_embedded
from bot.directory.storage import count
from bot.handoff.tables import handoffs
from bot.runtime.background import apply_retention
from bot.runtime.secret import secret_key
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from tests.cli.test_keeping import Silent

TOGETHER = 8


def together(work: Callable[[], Any], times: int = TOGETHER) -> list[Any]:
    """What each of several threads got that began at the same instant. Raises what one of them raised."""
    start, got, failures = threading.Barrier(times), [], []

    def run() -> None:
        start.wait()
        try:
            got.append(work())
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return got


def test_an_address_is_let_in_as_often_as_the_limit_says(engine: Engine) -> None:
    floods = Floods(engine, "k" * 40, {"conversations": 5})
    now = utcnow()
    assert sorted(together(lambda: floods._allow("conversations", "192.0.2.1", now))) == [False] * 3 + [True] * 5


def test_residents_who_report_the_same_fault_are_counted_in_one_report(engine: Engine) -> None:
    def report() -> None:
        with writing(engine) as connection:
            reports.report(connection, "a-service", "phone", date(2026, 11, 28))

    together(report)
    with reading(engine) as connection:
        assert [(one.service_id, one.count) for one in reports.open_reports(connection)] == [("a-service", TOGETHER)]


def test_an_empty_directory_is_filled_once(engine: Engine) -> None:
    loaded = [one for one in together(lambda: load_embedded(engine), 3) if one is not None]
    with reading(engine) as connection:
        assert len(loaded) == 1 and loaded[0].added == count(connection)


def test_a_wait_in_vain_is_counted_once_by_two_hourly_retentions(engine: Engine, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    one = asyncio.run(Conversations(engine, Silent(), settings).open()).id
    old = utcnow() - timedelta(hours=60)
    with writing(engine) as connection:
        connection.execute(update(conversations).where(conversations.c.id == one).values(last_message_at=old, known={"needs": ["food"]}))
        connection.execute(handoffs.insert().values(id="h", conversation_id=one, status="waiting", packet={"needs": ["food"]}, language="fr",
                                                    urgency="normal", created_at=old, moved_at=old))
    assert sorted(together(lambda: apply_retention(engine, settings), 2)) == [0, 1]
    with reading(engine) as connection:
        assert [row.wait for row in connection.execute(select(demand_events))] == ["never"]


def test_two_first_starts_in_one_folder_have_one_key(tmp_path: Path) -> None:
    keys = together(lambda: secret_key(Settings(data=tmp_path / "data")))
    assert len(set(keys)) == 1 and len(keys[0]) >= 32
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret.key"]
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("length", [40, 64, 65, 80])
def test_an_id_of_another_directory_fits_wherever_a_service_is_named(length: int) -> None:
    """PostgreSQL refuses in a request or an event what SQLite lets through."""
    from types import SimpleNamespace

    from bot.directory.forms import SERVICE_ID_LENGTH
    from bot.directory.hsds.inward import _key

    reading_ = SimpleNamespace(batch=SimpleNamespace(origin="hsds"), fault=lambda why: None)
    made = {_key({"id": "x" * length}, "", reading_) for _ in range(2)}  # type: ignore[arg-type]
    assert len(made) == 1 and len(made.pop()) <= SERVICE_ID_LENGTH == handoffs.c.oriented_to.type.length
