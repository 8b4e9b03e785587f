"""One process polls at a time, among all that share a PostgreSQL: Telegram gives a bot's updates to one caller only and
refuses a second. The one that holds the lease polls; when it stops or dies, another takes over."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from telegram import Bot

from bot.channels.telegram.polling import poll
from bot.store import lease
from bot.store.base import utcnow
from bot.store.engine import writing

__all__ = ["poll_in_turn"]

logger = logging.getLogger(__name__)

LEASE = "telegram"
# How long the others wait once the holder died, and how often it says that it lives.
LEASE_SECONDS = 15.0
RENEW_SECONDS = 5.0


async def poll_in_turn(bot: Bot, engine: Engine, written: Callable[[], None]) -> None:
    """Until it is cancelled; polls while it is this process's turn. On SQLite, which one machine has to itself, always."""
    if engine.dialect.name == "sqlite":
        await poll(bot, engine, written)
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"  # told to whoever looks in `facts` which machine polls
    polling: asyncio.Task[None] | None = None
    try:
        while True:
            ours = await _is_ours(engine, holder)
            if polling is not None and (polling.done() or not ours):
                await _end(polling)
                polling = None
            if ours and polling is None:
                polling = asyncio.create_task(poll(bot, engine, written))
            await asyncio.sleep(RENEW_SECONDS)
    finally:
        if polling is not None:
            await _end(polling)
        await run_in_threadpool(_give_back, engine, holder)


async def _end(polling: asyncio.Task[None]) -> None:
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)


async def _is_ours(engine: Engine, holder: str) -> bool:
    def work() -> bool:
        with writing(engine) as connection:
            return lease.take(connection, LEASE, holder, utcnow(), LEASE_SECONDS)

    try:
        return await run_in_threadpool(work)
    except Exception as error:  # without the database nothing could be written down either
        logger.error("telegram: cannot look whose turn it is: %s", type(error).__name__)
        return False


def _give_back(engine: Engine, holder: str) -> None:
    with writing(engine) as connection:
        lease.give_back(connection, LEASE, holder)
