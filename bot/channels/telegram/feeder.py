"""Giving each written-down update to the core, once, and marking it done.

Once the core has a message it is the core's (its own inbox answers it, whoever dies): the update is marked done then,
so that the next message of the chat, which may speak of danger, never waits for an answer to the last one. The answer
is looked for at once, beside.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import Forbidden

from bot.channels.telegram import inbox, kept, notices, outbox
from bot.channels.telegram.commands import obey
from bot.channels.telegram.erasing import erase
from bot.channels.telegram.inbox import Taken
from bot.channels.telegram.link import Link
from bot.channels.telegram.render import LOCATION, Part, after_tap, words
from bot.channels.telegram.rounds import Rounds
from bot.channels.telegram.sender import backoff
from bot.conversation.core import TooManyMessages
from bot.conversation.handing import CHANGES
from bot.places import gazetteer

__all__ = ["Feeder"]

logger = logging.getLogger(__name__)

AT_ONCE = 16
ATTEMPTS_AT_MOST = 6


class Feeder:
    """Takes updates from the inbox to the core."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.rounds: Rounds[Taken] = Rounds("telegram inbox", lambda limit: inbox.claim(link.engine, limit), self._feed, AT_ONCE)
        self._kinds: dict[str, Callable[[Taken], Coroutine[Any, Any, None]]] = {
            "text": self._text, "edited": self._edited, "command": self._command, "tap": self._tap,
            "place": self._place, "unreadable": self._unreadable, "group": self._group,
        }

    def wake(self) -> None:
        """An update was written down: look now."""
        self.rounds.wake()

    async def _feed(self, taken: Taken) -> None:
        try:
            await self._kinds[taken.payload["kind"]](taken)
        except TooManyMessages as flood:
            await self._hold_back(taken, flood.retry_after)
        except Exception as error:  # its text may hold what the resident wrote: only its kind
            logger.error("telegram: an update was not taken: %s", type(error).__name__)
            if taken.attempts < ATTEMPTS_AT_MOST:
                await self.link.write(lambda connection: inbox.later(connection, taken, backoff(taken.attempts)))
            else:
                await self._give_up(taken)
        self.link.sender.wake()

    async def _text(self, taken: Taken) -> None:
        await self.link.give(taken, text=taken.payload["text"])

    async def _edited(self, taken: Taken) -> None:
        """The last message, changed, is said anew; an older one is not gone back to."""
        last = await self.link.read(lambda connection: kept.last_from_resident(connection, taken.chat_ref))
        if last == taken.payload["message_id"]:
            await self.link.give(taken, text=taken.payload["text"])
        elif await self.link.find(taken.chat_ref) is None:
            await self.link.done(taken)
        else:
            await self.link.say(taken, notices.edited_old)

    async def _command(self, taken: Taken) -> None:
        await self.link.remember(taken)
        await obey(self.link, taken)

    async def _place(self, taken: Taken) -> None:
        key = taken.payload["place"]
        if key is None:
            await self.link.remember(taken)
            await self.link.say(taken, notices.location_unknown)
            return
        conversation = await self.link.open(taken)
        name = gazetteer().by_key(key).display(conversation.language)
        await self.link.give(taken, text=name, choice=f"place:{key}", notice=notices.location_understood(name))

    async def _unreadable(self, taken: Taken) -> None:
        refusal = notices.unreadable(taken.payload["what"])
        if taken.payload["caption"]:  # the words beside a photo can speak of danger as any others
            await self.link.give(taken, text=taken.payload["caption"], notice=refusal)
        else:
            await self.link.remember(taken)
            await self.link.say(taken, refusal)

    async def _tap(self, taken: Taken) -> None:
        data, number = taken.payload["data"], taken.payload["message_id"]
        choice = await self.link.read(lambda connection: kept.choice_of(connection, data))
        self.link.beside(self.link.chats.acknowledge(taken.payload["query_id"]))
        if choice == LOCATION:
            await self.link.say(taken, notices.location_ask)
        elif choice == "erase":
            await erase(self.link, taken)
        elif choice is None:
            self.link.beside(self.link.chats.take_buttons(taken.chat_ref, number))
            await self.link.say(taken, notices.choice_gone)
        else:
            shown = await self.link.read(lambda connection: outbox.shown_as(connection, taken.chat_ref, number))
            await self.link.give(taken, choice=choice, client_id=outbox.tap_id(number, shown, choice))
            if not choice.startswith(CHANGES):  # whose answer changes the message itself (sender.py)
                self.link.beside(self._settle(taken.chat_ref, number))

    async def _settle(self, chat_ref: str, number: int) -> None:
        """Edit the message whose button was tapped: it says what was chosen, and its question cannot be answered again."""
        shown = await self.link.read(lambda connection: outbox.shown_as(connection, chat_ref, number))
        if shown is None:
            await self.link.chats.take_buttons(chat_ref, number)
        else:
            await self.link.chats.show(chat_ref, number, after_tap(shown.message, shown.part, shown.tapped))

    async def _group(self, taken: Taken) -> None:
        """Say in both languages that we answer in private, and leave: nobody's words should reach us from there."""
        with contextlib.suppress(Forbidden):  # somebody took the bot out already
            await self.link.chats.say(taken.chat_ref, Part("\n\n".join(words(language, "group") for language in ("fr", "en"))))
        await self.link.chats.leave(taken.chat_ref)
        await self.link.done(taken)

    async def _hold_back(self, taken: Taken, seconds: float) -> None:
        """Too fast: this update and those behind it wait; said once."""
        await self.link.write(lambda connection: inbox.later(connection, taken, seconds))
        if taken.attempts == 1:
            conversation = await self.link.find(taken.chat_ref)
            await self.link.try_to_say(taken.chat_ref, words(conversation.language if conversation else "fr", "too_many"))

    async def _give_up(self, taken: Taken) -> None:
        """A defect of ours: the person is told, in both languages, with lines to call."""
        await self.link.write(lambda connection: inbox.failed(connection, taken.update_id))
        await self.link.try_to_say(taken.chat_ref, "\n\n".join(words(language, "defect") for language in ("fr", "en")))
