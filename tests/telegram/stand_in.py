"""A stand-in for Telegram: the real Bot API over HTTP on loopback, and the people on the other side of it.

    with StandIn() as telegram:
        settings = load_settings({...}, telegram_token=telegram.token, telegram_api=telegram.origin)
        ana = telegram.resident(language_code="fr")
        ana.starts()                                  # /start, or ana.starts("clinique-tracy") by a deep link
        ana.writes("j'ai pus rien à manger")
        shown = await ana.hears("quelle ville")       # in a test without a loop: ana.waits_for("quelle ville")
        ana.taps("Passer")                            # a button anywhere on the screen
        telegram.fails("sendMessage", status=429, retry_after=2)

What residents see is on `ana.screen` (both sides) and `ana.heard` (the bot's side); what the bot called is in
`telegram.calls("sendMessage")`. Times of messages can be moved back with `telegram.hours_pass(49)`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.telegram.stand_in_methods import message_json
from tests.telegram.stand_in_server import BotApiServer
from tests.telegram.stand_in_state import Call, Chat, Fault, Seen, World

__all__ = ["Group", "Resident", "Seen", "StandIn"]

Wanted = str | Callable[[Seen], bool]


class StandIn:
    """The server and its world. `origin` is what BONNEPORTE_TELEGRAM_API takes."""

    def __init__(self, token: str = "1234567:stand-in-token-for-tests-only") -> None:
        self.token = token
        self.world = World(token)
        self.server = BotApiServer(self.world)
        self._next_chat = 7001

    def start(self) -> StandIn:
        self.server.start()
        return self

    def stop(self) -> None:
        """Out of reach, as when the network is down; start() brings it back on the same port with all it held."""
        self.server.stop()

    def __enter__(self) -> StandIn:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    # People

    def resident(self, language_code: str | None = "fr", first_name: str = "Personne") -> Resident:
        """Somebody new, in a private chat with the bot."""
        user = {"id": self._next_chat, "is_bot": False, "first_name": first_name, "last_name": "Inconnue", "username": f"u{self._next_chat}"}
        if language_code:
            user["language_code"] = language_code
        chat = Chat(self._next_chat, "private", user)
        self._next_chat += 1
        self.world.chats[chat.id] = chat
        return Resident(self, chat)

    def group(self, title: str = "Groupe") -> Group:
        """A group that somebody just added the bot to."""
        user = {"id": self._next_chat, "is_bot": False, "first_name": "Quelqu'un", "language_code": "fr"}
        chat = Chat(-100_000_000_000 - self._next_chat, "supergroup", user, title=title)
        self._next_chat += 1
        self.world.chats[chat.id] = chat
        group = Group(self, chat)
        group.adds_the_bot()
        return group

    # What the bot did

    def calls(self, method: str, chat_id: int | None = None) -> list[Call]:
        """Calls of `method`, in order, also refused ones."""
        with self.world.lock:
            return [call for call in self.world.calls if call.method == method
                    and (chat_id is None or str(call.params.get("chat_id")) == str(chat_id))]

    @property
    def unconfirmed(self) -> list[int]:
        """update_ids that the bot has not acknowledged."""
        with self.world.lock:
            return [update["update_id"] for update in self.world.pending]

    # Trouble

    def fails(self, method: str, status: int, *, retry_after: int = 1, times: int = 1, chat_id: int | None = None,
              done: bool = False) -> None:
        """The next `times` calls fail with `status`; with done=True they are carried out and only the answer is lost."""
        with self.world.lock:
            self.world.faults.append(Fault(method, status, retry_after, times, chat_id, done))

    def hours_pass(self, hours: float) -> None:
        """Everything so far is that much older."""
        with self.world.lock:
            self.world.shift += timedelta(hours=hours)


class Party:
    """A chat, from the side of those who write to the bot."""

    def __init__(self, telegram: StandIn, chat: Chat) -> None:
        self.telegram, self.world, self.chat = telegram, telegram.world, chat
        self._mark = 0

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def screen(self) -> list[Seen]:
        """What is visible now, both sides, oldest first."""
        with self.world.lock:
            return sorted(self.chat.messages.values(), key=lambda seen: seen.id)

    @property
    def heard(self) -> list[Seen]:
        """What the bot's messages say now, oldest first."""
        return [seen for seen in self.screen if seen.by_bot]

    @property
    def last(self) -> Seen:
        return self.heard[-1]

    def _post(self, text: str, **content: Any) -> int:
        with self.world.lock:
            seen = self.world.add_message(self.chat, False, text)
            self._mark = self.chat.revision
            body = message_json(self.world, self.chat, seen)
            del body["entities"]
            if not text:
                del body["text"]
            elif text.startswith("/"):
                body["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
            self.world.add_update("message", {**body, **content})
        return seen.id

    def writes(self, text: str) -> int:
        """Sends a text; its message_id."""
        return self._post(text)

    def find(self, wanted: Wanted, anywhere: bool = False) -> Seen | None:
        """The bot's first message that holds `wanted`, sent or edited since this person's last move (or anywhere)."""
        def fits(seen: Seen) -> bool:
            return wanted in seen.text if isinstance(wanted, str) else wanted(seen)

        return next((seen for seen in self.heard if (anywhere or seen.revision > self._mark) and fits(seen)), None)

    async def hears(self, wanted: Wanted, seconds: float = 6.0, anywhere: bool = False) -> Seen:
        """Waits for such a message. Raises AssertionError with what is on the screen."""
        deadline = time.monotonic() + seconds
        while (seen := self.find(wanted, anywhere)) is None:
            if time.monotonic() > deadline:
                self._fail(f"did not hear {wanted!r} in {seconds} s")
            await asyncio.sleep(0.02)
        return seen

    def waits_for(self, wanted: Wanted, seconds: float = 6.0, anywhere: bool = False) -> Seen:
        """`hears` for a test without an event loop."""
        deadline = time.monotonic() + seconds
        while (seen := self.find(wanted, anywhere)) is None:
            if time.monotonic() > deadline:
                self._fail(f"did not hear {wanted!r} in {seconds} s")
            time.sleep(0.02)
        return seen

    def _fail(self, what: str) -> None:
        lines = [f"{'bot' if seen.by_bot else 'me '}| {seen.text}  {seen.labels or ''}" for seen in self.screen]
        raise AssertionError("\n".join([what, *lines]))


class Resident(Party):
    """A person in a private chat with the bot."""

    def starts(self, door: str | None = None) -> int:
        """Opens the bot, by its deep link when a door is given."""
        return self.writes(f"/start {door}" if door else "/start")

    def edits(self, message_id: int, text: str) -> None:
        """Changes a message already sent."""
        with self.world.lock:
            seen = self.chat.messages[message_id]
            self.chat.revision += 1
            self._mark = seen.revision = self.chat.revision
            seen.text, seen.edited = text, True
            body = message_json(self.world, self.chat, seen)
            self.world.add_update("edited_message", body)

    def taps(self, label: str, message: Seen | None = None) -> str:
        """Taps the newest button that says `label`; the callback query's id. Raises AssertionError when there is none."""
        for seen in [message] if message else reversed(self.heard):
            data = seen.button(label)
            if data is not None:
                return self.taps_data(data, seen)
        self._fail(f"no button {label!r}")
        raise AssertionError

    def taps_data(self, data: str, message: Seen) -> str:
        """Taps with this callback_data, even one that is no longer on the screen (a double tap)."""
        with self.world.lock:
            query_id = f"{self.id}{len(self.world.queries) + 1:06d}"
            self.world.queries[query_id] = {"answered": False, "text": None}
            self._mark = self.chat.revision
            self.world.add_update("callback_query", {
                "id": query_id, "from": self.chat.user, "chat_instance": str(self.id), "data": data,
                "message": message_json(self.world, self.chat, message),
            })
        return query_id

    def query(self, query_id: str) -> dict[str, Any]:
        """{answered, text} of a callback query."""
        with self.world.lock:
            return dict(self.world.queries[query_id])

    @property
    def keyboard(self) -> list[dict[str, Any]]:
        """The buttons of the reply keyboard that is open, if any."""
        with self.world.lock:
            rows = (self.chat.keyboard or {}).get("keyboard", [])
            return [button for row in rows for button in row]

    def sends_location(self, lat: float, lon: float, **more: Any) -> int:
        """Shares where they are (degrees)."""
        return self._post("", location={"latitude": lat, "longitude": lon, **more})

    def sends_photo(self, caption: str | None = None) -> int:
        photo = [{"file_id": "photo-1", "file_unique_id": "p1", "width": 90, "height": 90, "file_size": 1000}]
        return self._post("", photo=photo, **({"caption": caption} if caption else {}))

    def sends_voice(self) -> int:
        return self._post("", voice={"file_id": "voice-1", "file_unique_id": "v1", "duration": 4})

    def sends_document(self) -> int:
        return self._post("", document={"file_id": "doc-1", "file_unique_id": "d1", "file_name": "bail.pdf"})

    def sends_sticker(self) -> int:
        sticker = {"file_id": "s", "file_unique_id": "s1", "type": "regular", "width": 512, "height": 512,
                   "is_animated": False, "is_video": False}
        return self._post("", sticker=sticker)

    def blocks(self) -> None:
        """Blocks the bot: it can no longer write here."""
        self.chat.blocked = True

    def unblocks(self) -> None:
        self.chat.blocked = False


class Group(Party):
    """A group chat with the bot in it."""

    def adds_the_bot(self) -> None:
        member = {"user": self.world.bot, "status": "member"}
        self.world.add_update("my_chat_member", {
            "chat": self.chat.as_json(), "from": self.chat.user, "date": int(self.world.now().timestamp()),
            "old_chat_member": {"user": self.world.bot, "status": "left"}, "new_chat_member": member,
        })
