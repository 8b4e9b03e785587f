"""Whole conversations over a stand-in Telegram that speaks the real Bot API, through every process."""

from __future__ import annotations

import time

import pytest

from tests.machine import Machine

pytestmark = pytest.mark.rasa

WAIT = 12.0


def test_food_in_sorel_tracy_in_french(machine: Machine) -> None:
    resident = machine.telegram.resident("fr")
    resident.starts()
    resident.waits_for("Bonne Porte", WAIT)
    resident.writes("mon frigo est vide pis la paye rentre juste jeudi")
    resident.waits_for("ville", WAIT)
    resident.writes("à Tracy")
    seen = resident.waits_for("Sorel-Tracy", WAIT)
    assert "Alimentation" in seen.text or "Alimentation" in " ".join(one.text for one in resident.heard)


def test_bathing_in_joliette_in_english(machine: Machine) -> None:
    resident = machine.telegram.resident("en")
    resident.starts()
    resident.waits_for("I am Bonne Porte", WAIT)
    resident.writes("my mother in Joliette needs help bathing")
    resident.waits_for(lambda seen: "Home support" in seen.text or "How old" in seen.text, WAIT)


def test_language_is_switched_by_a_command_in_the_middle(machine: Machine) -> None:
    resident = machine.telegram.resident("fr")
    resident.starts()
    resident.waits_for("Bonne Porte", WAIT)
    resident.writes("/language")
    resident.waits_for(lambda seen: any("English" in label for label in seen.labels), WAIT)
    resident.taps("English")
    resident.waits_for("English", WAIT)
    resident.writes("food")
    resident.waits_for("town", WAIT)


def test_a_crisis_shows_the_lines(machine: Machine) -> None:
    resident = machine.telegram.resident("fr")
    resident.starts()
    resident.waits_for("Bonne Porte", WAIT)
    resident.writes("je veux me tuer")
    seen = resident.waits_for("1 866 277-3553", WAIT)
    assert "535353" in seen.text


def test_a_navigator_answers_in_the_chat(machine: Machine) -> None:
    resident = machine.telegram.resident("fr")
    resident.starts()
    resident.waits_for("Bonne Porte", WAIT)
    resident.writes("mon propriétaire veut m'évincer de mon logement à Sorel-Tracy")
    resident.waits_for("Sorel-Tracy", WAIT)
    resident.writes("/navigateur")
    resident.waits_for(lambda seen: any("transmettre" in label for label in seen.labels), WAIT)
    resident.taps("Oui, transmettre")
    resident.waits_for(lambda seen: "transmis" in seen.text or "file" in seen.text, WAIT)
    desk = machine.administrator()
    request = desk.get("/api/handoffs", params={"status": "waiting"}).json()[-1]["id"]
    assert desk.post(f"/api/handoffs/{request}/claim").status_code == 200
    assert desk.post(f"/api/handoffs/{request}/messages", json={"text": "Bonjour, ici Ève."}).status_code == 201
    resident.waits_for("ici Ève", WAIT)
    resident.writes("merci Ève")
    deadline = time.monotonic() + WAIT
    while not any(message["text"] == "merci Ève" for message in desk.get(f"/api/handoffs/{request}").json()["messages"]):
        assert time.monotonic() < deadline, "the navigator does not read the resident"
        time.sleep(0.1)
    assert desk.post(f"/api/handoffs/{request}/close", json={"outcome": "connected"}).status_code == 200
    resident.waits_for("terminée", WAIT)


def test_a_shared_location_answers_where(machine: Machine) -> None:
    resident = machine.telegram.resident("fr")
    resident.starts()
    resident.waits_for("Bonne Porte", WAIT)
    resident.writes("je me sens seule, je voudrais rencontrer du monde")
    resident.waits_for("ville", WAIT)
    resident.sends_location(46.0236, -73.4425)  # Joliette
    resident.waits_for("Joliette", WAIT)


def test_erase_in_one_step(machine: Machine) -> None:
    resident = machine.telegram.resident("en")
    resident.starts()
    resident.waits_for("Bonne Porte", WAIT)
    resident.writes("/erase")
    resident.waits_for("erased", WAIT)
