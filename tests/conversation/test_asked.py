"""Had they asked anywhere before? Once, after services, one tap or nothing; the answer goes into the anonymous event."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from bot.conversation import answering
from bot.conversation.assistant import Turn
from bot.conversation.core import Conversations
from bot.conversation.tables import conversations
from bot.demand.correct import correct
from bot.demand.publish import publish
from bot.demand.tables import demand_events
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing

CARD = {"id": "frigo", "name": "Frigo du quartier"}


class Orients:
    """Shows a card and counts a need, for any text; a text that names a need counts that one."""

    def __init__(self) -> None:
        self.slots: dict[str, Any] = {}
        self.cards = [CARD]
        self.asks_more = False
        self.heard: list[str] = []

    async def turn(self, said: str, metadata: dict[str, Any], tracker: list[dict[str, Any]] | None) -> Turn:
        self.heard.append(said)
        needs = [need for need in ("violence", "housing", "transport") if need in said] or ["food"]
        messages = [{"response": "utter_services", "text": "Voici", "buttons": [],
                     "custom": {"kind": "services", "services": self.cards, "effects": [
                         {"effect": "oriented", "need": need, "met": bool(self.cards), "reason": None if self.cards else "none_exists", "oriented_to": None}]}}
                    for need in needs]
        if self.asks_more:
            messages.append({"response": "utter_ask_place", "text": "Où?", "buttons": [], "custom": None})
        return Turn(messages, [], {"need": needs, **self.slots}, {})

    async def ready(self) -> bool:
        return True


@pytest.fixture
def assistant() -> Orients:
    return Orients()


@pytest.fixture
def core(engine: Engine, assistant: Orients) -> Conversations:
    return Conversations(engine, assistant, Settings())


def events(core: Conversations) -> list[tuple[str, bool | None]]:
    with reading(core.engine) as connection:
        rows = connection.execute(select(demand_events.c.need, demand_events.c.asked_before).order_by(demand_events.c.need))
        return [tuple(row) for row in rows]


def is_asked(answers: list[dict[str, Any]]) -> bool:
    return [message["asks"] for message in answers] == [None] * (len(answers) - 1) + ["asked_before"]


async def opened(core: Conversations, said: str = "J'ai faim", language: str = "fr") -> tuple[str, list[dict[str, Any]]]:
    conversation = (await core.open(language=language)).id
    return conversation, await core.post(conversation, said)


@pytest.mark.parametrize(("language", "said", "labels"), [("fr", "J'ai faim", ["Oui", "Non", "Passer"]), ("en", "I am hungry", ["Yes", "No", "Skip"])])
async def test_it_is_asked_after_the_services_with_one_tap_to_answer_or_skip(core: Conversations, language: str, said: str, labels: list[str]) -> None:
    _, answers = await opened(core, said, language)
    assert is_asked(answers) and answers[0]["services"]
    question = answers[-1]
    assert (question["kind"], question["from"], question["language"]) == ("question", "system", language)
    assert [one["label"] for one in question["choices"]] == labels
    assert [one["choice"] for one in question["choices"]] == ["asked_before:yes", "asked_before:no", "asked_before:skip"]


@pytest.mark.parametrize(("choice", "held"), [("yes", True), ("no", False), ("skip", None)])
async def test_a_tap_is_in_the_event_which_is_still_one_and_the_way_on_is_offered(core: Conversations, assistant: Orients, choice: str, held: bool | None) -> None:
    conversation, _ = await opened(core)
    assert events(core) == [("food", None)]
    answers = await core.post(conversation, choice=f"asked_before:{choice}")
    assert events(core) == [("food", held)]
    assert [one["choice"] for one in answers[-1]["choices"]] == ["more", "human"]
    assert len(assistant.heard) == 1, "the assistant is not needed for it"


async def test_another_tap_changes_the_answer_and_skip_takes_it_back(core: Conversations) -> None:
    conversation, _ = await opened(core)
    for choice, held in (("yes", True), ("no", False), ("skip", None)):
        await core.post(conversation, choice=f"asked_before:{choice}")
        assert events(core) == [("food", held)]


@pytest.mark.parametrize(("text", "held"), [("Oui", True), ("non", False), ("No, never", False), ("yes already", True), ("jamais", False), ("passer", None), ("Non merci", None)])
async def test_a_plain_word_answers_as_well(core: Conversations, assistant: Orients, text: str, held: bool | None) -> None:
    conversation, _ = await opened(core)
    await core.post(conversation, text)
    assert events(core) == [("food", held)] and len(assistant.heard) == 1


@pytest.mark.parametrize("text", ["Oui mais à Tracy plutôt", "non, à Tracy", "j'ai aussi besoin d'un lit", "merci", "17"])
async def test_whatever_else_is_written_goes_on_with_the_dialogue(core: Conversations, assistant: Orients, text: str) -> None:
    conversation, _ = await opened(core)
    await core.post(conversation, text)
    assert assistant.heard[-1] == text and events(core) == [("food", None)]


async def test_it_is_asked_once_in_a_conversation_and_holds_for_its_other_needs(core: Conversations) -> None:
    conversation, _ = await opened(core)
    await core.post(conversation, choice="asked_before:no")
    answers = await core.post(conversation, "housing")
    assert not is_asked(answers)
    assert events(core) == [("food", False), ("housing", False)]


async def test_two_needs_at_once_are_asked_about_once_and_both_hold_the_answer(core: Conversations) -> None:
    conversation, answers = await opened(core, "housing and transport")
    assert is_asked(answers) and len(answers) == 3
    await core.post(conversation, choice="asked_before:yes")
    assert events(core) == [("housing", True), ("transport", True)]


async def test_a_need_that_was_counted_before_this_month_is_not_asked_about(core: Conversations, engine: Engine) -> None:
    ref = "chat-1"
    first = (await core.open(channel="telegram", channel_ref=ref)).id
    assert is_asked(await core.post(first, "J'ai faim"))
    await core.erase(first)
    again = (await core.open(channel="telegram", channel_ref=ref)).id
    assert not is_asked(await core.post(again, "J'ai faim"))
    assert events(core) == [("food", None)]


@pytest.mark.parametrize("spared", ["nothing found", "a question is open", "a child", "violence", "waiting for a person", "danger"])
async def test_it_is_never_asked_when(core: Conversations, assistant: Orients, engine: Engine, spared: str) -> None:
    conversation = (await core.open()).id
    text = "J'ai faim"
    if spared == "nothing found":
        assistant.cards = []
    elif spared == "a question is open":
        assistant.asks_more = True
    elif spared == "a child":
        assistant.slots = {"for_whom": "child"}
    elif spared == "violence":
        text = "violence"
    elif spared == "waiting for a person":
        await core.post(conversation, choice="handoff:send")
        with writing(engine) as connection:
            connection.execute(update(conversations).values(status="waiting"))
    else:
        await core.post(conversation, "je veux mourir")
    answers = await core.post(conversation, text)
    assert not any(message["asks"] == "asked_before" for message in answers)
    assert len(events(core)) == 1, "it is counted all the same"


async def test_after_words_of_danger_a_yes_is_no_answer_to_it(core: Conversations, assistant: Orients) -> None:
    conversation, _ = await opened(core)
    await core.post(conversation, "je veux mourir")
    answers = await core.post(conversation, "oui")
    assert events(core) == [("food", None)] and answers[0]["asks"] == "handoff_consent", "it answers the offer of a person"


async def test_a_choice_that_is_none_is_said_to_be_gone(core: Conversations) -> None:
    conversation, _ = await opened(core)
    answers = await core.post(conversation, choice="asked_before:perhaps")
    assert answers[-1]["kind"] == "notice" and events(core) == [("food", None)]


async def test_an_answer_taken_before_a_process_died_is_counted_once_by_the_next(core: Conversations, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation, _ = await opened(core)
    await core.receive(conversation, choice="asked_before:yes", client_id="tap")
    # The first try dies inside its transaction, after the event was changed and before the answer is written.
    real = answering.storage.append

    def dies(*given: Any, **named: Any) -> int:
        raise SystemExit

    monkeypatch.setattr(answering.storage, "append", dies)
    claimed = answering.claim_next(engine, conversation, utcnow())
    assert claimed is not None
    with pytest.raises(SystemExit):
        answering.finish(engine, claimed, None, core.settings, own=answering.as_own(engine, claimed.pending))
    assert events(core) == [("food", None)], "nothing of it is half done"
    answering.release(engine, claimed)
    monkeypatch.setattr(answering.storage, "append", real)
    await core.answer(conversation)
    assert events(core) == [("food", True)]
    await core.receive(conversation, choice="asked_before:yes", client_id="tap")
    await core.answer(conversation)
    assert events(core) == [("food", True)]


async def test_erased_before_or_after_it_is_answered_the_event_stays_and_holds_nobody(core: Conversations) -> None:
    first, _ = await opened(core)
    await core.erase(first)
    second, _ = await opened(core)
    await core.post(second, choice="asked_before:no")
    await core.erase(second)
    assert sorted(events(core), key=str) == [("food", False), ("food", None)]
    with reading(core.engine) as connection:
        assert connection.execute(select(conversations)).all() == []


async def test_an_answer_for_a_published_month_is_thanked_for_and_changes_nothing(core: Conversations, engine: Engine) -> None:
    conversation, _ = await opened(core)
    with writing(engine) as connection:
        month = connection.execute(select(demand_events.c.month)).scalar_one()
    publish(engine, month, now=utcnow().replace(year=utcnow().year + 1))
    answers = await core.post(conversation, choice="asked_before:yes")
    assert answers[-1]["text"].startswith("Merci") and events(core) == [("food", None)]


async def test_what_a_navigator_learns_later_keeps_the_answer(core: Conversations, engine: Engine) -> None:
    conversation, _ = await opened(core)
    await core.post(conversation, choice="asked_before:no")
    with writing(engine) as connection:
        row = connection.execute(select(conversations).where(conversations.c.id == conversation)).one()
        assert correct(connection, row.counted["food"], {"wait": "under_5"}) is not None
    assert events(core) == [("food", False)]
