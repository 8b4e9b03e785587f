"""Nothing acknowledged is lost, nothing is shown twice, Telegram's limits are kept."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, func, insert, select, update

from bot.channels.telegram import inbox, kept, limits
from bot.channels.telegram.limits import Pace
from bot.channels.telegram.polling import poll
from bot.channels.telegram.runner import TelegramChannel, forget
from bot.channels.telegram.tables import telegram_messages, telegram_updates
from bot.channels.telegram.updates import Noted, note
from bot.conversation import storage
from bot.conversation.core import Conversations
from bot.conversation.messages import Draft
from bot.conversation.tables import messages, outbox
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from tests.telegram.conftest import FakeAssistant, Starting, until
from tests.telegram.stand_in import Resident, StandIn

FAST = Pace(between=0.0, a_second=1000)


@pytest.fixture
def ana(telegram: StandIn) -> Resident:
    return telegram.resident(language_code="fr")


def count(engine: Engine, table, *where) -> int:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(table).where(*where))


def said_once(ana: Resident, text: str) -> bool:
    return sum(text in seen.text for seen in ana.heard) == 1


async def say(engine: Engine, ana: Resident, *said: str) -> None:
    """Writes messages to the resident, as the core or a navigator does."""
    with writing(engine) as connection:
        found = storage.by_channel(connection, "telegram", str(ana.id))
        locked = storage.lock(connection, found.id)
        storage.append(connection, locked, [Draft(text) for text in said], reply_to=None, language="fr", now=utcnow())


# Written down, then acknowledged


async def test_an_update_is_not_acknowledged_while_it_cannot_be_written_down(
    telegram: StandIn, ana: Resident, engine: Engine, start: Starting
) -> None:
    telegram_updates.drop(engine)
    await start()
    ana.writes("bonjour à vous")
    await asyncio.sleep(0.4)
    assert len(telegram.unconfirmed) == 1
    telegram_updates.create(engine)
    await ana.hears("J'ai lu : bonjour à vous", seconds=8)
    await until(lambda: telegram.unconfirmed == [])
    assert said_once(ana, "J'ai lu")


async def test_killed_between_acknowledging_and_feeding_the_message_is_answered_after_the_restart(
    telegram: StandIn, ana: Resident, engine: Engine, conversations: Conversations, settings: Settings, start: Starting
) -> None:
    dying = TelegramChannel(conversations, engine, settings, pace=FAST)
    polling = asyncio.create_task(poll(dying.bot, engine, lambda: None))
    ana.writes("bonjour à vous")
    await until(lambda: telegram.unconfirmed == [] and count(engine, telegram_updates) == 1)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    await dying.bot.shutdown()
    assert ana.heard == []
    await start()
    await ana.hears("J'ai lu : bonjour à vous")


async def test_killed_between_writing_and_acknowledging_the_second_delivery_is_not_a_second_message(
    telegram: StandIn, ana: Resident, engine: Engine, conversations: Conversations, settings: Settings, start: Starting,
    assistant: FakeAssistant,
) -> None:
    dying = TelegramChannel(conversations, engine, settings, pace=FAST)
    ana.writes("bonjour à vous")
    inbox.write_down(engine, [note(one) for one in await dying.bot.get_updates()])
    await dying.bot.shutdown()
    assert len(telegram.unconfirmed) == 1
    await start()
    await ana.hears("J'ai lu : bonjour à vous")
    await until(lambda: telegram.unconfirmed == [])
    ana.writes("et voilà la suite")
    await ana.hears("J'ai lu : et voilà la suite")
    assert assistant.turns == ["bonjour à vous", "et voilà la suite"]


async def test_killed_between_the_core_and_the_mark_the_core_hears_it_once(
    telegram: StandIn, ana: Resident, engine: Engine, conversations: Conversations, start: Starting, assistant: FakeAssistant
) -> None:
    opened = await conversations.open(channel="telegram", channel_ref=str(ana.id), language="fr")
    number = ana.writes("bonjour à vous")
    update_id = telegram.unconfirmed[0]
    await conversations.receive(opened.id, "bonjour à vous", client_id=f"tg:{update_id}")
    with writing(engine) as connection:
        connection.execute(insert(telegram_updates).values(
            update_id=update_id, chat_ref=str(ana.id), status="working", attempts=1, not_before=utcnow() - timedelta(seconds=1),
            received_at=utcnow(), payload={"kind": "text", "text": "bonjour à vous", "message_id": number, "language": "fr"}))
    await start()
    await ana.hears("J'ai lu : bonjour à vous")
    await until(lambda: count(engine, telegram_updates, telegram_updates.c.status == "done") == 1)
    assert assistant.turns == ["bonjour à vous"] and count(engine, messages, messages.c.from_ == "resident") == 1


async def test_killed_right_after_opening_the_welcome_is_not_said_twice(
    telegram: StandIn, ana: Resident, engine: Engine, conversations: Conversations, start: Starting
) -> None:
    await conversations.open(channel="telegram", channel_ref=str(ana.id), language="fr")
    ana.starts()
    with writing(engine) as connection:
        connection.execute(insert(telegram_updates).values(
            update_id=telegram.unconfirmed[0], chat_ref=str(ana.id), status="working", attempts=1, received_at=utcnow(),
            not_before=utcnow() - timedelta(seconds=1),
            payload={"kind": "command", "name": "start", "argument": "", "message_id": 1, "language": "fr"}))
    await start()
    await until(lambda: count(engine, telegram_updates, telegram_updates.c.status == "done") == 1)
    await until(lambda: len(ana.heard) == 2)


async def test_killed_between_two_parts_only_the_rest_is_sent(ana: Resident, engine: Engine, start: Starting) -> None:
    ana.starts()
    channel = await start()
    await ana.hears("Bonjour!")
    await channel.stop()
    await say(engine, ana, "Une phrase assez longue. " * 400)
    with writing(engine) as connection:
        connection.execute(update(outbox).where(outbox.c.status == "waiting").values(
            status="sending", attempts=1, sent_ids=[999], not_before=utcnow() - timedelta(seconds=1)))
    await start()
    await ana.hears("Une phrase assez longue.")
    await until(lambda: count(engine, outbox, outbox.c.status == "sent") == 3)
    parts = [seen for seen in ana.heard if seen.text.startswith("Une phrase")]
    assert len(parts) == 2  # of three
    with reading(engine) as connection:
        assert connection.scalar(select(outbox.c.sent_ids).order_by(outbox.c.id.desc())) == [999, *(seen.id for seen in parts)]


async def test_two_processes_on_one_database_say_everything_once_and_in_order(
    telegram: StandIn, engine: Engine, start: Starting
) -> None:
    await start()
    await start()
    people = [telegram.resident() for _ in range(4)]
    for somebody in people:
        somebody.writes("voici mon premier message")
        somebody.writes("voici mon second message")
    for somebody in people:
        await somebody.hears("mon second message", anywhere=True, seconds=15)
        said = [seen.text for seen in somebody.heard][2:]
        assert said == ["J'ai lu : voici mon premier message", "J'ai lu : voici mon second message"]


async def test_an_update_number_that_starts_anew_lower_is_not_skipped(telegram: StandIn, ana: Resident, start: Starting) -> None:
    await start()
    ana.writes("avant la semaine tranquille")
    await ana.hears("J'ai lu : avant")
    await until(lambda: telegram.unconfirmed == [])
    await asyncio.sleep(0.2)
    telegram.world.next_update_id = 1234
    ana.writes("après la semaine tranquille")
    await ana.hears("J'ai lu : après")


async def test_telegram_out_of_reach_at_the_start_and_in_the_middle(telegram: StandIn, ana: Resident, engine: Engine, start: Starting) -> None:
    telegram.stop()
    await start()
    await asyncio.sleep(0.2)
    telegram.start()
    ana.writes("bonjour à vous")
    await ana.hears("J'ai lu : bonjour à vous")
    telegram.stop()
    await say(engine, ana, "une nouvelle de la personne")
    await asyncio.sleep(0.4)
    telegram.start()
    await ana.hears("une nouvelle de la personne", seconds=10)
    assert said_once(ana, "une nouvelle")


# Sending


async def test_429_is_obeyed_and_the_order_kept(telegram: StandIn, ana: Resident, engine: Engine, start: Starting) -> None:
    ana.starts()
    await start()
    await ana.hears("Bonjour!")
    telegram.fails("sendMessage", 429, retry_after=1)
    began = time.monotonic()
    await say(engine, ana, "premier", "second")
    await ana.hears("second")
    assert time.monotonic() - began >= 1.0
    assert [seen.text for seen in ana.heard][2:] == ["premier", "second"]


@pytest.mark.parametrize("status", [500, 502])
async def test_an_error_of_telegrams_is_tried_again(telegram: StandIn, ana: Resident, start: Starting, status: int) -> None:
    telegram.fails("sendMessage", status)
    ana.starts()
    await start()
    await ana.hears("Bonjour!")
    assert len(ana.heard) == 2


async def test_blocked_is_given_up_and_another_chat_does_not_wait_for_it(
    telegram: StandIn, ana: Resident, engine: Engine, start: Starting
) -> None:
    ana.starts()
    await start()
    await ana.hears("Bonjour!")
    ana.blocks()
    await say(engine, ana, "jamais vu")
    await until(lambda: count(engine, outbox, outbox.c.status == "failed") == 1)
    bob = telegram.resident()
    bob.starts()
    await bob.hears("Bonjour!")
    ana.unblocks()
    ana.writes("me revoici enfin")
    await ana.hears("J'ai lu : me revoici enfin")
    assert not any("jamais vu" in seen.text for seen in ana.heard)


async def test_words_arrive_as_plain_text_when_their_layout_is_refused(telegram: StandIn, ana: Resident, start: Starting) -> None:
    telegram.fails("sendMessage", 400)
    ana.starts()
    await start()
    await ana.hears("Essai s'occupe de ce service")


async def test_one_message_a_second_in_a_chat_and_other_chats_meanwhile(telegram: StandIn, ana: Resident, start: Starting) -> None:
    bob = telegram.resident()
    ana.writes("bonjour à vous")
    bob.writes("bonjour à vous")
    await start(pace=Pace())
    await ana.hears("J'ai lu", seconds=8)
    await bob.hears("J'ai lu", seconds=8)
    for somebody in (ana, bob):
        times = [call.at for call in telegram.calls("sendMessage", somebody.id)]
        assert len(times) == 3 and all(b - a >= 0.97 for a, b in pairwise(times))
    assert abs(telegram.calls("sendMessage", ana.id)[0].at - telegram.calls("sendMessage", bob.id)[0].at) < 0.9


async def test_all_chats_together_keep_the_overall_pace() -> None:
    pace, began = Pace(between=0.0, a_second=50), time.monotonic()
    await asyncio.gather(*(pace.turn(str(chat)) for chat in range(11)))
    assert 0.19 <= time.monotonic() - began < 0.5


def test_the_named_limits_are_below_telegrams() -> None:
    assert limits.MESSAGES_A_SECOND == 25 < 30 and limits.SECONDS_BETWEEN_IN_A_CHAT == 1
    assert limits.PART_CHARACTERS < limits.MESSAGE_CHARACTERS == 4096


async def test_erased_while_a_message_was_on_its_way_the_message_is_taken_back(
    telegram: StandIn, ana: Resident, engine: Engine, conversations: Conversations, start: Starting
) -> None:
    ana.starts()
    channel = await start()
    await ana.hears("Bonjour!")
    original = channel.chats.say

    async def erased_meanwhile(chat_ref: str, part) -> int:
        number = await original(chat_ref, part)
        with reading(engine) as connection:
            found = storage.by_channel(connection, "telegram", chat_ref)
        await conversations.erase(found.id)
        return number

    channel.chats.say = erased_meanwhile
    await say(engine, ana, "trop tard pour ceci")
    await until(lambda: len(telegram.calls("deleteMessages")) == 1)
    assert not any("trop tard" in seen.text for seen in ana.heard)


# Floods, defects, upkeep


async def test_a_flood_is_held_back_said_once_and_not_lost(
    telegram: StandIn, ana: Resident, engine: Engine, assistant: FakeAssistant, settings: Settings
) -> None:
    tight = dataclasses.replace(settings, limit_messages=3)
    channel = TelegramChannel(Conversations(engine, assistant, tight), engine, tight, pace=FAST)
    await channel.start()
    for number in range(5):
        ana.writes(f"voici la phrase {number}")
    await ana.hears("Je lis la suite dans une minute", anywhere=True)
    await channel.stop()
    assert count(engine, telegram_updates, telegram_updates.c.status == "waiting") == 2
    assert said_once(ana, "Je lis la suite dans une minute")


async def test_an_update_that_defeats_us_is_told_and_does_not_block_the_chat(ana: Resident, engine: Engine, start: Starting) -> None:
    inbox.write_down(engine, [Noted(5, str(ana.id), {"kind": "unheard of"})])
    with writing(engine) as connection:
        connection.execute(update(telegram_updates).values(attempts=5))
    await start()
    told = await ana.hears("une panne m’empêche de le lire", anywhere=True)
    assert "a failure keeps me from reading it" in told.text
    ana.writes("bonjour à vous")
    await ana.hears("J'ai lu : bonjour à vous")


def test_numbers_are_forgotten_when_they_have_served(engine: Engine) -> None:
    now = utcnow()
    inbox.write_down(engine, [Noted(1, "7", {}), Noted(2, "7", {}), Noted(3, "7", {})], now - timedelta(hours=73))
    inbox.write_down(engine, [Noted(4, "7", {})], now - timedelta(hours=71))
    with writing(engine) as connection:
        for number in (1, 2, 4):
            inbox.done(connection, number)
        kept.remember_message(connection, "7", 10, True, now - timedelta(hours=49))
        kept.remember_message(connection, "7", 11, True, now - timedelta(hours=47))
        forget(connection, now)
    with reading(engine) as connection:
        assert sorted(connection.scalars(select(telegram_updates.c.update_id))) == [3, 4]  # 3 is not done yet
        assert list(connection.scalars(select(telegram_messages.c.message_id))) == [11]


async def test_nothing_a_resident_wrote_and_no_token_in_the_log(
    telegram: StandIn, ana: Resident, engine: Engine, assistant: FakeAssistant, start: Starting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    telegram.fails("sendMessage", 500)
    ana.writes("mon secret numéro un")
    await start()
    await ana.hears("J'ai lu : mon secret")
    telegram_updates.drop(engine)
    ana.writes("mon secret numéro deux")
    await asyncio.sleep(0.5)
    telegram_updates.create(engine)
    assert caplog.records
    assert "secret" not in caplog.text and telegram.token not in caplog.text
