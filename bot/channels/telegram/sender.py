"""Sending the core's outbox: in order in each chat, again after a failure that may pass, never twice what is known sent.

A row is sent part by part and each part's number is kept before the next, so that who goes on after a crash begins
where the other stopped. Only a crash, or an answer of Telegram's that is lost, in the moment of sending can show a part
twice: Telegram has no idempotency key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import Connection, Engine
from starlette.concurrency import run_in_threadpool
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram import outbox
from bot.channels.telegram.chats import Chats, seconds_to_wait
from bot.channels.telegram.kept import data_for, keep_choices
from bot.channels.telegram.outbox import ToSend
from bot.channels.telegram.render import Part, plain, render
from bot.channels.telegram.rounds import Rounds
from bot.store.engine import writing

__all__ = ["Sender"]

logger = logging.getLogger(__name__)

AT_ONCE = 25
# Back-off: 1, 2, 4… seconds, at most 5 minutes, for as long as the conversation is kept.
LONGEST_WAIT_SECONDS = 300.0
# A row that Telegram cannot be blamed for (a defect of ours) is given up after this many attempts.
DEFECT_ATTEMPTS = 5


class Sender:
    """Sends what waits in the outbox for Telegram's chats."""

    def __init__(self, engine: Engine, chats: Chats) -> None:
        self.engine, self.chats = engine, chats
        self.rounds: Rounds[ToSend] = Rounds("telegram sender", lambda limit: outbox.claim(engine, limit), self._send, AT_ONCE)

    def wake(self) -> None:
        """The core wrote something: look now."""
        self.rounds.wake()

    async def _send(self, row: ToSend) -> None:
        try:
            await self._send_parts(row)
        except RetryAfter as error:
            await self._later(row, seconds_to_wait(error), error)
        except (Forbidden, ChatMigrated, BadRequest) as error:
            # Blocked, or something that Telegram will never take: trying again would change nothing.
            logger.warning("telegram: a message was given up: %s", type(error).__name__)
            await self._write(lambda connection: outbox.failed(connection, row))
        except (NetworkError, TelegramError) as error:
            await self._later(row, backoff(row.attempts), error)
        except Exception as error:
            logger.error("telegram: a message could not be prepared: %s", type(error).__name__)
            if row.attempts >= DEFECT_ATTEMPTS:
                await self._write(lambda connection: outbox.failed(connection, row))
            else:
                await self._later(row, backoff(row.attempts), error)

    async def _send_parts(self, row: ToSend) -> None:
        parts = render(row.message, row.keyboard_open)
        long = [choice for part in parts for _, choice in part.buttons if data_for(choice) != choice]
        if long:
            await self._write(lambda connection: keep_choices(connection, long))
        sent = list(row.sent_ids)
        for number, part in enumerate(parts):
            if number < len(row.sent_ids):
                continue
            sent.append(await self._put(row, part, row.over[number] if len(row.over) == len(parts) else None))
            if not await run_in_threadpool(self._keep, row, list(sent), number == len(parts) - 1):
                # Erased while it was on its way: what just left is taken back.
                await self.chats.delete(row.chat_ref, sent[-1:])
                return

    async def _put(self, row: ToSend, part: Part, over: int | None) -> int:
        """In the place of the message `over` where that is still there, else as a new one; its number."""
        if over is not None and await self.chats.change(row.chat_ref, over, part):
            return over
        return await self._say(row.chat_ref, part)

    async def _say(self, chat_ref: str, part: Part) -> int:
        """Send a part; as plain text when Telegram refuses how it is laid out, for words must arrive."""
        try:
            return await self.chats.say(chat_ref, part)
        except BadRequest as error:
            logger.error("telegram: a message's layout was refused: %s", type(error).__name__)
            return await self.chats.say(chat_ref, plain(part))

    def _keep(self, row: ToSend, sent: list[int], last: bool) -> bool:
        with writing(self.engine) as connection:
            return outbox.part_sent(connection, row, sent, last, self.chats.pace.between)

    async def _later(self, row: ToSend, seconds: float, error: Exception) -> None:
        logger.warning("telegram: a message waits %.0f s: %s", seconds, type(error).__name__)
        await self._write(lambda connection: outbox.later(connection, row, seconds))

    async def _write(self, work: Callable[[Connection], None]) -> None:
        def run() -> None:
            with writing(self.engine) as connection:
                work(connection)

        await run_in_threadpool(run)


def backoff(attempts: int) -> float:
    """Seconds before the next attempt."""
    return min(2.0 ** min(attempts - 1, 20), LONGEST_WAIT_SECONDS)
