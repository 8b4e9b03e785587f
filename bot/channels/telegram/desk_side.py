"""The desk on Telegram: a navigator's chat is linked by a code and told when somebody waits; a resident sees that a
navigator types. A notice holds nothing that a resident wrote."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool
from telegram.error import TelegramError

from bot.channels.telegram.inbox import Taken
from bot.channels.telegram.link import Link
from bot.channels.telegram.render import words
from bot.handoff import navigators, presence
from bot.handoff.navigators import CODE_PREFIX, Notice
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["is_code", "link_chat", "watch"]

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0


def is_code(argument: str) -> bool:
    """Whether what came with /start is a navigator's code, not a door."""
    return argument.startswith(CODE_PREFIX)


async def link_chat(link: Link, taken: Taken, code: str) -> None:
    """Link this chat to the navigator whose code it is; said in both languages when it is nobody's (any more)."""

    def work() -> str | None:
        with writing(link.engine) as connection:
            return navigators.link(connection, code, taken.chat_ref, utcnow())

    language = await run_in_threadpool(work)
    said = words(language, "desk.linked") if language else "\n\n".join(words(one, "desk.no_code") for one in ("fr", "en"))
    await link.done(taken)
    await link.try_to_say(taken.chat_ref, said)


async def watch(link: Link, origin: str) -> None:
    """Go on for ever: tell navigators who waits, and residents that somebody types. A failure is logged by its kind."""
    while True:
        try:
            for notice in await run_in_threadpool(navigators.claim_notices, link.engine, utcnow()):
                await link.try_to_say(notice.chat, text_of(notice, origin))
            for chat in await run_in_threadpool(_typists, link):
                await link.chats.typing(chat)
        except TelegramError as error:
            logger.warning("telegram: a notice to the desk failed: %s", type(error).__name__)
        except Exception as error:  # its text may hold data
            logger.error("telegram: the desk's notices failed: %s", type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


def _typists(link: Link) -> list[str]:
    with reading(link.engine) as connection:
        return presence.typists_to_tell(connection, "telegram", utcnow())


def text_of(notice: Notice, origin: str) -> str:
    """How many wait and whether one is in danger, what a colleague handed over, with the desk's address."""
    lines = []
    if notice.crisis:
        lines.append(words(notice.language, "desk.crisis"))
    elif notice.waiting:
        lines.append(words(notice.language, "desk.waiting" if notice.waiting == 1 else "desk.several", number=notice.waiting))
    if notice.handed:
        lines.append(words(notice.language, "desk.handed", number=notice.handed))
    return "\n".join([*lines, f"{origin}/desk"])
