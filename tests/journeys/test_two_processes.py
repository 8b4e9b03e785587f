"""Two `up` on one PostgreSQL, begun at the same instant on an empty database, as one application."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy import func, select, text

from bot.directory.load import embedded_services
from bot.directory.tables import services
from bot.people.tables import people
from bot.store.engine import make_engine, reading
from bot.store.tables import facts
from tests.machine import Machine, Resident, start_machine
from tests.telegram.stand_in import StandIn

pytestmark = pytest.mark.rasa

LIMIT = 12


@pytest.fixture(scope="module")
def telegram() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def two(postgresql: str, telegram: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Machine]]:
    empty = make_engine(postgresql)
    with empty.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    empty.dispose()
    given = {"BONNEPORTE_DATABASE_URL": postgresql, "BONNEPORTE_SECRET_KEY": "the same key on both machines, long enough",
             "BONNEPORTE_TELEGRAM_TOKEN": telegram.token, "BONNEPORTE_TELEGRAM_API": telegram.origin,
             "BONNEPORTE_LIMIT_CONVERSATIONS": str(LIMIT)}
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        starting = [pool.submit(lambda name=name: stack.enter_context(start_machine(tmp_path_factory.mktemp(name), **given)))
                    for name in ("first", "second")]
        first, second = (one.result() for one in starting)
        yield first, second


def beside(machine: Machine, resident: Resident) -> Resident:
    """The same resident, whose next request reaches the other process."""
    return Resident(machine.http, resident.id, resident.token)


def test_a_first_start_of_both_makes_one_database(two: tuple[Machine, Machine], postgresql: str) -> None:
    engine = make_engine(postgresql)
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(people)) == 1
        assert connection.scalar(select(func.count()).select_from(services)) == len(embedded_services())
    engine.dispose()
    assert sum((machine.data / "first-administrator.txt").exists() for machine in two) == 1


def test_a_conversation_goes_on_wherever_the_next_message_lands(two: tuple[Machine, Machine]) -> None:
    here = two[0].resident("fr")
    there = beside(two[1], here)
    here.say("j'ai rien à manger")
    found = there.say("Joliette")
    assert any(message["services"] for message in found)
    assert here.thread() == there.thread()
    seqs = [message["seq"] for message in here.thread()["messages"]]
    assert seqs == list(range(1, len(seqs) + 1))


def test_one_message_sent_to_both_at_once_is_one_message_with_one_answer(two: tuple[Machine, Machine]) -> None:
    here = two[0].resident("fr")
    both = (here, beside(two[1], here))
    start = threading.Barrier(2)

    def say(who: Resident) -> list[dict[str, object]]:
        start.wait()
        return who.say("mon frigo est vide et je reste à Joliette", client_id="once")

    with ThreadPoolExecutor(2) as pool:
        heard = list(pool.map(say, both))
    assert heard[0] == heard[1] and heard[0]
    assert [message["from"] for message in here.thread()["messages"]].count("resident") == 1


def test_a_stream_of_one_tells_what_the_other_wrote(two: tuple[Machine, Machine]) -> None:
    here = two[0].resident("en")
    there = beside(two[1], here)
    with two[1].http.stream("GET", f"/api/conversations/{here.id}/events", headers=here.headers) as stream:
        threading.Timer(0.5, lambda: here.say("I need a food bank in Rawdon")).start()
        told = ""
        for line in stream.iter_lines():
            told += line
            if "Rawdon" in told and '"services": [{' in told:
                break
    assert there.thread()["messages"][-1]["from"] in ("assistant", "system")


def test_the_process_that_polls_dies_and_the_other_answers_once(two: tuple[Machine, Machine], telegram: StandIn, postgresql: str) -> None:
    """Near the end of this file: one of the two is gone after it."""
    ana = telegram.resident("fr")
    ana.starts()
    ana.waits_for("Bonne Porte", 20)
    poller = next(machine for machine in two if f":{machine.process.pid}:" in holder(postgresql))
    other = two[1] if poller is two[0] else two[0]
    poller.process.kill()
    poller.process.wait()
    ana.writes("mon frigo est vide et je reste à Joliette")
    ana.waits_for("Joliette", 60)
    time.sleep(2)
    assert sum("Joliette" in one.text for one in ana.heard) == len({one.text for one in ana.heard if "Joliette" in one.text})
    assert f":{other.process.pid}:" in holder(postgresql)
    assert not [call for call in telegram.calls("getUpdates") if call.status == 409], "never two at once"


def test_the_limit_of_an_address_is_one_for_both(two: tuple[Machine, Machine]) -> None:
    alive = next(machine for machine in two if machine.process.poll() is None)
    codes = [alive.http.post("/api/conversations", json={}).status_code for _ in range(LIMIT + 1)]
    assert codes.index(429) < LIMIT, "those opened at the other count"


def holder(postgresql: str) -> str:
    """Which machine and process polls Telegram."""
    engine = make_engine(postgresql)
    with reading(engine) as connection:
        held: str = connection.scalar(select(facts.c.value).where(facts.c.name == "lease.telegram")) or ""
    engine.dispose()
    return held
