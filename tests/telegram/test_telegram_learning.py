"""What was not understood, on Telegram: asked in the person's language, answered by one tap, erased with the chat."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine, update

from bot import safety
from bot.conversation.tables import conversations
from bot.learning import sentences
from bot.learning.masking import mask
from bot.learning.sentences import Sentence
from bot.runtime.background import apply_retention
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from tests.telegram.conftest import FakeAssistant, said
from tests.telegram.stand_in import Resident, StandIn

pytestmark = pytest.mark.usefixtures("channel")

SAID = {"fr": "mon affaire de chauffage est brisée chez Ginette", "en": "my heating thing is broken at Brenda's"}
KEPT = {"fr": "mon affaire de chauffage est brisée chez …", "en": "my heating thing is broken at …'s"}
YES, NO = {"fr": "Oui, vous pouvez", "en": "Yes, you may"}, {"fr": "Non", "en": "No"}
CARD = {"id": "frigo", "name": "Frigo", "organization": "Organisme", "why": [], "cautions": []}


@pytest.fixture(autouse=True, scope="module")
def warm() -> None:
    """What recognises danger and what masks is loaded before anybody waits for it."""
    safety.recognise(SAID["fr"])
    mask(SAID["fr"])


async def asked(somebody: Resident, assistant: FakeAssistant, language: str) -> None:
    """The list after a message, a need tapped, services, the question."""
    assistant.scripted[SAID[language]] = said("La liste", response="utter_ask_need_list", buttons=[("Logement", "need:housing")])
    assistant.scripted[f"/need{json.dumps({'language': language, 'need': 'housing'})}"] = said("Voici", kind="services", services=[CARD])
    somebody.writes(SAID[language])
    await somebody.hears("La liste")
    somebody.taps("Logement")
    question = await somebody.hears(KEPT[language])
    assert question.labels == [YES[language], NO[language]] and "Ginette" not in question.text


def kept_after(engine: Engine, settings: Settings) -> list[Sentence]:
    with writing(engine) as connection:
        connection.execute(update(conversations).values(last_message_at=utcnow().replace(year=2020)))
    apply_retention(engine, settings)
    with reading(engine) as connection:
        return sentences.listed(connection)


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_yes_keeps_one_sentence_once_the_conversation_is_gone(telegram: StandIn, engine: Engine, settings: Settings, assistant: FakeAssistant, language: str) -> None:
    somebody = telegram.resident(language_code=language)
    await asked(somebody, assistant, language)
    somebody.taps(YES[language])
    thanks = await somebody.hears("on gardera seulement cette phrase" if language == "fr" else "we will keep only that sentence")
    assert thanks.labels == ["Ne pas la garder" if language == "fr" else "Do not keep it"]
    (one,) = kept_after(engine, settings)
    assert (one.text, one.language) == (KEPT[language], language)


@pytest.mark.parametrize("how", ["no", "undone", "erased"])
async def test_a_no_a_change_of_mind_and_erasing_keep_nothing(telegram: StandIn, engine: Engine, settings: Settings, assistant: FakeAssistant, how: str) -> None:
    ana = telegram.resident(language_code="fr")
    await asked(ana, assistant, "fr")
    ana.taps("Non" if how == "no" else "Oui, vous pouvez")
    await ana.hears("ne sera pas gardée" if how == "no" else "on gardera seulement")
    if how == "undone":
        ana.taps("Ne pas la garder")
        await ana.hears("ne sera pas gardée")
    if how == "erased":
        ana.writes("/effacer")
        await ana.hears("Tout est effacé", anywhere=True)
    assert kept_after(engine, settings) == []
