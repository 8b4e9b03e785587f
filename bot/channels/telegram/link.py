"""The link between a chat and its conversation: what every kind of update needs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from telegram.error import TelegramError

from bot.channels.telegram import inbox, kept
from bot.channels.telegram.chats import Chats
from bot.channels.telegram.inbox import Taken
from bot.channels.telegram.notices import Notice
from bot.channels.telegram.render import Part
from bot.channels.telegram.sender import Sender
from bot.conversation import storage
from bot.conversation.core import Conversations, NoSuchConversation
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["Link"]

logger = logging.getLogger(__name__)

# An answer that takes longer shows "typing…", again as long as it takes (Telegram shows it for 5 seconds).
TYPING_AFTER_SECONDS = 0.6
TYPING_AGAIN_SECONDS = 4.5


class Link:
    """The core, the chats and the database, together. Whatever ends an update does so in one transaction."""

    def __init__(self, engine: Engine, conversations: Conversations, chats: Chats, sender: Sender) -> None:
        self.engine, self.conversations, self.chats, self.sender = engine, conversations, chats, sender
        self._beside: set[asyncio.Task[None]] = set()

    async def find(self, chat_ref: str) -> Row[Any] | None:
        """The chat's conversation, or null."""
        return await self.read(lambda connection: storage.by_channel(connection, "telegram", chat_ref))

    async def open(self, taken: Taken, door: str | None = None) -> Row[Any]:
        """The chat's conversation, begun (in the phone's language) when there is none."""
        for _ in range(3):
            conversation = await self.find(taken.chat_ref)
            if conversation is not None:
                return conversation
            try:
                await self.conversations.open(channel="telegram", channel_ref=taken.chat_ref, door=door,
                                              language=taken.payload.get("language"))
            except IntegrityError:
                continue  # another process opened it at the same instant
        raise NoSuchConversation(taken.update_id)

    async def give(self, taken: Taken, *, text: str | None = None, choice: str | None = None,
                   client_id: str | None = None, notice: Notice | None = None) -> None:
        """A message to the core, once; then the update is done, with a word of ours before the core's answer if there
        is one. The answer is looked for beside. Raises TooManyMessages, NoSuchConversation (erased just now)."""
        conversation = await self.open(taken)
        await self.remember(taken)
        seq = await self.conversations.receive(conversation.id, text, choice, client_id or f"tg:{taken.update_id}")
        if notice is None:
            await self.done(taken)
        else:
            await self.say(taken, notice)
        self.beside(self._answer(taken.chat_ref, conversation.id, seq))

    async def say(self, taken: Taken, notice: Notice) -> None:
        """A word of ours in the conversation, and the update done, in one transaction: said once."""
        conversation = await self.open(taken)

        def work(connection: Connection) -> None:
            locked = storage.lock(connection, conversation.id)
            if locked is None:
                raise NoSuchConversation(taken.update_id)
            draft = notice(connection, locked, self.conversations.settings)
            storage.append(connection, locked, [draft], reply_to=None, language=locked.language, now=utcnow())
            inbox.done(connection, taken.update_id)

        await self.write(work)

    async def done(self, taken: Taken) -> None:
        """The update is done."""
        await self.write(lambda connection: inbox.done(connection, taken.update_id))

    async def remember(self, taken: Taken) -> None:
        """The number of the resident's own message, so that erasing can delete it."""
        number = taken.payload.get("message_id")
        if number is not None and taken.payload["kind"] != "tap":
            await self.write(lambda connection: kept.remember_message(connection, taken.chat_ref, number, True, utcnow()))

    async def try_to_say(self, chat_ref: str, text: str) -> None:
        """Say something outside any conversation; one attempt. `text` is ours, without markup."""
        try:
            number = await self.chats.say(chat_ref, Part(text))
        except TelegramError as error:
            logger.warning("telegram: a notice was not sent: %s", type(error).__name__)
            return
        await self.write(lambda connection: kept.remember_message(connection, chat_ref, number, False, utcnow()))

    async def _answer(self, chat_ref: str, conversation_id: str, seq: int) -> None:
        self.sender.wake()  # the lines to call, if the message spoke of danger, are in the outbox already
        typing = asyncio.create_task(self._typing(chat_ref))
        try:
            await self.conversations.answer(conversation_id, seq)
        finally:
            typing.cancel()
            self.sender.wake()

    async def _typing(self, chat_ref: str) -> None:
        await asyncio.sleep(TYPING_AFTER_SECONDS)
        while True:
            await self.chats.typing(chat_ref)
            await asyncio.sleep(TYPING_AGAIN_SECONDS)

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it without waiting for it. A failure is logged by its kind alone: its text may hold what somebody wrote."""

        async def run() -> None:
            try:
                await work
            except Exception as error:
                logger.error("telegram: %s", type(error).__name__)

        task = asyncio.create_task(run())
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def finish(self, seconds: float) -> None:
        """Let what goes on beside end, then drop it: the core's sweep answers what is left."""
        if self._beside:
            await asyncio.wait(set(self._beside), timeout=seconds)
        for task in set(self._beside):
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        """Inside one consistent read."""

        def run() -> Any:
            with reading(self.engine) as connection:
                return work(connection)

        return await run_in_threadpool(run)

    async def write(self, work: Callable[[Connection], Any]) -> None:
        """Inside one transaction."""

        def run() -> None:
            with writing(self.engine) as connection:
                work(connection)

        await run_in_threadpool(run)
