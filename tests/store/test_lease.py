"""One holder at a time, whatever the processes do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.store import lease
from bot.store.engine import alone, writing

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def take(engine: Engine) -> Callable[..., bool]:
    def taking(holder: str, after: float = 0) -> bool:
        with writing(engine) as connection:
            return lease.take(connection, "work", holder, NOW + timedelta(seconds=after), 15)

    return taking


def test_the_first_has_it_and_renews_it(take: Callable[..., bool]) -> None:
    assert take("ada") and not take("bea") and take("ada", 10)
    assert not take("bea", 24), "renewed: until 25"


def test_it_runs_out_with_its_holder(take: Callable[..., bool]) -> None:
    assert take("ada") and not take("bea", 14) and take("bea", 15)
    assert not take("ada", 16), "whoever was away too long waits as the others"


def test_given_back_it_is_anybody_s_at_once_and_only_the_holder_gives_it_back(engine: Engine, take: Callable[..., bool]) -> None:
    assert take("ada")
    with writing(engine) as connection:
        lease.give_back(connection, "work", "bea")
    assert not take("bea")
    with writing(engine) as connection:
        lease.give_back(connection, "work", "ada")
    assert take("bea")


def test_of_many_at_once_one_has_it(engine: Engine, take: Callable[..., bool]) -> None:
    for after in (0, 100):  # nobody's, then one that ran out
        won: list[str] = []
        start = threading.Barrier(8)

        def run(name: str, won: list[str] = won, start: threading.Barrier = start, after: int = after) -> None:
            start.wait()
            if take(name, after):
                won.append(name)

        threads = [threading.Thread(target=run, args=(f"n{number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1


def test_alone_lets_nobody_else_in(engine: Engine) -> None:
    inside, most = 0, 0
    lock = threading.Lock()

    def run() -> None:
        nonlocal inside, most
        with writing(engine) as connection:
            alone(connection, "work")
            with lock:
                inside += 1
                most = max(most, inside)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
