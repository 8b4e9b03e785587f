"""What a plain yes or no means after words of danger: never "all right, tell me what you need"."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot import safety
from bot.conversation.core import Conversations
from bot.conversation.tables import conversations
from bot.store.engine import reading
from tests.conversation.conftest import Echo

THINKING = {"fr": "je suis tanné de toute, j'en peux pus", "en": "what is even the point anymore"}
SAFE = {"fr": "mon chum me fait peur des fois", "en": "my partner scares me sometimes"}
CERTAIN = {"fr": "je veux mourir", "en": "I want to kill myself"}


def texts_of(situation: str, language: str, whom: str = "self") -> str:
    return safety.crisis_text(safety.Finding("danger", "certain", situation, ()), language, for_other=whom == "other", navigator_on_duty=None)


async def says(core: Conversations, *said: str, language: str = "fr") -> list[dict[str, Any]]:
    opened = await core.open(language=language)
    answers: list[dict[str, Any]] = []
    for one in said:
        answers = await core.post(opened.id, one)
    return answers


@pytest.mark.parametrize("asked", [THINKING, SAFE], ids=["thinking", "safe"])
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_gentle_question_has_a_button_for_each_answer_and_one_for_a_person(core: Conversations, asked: dict[str, str], language: str) -> None:
    found = safety.recognise(asked[language])
    assert found and found.level == "unsure", "the example itself"
    crisis = (await says(core, asked[language], language=language))[0]
    assert crisis["kind"] == "crisis" and crisis["helplines"]
    assert [one["choice"] for one in crisis["choices"]] == [f"danger:{found.situation}", "danger:none", "human"]


@pytest.mark.parametrize(("language", "word"), [("fr", "oui"), ("fr", "Ouais, un peu"), ("fr", "je sais pas"), ("fr", "peut-être"), ("fr", "des fois"),
                                                ("en", "yes"), ("en", "kind of"), ("en", "idk"), ("en", "Maybe..."), ("en", "I don't know")])
async def test_yes_or_perhaps_to_whether_they_think_of_death_is_danger(core: Conversations, assistant: Echo, engine: Engine, language: str, word: str) -> None:
    answers = await says(core, THINKING[language], word, language=language)
    assert [one["kind"] for one in answers] == ["crisis"] and answers[0]["helplines"]
    assert any(one["choice"] == "human" for one in answers[0]["choices"]) and not any(one["choice"].startswith("danger:") for one in answers[0]["choices"])
    assert word not in assistant.heard, "the assistant has nothing to add"


@pytest.mark.parametrize(("language", "word"), [("fr", "non"), ("fr", "pas vraiment"), ("fr", "je sais pas"), ("en", "no"), ("en", "not really"), ("en", "i dont know")])
async def test_no_to_whether_they_are_safe_is_danger(core: Conversations, language: str, word: str) -> None:
    answers = await says(core, SAFE[language], word, language=language)
    assert [one["kind"] for one in answers] == ["crisis"]
    assert answers[0]["text"].startswith(texts_of("partner_violence", language).split("\n")[0])


@pytest.mark.parametrize(("asked", "word"), [(THINKING, "non"), (THINKING, "no, not really"), (THINKING, "ça va"), (SAFE, "oui"), (SAFE, "yes"),
                                             (SAFE, "I'm fine"), (SAFE, "oui ça va"), (THINKING, "non merci")])
async def test_an_answer_that_calms_is_thanked_for_and_the_lines_stay_above(core: Conversations, assistant: Echo, asked: dict[str, str], word: str) -> None:
    answers = await says(core, asked["fr"], word)
    assert [one["kind"] for one in answers] == ["text"] and answers[0]["text"].startswith(("Merci", "Thank you"))
    assert assistant.heard == [asked["fr"]]


async def test_the_same_by_the_buttons(core: Conversations) -> None:
    opened = await core.open(language="en")
    await core.post(opened.id, SAFE["en"])
    danger = await core.post(opened.id, choice="danger:partner_violence")
    assert danger[0]["kind"] == "crisis"
    calm = await core.post(opened.id, choice="danger:none")
    assert calm[0]["kind"] == "text"
    gone = await core.post(opened.id, choice="danger:no_such_thing")
    assert gone[0]["kind"] == "text" and not gone[0]["helplines"]


async def test_danger_answered_is_danger_from_then_on(core: Conversations, assistant: Echo, engine: Engine) -> None:
    opened = await core.open(language="fr")
    await core.post(opened.id, THINKING["fr"])
    await core.post(opened.id, "oui")
    with reading(engine) as connection:
        assert connection.scalar(select(conversations.c.crisis).where(conversations.c.id == opened.id)) == "suicide"
    assistant.down = True
    await core.post(opened.id, choice="human")
    await core.post(opened.id, choice="handoff:send")
    assert (await core.messages(opened.id)).status == "waiting"


@pytest.mark.parametrize(("language", "word"), [("fr", "oui"), ("fr", "oui svp"), ("en", "yes please")])
async def test_yes_after_danger_that_is_certain_brings_the_offer_of_a_person(core: Conversations, assistant: Echo, language: str, word: str) -> None:
    assistant.down = True
    answers = await says(core, CERTAIN[language], word, language=language)
    assert answers[0]["asks"] == "handoff_consent"


async def test_yes_to_the_offer_of_a_person_is_no_answer_to_the_question_of_danger(core: Conversations, assistant: Echo) -> None:
    await says(core, THINKING["fr"], "parler à une personne", "oui")
    assert assistant.heard[-1] == "oui", "the dialogue takes the consent"


@pytest.mark.parametrize("said", ["oui mais j'ai faim", "j'ai besoin d'un avocat", "Joliette"])
async def test_whatever_says_more_goes_on_as_ever(core: Conversations, assistant: Echo, said: str) -> None:
    await says(core, THINKING["fr"], said)
    assert assistant.heard[-1] == said


async def test_a_yes_later_in_the_conversation_is_the_dialogues(core: Conversations, assistant: Echo) -> None:
    await says(core, THINKING["fr"], "j'ai besoin d'un avocat", "oui")
    assert assistant.heard[-1] == "oui"


@pytest.mark.parametrize(("said", "language", "whom"), [
    ("ma fille veut se tuer", "fr", "other"), ("my brother says he wants to kill himself", "en", "other"),
    ("je veux me tuer", "fr", "self"), ("I want to kill myself", "en", "self"), ("my husband left me and I want to die", "en", "self"),
])
async def test_the_words_follow_whom_the_message_speaks_of(core: Conversations, said: str, language: str, whom: str) -> None:
    found = safety.recognise(said)
    assert found and found.level == "certain"
    answers = await says(core, said, language=language)
    assert answers[0]["text"].startswith(texts_of(found.situation, language, whom).split("\n")[0])


@pytest.mark.parametrize(("act", "said"), [("frustrated", ["crisis"]), ("out_of_scope", ["crisis"]), ("need", ["crisis", "text"]), (None, ["crisis", "text"])])
async def test_small_talk_does_not_take_the_place_of_the_gentle_question(core: Conversations, assistant: Echo, act: str | None, said: list[str]) -> None:
    assistant.act = act
    assert [one["kind"] for one in await says(core, THINKING["fr"])] == said
    assert [one["kind"] for one in await says(core, "j'ai faim")] == ["text"], "only where danger was asked about"
