"""Asking for a person, from the resident's side: fields left out, the line, the way back; with the assistant down too."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.channels import api
from bot.channels.problems import problem_handlers
from bot.conversation.assistant import AssistantFailure, Turn
from bot.conversation.core import Conversations
from bot.conversation.tables import conversations
from bot.handoff import packet, requests
from bot.handoff.desk import Desk, NotOpen
from bot.handoff.waiting import Waiting
from bot.people.people import People
from bot.people.person import Person
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing

KNOWN = {"needs": ["food"], "place": "53052", "territory": "1623", "for_other": True, "age_band": "senior", "shown": ["a", "b"]}


class Down:
    """No assistant at all: whatever works here works when Rasa is down."""

    asked = 0

    async def turn(self, text: str, metadata: dict[str, Any], tracker: Any) -> Turn:
        self.asked += 1
        raise AssistantFailure("down")

    async def ready(self) -> bool:
        return False


@pytest.fixture
def core(engine: Engine) -> Conversations:
    return Conversations(engine, Down(), Settings())


@pytest.fixture
def desk(engine: Engine, core: Conversations) -> Desk:
    return Desk(engine, core.desk)


@pytest.fixture
def anne(engine: Engine) -> Person:
    return People(engine, Settings()).add("anne@example.org", "un mot de passe assez long", ["navigator"], name="Anne", territories=["all"])


async def opened(core: Conversations, **values: Any) -> str:
    conversation = await core.open(language="en")
    with writing(core.engine) as connection:
        connection.execute(update(conversations).where(conversations.c.id == conversation.id).values(known=KNOWN, language_chosen=True, **values))
    return conversation.id


def request_of(core: Conversations, conversation_id: str) -> Any:
    with reading(core.engine) as connection:
        return requests.open_request(connection, conversation_id)


@pytest.mark.parametrize("field", packet.FIELDS)
async def test_each_field_may_be_left_out_alone_and_is_then_nowhere_at_the_desk(core, desk, anne, field) -> None:
    conversation_id = await opened(core)
    await core.post(conversation_id, text="my secret is zanzibulle")
    (offer,) = await core.post(conversation_id, choice="human")
    assert f"handoff:without:{field}" in [one["choice"] for one in offer["choices"]]
    (again,) = await core.post(conversation_id, choice=f"handoff:without:{field}")
    assert again["asks"] == "handoff_consent" and "will not be passed on" in again["text"]
    assert f"handoff:with:{field}" in [one["choice"] for one in again["choices"]]
    await core.post(conversation_id, choice="handoff:send")
    row = request_of(core, conversation_id)
    assert row.packet["withheld"] == [field] and not set(packet.FIELDS[field]) & set(row.packet)
    desk.claim(anne, row.id)
    found = desk.get(anne, row.id)
    kept = {"need": found["packet"]["needs"], "place": found["packet"]["place"] or found["territory"], "shown": found["packet"]["shown"],
            "for_whom": found["packet"]["age_band"] or found["for_other"], "messages": "zanzibulle" in str(found["messages"])}
    assert [name for name, value in kept.items() if not value] == [field]
    await core.post(conversation_id, text="and what I write from now on is read")
    assert "from now on" in str(desk.get(anne, row.id)["messages"])


async def test_leaving_out_is_answered_without_the_assistant_and_forgotten_once_decided(core) -> None:
    conversation_id = await opened(core)
    before = core.assistant.asked
    await core.post(conversation_id, choice="handoff:without:place")
    await core.post(conversation_id, choice="handoff:without:need")
    (offer,) = await core.post(conversation_id, choice="handoff:with:place")
    assert core.assistant.asked == before
    assert offer["text"].count("will not be passed on") == 1
    await core.post(conversation_id, choice="handoff:cancel")
    (fresh,) = await core.post(conversation_id, choice="human")
    assert "will not be passed on" not in fresh["text"]


@pytest.mark.parametrize("choice", ["handoff:without:everything", "handoff:without:", "contact:leave", "contact:what", "helped:yes:x", "helped:why:x"])
async def test_a_choice_that_means_nothing_says_so_and_changes_nothing(core, choice) -> None:
    conversation_id = await opened(core)
    (answer,) = await core.post(conversation_id, choice=choice)
    assert answer["text"] == "This button no longer works. Please write to me what you want."
    assert request_of(core, conversation_id) is None


async def test_in_danger_the_lines_come_with_the_offer_the_sending_and_the_refusal(core) -> None:
    conversation_id = await opened(core)
    await core.post(conversation_id, text="I want to kill myself")
    assert request_of(core, conversation_id) is None, "nothing goes without consent"
    (offer,) = await core.post(conversation_id, choice="human")
    (refused,) = await core.post(conversation_id, choice="handoff:cancel")
    assert offer["helplines"] and refused["helplines"] and request_of(core, conversation_id) is None
    await core.post(conversation_id, choice="human")
    (sent,) = await core.post(conversation_id, choice="handoff:send")
    assert sent["helplines"][0]["id"] == "appelle" and request_of(core, conversation_id).urgency == "crisis"


async def test_waiting_shows_the_place_in_line_and_can_be_left(core) -> None:
    first, second = await opened(core), await opened(core)
    for one in (first, second):
        await core.post(one, choice="human")
        await core.post(one, choice="handoff:send")
    assert ((await core.messages(first)).ahead, (await core.messages(second)).ahead) == (0, 1)
    (again,) = await core.post(second, choice="human")
    assert "People ahead of you: 1." in again["text"] and [one["choice"] for one in again["choices"]] == ["handoff:cancel"]
    (left,) = await core.post(first, choice="handoff:cancel")
    assert "out of the line" in left["text"] and (await core.messages(first)).status == "assistant"
    assert (await core.messages(second)).ahead == 0


async def test_a_resident_goes_back_to_the_assistant_and_the_navigator_reads_no_further(core, desk, anne) -> None:
    conversation_id = await opened(core)
    await core.post(conversation_id, choice="handoff:send")
    request_id = request_of(core, conversation_id).id
    desk.claim(anne, request_id)
    assert (await core.messages(conversation_id)).messages[-1]["choices"][0]["choice"] == "handoff:leave"
    (back,) = await core.post(conversation_id, choice="handoff:leave")
    assert "I am back" in back["text"] and (await core.messages(conversation_id)).status == "assistant"
    await core.post(conversation_id, text="a secret for nobody")
    found = desk.get(anne, request_id)
    assert found["status"] == "returned" and "a secret" not in str(found["messages"])
    with pytest.raises(NotOpen):
        desk.say(anne, request_id, "Hello?")
    (gone,) = await core.post(conversation_id, choice="handoff:leave")
    assert "nothing is passed on" in gone["text"]


async def test_who_goes_on_in_the_other_language_waits_for_somebody_who_speaks_it(core) -> None:
    conversation_id = await opened(core)
    await core.post(conversation_id, choice="handoff:send")
    assert request_of(core, conversation_id).language == "en"
    await core.post(conversation_id, choice="language:fr")
    assert request_of(core, conversation_id).language == "fr"


async def test_a_contact_is_hidden_whatever_is_around_it_and_danger_in_its_place_is_danger(core, engine) -> None:
    conversation_id = await opened(core)
    await core.post(conversation_id, choice="human")
    await core.post(conversation_id, choice="handoff:send")
    Waiting(engine, core.desk, Settings(wait_minutes=1)).tell_who_waits(utcnow().replace(year=2099))
    (ask,) = await core.post(conversation_id, choice="contact:leave")
    assert ask["asks"] == "contact"
    danger = await core.post(conversation_id, text="450-555-0199 I want to kill myself")
    assert danger[0]["kind"] == "crisis", "danger is before anything else"
    await core.post(conversation_id, choice="contact:leave")
    (kept,) = await core.post(conversation_id, text="call me at 450-555-0147 after supper", client_id="c")
    assert "0147" in kept["text"] and "450-555" not in kept["text"]
    assert await core.post(conversation_id, text="call me at 450-555-0147 after supper", client_id="c") == [kept], "sent twice is once"
    said = (await core.messages(conversation_id)).messages
    assert not [one for one in said if "450-555-0147" in one["text"]]
    await core.post(conversation_id, choice="contact:leave")
    heard = await core.post(conversation_id, text="call me at 450-555-0188, my husband hits me")
    assert [one["kind"] for one in heard][-1] == "crisis" and "450-555-0188" not in str((await core.messages(conversation_id)).messages)
    await core.post(conversation_id, text="450-555-0123 is my sister's")
    assert "450-555-0123" in str((await core.messages(conversation_id)).messages), "only when a way was asked for"


# Over HTTP


@pytest.fixture
def http(core: Conversations) -> TestClient:
    from types import SimpleNamespace

    app = Starlette(routes=api.routes, exception_handlers=problem_handlers)
    app.state.services = SimpleNamespace(conversations=core)
    return TestClient(app)


async def test_what_a_resident_has_seen_and_that_they_type_is_told_to_the_navigator_only(core, desk, anne, http) -> None:
    conversation = await core.open(language="en")
    header = {"Authorization": f"Bearer {conversation.token}"}
    address = f"/api/conversations/{conversation.id}"
    assert http.post(f"{address}/presence", json={"seen": 2}).status_code == 401
    assert http.post(f"{address}/presence", json={"seen": 2}, headers=header).status_code == 204, "with no navigator it is nothing"
    await core.post(conversation.id, choice="handoff:send")
    assert http.get(f"{address}/messages", headers=header).json()["ahead"] == 0
    request_id = request_of(core, conversation.id).id
    desk.claim(anne, request_id)
    assert http.post(f"{address}/presence", json={"seen": 10_000, "typing": True}, headers=header).status_code == 204
    found = desk.get(anne, request_id)
    assert found["typing"] and found["seen"] == found["messages"][-1]["seq"], "nobody has seen what was not said"
    http.post(f"{address}/presence", json={"seen": 1}, headers=header)
    again = desk.get(anne, request_id)
    assert not again["typing"] and again["seen"] == found["seen"]
    desk.presence(anne, request_id, seen=3, typing=True)
    thread = http.get(f"{address}/messages", headers=header).json()
    assert (thread["seen"], thread["typing"]) == (3, True)


@pytest.mark.parametrize("body", [{"seen": "3"}, {"seen": -1}, {"seen": True}, {"typing": "yes"}, {"seen": 10**12}])
async def test_a_wrong_presence_is_400(core, http, body) -> None:
    conversation = await core.open()
    reply = http.post(f"/api/conversations/{conversation.id}/presence", json=body, headers={"Authorization": f"Bearer {conversation.token}"})
    assert reply.status_code == 400
