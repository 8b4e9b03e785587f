"""Long polling: updates are confirmed (by the next call's offset) only once they are written down and committed.

An offset is only used to confirm: once nothing is left to confirm, calls go without one, because update_id may start
anew, lower, after a quiet week (https://core.telegram.org/bots/api#update).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram import inbox
from bot.channels.telegram.chats import seconds_to_wait
from bot.channels.telegram.limits import UPDATES_AT_ONCE
from bot.channels.telegram.updates import ALLOWED_UPDATES, note

__all__ = ["poll"]

logger = logging.getLogger(__name__)

# How long Telegram keeps a call open when nothing is new: below the 60 seconds after which many networks cut.
HOLD_SECONDS = 50
LONGEST_REST_SECONDS = 30.0
# Another process polls with the same token: it goes on if we stay away.
CONFLICT_REST_SECONDS = 10.0


async def poll(bot: Bot, engine: Engine, written: Callable[[], None]) -> None:
    """Until it is cancelled. `written` is called when updates were written down."""
    offset: int | None = None
    failures = 0
    while True:
        try:
            updates = await bot.get_updates(offset=offset, limit=UPDATES_AT_ONCE, timeout=HOLD_SECONDS if offset is None else 0,
                                            allowed_updates=ALLOWED_UPDATES)
            noted = [one for one in map(note, updates) if one is not None]
            if noted:
                await run_in_threadpool(inbox.write_down, engine, noted)
                written()
            offset = max(update.update_id for update in updates) + 1 if updates else None
            failures = 0
        except RetryAfter as error:
            await asyncio.sleep(seconds_to_wait(error))
        except Exception as error:
            failures += 1
            rest = CONFLICT_REST_SECONDS if isinstance(error, Conflict) else min(2.0 ** (failures - 1), LONGEST_REST_SECONDS)
            level = logging.WARNING if isinstance(error, TelegramError) and not isinstance(error, InvalidToken) else logging.ERROR
            logger.log(level, "telegram: no updates for now: %s", type(error).__name__)
            await asyncio.sleep(rest)
