"""The navigator's side of a conversation: speaking in it, handing it back, closing it, in the caller's transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, update

from bot.conversation import storage
from bot.conversation.effects import words
from bot.conversation.messages import Draft
from bot.conversation.tables import conversations, messages
from bot.store.base import utcnow

__all__ = ["DeskSide"]


class DeskSide:
    """What a navigator does to a conversation. Every method works in the transaction of its caller (bot/handoff)."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def take(self, connection: Connection, conversation_id: str, name: str) -> None:
        """A navigator has it: the assistant is silent from now on, also for messages not answered yet."""
        conversation = storage.lock(connection, conversation_id)
        if conversation is None:
            return
        self._set(connection, conversation_id, status="navigator", handed_off=True)
        connection.execute(update(messages).where(messages.c.conversation_id == conversation_id).values(handled=True))
        self._say(connection, conversation, Draft(words(conversation.language, "navigator_here", name=name), kind="handoff", sender="system"))

    def say(self, connection: Connection, conversation_id: str, text: str, services: list[dict[str, Any]] | None = None) -> int | None:
        """A navigator's message to the resident, on whatever channel they are; its seq, null when there is no such conversation."""
        conversation = storage.lock(connection, conversation_id)
        if conversation is None:
            return None
        kind = "services" if services else "text"
        return self._say(connection, conversation, Draft(text, kind=kind, sender="navigator", services=services or []))

    def give_back(self, connection: Connection, conversation_id: str) -> None:
        """To the assistant, which resumes with what is known."""
        self._leave(connection, conversation_id, "assistant", "navigator_left")

    def to_queue(self, connection: Connection, conversation_id: str) -> None:
        """Back to waiting (transfer, a navigator who went away)."""
        self._set(connection, conversation_id, status="waiting")

    def close(self, connection: Connection, conversation_id: str) -> None:
        """Closed; a message of the resident opens it again."""
        self._leave(connection, conversation_id, "closed", "closed")

    def _leave(self, connection: Connection, conversation_id: str, status: str, said: str) -> None:
        conversation = storage.lock(connection, conversation_id)
        if conversation is None:
            return
        self._set(connection, conversation_id, status=status, asks=None)
        self._say(connection, conversation, Draft(words(conversation.language, said), kind="handoff", sender="system"))

    def _say(self, connection: Connection, conversation: Any, draft: Draft) -> int:
        return storage.append(connection, conversation, [draft], reply_to=None, language=conversation.language, now=utcnow())

    def _set(self, connection: Connection, conversation_id: str, **values: Any) -> None:
        connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(**values))
