"""A sentence that was not understood, once it may be kept: without a name, apart from its conversation when that is over, and
gone when its conversation is erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.conversation import erased
from bot.conversation.core import Conversations
from bot.conversation.tables import conversations
from bot.demand.months import current_month
from bot.demand.tables import demand_events
from bot.learning import sentences
from bot.runtime.background import apply_retention
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from tests.conversation.learning import UNCLEAR, Scripted, kept, talk

KEPT = {"fr": "mon affaire de chauffage est brisée, chez … à …", "en": "my heating thing broke, at …'s in …"}


@pytest.fixture
def assistant() -> Scripted:
    return Scripted()


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


async def test_danger_heard_after_the_yes_keeps_nothing(core: Conversations, assistant: Scripted) -> None:
    somebody = await talk(core, assistant)
    await somebody.to_the_question()
    await somebody.taps("learn:yes")
    await somebody.says("je veux mourir", "services")
    somebody.over()
    assert kept(core) == []


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
