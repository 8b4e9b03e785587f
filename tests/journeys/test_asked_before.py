"""Had they asked elsewhere before? One tap after the services, on the web and on Telegram, through every process."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.journeys.test_residents import asks, choices, reach_services, shown
from tests.machine import Machine, Resident, start_machine

pytestmark = pytest.mark.rasa

WAIT = 12.0


def events(data: Path, need: str) -> list[object]:
    """What the events of a need hold of the question."""
    with closing(sqlite3.connect(f"file:{data / 'bonneporte.db'}?mode=ro", uri=True)) as connection:
        return [row[0] for row in connection.execute("SELECT asked_before FROM demand_events WHERE need = ?", (need,))]


def more(before: list[object], after: list[object]) -> list[object]:
    """The events that came since."""
    left = list(after)
    for one in before:
        left.remove(one)
    return left


def test_a_resident_on_the_web_is_asked_once_after_the_services_and_a_tap_is_in_the_event(machine: Machine) -> None:
    before = events(machine.data, "home_support")
    resident = machine.resident("en")
    answers = reach_services(resident, resident.say("my mother in Joliette needs help bathing"), "she is 81")
    assert shown(answers) and asks(answers) == "asked_before" and answers[-1]["language"] == "en"
    assert "asked for help anywhere else" in answers[-1]["text"]
    assert {"more", "human"} <= set(choices(answers)), "the ways on are there beside it"
    said = resident.tap("asked_before:no")
    assert {"more", "human"} <= set(choices(said))
    assert more(before, events(machine.data, "home_support")) == [0]
    answers = resident.say("I also need a ride to the hospital")
    assert shown(answers) and asks(answers) != "asked_before", "once in a conversation"


def test_on_telegram_the_button_answers_and_the_question_is_settled(machine: Machine) -> None:
    before = events(machine.data, "food")
    resident = machine.telegram.resident("fr")
    resident.starts()
    resident.waits_for("Bonne Porte", WAIT)
    resident.writes("je cherche une banque alimentaire à Sorel-Tracy")
    seen = resident.waits_for("déjà demandé de l’aide ailleurs", WAIT)
    assert {"Oui", "Non", "Passer"} == set(seen.labels)
    resident.taps("Oui")
    resident.waits_for("Je reste là", WAIT)
    assert more(before, events(machine.data, "food")) == [1]


def test_kill_9_while_the_answer_is_taken_counts_it_once(tmp_path: Path) -> None:
    with start_machine(tmp_path, BONNEPORTE_TELEGRAM_TOKEN="") as first:
        resident = first.resident("fr")
        assert asks(resident.say("je cherche une banque alimentaire à Joliette")) == "asked_before"

        def tap() -> None:
            try:
                resident._post({"choice": "asked_before:yes", "client_id": "the-tap"})
            except (httpx.HTTPError, AssertionError):
                return

        tapping = threading.Thread(target=tap)
        tapping.start()
        time.sleep(0.004)
        first.process.kill()
        tapping.join()
        assert events(tmp_path, "food") in ([None], [1]), "one event, whole, whatever happened"
    with start_machine(tmp_path, BONNEPORTE_TELEGRAM_TOKEN="") as second:
        same = Resident(second.http, resident.id, resident.token)
        same._post({"choice": "asked_before:yes", "client_id": "the-tap"})  # what a client does that got no answer
        deadline = time.monotonic() + 15
        while events(tmp_path, "food") != [1]:
            assert time.monotonic() < deadline, events(tmp_path, "food")
            time.sleep(0.2)
        taps = [message for message in same.thread()["messages"] if message["from"] == "resident"]
        assert len(taps) == 2
