"""What was not understood: one optional question, asked at the right moment or not at all, and a sentence that goes with its
conversation unless retention, and nobody, erased it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text, update

from bot.conversation import erased
from bot.conversation.assistant import AssistantFailure, Turn
from bot.conversation.core import Conversations
from bot.conversation.learning import noted
from bot.conversation.tables import conversations
from bot.demand.months import current_month
from bot.demand.tables import demand_events
from bot.handoff import requests
from bot.learning import sentences
from bot.learning.sentences import Sentence
from bot.runtime.background import apply_retention
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing

UNCLEAR = {"fr": "mon affaire de chauffage est brisée, chez Ginette à Joliette", "en": "my heating thing broke, at Brenda's in Joliette"}
KEPT = {"fr": "mon affaire de chauffage est brisée, chez … à …", "en": "my heating thing broke, at …'s in …"}
LIST = {"response": "utter_ask_need_list", "text": "Je n'ai pas compris", "buttons": [], "custom": None}
CARD = {"id": "frigo", "name": "Frigo du quartier"}


def guesses(*needs: str) -> list[dict[str, Any]]:
    return [{"id": need, "confidence": 0.5} for need in needs]


class Scripted:
    """Answers what each message is scripted to; a need tapped shows services."""

    def __init__(self) -> None:
        self.down = False
        self.next: tuple[dict[str, Any], dict[str, Any], dict[str, Any]] | None = None
        self.effects: list[dict[str, Any]] = []
        self.band: str | None = None
        self.turns = 0

    def will(self, said: str, *needs: str, act: str = "need", decision: str | None = "take", known: tuple[str, ...] = ()) -> None:
        """The next turn: `said` is services, place, list, again, or another response's name."""
        messages = {
            "services": {"response": "utter_services", "text": "Voici", "buttons": [], "custom": {"kind": "services", "services": [CARD], "effects": self.effects}},
            "guess": {"response": "utter_ask_need_guess", "text": "C'est plutôt", "buttons": [], "custom": None},
            "list": LIST, "again": {**LIST, "response": "utter_not_understood"}, "place": {**LIST, "response": "utter_ask_place"},
        }
        message = messages.get(said) or {**LIST, "response": said}
        self.next = (message, {"act": act, "needs": guesses(*needs), "decision": decision}, {"need": list(known), "for_whom": self.band})

    async def turn(self, said: str, metadata: dict[str, Any], tracker: list[dict[str, Any]] | None) -> Turn:
        self.turns += 1
        if self.down or self.next is None:
            raise AssistantFailure("down")
        message, understood, slots = self.next
        return Turn([message], [], slots, understood)

    async def ready(self) -> bool:
        return True


@pytest.fixture
def assistant() -> Scripted:
    return Scripted()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def core(engine: Engine, assistant: Scripted, settings: Settings) -> Conversations:
    return Conversations(engine, assistant, settings)


class Talk:
    """One conversation, and what is held of it."""

    def __init__(self, core: Conversations, assistant: Scripted, key: str, language: str) -> None:
        self.core, self.assistant, self.key, self.language = core, assistant, key, language

    async def says(self, what: str, *then: Any, **more: Any) -> list[dict[str, Any]]:
        self.assistant.will(*then, **more)
        return await self.core.post(self.key, what)

    async def taps(self, what: str, *then: Any, **more: Any) -> list[dict[str, Any]]:
        if then:
            self.assistant.will(*then, **more)
        return await self.core.post(self.key, choice=what)

    async def to_the_list(self, what: str | None = None) -> None:
        """Guesses, none of these, the list."""
        await self.says(what or UNCLEAR[self.language], "guess", "food", "income", decision="ask")
        await self.taps("need:other", "list", act="need")

    async def to_the_question(self, what: str | None = None) -> list[dict[str, Any]]:
        await self.to_the_list(what)
        return await self.taps("need:home_adaptation", "services", act="need", known=("home_adaptation",))

    @property
    def row(self) -> Any:
        with reading(self.core.engine) as connection:
            return connection.execute(select(conversations).where(conversations.c.id == self.key)).one_or_none()

    def over(self) -> None:
        """Retention comes."""
        with writing(self.core.engine) as connection:
            connection.execute(update(conversations).where(conversations.c.id == self.key).values(last_message_at=utcnow() - timedelta(days=40)))
        apply_retention(self.core.engine, self.core.settings)


async def talk(core: Conversations, assistant: Scripted, language: str = "fr") -> Talk:
    made = Talk(core, assistant, (await core.open(language=language)).id, language)
    await core.post(made.key, choice=f"language:{language}") if language == "en" else None
    return made


def kept(core: Conversations) -> list[Sentence]:
    with reading(core.engine) as connection:
        return sentences.listed(connection)


def asked(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in said if one["asks"] == "learn"]


# From the failure to the table


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_from_none_of_these_to_one_sentence_without_a_name(core: Conversations, assistant: Scripted, language: str) -> None:
    somebody = await talk(core, assistant, language)
    said = await somebody.to_the_question()
    assert [one["kind"] for one in said] == ["services", "question"]
    question = said[-1]
    assert KEPT[language] in question["text"] and ("sans votre nom" if language == "fr" else "without your name") in question["text"]
    assert [one["choice"] for one in question["choices"]] == ["learn:yes", "learn:no"]
    assistant.down = True  # it needs no assistant
    (thanks,) = await somebody.taps("learn:yes")
    assert thanks["text"].startswith("Merci" if language == "fr" else "Thank you")
    assert kept(core) == []  # nothing is apart while the conversation lives
    somebody.over()
    (one,) = kept(core)
    assert (one.language, one.text, one.guessed, one.chosen) == (language, KEPT[language], ("food", "income"), ("home_adaptation",))
    assert one.month == current_month(utcnow()) and somebody.row is None


async def test_the_table_holds_nothing_that_leads_back(core: Conversations, assistant: Scripted) -> None:
    somebody = await talk(core, assistant)
    await somebody.to_the_question()
    await somebody.taps("learn:yes")
    somebody.over()
    with reading(core.engine) as connection:
        columns = set(connection.execute(text("SELECT * FROM learning_sentences")).keys())
        rows = str(connection.execute(text("SELECT * FROM learning_sentences")).all())
    assert columns == {"id", "month", "language", "text", "guessed", "chosen"}
    assert somebody.key not in rows and "Ginette" not in rows and "Joliette" not in rows


@pytest.mark.parametrize("answer", ["learn:no", None])
async def test_no_and_no_answer_keep_nothing(core: Conversations, assistant: Scripted, answer: str | None) -> None:
    somebody = await talk(core, assistant)
    await somebody.to_the_question()
    if answer:
        await somebody.taps(answer)
        assert somebody.row.unclear == {"state": "no"}
    somebody.over()
    assert kept(core) == []


async def test_erasing_the_conversation_erases_what_was_agreed_to_and_a_restored_one_too(core: Conversations, assistant: Scripted, settings: Settings) -> None:
    somebody = await talk(core, assistant)
    await somebody.to_the_question()
    await somebody.taps("learn:yes")
    with reading(core.engine) as connection:
        before = dict(connection.execute(select(conversations).where(conversations.c.id == somebody.key)).mappings().one())
    await core.erase(somebody.key)
    assert kept(core) == [] and somebody.row is None
    with writing(core.engine) as connection:  # as a backup would bring it back
        connection.execute(conversations.insert().values(**before))
        assert erased.apply(connection, settings.data, 40) == 1
    apply_retention(core.engine, settings)
    assert kept(core) == []


async def test_a_yes_may_become_a_no_and_not_the_reverse(core: Conversations, assistant: Scripted) -> None:
    somebody = await talk(core, assistant)
    await somebody.to_the_question()
    (thanks,) = await somebody.taps("learn:yes")
    assert thanks["choices"] == [{"label": "Ne pas la garder", "choice": "learn:no"}]
    (said,) = await somebody.taps("learn:no")
    assert "ne sera pas gardée" in said["text"]
    (gone,) = await somebody.taps("learn:yes")
    assert gone["text"].startswith("Ce bouton ne sert plus")
    somebody.over()
    assert kept(core) == []


@pytest.mark.parametrize(("language", "word", "state"), [("fr", "oui", "yes"), ("fr", "non merci", "no"), ("en", "yes you may", "yes"), ("en", "No thanks!", "no")])
async def test_in_words(core: Conversations, assistant: Scripted, language: str, word: str, state: str) -> None:
    somebody = await talk(core, assistant, language)
    await somebody.to_the_question()
    before = assistant.turns
    await somebody.says(word, "services")
    assert somebody.row.unclear["state"] == state and assistant.turns == before


async def test_other_words_go_to_the_assistant_and_agree_to_nothing(core: Conversations, assistant: Scripted) -> None:
    somebody = await talk(core, assistant)
    await somebody.to_the_question()
    await somebody.says("ok", "utter_affirm", act="affirm", decision=None)
    assert somebody.row.unclear["state"] == "asked"
    await somebody.says("oui", "utter_affirm", act="affirm", decision=None)  # later, a yes answers something else
    assert somebody.row.unclear["state"] == "asked"


# When


@pytest.mark.parametrize(("first", "second", "chosen"), [
    ("ma fille file pas pantoute", "non, je cherche un logement", "housing"),
    ("ma fille file pas pantoute", "c'est pas ça que je veux, je cherche un logement", "housing"),
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
    await somebody.says("ma fille file pas pantoute", "services", "mental_health", known=("mental_health",))
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


async def test_danger_heard_after_the_yes_keeps_nothing(core: Conversations, assistant: Scripted) -> None:
    somebody = await talk(core, assistant)
    await somebody.to_the_question()
    await somebody.taps("learn:yes")
    await somebody.says("je veux mourir", "services")
    somebody.over()
    assert kept(core) == []


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


@pytest.mark.parametrize("value", ["learn:yes", "learn:no"])
async def test_a_choice_that_was_not_offered_keeps_nothing(core: Conversations, assistant: Scripted, value: str) -> None:
    somebody = await talk(core, assistant)
    await somebody.says(UNCLEAR["fr"], "services", "food", known=("food",))
    (gone,) = await somebody.taps(value)
    assert gone["text"].startswith("Ce bouton ne sert plus")
    somebody.over()
    assert kept(core) == []


# How long, and who hears of it


async def test_kept_sentences_go_after_the_set_days_and_a_month_counts_from_its_first(core: Conversations) -> None:
    now = utcnow().replace(year=2026, month=11, day=28)
    with writing(core.engine) as connection:
        for month in ("2026-05", "2026-06", "2026-11"):
            sentences.set_apart(connection, [({"state": "yes", "language": "fr", "text": month, "guessed": [], "chosen": []}, None)], month)
        assert sentences.forget(connection, now - timedelta(days=1), 180) == 1
        sentences.shuffle(connection)
        assert [one.month for one in sentences.listed(connection)] == ["2026-06", "2026-11"]
        assert sentences.forget(connection, now, 180) == 1  # the first of June was 180 days ago
        assert sentences.forget(connection, now, 0) == 1


async def test_two_who_apply_retention_at_once_keep_a_sentence_once(core: Conversations, assistant: Scripted) -> None:
    somebody = await talk(core, assistant)
    await somebody.to_the_question()
    await somebody.taps("learn:yes")
    somebody.over()
    apply_retention(core.engine, core.settings)
    assert len(kept(core)) == 1


async def test_the_demand_and_the_log_get_nothing_of_it(core: Conversations, assistant: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    assistant.effects = [{"effect": "oriented", "need": "home_adaptation", "met": True, "oriented_to": "frigo"}]
    somebody = await talk(core, assistant)
    await somebody.to_the_question()
    await somebody.taps("learn:yes")
    somebody.over()
    with reading(core.engine) as connection:
        events = str(connection.execute(select(demand_events)).all())
    assert "home_adaptation" in events and "chauffage" not in events and "chauffage" not in caplog.text


STATES = st.sampled_from(["asked", "yes", "no"])


@given(state=STATES, response=st.sampled_from(["utter_ask_need_list", "utter_not_understood", "utter_services"]), choice=st.sampled_from([None, "need:other", "need:food"]))
def test_once_asked_nothing_more_is_noted(state: str, response: str, choice: str | None) -> None:
    class Message:
        seq, text = 9, "une phrase"

    Message.choice = choice  # type: ignore[attr-defined]
    before = {"state": state}
    turn = Turn([{"response": response}], [], {}, {"act": "need", "needs": guesses("food")})
    assert noted(before, Message, turn) is before  # type: ignore[arg-type]
