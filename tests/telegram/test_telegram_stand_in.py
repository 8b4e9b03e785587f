"""The stand-in keeps Telegram's rules: what it lets pass, the real one lets pass."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from tests.telegram.stand_in import StandIn


@pytest.fixture
async def bot(telegram: StandIn) -> AsyncIterator[Bot]:
    made = Bot(telegram.token, base_url=f"{telegram.origin}/bot")
    async with made:
        yield made


async def test_updates_come_again_until_an_offset_above_them_confirms_them(telegram: StandIn, bot: Bot) -> None:
    ana = telegram.resident()
    ana.writes("un")
    ana.writes("deux")
    first = await bot.get_updates()
    assert [update.message.text for update in first] == ["un", "deux"]
    assert [update.message.text for update in await bot.get_updates()] == ["un", "deux"]
    assert [update.message.text for update in await bot.get_updates(offset=first[0].update_id + 1)] == ["deux"]
    assert await bot.get_updates(offset=first[1].update_id + 1) == ()
    assert telegram.unconfirmed == []


async def test_a_long_poll_answers_as_soon_as_somebody_writes(telegram: StandIn, bot: Bot) -> None:
    ana = telegram.resident()
    waiting = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    ana.writes("allô")
    assert len(await asyncio.wait_for(waiting, 1.5)) == 1


async def test_two_pollers_conflict(telegram: StandIn, bot: Bot) -> None:
    async with Bot(telegram.token, base_url=f"{telegram.origin}/bot") as other:
        waiting = asyncio.create_task(other.get_updates(timeout=5))
        await asyncio.sleep(0.1)
        await bot.get_updates()
        with pytest.raises(Conflict):
            await waiting


async def test_a_wrong_token_is_refused(telegram: StandIn) -> None:
    with pytest.raises(InvalidToken):
        await Bot("1234567:wrong", base_url=f"{telegram.origin}/bot").initialize()


@pytest.mark.parametrize("text", ["<b>ouvert", "a < b", "<script>x</script>", "</b>", "<a>lien</a>"])
async def test_bad_html_is_refused(telegram: StandIn, bot: Bot, text: str) -> None:
    with pytest.raises(BadRequest, match="parse entities"):
        await bot.send_message(telegram.resident().id, text, parse_mode="HTML")


async def test_4096_characters_pass_and_4097_do_not(telegram: StandIn, bot: Bot) -> None:
    ana = telegram.resident()
    await bot.send_message(ana.id, "<b>" + "é" * 4096 + "</b>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_message(ana.id, "é" * 4097)


async def test_64_bytes_of_callback_data_pass_and_65_do_not(telegram: StandIn, bot: Bot) -> None:
    def keyboard(data: str) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup([[InlineKeyboardButton("ici", callback_data=data)]])

    ana = telegram.resident()
    await bot.send_message(ana.id, "?", reply_markup=keyboard("é" * 32))
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(ana.id, "?", reply_markup=keyboard("é" * 32 + "x"))


async def test_failures_on_demand(telegram: StandIn, bot: Bot) -> None:
    ana = telegram.resident()
    telegram.fails("sendMessage", 429, retry_after=3)
    with pytest.raises(RetryAfter):
        await bot.send_message(ana.id, "un")
    telegram.fails("sendMessage", 502)
    with pytest.raises(NetworkError):
        await bot.send_message(ana.id, "deux")
    telegram.fails("sendMessage", 502, done=True)
    with pytest.raises(NetworkError):
        await bot.send_message(ana.id, "trois")
    assert [seen.text for seen in ana.heard] == ["trois"]
    ana.blocks()
    with pytest.raises(Forbidden):
        await bot.send_message(ana.id, "quatre")


async def test_a_message_of_48_hours_ago_cannot_be_deleted(telegram: StandIn, bot: Bot) -> None:
    ana = telegram.resident()
    old = ana.writes("vieux")
    telegram.hours_pass(48.1)
    new = ana.writes("neuf")
    await bot.delete_messages(ana.id, [old, new])
    assert [seen.text for seen in ana.screen] == ["vieux"]
