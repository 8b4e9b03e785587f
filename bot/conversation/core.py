"""Conversations: the one way in for every channel, and for the desk on the other side.

    NoSuchConversation      there is none, or it was erased
    TooManyMessages         the flood limit (reception.py)
"""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from bot.conversation import answering, desk_side, erased, storage
from bot.conversation.assistant import Assistant
from bot.conversation.effects import privacy_values, words
from bot.conversation.messages import Draft, as_dict, choice, last_word
from bot.conversation.reception import TooManyMessages, listen, receive
from bot.demand.doors import is_door
from bot.handoff import closing, presence, requests
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["Conversations", "NoSuchConversation", "Opened", "Thread", "TooManyMessages"]

# How long a message waits for its turn behind others of the same conversation.
PATIENCE_SECONDS = 25.0


class NoSuchConversation(Exception):
    """There is no such conversation."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new conversation: its id, its token (shown once) and its first messages."""

    id: str
    token: str
    messages: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Thread:
    """Messages in order, and who speaks: assistant, waiting, navigator or closed. Waiting: how many are `ahead`. With a
    navigator: the last seq that they have `seen`, and whether they are `typing`."""

    messages: list[dict[str, Any]]
    status: str
    ahead: int = 0
    seen: int = 0
    typing: bool = False


class Conversations:
    """All conversations. Everything given at one place: the database, the assistant, the settings, the known doors."""

    def __init__(self, engine: Engine, assistant: Assistant, settings: Settings) -> None:
        self.engine = engine
        self.assistant = assistant
        self.settings = settings
        self.desk = desk_side.DeskSide(engine)

    # What a channel does

    async def open(self, channel: str = "web", language: str | None = None, door: str | None = None,
                   channel_ref: str | None = None) -> Opened:
        """Begin a conversation, with the welcome and the privacy notice. French first unless the channel knows better."""
        spoken = language if language in ("fr", "en") else "fr"

        def work() -> Opened:
            now = utcnow()
            with writing(self.engine) as connection:
                known_door = door if door and is_door(connection, door) else None
                conversation_id, token = storage.create(connection, channel=channel, language=spoken, door=known_door,
                                                        channel_ref=channel_ref, now=now)
                conversation = storage.find(connection, conversation_id)
                assert conversation is not None
                storage.append(connection, conversation, self._welcome(spoken), reply_to=0, language=spoken, now=now)
                rows = storage.since(connection, conversation_id, 0)
            return Opened(conversation_id, token, [as_dict(row) for row in rows])

        return await run_in_threadpool(work)

    def _welcome(self, language: str) -> list[Draft]:
        other = choice(words(language, "buttons.english"), "language:en") if language == "fr" else \
            choice(words(language, "buttons.french"), "language:fr")
        human = choice(words(language, "buttons.human"), "human")
        notice = words(language, "privacy_short", **privacy_values(self.settings, language))
        return [
            Draft(notice, kind="notice"),
            Draft(words(language, "welcome"), kind="question", asks="need", choices=[other, human]),
        ]

    async def authorised(self, conversation_id: str, token: str) -> bool:
        """Whether this token opens this conversation (compared in constant time)."""

        def work() -> bool:
            with reading(self.engine) as connection:
                row = storage.find(connection, conversation_id)
            return row is not None and hmac.compare_digest(row.token_hash, storage.hash_token(token))

        return await run_in_threadpool(work)

    async def post(self, conversation_id: str, text: str | None = None, choice: str | None = None,
                   client_id: str | None = None) -> list[dict[str, Any]]:
        """Take a message and answer it. Raises NoSuchConversation, TooManyMessages."""
        if choice == "erase":
            return [await self.erase(conversation_id)]
        seq, claimed = await self._receive(conversation_id, text, choice, client_id, claiming=True)
        if claimed is not None:
            await self._answer_all(claimed)
        else:  # answered at once, or its turn comes after others'
            await self.answer(conversation_id, seq)
        return await self.answers(conversation_id, seq)

    async def receive(self, conversation_id: str, text: str | None = None, choice: str | None = None,
                      client_id: str | None = None) -> int:
        """Write a message down; its seq. From here on it is not lost. Raises NoSuchConversation, TooManyMessages."""
        seq, _ = await self._receive(conversation_id, text, choice, client_id, claiming=False)
        return seq

    async def _receive(self, conversation_id: str, text: str | None, choice: str | None, client_id: str | None,
                       claiming: bool) -> tuple[int, answering.Claim | None]:
        """`receive`, and in the same transaction, when `claiming`, the right to answer what waits."""

        def work() -> tuple[int, answering.Claim | None]:
            heard = listen(text)
            now = utcnow()
            with writing(self.engine) as connection:
                received = receive(connection, conversation_id, heard=heard, choice_value=choice, client_id=client_id,
                                   limit_a_minute=self.settings.limit_messages, now=now)
                if received is None:
                    raise NoSuchConversation(conversation_id)
                return received.seq, answering.claim(connection, conversation_id, now) if claiming else None

        return await run_in_threadpool(work)

    async def answers(self, conversation_id: str, seq: int) -> list[dict[str, Any]]:
        """The messages that answer the resident's message `seq`."""

        def work() -> list[dict[str, Any]]:
            with reading(self.engine) as connection:
                return [as_dict(row) for row in storage.answers_to(connection, conversation_id, seq)]

        return await run_in_threadpool(work)

    async def messages(self, conversation_id: str, after: int = 0) -> Thread:
        """Both sides after `after`. Raises NoSuchConversation."""

        def work() -> Thread:
            with reading(self.engine) as connection:
                conversation = storage.find(connection, conversation_id)
                if conversation is None:
                    raise NoSuchConversation(conversation_id)
                said = [as_dict(row) for row in storage.since(connection, conversation_id, after)]
                if conversation.status not in ("waiting", "navigator"):
                    return Thread(said, conversation.status)
                request = requests.open_request(connection, conversation_id)
                if request is None:
                    return Thread(said, conversation.status)
                if request.status == "navigator":
                    return Thread(said, conversation.status, seen=request.navigator_seen_seq or 0,
                                  typing=presence.typing_now(request.navigator_typing_at, utcnow()))
                return Thread(said, conversation.status, ahead=requests.waiting_ahead(
                    connection, request.territory, request.urgency, request.created_at))

        return await run_in_threadpool(work)

    async def present(self, conversation_id: str, seen: int | None, typing: bool) -> None:
        """What the resident has seen, and whether they type; nothing happens unless a navigator has the conversation."""

        def work() -> None:
            with reading(self.engine) as connection:
                conversation = storage.find(connection, conversation_id)
            if conversation is not None and conversation.status == "navigator":
                with writing(self.engine) as connection:
                    presence.note_resident(connection, conversation_id, seen, typing, utcnow())

        await run_in_threadpool(work)

    async def erase(self, conversation_id: str) -> dict[str, Any]:
        """Erase everything held of it in one step; the anonymous demand stays. Raises NoSuchConversation.

        Gives a last message that says so; it is held nowhere.
        """

        def work() -> dict[str, Any]:
            with writing(self.engine) as connection:
                conversation = storage.lock(connection, conversation_id)
                if conversation is None:
                    raise NoSuchConversation(conversation_id)
                erased.remember(self.settings.data, conversation_id)
                request = requests.open_request(connection, conversation_id)
                if request is not None:
                    closing.left_without_end(connection, request, conversation, utcnow())
                storage.erase(connection, conversation_id)
                return last_word(conversation, words(conversation.language, "erased"))

        return await run_in_threadpool(work)

    # Answering

    async def answer(self, conversation_id: str, upto: int | None = None) -> None:
        """Answer what is pending in the conversation, in order; waits while somebody else does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (pending := await run_in_threadpool(answering.next_pending, self.engine, conversation_id)) is not None:
            if upto is not None and pending.message.seq > upto:
                return
            claimed = await run_in_threadpool(answering.claim_next, self.engine, conversation_id, utcnow())
            if claimed is not None:
                await self._answer_all(claimed)
                continue
            if time.monotonic() > deadline:
                return  # whoever holds it, or the sweeper, goes on
            await asyncio.sleep(0.02)

    async def _answer_all(self, first: answering.Claim) -> None:
        """Answer what was claimed, and what came in meanwhile, by the same lease; it is given back whatever happens."""
        claimed: answering.Claim | None = first
        try:
            while claimed is not None:
                claimed = await self._answer_one(claimed)
        except BaseException:
            await run_in_threadpool(answering.release, self.engine, first)
            raise

    async def _answer_one(self, claimed: answering.Claim) -> answering.Claim | None:
        """Answer what was claimed; what it holds next."""
        pending = claimed.pending
        other = answering.in_other_language(pending)
        own = None
        if answering.may_be_own(pending):
            own = await run_in_threadpool(answering.as_own, self.engine, pending)
        turn = None
        # A choice that is the core's own is not asked of the assistant.
        if not other and own is None and pending.conversation.status != "navigator":
            turn = await answering.turn_for(self.assistant, pending)

        def work() -> answering.Claim | None:
            return answering.finish(self.engine, claimed, turn, self.settings, other_language=other, own=own)

        return await run_in_threadpool(work)

    async def sweep(self) -> int:
        """Answer what a process that died left behind; how many conversations had such messages."""
        left = await run_in_threadpool(answering.waiting_conversations, self.engine, utcnow())
        for conversation_id in left:
            await self.answer(conversation_id)
        return len(left)
