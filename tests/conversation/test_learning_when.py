"""The one optional question about what was not understood: asked at the right moment, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from bot.conversation.assistant import Turn
from bot.conversation.core import Conversations
from bot.conversation.learning import noted
from bot.conversation.tables import conversations
from bot.handoff import requests
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import writing
from tests.conversation.learning import Scripted, asked, guesses, kept, talk


@pytest.fixture
def assistant() -> Scripted:
    return Scripted()


# When


@pytest.mark.parametrize(("first", "second", "chosen"), [
    ("ma fille file pas ces temps-ci", "non, je cherche un logement", "housing"),
    ("ma fille file pas ces temps-ci", "c'est pas ça que je veux, je cherche un logement", "housing"),
    ("my daughter is not well", "that's not what I meant, I need a place", "housing"),
])
async def test_a_wrong_guess_put_right_in_words(core: Conversations, assistant: Scripted, first: str, second: str, chosen: str) -> None:
    somebody = await talk(core, assistant)
    assert asked(await somebody.says(first, "services", "mental_health", "family", known=("mental_health",))) == []
    (question,) = asked(await somebody.says(second, "services", chosen, "legal", known=(chosen,)))
    assert first in question["text"]


@pytest.mark.parametrize(("second", "act", "needs", "known"), [
    ("non merci", "deny", (), ("mental_health",)), ("non, à Tracy plutôt", "place", (), ("mental_health",)),
    ("j'ai aussi besoin d'un lift", "need", ("transport",), ("transport",)), ("pas ça", "deny", (), ("mental_health",)),
])
async def test_a_guess_that_was_right_is_not_asked_about(core: Conversations, assistant: Scripted, second: str, act: str, needs: tuple[str, ...], known: tuple[str, ...]) -> None:
    somebody = await talk(core, assistant)
    await somebody.says("ma fille file pas ces temps-ci", "services", "mental_health", known=("mental_health",))
    assert asked(await somebody.says(second, "services", *needs, act=act, known=known)) == []
    assert asked(await somebody.says("merci", "utter_thank", act="thank", decision=None, known=known)) == []


async def test_of_two_tries_the_longer_one_is_shown(core: Conversations, assistant: Scripted) -> None:
    somebody = await talk(core, assistant)
    await somebody.says("je cherche quelqu'un pour mes affaires de chauffage", "again", act="affirm", decision=None)
    await somebody.says("ben le chauffage là", "list", act="affirm", decision=None)
    (question,) = asked(await somebody.taps("need:housing", "services", known=("housing",)))
    assert "quelqu'un pour mes affaires de chauffage" in question["text"]


async def test_it_waits_while_something_is_asked_and_comes_with_the_goodbye_at_the_latest(core: Conversations, assistant: Scripted) -> None:
    somebody = await talk(core, assistant)
    await somebody.to_the_list()
    assert asked(await somebody.taps("need:housing", "place", known=("housing",))) == []
    (question,) = asked(await somebody.says("bye", "utter_goodbye", act="goodbye", decision=None, known=("housing",)))
    await somebody.taps("learn:yes")
    somebody.over()
    assert question and kept(core)[0].chosen == ("housing",)


async def test_at_most_once_a_conversation(core: Conversations, assistant: Scripted) -> None:
    somebody = await talk(core, assistant)
    assert asked(await somebody.to_the_question())
    assert not asked(await somebody.to_the_question("une autre affaire que tu comprends pas non plus"))
    await somebody.taps("learn:no")
    assert not asked(await somebody.to_the_question("une troisième affaire que tu comprends pas"))


STATES = st.sampled_from(["asked", "yes", "no"])


@given(state=STATES, response=st.sampled_from(["utter_ask_need_list", "utter_not_understood", "utter_services"]), choice=st.sampled_from([None, "need:other", "need:food"]))
def test_once_asked_nothing_more_is_noted(state: str, response: str, choice: str | None) -> None:
    class Message:
        seq, text = 9, "une phrase"

    Message.choice = choice  # type: ignore[attr-defined]
    before = {"state": state}
    turn = Turn([{"response": response}], [], {}, {"act": "need", "needs": guesses("food")})
    assert noted(before, Message, turn) is before  # type: ignore[arg-type]


# Never


@pytest.mark.parametrize("danger", ["je veux mourir", "des fois je me demande à quoi ça sert de continuer à vivre"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_never_where_danger_was_heard(core: Conversations, assistant: Scripted, danger: str, when: str) -> None:
    somebody = await talk(core, assistant)
    if when == "before":
        await somebody.says(danger, "services", known=("mental_health",))
    await somebody.to_the_list()
    if when == "after":
        await somebody.says(danger, "place")
    assert somebody.row.crisis == "suicide"
    assert asked(await somebody.taps("need:housing", "services", known=("housing",))) == []


@pytest.mark.parametrize("young", ["j'ai 12 ans", "I'm 13 years old", "chu en 6e année", "je suis en secondaire 1", "I'm in grade 5", "pour mon gars de 8 ans"])
async def test_never_of_somebody_under_14(core: Conversations, assistant: Scripted, young: str) -> None:
    somebody = await talk(core, assistant)
    await somebody.says(young, "utter_affirm", act="affirm", decision=None)
    assert asked(await somebody.to_the_question()) == []


async def test_never_when_the_child_was_tapped(core: Conversations, assistant: Scripted) -> None:
    assistant.band = "child"
    assert asked(await (await talk(core, assistant)).to_the_question()) == []


async def test_from_14_on_it_may_be_asked(core: Conversations, assistant: Scripted) -> None:
    somebody = await talk(core, assistant)
    await somebody.says("j'ai 14 ans", "utter_affirm", act="affirm", decision=None)
    assert asked(await somebody.to_the_question())


@pytest.mark.parametrize("status", ["waiting", "navigator"])
async def test_never_while_a_person_is_asked_for_or_there(core: Conversations, assistant: Scripted, status: str) -> None:
    somebody = await talk(core, assistant)
    await somebody.to_the_list()
    with writing(core.engine) as connection:
        requests.create(connection, somebody.key, known={}, language="fr", urgency="normal", now=utcnow())
        connection.execute(update(conversations).where(conversations.c.id == somebody.key).values(status=status))
    assert asked(await somebody.taps("need:housing", "services", known=("housing",))) == []


@pytest.mark.parametrize("about", ["guessed", "chosen"])
async def test_never_about_violence(core: Conversations, assistant: Scripted, about: str) -> None:
    somebody = await talk(core, assistant)
    await somebody.says("y a de quoi qui va pas avec lui", "guess", *(("violence",) if about == "guessed" else ("family",)), decision="ask")
    await somebody.taps("need:other", "list")
    need = "legal" if about == "guessed" else "violence"
    assert asked(await somebody.taps(f"need:{need}", "services", known=(need,))) == []


@pytest.mark.parametrize("said", ["Ginette, 450 555-0199, Joliette", "blabla", "tengo hambre y no tengo dinero para comer hoy"])
async def test_never_when_masking_leaves_a_doubt(core: Conversations, assistant: Scripted, said: str) -> None:
    assert asked(await (await talk(core, assistant)).to_the_question(said)) == []


async def test_never_when_the_operator_turned_it_off(engine: Engine, assistant: Scripted, tmp_path: Path) -> None:
    core = Conversations(engine, assistant, Settings(data=tmp_path, learning_days=0))
    somebody = await talk(core, assistant)
    assert asked(await somebody.to_the_question()) == [] and somebody.row.unclear is None
