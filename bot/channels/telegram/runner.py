"""TelegramChannel: the whole channel, started and stopped with the application."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sqlalchemy import Connection, Engine
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route
from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram import inbox, kept
from bot.channels.telegram.chats import Chats
from bot.channels.telegram.commands import introduce
from bot.channels.telegram.desk_side import watch
from bot.channels.telegram.feeder import Feeder
from bot.channels.telegram.limits import Pace
from bot.channels.telegram.link import Link
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.turns import poll_in_turn
from bot.channels.telegram.updates import ALLOWED_UPDATES
from bot.channels.telegram.webhook import PATH, derived_secret, webhook_route
from bot.conversation.core import Conversations
from bot.settings import PREFIX, SettingError, Settings
from bot.store.base import utcnow
from bot.store.engine import writing

__all__ = ["TelegramChannel"]

logger = logging.getLogger(__name__)

# What was begun may end within this when the application stops; the rest is in the tables and goes on at the next start.
FINISH_SECONDS = 4.0
TIDY_SECONDS = 3600.0
LONGEST_REST_SECONDS = 60.0
# One call at a time, so that a chat's messages come in the order in which they were written.
WEBHOOK_CONNECTIONS = 1

# These write tokens (in addresses), and what residents wrote, at levels up to CRITICAL: they stay silent. What matters
# of their failures comes as exceptions, and is logged here by its kind.
for _name in ("telegram", "httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1 if _name == "telegram" else logging.WARNING)


class TelegramChannel:
    """Telegram over one conversation core. Several processes may run one each on the same database: what one has in
    hand, no other takes (one polls at a time, turns.py; in webhook mode any may be called).

    `secret`: the application's key, from which the webhook's secret is derived when no setting gives one.
    `pace`: how fast messages leave; tests go faster.
    """

    def __init__(self, conversations: Conversations, engine: Engine, settings: Settings, *, secret: str | None = None,
                 pace: Pace | None = None) -> None:
        self.engine, self.settings = engine, settings
        base = f"{settings.telegram_api}/bot"
        self.bot = Bot(settings.telegram_token, base_url=base, base_file_url=f"{settings.telegram_api}/file/bot",
                       request=HTTPXRequest(connection_pool_size=32, read_timeout=15.0, pool_timeout=10.0),
                       get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=10.0, pool_timeout=10.0))
        self.chats = Chats(self.bot, pace or Pace())
        self.sender = Sender(engine, self.chats)
        self.link = Link(engine, conversations, self.chats, self.sender)
        self.feeder = Feeder(self.link)
        self._secret = _webhook_secret(settings, secret)
        self._tasks: list[asyncio.Task[Any]] = []

    @property
    def webhook_route(self) -> Route:
        """The route to mount on the public application, in webhook mode only."""
        return webhook_route(self.bot, self.engine, self._secret, self.feeder.wake)

    async def start(self) -> None:
        """Begin; comes back at once. Telegram out of reach, or a refused token, is logged and tried again."""
        self._tasks = [asyncio.create_task(self._run())]

    async def stop(self) -> None:
        """Stop taking, let what was begun end for a few seconds. Nothing is lost: the rest is in the tables."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.feeder.rounds.finish(FINISH_SECONDS)
        await self.link.finish(FINISH_SECONDS)
        await self.sender.rounds.finish(FINISH_SECONDS)
        await self.bot.shutdown()

    async def _run(self) -> None:
        await self._connect()
        loops = [self.feeder.rounds.run(), self.sender.rounds.run(), self._tidy(), watch(self.link, self.settings.origin)]
        if self.settings.telegram_mode == "polling":
            loops.append(poll_in_turn(self.bot, self.engine, self.feeder.wake))
        async with asyncio.TaskGroup() as group:
            for loop in loops:
                group.create_task(loop)
            group.create_task(introduce(self.bot))

    async def _connect(self) -> None:
        """Make ourselves known and say how updates come, however long it takes."""
        failures = 0
        while True:
            try:
                await self.bot.initialize()
                if self.settings.telegram_mode == "webhook":
                    await self.bot.set_webhook(f"{self.settings.origin}{PATH}", secret_token=self._secret,
                                               allowed_updates=ALLOWED_UPDATES, max_connections=WEBHOOK_CONNECTIONS)
                else:
                    await self.bot.delete_webhook()
                return
            except TelegramError as error:
                failures += 1
                said = "its token is refused (BONNEPORTE_TELEGRAM_TOKEN)" if isinstance(error, InvalidToken) else "out of reach"
                logger.error("telegram is off for now: %s: %s", said, type(error).__name__)
                await asyncio.sleep(min(2.0 ** (failures - 1), LONGEST_REST_SECONDS))

    async def _tidy(self) -> None:
        """Remove what is of no more use, hourly."""
        while True:
            try:
                await run_in_threadpool(self._forget)
            except Exception as error:
                logger.error("telegram: tidying failed: %s", type(error).__name__)
            await asyncio.sleep(TIDY_SECONDS)

    def _forget(self) -> None:
        now = utcnow()
        with writing(self.engine) as connection:
            forget(connection, now)


def forget(connection: Connection, now: Any) -> None:
    """Remove numbers of updates and of messages that have served."""
    inbox.forget(connection, now)
    kept.forget_messages(connection, now)


def _webhook_secret(settings: Settings, key: str | None) -> str:
    if settings.telegram_secret:
        return settings.telegram_secret
    key = key or settings.secret_key
    if not key and settings.telegram_mode == "webhook":
        raise SettingError(f"{PREFIX}TELEGRAM_SECRET must be given in webhook mode when {PREFIX}SECRET_KEY is not")
    return derived_secret(key)
