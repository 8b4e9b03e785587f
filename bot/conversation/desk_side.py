"""The navigator's side of a conversation: speaking in it, handing it back, closing it, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from bot.conversation import storage
from bot.conversation.effects import words
from bot.conversation.handing import LEAVE, AskingForAPerson
from bot.conversation.later import consent_to_ask
from bot.conversation.messages import Draft, choice
from bot.conversation.tables import conversations, messages
from bot.handoff import requests
from bot.store.base import utcnow

__all__ = ["DeskSide"]


class DeskSide:
    """What a navigator does to a conversation. Every method works in the transaction of its caller (bot/handoff)."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def take(self, connection: Connection, conversation_id: str, name: str, said: str = "navigator_here") -> None:
        """A navigator has it (`said`: navigator_again for one who took a closing back): the assistant is silent from now on,
        also for messages not answered yet."""
        conversation = storage.lock(connection, conversation_id)
        if conversation is None:
            return
        self._set(connection, conversation_id, status="navigator", handed_off=True, asks=None)
        connection.execute(update(messages).where(messages.c.conversation_id == conversation_id).values(handled=True))
        back = choice(words(conversation.language, "buttons.back_to_assistant"), LEAVE)
        here = words(conversation.language, said, name=name)
        self._say(connection, conversation, Draft(here, kind="handoff", sender="system", choices=[back]))

    def say(self, connection: Connection, conversation_id: str, text: str, services: list[dict[str, Any]] | None = None,
            client_id: str | None = None) -> int | None:
        """A navigator's message to the resident, on whatever channel they are; its seq, null when there is no such conversation."""
        conversation = storage.lock(connection, conversation_id)
        if conversation is None:
            return None
        kind = "services" if services else "text"
        return self._say(connection, conversation, Draft(text, kind=kind, sender="navigator", services=services or []), client_id)

    def said_before(self, connection: Connection, conversation_id: str, client_id: str) -> int | None:
        """The seq of the message with this client_id, null when there is none yet."""
        return connection.scalar(
            select(messages.c.seq).where(messages.c.conversation_id == conversation_id, messages.c.client_id == client_id)
        )

    def give_back(self, connection: Connection, conversation_id: str) -> None:
        """To the assistant, which resumes with what is known."""
        self._leave(connection, conversation_id, "assistant", "navigator_left")

    def to_queue(self, connection: Connection, conversation_id: str, said: str, request_id: str, now: datetime) -> None:
        """Back to waiting, with a notice (`said`: navigator_passed for a transfer, navigator_away for one who went away).
        The request waits already."""
        conversation, request = storage.lock(connection, conversation_id), requests.open_request(connection, conversation_id)
        if conversation is None or request is None:
            return
        self._set(connection, conversation_id, status="waiting")
        line = self._asking(connection, conversation, now).line_of(request)
        text = words(conversation.language, said, expect=line)
        self._say(connection, conversation, Draft(text, kind="handoff", sender="system"))

    def still_waiting(self, connection: Connection, conversation_id: str, request_id: str, now: datetime) -> None:
        """Nobody came within the set time."""
        conversation, request = storage.lock(connection, conversation_id), requests.open_request(connection, conversation_id)
        if conversation is None or request is None or conversation.channel == "referral":
            return
        self._say(connection, conversation, self._asking(connection, conversation, now).still_waiting(request))

    def close(self, connection: Connection, conversation_id: str, ask_later: bool = False) -> None:
        """Closed; a message of the resident opens it again. ask_later: ask whether they agree to one question later."""
        self._leave(connection, conversation_id, "closed", "closed")
        conversation = storage.find(connection, conversation_id)
        if ask_later and conversation is not None and conversation.channel != "referral":
            self._say(connection, conversation, consent_to_ask(conversation.language))

    def _leave(self, connection: Connection, conversation_id: str, status: str, said: str) -> None:
        conversation = storage.lock(connection, conversation_id)
        if conversation is None:
            return
        self._set(connection, conversation_id, status=status, asks=None)
        self._say(connection, conversation, Draft(words(conversation.language, said), kind="handoff", sender="system"))

    @staticmethod
    def _asking(connection: Connection, conversation: Row[Any], now: datetime) -> AskingForAPerson:
        return AskingForAPerson(connection, conversation, conversation.known, conversation.language, now)

    def _say(self, connection: Connection, conversation: Any, draft: Draft, client_id: str | None = None) -> int:
        return storage.append(connection, conversation, [draft], reply_to=None, language=conversation.language, now=utcnow(),
                              client_id=client_id)

    def _set(self, connection: Connection, conversation_id: str, **values: Any) -> None:
        connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(**values))
