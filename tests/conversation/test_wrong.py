"""A resident says that something shown is wrong: a few buttons, an anonymous line in the directory's queue, nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text

from bot.conversation import storage
from bot.conversation.assistant import AssistantFailure, Turn
from bot.conversation.core import Conversations
from bot.conversation.desk_side import DeskSide
from bot.conversation.messages import as_dict
from bot.conversation.wrong import kind_named
from bot.directory.reports import open_reports
from bot.settings import Settings
from bot.store.engine import reading, writing

CARDS = [{"id": "frigo", "name": "Frigo du quartier"}, {"id": "un:deux", "name": "Comptoir d’exemple"}]


class Shows:
    """Shows the cards for any text; fails when `down`; asks the core for a report when told that something is wrong."""

    def __init__(self) -> None:
        self.down = False
        self.cards: list[list[dict[str, Any]]] = [CARDS]
        self.heard: list[str] = []

    async def turn(self, said: str, metadata: dict[str, Any], tracker: list[dict[str, Any]] | None) -> Turn:
        if self.down:
            raise AssistantFailure("down")
        self.heard.append(said)
        if "faux" in said or "wrong" in said:
            messages: list[dict[str, Any]] = [{"text": None, "buttons": [], "custom": {"effects": [{"effect": "report", "kind": kind_named(said)}]}}]
        else:
            messages = [{"response": "utter_services", "text": "Voici", "buttons": [{"title": "Autres services", "payload": "/more"}],
                         "custom": {"kind": "services", "services": cards}} for cards in self.cards]
        return Turn(messages, [], {"need": ["food"]}, {})

    async def ready(self) -> bool:
        return True


@pytest.fixture
def assistant() -> Shows:
    return Shows()


@pytest.fixture
def core(engine: Engine, assistant: Shows) -> Conversations:
    return Conversations(engine, assistant, Settings())


async def opened(core: Conversations, language: str = "fr", first: str = "J'ai faim") -> str:
    conversation = (await core.open(language=language)).id
    await core.post(conversation, first)
    return conversation


def queue(core: Conversations) -> list[tuple[str, str, int]]:
    with reading(core.engine) as connection:
        return sorted((one.service_id, one.kind, one.count) for one in open_reports(connection))


def buttons(message: dict[str, Any]) -> dict[str, str]:
    return {one["label"]: one["choice"] for one in message["choices"]}


async def test_a_message_with_services_has_a_button_to_say_that_something_is_wrong(core: Conversations) -> None:
    conversation = (await core.open(language="fr")).id
    (shown,) = await core.post(conversation, "J'ai faim")
    assert buttons(shown)["Une information est fausse"] == "report"


async def test_from_the_button_to_the_queue_in_three_taps_without_the_assistant(core: Conversations, assistant: Shows) -> None:
    conversation = await opened(core)
    assistant.down = True
    (which,) = await core.post(conversation, choice="report")
    assert which["asks"] == "report" and buttons(which) == {"Frigo du quartier": "report:frigo", "Comptoir d’exemple": "report:un:deux"}
    (what,) = await core.post(conversation, choice="report:un:deux")
    assert "Comptoir d’exemple" in what["text"] and buttons(what)["Les heures"] == "report:un:deux:hours" and len(what["choices"]) == 5
    (noted,) = await core.post(conversation, choice="report:un:deux:hours")
    assert noted["text"].startswith("C'est noté") and set(buttons(noted).values()) == {"more", "human"}
    assert queue(core) == [("un:deux", "hours", 1)]


async def test_one_service_shown_is_not_asked_about(core: Conversations, assistant: Shows) -> None:
    assistant.cards = [CARDS[:1]]
    conversation = await opened(core, "en", "I am hungry")
    (what,) = await core.post(conversation, choice="report")
    assert what["text"] == 'What is wrong with "Frigo du quartier"?' and buttons(what)["The phone number"] == "report:frigo:phone"


async def test_the_services_of_two_needs_are_both_offered(core: Conversations, assistant: Shows) -> None:
    assistant.cards = [CARDS[:1], CARDS[1:]]
    conversation = await opened(core)
    (which,) = await core.post(conversation, choice="report")
    assert list(buttons(which)) == ["Frigo du quartier", "Comptoir d’exemple"]


@pytest.mark.parametrize(("language", "first", "wrong", "service", "what", "kind"), [
    ("fr", "J'ai faim", "c'est faux", "le frigo du quartier", "le numéro marche pas", "phone"),
    ("en", "I am hungry", "this is wrong", "Frigo du quartier", "the hours are not right", "hours"),
])
async def test_in_words_at_every_step(core: Conversations, language: str, first: str, wrong: str, service: str, what: str, kind: str) -> None:
    conversation = await opened(core, language, first)
    await core.post(conversation, choice=f"language:{language}")
    await core.post(conversation, wrong)
    (asked,) = await core.post(conversation, service)
    assert asked["asks"] == "report"
    (noted,) = await core.post(conversation, what)
    assert noted["text"].startswith(("C'est noté", "Noted"))
    assert queue(core) == [("frigo", kind, 1)]


async def test_a_fault_said_at_once_needs_only_the_service(core: Conversations) -> None:
    conversation = await opened(core)
    (which,) = await core.post(conversation, "le téléphone est faux")
    assert list(buttons(which).values()) == ["report:frigo:phone", "report:un:deux:phone"]


async def test_words_that_answer_nothing_go_to_the_assistant(core: Conversations, assistant: Shows) -> None:
    conversation = await opened(core)
    await core.post(conversation, choice="report")
    (shown,) = await core.post(conversation, "laissez tomber, je cherche un logement")
    assert shown["kind"] == "services" and assistant.heard[-1].startswith("laissez tomber") and queue(core) == []


async def test_before_any_service_was_shown(core: Conversations) -> None:
    conversation = (await core.open(language="en")).id
    (said,) = await core.post(conversation, choice="report")
    assert "not shown you any service" in said["text"]


@pytest.mark.parametrize("value", ["report:ailleurs:phone", "report:frigo:pizza", "report:", "report::phone", "report:frigo:phone:phone"])
async def test_nobody_fills_the_queue_with_what_they_were_not_shown(core: Conversations, value: str) -> None:
    conversation = await opened(core)
    (said,) = await core.post(conversation, choice=value)
    assert said["text"].startswith("Ce bouton ne sert plus") and queue(core) == []


async def test_the_same_conversation_counts_once_and_another_one_again(core: Conversations) -> None:
    first = await opened(core)
    for _ in range(3):
        await core.post(first, choice="report:frigo:closed")
    await core.post(await opened(core), choice="report:frigo:closed")
    assert queue(core) == [("frigo", "closed", 2)]


async def test_neither_words_nor_who_is_in_the_queue_and_erasing_leaves_it(core: Conversations) -> None:
    conversation = await opened(core)
    await core.post(conversation, "c'est faux, mon voisin Ti-Guy me l'a dit")
    await core.post(conversation, choice="report:frigo:phone")
    await core.erase(conversation)
    with reading(core.engine) as connection:
        rows = [tuple(row) for row in connection.execute(text("SELECT * FROM directory_reports"))]
    assert len(rows) == 1 and "Ti-Guy" not in str(rows) and conversation not in str(rows)


@pytest.mark.parametrize(("said", "kind"), [
    ("le numéro ne marche pas", "phone"), ("personne répond au téléphone", "phone"), ("the phone number is wrong", "phone"),
    ("les heures sont pas bonnes", "hours"), ("ils ont déménagé", "address"), ("wrong address", "address"),
    ("c'est fermé pour de bon", "closed"), ("it is closed", "closed"), ("ça n'existe plus", "closed"),
    ("le numéro et l'adresse sont faux", None), ("c'est pas bon", None), ("", None), ("autre chose", "other"),
])
def test_the_kind_of_fault_in_words(said: str, kind: str | None) -> None:
    assert kind_named(said) == kind


async def test_a_mistake_told_while_a_navigator_has_the_conversation_is_kept_and_the_assistant_stays_silent(core: Conversations, assistant: Shows) -> None:
    conversation = await opened(core)
    with writing(core.engine) as connection:
        DeskSide(core.engine).take(connection, conversation, "Anne")
    heard, before = list(assistant.heard), await said(core, conversation)
    for choice in ("report", "report:frigo", "report:frigo:phone", "report:frigo:phone", "more"):
        assert await core.post(conversation, choice=choice) == []  # the navigator speaks, nobody else
    assert queue(core) == [("frigo", "phone", 1)] and assistant.heard == heard
    new = (await said(core, conversation))[len(before):]
    assert {one["from"] for one in new} == {"resident", "system"}
    offered = [one["choice"] for message in new for one in message["choices"]]
    assert offered and all(one.startswith("report:") for one in offered)


async def said(core: Conversations, conversation: str) -> list[dict[str, Any]]:
    with reading(core.engine) as connection:
        return [as_dict(row) for row in storage.since(connection, conversation, 0)]
