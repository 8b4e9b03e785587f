"""What the stand-in Telegram remembers: chats with their messages, updates not yet confirmed, what was called."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["BOT_ID", "Call", "Chat", "Fault", "Refused", "Seen", "World"]

BOT_ID = 4242424242


class Refused(Exception):
    """An answer with ok=false, as the Bot API gives it."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.retry_after = status, description, retry_after


@dataclass
class Seen:
    """One message as it stands on the screen.

    buttons: [(label, callback_data)] of its inline keyboard; keyboard: its reply_markup when it is a reply keyboard (or
    the removal of one); revision: rises with each new message and each edit in the chat.
    """

    id: int
    by_bot: bool
    text: str
    entities: list[dict[str, Any]]
    date: datetime
    revision: int
    buttons: list[tuple[str, str]] = field(default_factory=list)
    keyboard: dict[str, Any] | None = None
    edited: bool = False

    @property
    def labels(self) -> list[str]:
        return [label for label, _ in self.buttons]

    def button(self, label: str) -> str | None:
        """callback_data of the button that says `label`."""
        return next((data for said, data in self.buttons if said == label), None)


@dataclass
class Chat:
    """A private chat or a group, from the bot's side."""

    id: int
    type: str
    user: dict[str, Any]
    title: str | None = None
    blocked: bool = False
    left: bool = False
    messages: dict[int, Seen] = field(default_factory=dict)
    keyboard: dict[str, Any] | None = None
    revision: int = 0

    def as_json(self) -> dict[str, Any]:
        if self.type == "private":
            return {"id": self.id, "type": "private", "first_name": self.user["first_name"]}
        return {"id": self.id, "type": self.type, "title": self.title}


@dataclass(frozen=True)
class Call:
    """One call of the Bot API: the method, its parameters, when (time.monotonic) and how it ended (HTTP status)."""

    method: str
    params: dict[str, Any]
    at: float
    status: int


@dataclass
class Fault:
    """The next `times` calls of `method` (for `chat_id` when given) fail.

    status: 429 with retry_after, 403, 500, 502… done: the call is carried out and only its answer lost.
    """

    method: str
    status: int
    retry_after: int = 1
    times: int = 1
    chat_id: int | None = None
    done: bool = False


class World:
    """Everything, behind one lock: tests write from their thread, the server answers from its own."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.lock = threading.RLock()
        self.bot = {"id": BOT_ID, "is_bot": True, "first_name": "Bonne Porte", "username": "bonne_porte_test_bot"}
        self.chats: dict[int, Chat] = {}
        self.pending: list[dict[str, Any]] = []
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.queries: dict[str, dict[str, Any]] = {}  # callback queries: answered, and with what
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}  # (scope, language_code)
        self.descriptions: dict[str, str] = {}
        self.short_descriptions: dict[str, str] = {}
        self.webhook: dict[str, Any] | None = None
        self.shift = timedelta()
        self.allowed: list[str] | None = None
        self.next_update_id = 900_000_001
        self.next_message_id = 101
        self.on_update: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def chat(self, chat_id: int) -> Chat:
        """The chat the bot writes to. Raises Refused as Telegram does."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        if chat.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat.left:
            raise Refused(403, "Forbidden: bot is not a member of the group chat")
        return chat

    def add_message(self, chat: Chat, by_bot: bool, text: str, **more: Any) -> Seen:
        chat.revision += 1
        seen = Seen(self.next_message_id, by_bot, text, more.pop("entities", []), self.now(), chat.revision, **more)
        self.next_message_id += 1
        chat.messages[seen.id] = seen
        return seen

    def add_update(self, kind: str, body: dict[str, Any]) -> int:
        """Queue one update for the bot; its update_id."""
        with self.lock:
            update_id = self.next_update_id
            self.next_update_id += 1
            if self.allowed is None or kind in self.allowed:
                self.pending.append({"update_id": update_id, kind: body})
        self.on_update()
        return update_id

    def fault_for(self, method: str, params: dict[str, Any]) -> Fault | None:
        """The fault that this call meets, used up once."""
        with self.lock:
            for fault in self.faults:
                same_chat = fault.chat_id is None or str(params.get("chat_id")) == str(fault.chat_id)
                if fault.method in (method, "*") and same_chat and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    def record(self, method: str, params: dict[str, Any], status: int) -> None:
        with self.lock:
            self.calls.append(Call(method, params, time.monotonic(), status))
