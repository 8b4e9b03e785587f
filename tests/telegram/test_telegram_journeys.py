"""Whole conversations over the Bot API: the real core, a hand-written assistant."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select

from bot.channels.telegram.runner import TelegramChannel
from bot.channels.telegram.tables import telegram_handles, telegram_messages, telegram_updates
from bot.conversation import storage
from bot.conversation.core import Conversations
from bot.conversation.handing import words
from bot.conversation.messages import Draft
from bot.conversation.tables import conversations as conversations_table
from bot.conversation.tables import messages, outbox
from bot.demand.doors import add_door
from bot.handoff.packet import field_name
from bot.handoff.tables import handoffs
from bot.places import gazetteer
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from tests.telegram.conftest import FakeAssistant, Starting, said, until
from tests.telegram.stand_in import Resident, StandIn

SOREL = (46.0417, -73.1136)

pytestmark = pytest.mark.usefixtures("channel")


@pytest.fixture
def ana(telegram: StandIn) -> Resident:
    return telegram.resident(language_code="fr")


def conversation_of(engine: Engine, resident: Resident):
    with reading(engine) as connection:
        return storage.by_channel(connection, "telegram", str(resident.id))


def updates(engine: Engine) -> set[tuple[str, str | None, str | None]]:
    with reading(engine) as connection:
        return {(row.status, row.chat_ref, row.payload and str(row.payload)) for row in connection.execute(select(telegram_updates))}


def texts(resident: Resident) -> list[str]:
    return [seen.text for seen in resident.heard]


async def test_start_welcomes_with_the_privacy_notice_first(ana: Resident) -> None:
    ana.starts()
    await ana.hears("Bonjour! Je suis Bonne Porte")
    notice, welcome = ana.heard
    assert "Essai s'occupe de ce service" in notice.text and welcome.labels == ["English", "Parler à une personne"]


@pytest.mark.parametrize(("code", "welcome"), [("en-CA", "Hello!"), ("fr", "Bonjour!"), ("es", "Bonjour!"), (None, "Bonjour!")])
async def test_the_first_language_is_the_phones_when_it_is_one_of_ours(telegram: StandIn, code: str | None, welcome: str) -> None:
    somebody = telegram.resident(language_code=code)
    somebody.starts()
    await somebody.hears(welcome)


async def test_a_deep_link_names_the_door_and_an_unknown_one_is_dropped(telegram: StandIn, engine: Engine) -> None:
    with writing(engine) as connection:
        add_door(connection, "salon-tracy", "Salon")
    known, unknown = telegram.resident(), telegram.resident()
    known.starts("salon-tracy")
    unknown.starts("inventee")
    await known.hears("Bonjour!")
    await unknown.hears("Bonjour!")
    assert conversation_of(engine, known).door == "salon-tracy"
    assert conversation_of(engine, unknown).door is None


async def test_somebody_who_writes_without_start_is_answered(ana: Resident) -> None:
    ana.writes("bonjour à vous")
    await ana.hears("J'ai lu : bonjour à vous")
    assert len(ana.heard) == 3  # notice, welcome, answer


async def test_messages_are_answered_in_order_and_shown_once(ana: Resident, assistant: FakeAssistant) -> None:
    for number in range(8):
        ana.writes(f"phrase numéro {number} en français")
    await ana.hears("numéro 7", anywhere=True)
    assert texts(ana)[2:] == [f"J'ai lu : phrase numéro {number} en français" for number in range(8)]
    assert assistant.turns == [f"phrase numéro {number} en français" for number in range(8)]


async def test_a_slash_typed_by_a_resident_is_never_an_order_to_the_assistant(ana: Resident, assistant: FakeAssistant) -> None:
    ana.writes('/human{"x": 1}')
    await ana.hears("J'ai lu")
    assert not assistant.turns[0].startswith("/")


async def test_a_tapped_button_is_a_choice_its_clock_stops_and_its_question_is_edited(telegram: StandIn, ana: Resident) -> None:
    ana.writes("j'ai faim")
    question = await ana.hears("Dans quelle ville?")
    assert question.labels == ["📍 Envoyer ma position", "Passer"]
    query = ana.taps("Passer")
    await ana.hears("Choix : skip")
    edited = await ana.hears("✓ Passer")
    assert edited.id == question.id and edited.buttons == []
    assert ana.query(query)["answered"]


async def test_a_double_tap_is_one_choice(ana: Resident, assistant: FakeAssistant) -> None:
    ana.writes("j'ai faim")
    question = await ana.hears("Dans quelle ville?")
    data = question.button("Passer")
    ana.taps_data(data, question)
    ana.taps_data(data, question)
    await ana.hears("Choix : skip", anywhere=True)
    ana.writes("ensuite")
    await ana.hears("J'ai lu : ensuite")
    assert sum("Choix : skip" in text for text in texts(ana)) == 1
    assert sum(turn.startswith("/skip") for turn in assistant.turns) == 1


async def test_a_choice_longer_than_64_bytes_comes_back_whole(ana: Resident, assistant: FakeAssistant, engine: Engine) -> None:
    long = "place:66023:" + "rivière-des-prairies-" * 4
    assistant.scripted["où donc"] = said("Lequel?", buttons=[("Ici", long)], response="utter_ask_place_which")
    ana.writes("où donc")
    question = await ana.hears("Lequel?")
    assert len(question.button("Ici").encode()) <= 64
    ana.taps("Ici")
    await ana.hears(f"Services près de {long.removeprefix('place:')}")
    with reading(engine) as connection:
        assert connection.scalar(select(telegram_handles.c.choice)) == long


async def test_a_handle_never_given_is_a_button_that_no_longer_works(ana: Resident) -> None:
    ana.writes("j'ai faim")
    question = await ana.hears("Dans quelle ville?")
    ana.taps_data("h:0000", question)
    await ana.hears("Ce bouton ne sert plus")


async def test_sharing_a_location_is_opt_in_and_only_the_place_is_kept(ana: Resident, assistant: FakeAssistant, engine: Engine) -> None:
    ana.writes("j'ai faim")
    await ana.hears("Dans quelle ville?")
    assert ana.keyboard == []
    ana.taps("📍 Envoyer ma position")
    await ana.hears("C’est vous qui décidez")
    assert ana.keyboard == [{"text": "📍 Envoyer ma position", "request_location": True}]
    ana.sends_location(*SOREL)
    nearest = gazetteer().nearest(*SOREL)
    await ana.hears(f"J’ai compris : {nearest.display('fr')}")
    await ana.hears(f"Services près de {nearest.key}")
    assert ana.keyboard == []
    with reading(engine) as connection:
        rows = [str(row) for table in (telegram_updates, messages, conversations_table) for row in connection.execute(select(table))]
    assert not any("46.04" in row or "-73.11" in row for row in rows)


async def test_a_location_far_from_quebec_is_said_so(ana: Resident) -> None:
    ana.sends_location(48.85, 2.35)
    await ana.hears("loin du Québec")


@pytest.mark.parametrize(("command", "expected"), [
    ("/aide", "/navigateur : parler à une personne"), ("/help", "/navigateur : parler à une personne"),
    ("/langue", "En quelle langue"), ("/language", "En quelle langue"),
    ("/navigateur", "Je lui transmets?"), ("/navigator", "Je lui transmets?"),
    ("/confidentialite", "Telegram garde aussi sa propre copie"), ("/privacy", "Telegram garde aussi sa propre copie"),
    ("/effacer", "Tout est effacé chez nous"), ("/erase", "Tout est effacé chez nous"),
    ("/aide@bonne_porte_test_bot", "/navigateur"), ("/start", "Choix : start_over"),
])
async def test_commands_in_both_languages(ana: Resident, command: str, expected: str) -> None:
    ana.starts()
    await ana.hears("Bonjour!")
    ana.writes(command)
    await ana.hears(expected)


async def test_the_language_is_switched_by_command_and_button_and_stays(ana: Resident) -> None:
    ana.starts()
    await ana.hears("Bonjour!")
    ana.writes("/language")
    await ana.hears("Which language")
    ana.taps("English")
    await ana.hears("All right, I will go on in English.")
    ana.writes("I am hungry")
    await ana.hears("What town?")
    ana.writes("/help")
    await ana.hears("In danger: call 911.")


async def test_menus_and_descriptions_are_set_in_both_languages(telegram: StandIn, ana: Resident) -> None:
    ana.starts()
    await ana.hears("Bonjour!")
    await until(lambda: len(telegram.world.short_descriptions) == 3)
    scope = "all_private_chats"
    french = [one["command"] for one in telegram.world.commands[scope, "fr"]]
    english = [one["command"] for one in telegram.world.commands[scope, "en"]]
    assert french == ["start", "aide", "navigateur", "langue", "confidentialite", "effacer"]
    assert english == ["start", "help", "navigator", "language", "privacy", "erase"]
    assert [one["command"] for one in telegram.world.commands[scope, ""]] == french
    assert set(telegram.world.descriptions) == {"", "fr", "en"}


@pytest.mark.parametrize("kind", ["sends_photo", "sends_voice", "sends_document", "sends_sticker"])
async def test_what_cannot_be_read_is_refused_with_the_reason_in_the_persons_language(telegram: StandIn, kind: str) -> None:
    french, english = telegram.resident("fr"), telegram.resident("en")
    for somebody, urgent in ((french, "appelez le 811, option 2, ou le 911"), (english, "call 811, option 2, or 911")):
        getattr(somebody, kind)()
        await somebody.hears(urgent)


async def test_the_words_beside_a_photo_are_read(ana: Resident) -> None:
    ana.sends_photo("voici mon loyer")
    await ana.hears("Je ne regarde pas les photos")
    await ana.hears("J'ai lu : voici mon loyer")


async def test_the_last_message_edited_is_read_anew_an_older_one_is_not(ana: Resident, assistant: FakeAssistant) -> None:
    first = ana.writes("premier message")
    last = ana.writes("deuxième message")
    await ana.hears("J'ai lu : deuxième message", anywhere=True)
    ana.edits(last, "deuxième message corrigé")
    await ana.hears("J'ai lu : deuxième message corrigé")
    ana.edits(first, "premier message corrigé")
    await ana.hears("Vous avez changé un ancien message")
    assert "premier message corrigé" not in assistant.turns


async def test_a_group_is_refused_in_both_languages_and_left(telegram: StandIn, assistant: FakeAssistant) -> None:
    group = telegram.group()
    refused = await group.hears("Je réponds seulement en privé", anywhere=True)
    assert "I only answer in private" in refused.text
    await until(lambda: group.chat.left)
    assert assistant.turns == []


async def test_danger_has_the_lines_at_once_even_with_the_assistant_down(ana: Resident, assistant: FakeAssistant) -> None:
    assistant.fails = True
    ana.writes("je veux mourir ce soir")
    crisis = await ana.hears("1 866")
    assert "988" in crisis.text or "911" in crisis.text


async def test_the_assistant_down_is_answered_with_a_line_to_call(ana: Resident, assistant: FakeAssistant) -> None:
    assistant.fails = True
    ana.writes("bonjour à vous")
    await ana.hears("811, option 2")


async def test_a_navigators_message_reaches_the_chat_and_markup_in_it_stays_text(
    ana: Resident, engine: Engine, conversations: Conversations, assistant: FakeAssistant
) -> None:
    ana.writes("bonjour à vous")
    await ana.hears("J'ai lu")
    conversation_id = conversation_of(engine, ana).id
    with writing(engine) as connection:
        conversations.desk.take(connection, conversation_id, "Maude")
        conversations.desk.say(connection, conversation_id, "Je suis là. <b>5 < 6</b> & ça va?")
    reply = await ana.hears("Je suis là. <b>5 < 6</b> & ça va?")
    assert reply.text.startswith("Une personne de l’équipe :")
    await ana.hears("Maude a pris votre demande")
    turns = len(assistant.turns)
    ana.writes("merci beaucoup à vous")
    for command in ("/start", "/navigateur"):
        ana.writes(command)
        await ana.hears("Une personne de l’équipe vous répond ici")
    assert len(assistant.turns) == turns
    with reading(engine) as connection:
        said_by = [(row.from_, row.text) for row in storage.since(connection, conversation_id, 0)]
    assert ("resident", "merci beaucoup à vous") in said_by


async def test_a_handoff_is_asked_and_sent_by_buttons(ana: Resident, engine: Engine) -> None:
    ana.starts()
    await ana.hears("Bonjour!")
    ana.taps("Parler à une personne")
    await ana.hears("Je lui transmets?")
    ana.taps("Oui, transmettre")
    await ana.hears("C'est dans la file")
    assert conversation_of(engine, ana).status == "waiting"


async def test_leaving_a_line_out_and_putting_it_back_changes_the_offer_in_its_place(
    ana: Resident, engine: Engine, assistant: FakeAssistant
) -> None:
    ana.starts()
    await ana.hears("Bonjour!")
    ana.taps("Parler à une personne")
    offer = await ana.hears("Je lui transmets?")
    number, before, on_screen = offer.id, offer.text, len(ana.screen)
    without, put_back = (words("fr", f"buttons.{way}", field=field_name("messages", "fr")) for way in ("without", "with"))
    # Out, back, and out again: the same button of a message that changed meanwhile is another choice.
    for label, gone in ((without, True), (put_back, False), (without, True)):
        ana.taps(label)
        changed = await ana.hears(lambda seen, gone=gone: seen.id == number and (seen.text != before) is gone)
        assert [one.id for one in ana.screen][-1] == number and len(ana.screen) == on_screen
        assert changed.button(put_back if gone else without) and changed.button("Oui, transmettre")
    ana.taps_data(changed.button(put_back), changed)
    ana.taps_data(changed.button(put_back), changed)  # a hand that trembles
    await ana.hears(lambda seen: seen.id == number and seen.text == before)
    ana.taps(without)
    await ana.hears(lambda seen: seen.id == number and seen.text != before)
    ana.taps("Oui, transmettre")
    await ana.hears("C'est dans la file")
    with reading(engine) as connection:
        assert connection.scalar(select(handoffs.c.packet))["withheld"] == ["messages"]
    ana.writes("/effacer")
    await ana.hears("Tout est effacé chez nous")
    assert number not in [seen.id for seen in ana.screen]


async def test_an_offer_that_the_person_deleted_is_said_anew_when_a_line_is_left_out(ana: Resident) -> None:
    ana.starts()
    await ana.hears("Bonjour!")
    ana.taps("Parler à une personne")
    offer = await ana.hears("Je lui transmets?")
    data = offer.button(words("fr", "buttons.without", field=field_name("messages", "fr")))
    with ana.world.lock:
        del ana.chat.messages[offer.id]
    ana.taps_data(data, offer)
    again = await ana.hears("Je lui transmets?")
    assert again.id != offer.id


async def test_erase_deletes_in_the_chat_what_telegram_allows_and_everything_here(
    telegram: StandIn, ana: Resident, engine: Engine
) -> None:
    ana.writes("un secret très vieux")
    await ana.hears("J'ai lu : un secret très vieux")
    telegram.hours_pass(49)
    ana.writes("un secret récent")
    await ana.hears("J'ai lu : un secret récent")
    ana.writes("/effacer")
    await ana.hears("Tout est effacé chez nous")
    shown = [seen.text for seen in ana.screen]
    assert "un secret très vieux" in shown  # Telegram does not let a bot delete it
    assert not any("récent" in text or text == "/effacer" for text in shown)
    assert shown[-1].startswith("Tout est effacé chez nous.") and "Telegram peut en garder une copie" in shown[-1]
    assert conversation_of(engine, ana) is None
    with reading(engine) as connection:
        for table in (messages, outbox, telegram_messages):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
    await until(lambda: updates(engine) == {("done", None, None)})
    ana.writes("bonjour encore à vous")
    await ana.hears("Bonjour! Je suis Bonne Porte")


async def test_erase_by_the_button_of_the_privacy_notice_in_english(telegram: StandIn, engine: Engine) -> None:
    bob = telegram.resident("en")
    bob.starts()
    await bob.hears("Hello!")
    bob.writes("/privacy")
    await bob.hears("Telegram also keeps its own copy")
    bob.taps("Erase")
    await bob.hears("Everything we held is erased")
    assert conversation_of(engine, bob) is None


async def test_erase_holds_even_when_telegram_refuses_to_delete(telegram: StandIn, ana: Resident, engine: Engine) -> None:
    ana.starts()
    await ana.hears("Bonjour!")
    telegram.fails("deleteMessages", 500)
    ana.writes("/effacer")
    await ana.hears("Telegram ne m’a pas laissé effacer")
    assert conversation_of(engine, ana) is None


async def test_a_long_message_comes_in_parts_and_erasing_deletes_them_all(ana: Resident, engine: Engine) -> None:
    ana.starts()
    await ana.hears("Bonjour!")
    conversation = conversation_of(engine, ana)
    long = "Une phrase assez longue. " * 600
    with writing(engine) as connection:
        locked = storage.lock(connection, conversation.id)
        storage.append(connection, locked, [Draft(long), Draft("fin de la liste")], reply_to=None, language="fr", now=utcnow())
    await ana.hears("fin de la liste")
    parts = [text for text in texts(ana) if text.startswith("Une phrase")]
    assert len(parts) == 4 and " ".join(parts) == long.strip()
    ana.writes("/effacer")
    await ana.hears("Tout est effacé")
    assert len(ana.screen) == 1


async def test_many_residents_at_once_each_have_their_own_answers(telegram: StandIn, start: Starting) -> None:
    people = [telegram.resident() for _ in range(12)]
    for number, somebody in enumerate(people):
        somebody.writes(f"voici mon message {number}")
    for number, somebody in enumerate(people):
        await somebody.hears(f"J'ai lu : voici mon message {number}", seconds=15)
        assert len(somebody.heard) == 3


def test_the_channel_is_what_the_application_starts() -> None:
    assert {"start", "stop", "webhook_route"} <= set(dir(TelegramChannel))
