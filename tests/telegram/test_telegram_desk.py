"""The desk and Telegram: what a resident is shown before it goes, both sides in order, refusals, a navigator's notices."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.channels.telegram.commands import menu
from bot.conversation import storage
from bot.conversation.core import Conversations
from bot.handoff import contacts, navigators, requests
from bot.handoff.desk import Desk
from bot.handoff.waiting import Waiting
from bot.people.people import People
from bot.people.person import Person
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from tests.telegram.conftest import FakeAssistant, until
from tests.telegram.stand_in import Resident, StandIn

pytestmark = pytest.mark.usefixtures("channel")
SLOTS = {"need": ["food"], "place": "53052"}  # Sorel-Tracy


@pytest.fixture
def ana(telegram: StandIn, assistant: FakeAssistant) -> Resident:
    """Somebody of whom the assistant knows SLOTS."""
    assistant.slots = SLOTS
    return telegram.resident(language_code="fr")


@pytest.fixture
def desk(engine: Engine, conversations: Conversations) -> Desk:
    return Desk(engine, conversations.desk)


@pytest.fixture
def navigator(engine: Engine, settings: Settings) -> Person:
    return People(engine, settings).add("anne@example.org", "un mot de passe assez long", ["navigator"], name="Anne", territories=["all"])


def conversation_of(engine: Engine, resident: Resident):
    with reading(engine) as connection:
        return storage.by_channel(connection, "telegram", str(resident.id))


def request_of(engine: Engine, resident: Resident):
    with reading(engine) as connection:
        return requests.open_request(connection, conversation_of(engine, resident).id)


async def offered(engine: Engine, ana: Resident):
    """Ana asked for a person."""
    ana.starts()
    await ana.hears("Bonjour!")
    ana.writes("/navigateur")
    return await ana.hears("Je lui transmets?")


async def in_line(engine: Engine, ana: Resident):
    await offered(engine, ana)
    ana.taps("Oui, transmettre")
    await ana.hears("C'est dans la file.")
    return request_of(engine, ana).id


async def test_fields_are_left_out_and_put_back_by_buttons_and_only_the_rest_is_passed_on(ana, engine, desk, navigator, telegram) -> None:
    offer = await offered(engine, ana)
    assert "Besoin" in offer.text and "Sorel-Tracy" in offer.text and "Enlever : l’endroit" in offer.labels
    ana.taps("Enlever : l’endroit")
    await ana.hears("Endroit\u00a0: ne sera pas transmis")
    ana.taps("Enlever : mes messages")
    await ana.hears("conversation\u00a0: ne sera pas transmis")
    ana.taps("Enlever : le besoin")
    await ana.hears("Besoin\u00a0: ne sera pas transmis")
    ana.taps("Remettre : le besoin")
    await until(lambda: "Alimentation" in ana.last.text)
    ana.taps("Oui, transmettre")
    await ana.hears("C'est dans la file.")
    row = request_of(engine, ana)
    assert row.packet["needs"] == ["food"] and row.packet["withheld"] == ["place", "messages"]
    assert "place" not in row.packet and row.territory is None
    desk.claim(navigator, row.id)
    found = desk.get(navigator, row.id)
    assert found["packet"]["place"] is None and "Bonjour! Je suis" not in str(found["messages"])


async def test_without_consent_nothing_is_passed_on_in_danger_and_the_lines_are_shown_all_the_same(ana, engine) -> None:
    ana.starts()
    await ana.hears("Bonjour!")
    ana.writes("je veux mourir")
    await until(lambda: len(ana.heard) >= 3)
    ana.writes("/navigateur")
    offer = await ana.hears("Je lui transmets?")
    assert "988" in offer.text or "277-3553" in offer.text
    ana.taps("Non merci")
    refused = await ana.hears("rien n'est transmis. On continue")
    assert "277-3553" in refused.text or "988" in refused.text
    assert request_of(engine, ana) is None


async def test_both_sides_stay_in_order_and_a_long_answer_is_split(ana, engine, desk, navigator) -> None:
    request_id = await in_line(engine, ana)
    desk.claim(navigator, request_id)
    await ana.hears("Anne a pris votre demande")
    for number in range(4):
        desk.say(navigator, request_id, f"réponse {number}", client_id=f"c{number}")
        desk.say(navigator, request_id, f"réponse {number}", client_id=f"c{number}")  # a laptop that woke up sends it again
    desk.say(navigator, request_id, ("Un mot & un autre. " * 215)[:4096])
    await until(lambda: len([one for one in ana.heard if "Un mot & un autre" in one.text]) == 2)
    said = [one.text for one in ana.heard if re.search(r"réponse \d", one.text)]
    assert [text.splitlines()[-1] for text in said] == [f"réponse {number}" for number in range(4)]
    ana.writes("premier")
    ana.writes("deuxième")
    await until(lambda: [one["text"] for one in desk.get(navigator, request_id)["messages"] if one["from"] == "resident"][-2:] == ["premier", "deuxième"])


@pytest.mark.parametrize("send", ["sends_photo", "sends_voice", "sends_document", "sends_sticker"])
async def test_files_are_refused_with_the_reason_while_a_navigator_is_there_and_the_navigator_sees_it(ana, engine, desk, navigator, send) -> None:
    request_id = await in_line(engine, ana)
    desk.claim(navigator, request_id)
    getattr(ana, send)()
    refusal = await ana.hears("Si c’est urgent, appelez le 811")
    await until(lambda: desk.get(navigator, request_id)["messages"][-1]["text"][:20] == refusal.text[:20])


async def test_danger_while_a_navigator_speaks_comes_from_the_system_and_alerts_them(ana, engine, desk, navigator) -> None:
    request_id = await in_line(engine, ana)
    desk.claim(navigator, request_id)
    ana.writes("je veux mourir")
    await ana.hears("Message automatique")
    (row,) = desk.queue(navigator, "mine")
    assert row["danger"] and row["urgency"] == "crisis"
    desk.note_danger(navigator, request_id)
    assert not desk.queue(navigator, "mine")[0]["danger"]


async def test_a_number_left_to_be_called_back_is_not_in_the_conversation(ana, engine, desk, navigator, conversations, settings) -> None:
    request_id = await in_line(engine, ana)
    Waiting(engine, conversations.desk, settings).tell_who_waits(utcnow() + timedelta(minutes=30))
    await ana.hears("Personne n'a encore pu")
    ana.taps("Laisser un numéro ou une adresse")
    await ana.hears("Écrivez un numéro de téléphone")
    ana.writes("555-01")
    await ana.hears("je n'ai rien gardé")
    ana.writes("450 555-0199")
    assert "Telegram, lui, garde votre message" in (await ana.hears("C'est noté")).text
    with reading(engine) as connection:
        said = storage.since(connection, conversation_of(engine, ana).id, 0)
        assert contacts.of(connection, request_id) == "450-555-0199"
    assert not [one.text for one in said if "555-0199" in one.text]
    ana.taps("Ne plus attendre", await ana.hears("Personne n'a encore pu", anywhere=True))
    await ana.hears("retirée de la file")
    with reading(engine) as connection:
        assert contacts.of(connection, request_id) is None


async def test_a_resident_sees_that_the_navigator_types(ana, engine, desk, navigator, telegram) -> None:
    request_id = await in_line(engine, ana)
    desk.claim(navigator, request_id)
    await ana.hears("Anne a pris")
    before = len(telegram.calls("sendChatAction", ana.id))
    desk.presence(navigator, request_id, typing=True)
    await until(lambda: len(telegram.calls("sendChatAction", ana.id)) > before)


async def test_a_navigator_links_a_chat_by_a_code_and_is_told_once_without_a_resident_s_word(ana, telegram, engine, desk, navigator) -> None:
    phone = telegram.resident(language_code="fr")
    with writing(engine) as connection:
        code = navigators.new_code(connection, navigator.id, utcnow())
    phone.starts(code)
    await phone.hears("C’est relié")
    assert conversation_of(engine, phone) is None, "a navigator's chat is no resident's conversation"
    request_id = await in_line(engine, ana)
    notice = await phone.hears("Quelqu’un attend")
    assert "Bonjour" not in notice.text and "/desk" in notice.text
    other = telegram.resident()
    other.starts(code)
    await other.hears("ne sert plus")
    desk.claim(navigator, request_id)
    desk.transfer(navigator, request_id, "1623")
    await until(lambda: len([one for one in phone.heard if "Quelqu’un attend" in one.text]) == 2)
    with writing(engine) as connection:
        navigators.set_available(connection, navigator.id, False, utcnow())
        navigators.unlink(connection, navigator.id, utcnow())
        assert not navigators.choices_of(connection, navigator.id).telegram


def test_the_menu_does_not_show_the_navigators_code() -> None:
    assert not [one for one in menu("fr") if "desk" in one.command]
