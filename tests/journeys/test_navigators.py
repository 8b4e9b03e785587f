"""A resident, a navigator, and the demand that is left behind: over HTTP, through every process."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.machine import Machine, Resident

pytestmark = pytest.mark.rasa

PASSWORD = "une phrase assez longue 7"


@pytest.fixture(scope="module")
def navigators(machine: Machine) -> list[httpx.Client]:
    """Two navigators of Pierre-De Saurel, signed in."""
    for number in (1, 2):
        added = machine.command("people", "add", f"nav{number}@exemple.invalid", "--role", "navigator", "--territory", "1623",
                                "--language", "fr", "--language", "en", "--name", f"Nav {number}", stdin=f"{PASSWORD}\n{PASSWORD}\n")
        assert added.returncode == 0, added.stderr
    return [machine.signed_in(f"nav{number}@exemple.invalid", PASSWORD) for number in (1, 2)]


def in_line(machine: Machine, first: str, language: str = "fr") -> Resident:
    """A resident of Sorel-Tracy who asked for a person and agreed to what is passed on."""
    resident = machine.resident(language)
    resident.say(first)
    offer = resident.tap("human")
    assert offer[-1]["asks"] == "handoff_consent" and offer[-1]["kind"] == "handoff", offer
    sent = resident.tap("handoff:send")
    assert sent[-1]["kind"] == "handoff", sent
    assert resident.thread()["status"] == "waiting"
    return resident


def request_of(client: httpx.Client, resident: Resident) -> str:
    """The id of this resident's request in the client's queue (they say who they are by claiming what is newest)."""
    waiting = client.get("/api/handoffs", params={"status": "waiting"}).json()
    assert waiting, "the queue is empty"
    return str(max(waiting, key=lambda one: -one["waiting_seconds"])["id"])


def test_a_handoff_from_question_to_close_with_the_assistant_silent_in_between(machine: Machine, navigators: list[httpx.Client]) -> None:
    navigator = navigators[0]
    resident = in_line(machine, "j'ai reçu un avis d'éviction, je reste à Sorel-Tracy")
    request = request_of(navigator, resident)
    row = next(one for one in navigator.get("/api/handoffs").json() if one["id"] == request)
    assert {"id", "need", "territory", "language", "for_other", "urgency", "waiting_seconds", "summary", "owner"} <= set(row)
    assert (row["territory"], row["language"], row["owner"]) == ("1623", "fr", None)

    assert navigator.post(f"/api/handoffs/{request}/claim").status_code == 200
    assert resident.thread()["status"] == "navigator"
    assert resident.say("allo, y a quelqu'un?") == [], "the assistant is silent while a human has the conversation"
    packet = navigator.get(f"/api/handoffs/{request}").json()
    assert any("quelqu'un" in message["text"] for message in packet["messages"])

    assert navigator.post(f"/api/handoffs/{request}/messages", json={"text": "Bonjour, je vous lis."}).status_code == 201
    heard = resident.wait_for("navigator")
    assert heard["text"] == "Bonjour, je vous lis."

    crisis = resident.say("je veux mourir")
    assert [(message["kind"], message["from"]) for message in crisis] == [("crisis", "system")], "danger is recognised all the same"

    assert navigator.post(f"/api/handoffs/{request}/notes", json={"text": "à rappeler"}).status_code == 200
    closed = navigator.post(f"/api/handoffs/{request}/close", json={"outcome": "not_met", "reason": "no_capacity"})
    assert closed.status_code == 200, closed.text
    assert resident.thread()["status"] == "closed"
    again = resident.say("merci")
    assert again and resident.thread()["status"] == "assistant", "a closed conversation opens again"
    thread = resident.thread()["messages"]
    assert [message["seq"] for message in thread] == list(range(1, len(thread) + 1)), "seq rises by 1"


def test_a_returned_conversation_goes_on_with_what_is_known(machine: Machine, navigators: list[httpx.Client]) -> None:
    navigator = navigators[0]
    resident = in_line(machine, "I need a food bank, I live in Sorel-Tracy", "en")
    request = request_of(navigator, resident)
    navigator.post(f"/api/handoffs/{request}/claim")
    assert navigator.post(f"/api/handoffs/{request}/return").status_code == 200
    assert resident.thread()["status"] == "assistant"
    answers = resident.tap("more")
    assert answers and answers[-1]["language"] == "en"


def test_two_navigators_claim_at_once_and_one_wins(machine: Machine, navigators: list[httpx.Client]) -> None:
    resident = in_line(machine, "je cherche un logement à Sorel-Tracy")
    request = request_of(navigators[0], resident)
    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(lambda client: client.post(f"/api/handoffs/{request}/claim").status_code, navigators))
    assert codes == [200, 409]
    owner = next(client for client in navigators if client.get(f"/api/handoffs/{request}").status_code == 200)
    owner.post(f"/api/handoffs/{request}/close", json={"outcome": "informed"})


def test_cancelling_leaves_the_queue_empty_and_the_assistant_speaking(machine: Machine) -> None:
    resident = machine.resident()
    resident.say("j'ai besoin d'un transport adapté à Sorel-Tracy")
    resident.tap("human")
    answers = resident.tap("handoff:cancel")
    assert answers[-1]["kind"] == "handoff"
    assert resident.thread()["status"] == "assistant"


def test_consent_can_be_given_in_words(machine: Machine, navigators: list[httpx.Client]) -> None:
    resident = machine.resident()
    resident.say("je cherche une garderie à Sorel-Tracy")
    offer = resident.say("je veux parler à une vraie personne svp")
    assert offer[-1]["asks"] == "handoff_consent", offer
    resident.say("oui")
    assert resident.thread()["status"] == "waiting"
    request = request_of(navigators[0], resident)
    navigators[0].post(f"/api/handoffs/{request}/claim")
    navigators[0].post(f"/api/handoffs/{request}/close", json={"outcome": "connected"})


def test_a_person_in_danger_goes_to_the_top_of_the_queue(machine: Machine, navigators: list[httpx.Client]) -> None:
    in_line(machine, "je cherche une friperie à Sorel-Tracy")
    resident = machine.resident()
    resident.say("je reste à Sorel-Tracy et j'ai besoin d'aide pour mon loyer")
    resident.say("je pense à me suicider")
    resident.tap("human")
    resident.tap("handoff:send")
    first = navigators[0].get("/api/handoffs", params={"status": "waiting"}).json()[0]
    assert first["urgency"] == "crisis"
    for one in navigators[0].get("/api/handoffs", params={"status": "waiting"}).json():
        navigators[0].post(f"/api/handoffs/{one['id']}/claim")
        navigators[0].post(f"/api/handoffs/{one['id']}/close", json={"outcome": "left"})


def test_a_stranger_sees_nothing_of_the_desk_nor_of_the_demand(machine: Machine) -> None:
    for path in ("/api/handoffs", "/api/demand"):
        reply = machine.http.get(path)
        assert reply.status_code == 401 and reply.headers["content-type"] == "application/problem+json"


def test_an_oriented_need_leaves_one_anonymous_event_without_any_of_the_words(machine: Machine) -> None:
    from sqlalchemy import select

    from bot.demand.tables import demand_events
    from bot.store.engine import make_engine, reading

    engine = make_engine(f"sqlite:///{machine.data / 'bonneporte.db'}")
    with reading(engine) as connection:
        before = connection.execute(select(demand_events)).all()
    resident = machine.resident()
    resident.say("je cherche de la francisation à Yamaska, zorglub")
    resident.say("je cherche de la francisation à Yamaska, zorglub")
    with reading(engine) as connection:
        after = connection.execute(select(demand_events)).all()
    new = [row for row in after if row not in before]
    assert len(new) == 1, "asked twice, counted once"
    assert (new[0].need, new[0].territory, new[0].language, new[0].channel) == ("newcomers", "1623", "fr", "web")
    assert "zorglub" not in json.dumps([list(map(str, row)) for row in after])


def test_nothing_a_resident_wrote_is_in_a_log_or_a_metric(machine: Machine) -> None:
    resident = machine.resident()
    resident.say("mon secret s'appelle zanzibulle à Joliette")
    logs = "".join(path.read_text(errors="replace") for path in machine.data.glob("*.log"))
    private = machine.environment["BONNEPORTE_PRIVATE_PORT"]
    metrics = httpx.get(f"http://127.0.0.1:{private}/metrics").text
    assert "zanzibulle" not in logs + metrics
    assert not {"food", "1623", "joliette"} & set(metrics.lower().split('"'))
