"""Telegram's limits, with their sources, and the pace that keeps below them."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from telegram.constants import (
    BotCommandLimit,
    BotDescriptionLimit,
    BulkRequestLimit,
    InlineKeyboardButtonLimit,
    MessageLimit,
    PollingLimit,
)

__all__ = [
    "BUTTON_TEXT_IN_PAIRS",
    "CALLBACK_DATA_BYTES",
    "COMMAND_DESCRIPTION",
    "DEEP_LINK_CHARACTERS",
    "DELETE_AT_ONCE",
    "DELETE_WITHIN",
    "DESCRIPTION",
    "MESSAGES_A_SECOND",
    "MESSAGE_CHARACTERS",
    "PART_CHARACTERS",
    "SECONDS_BETWEEN_IN_A_CHAT",
    "SHORT_DESCRIPTION",
    "UPDATES_AT_ONCE",
    "UPDATES_REMEMBERED",
    "Pace",
]

# A message's text, "1-4096 characters after entities parsing": https://core.telegram.org/bots/api#sendmessage
MESSAGE_CHARACTERS = int(MessageLimit.MAX_TEXT_LENGTH)
# What one part of ours holds, tags included (so a little less is seen): room is left for the line that says which
# button was tapped when the message is edited.
PART_CHARACTERS = MESSAGE_CHARACTERS - 196
# https://core.telegram.org/bots/api#inlinekeyboardbutton
CALLBACK_DATA_BYTES = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
# The start parameter: "up to 64 characters", A-Z a-z 0-9 _ -: https://core.telegram.org/bots/features#deep-linking
DEEP_LINK_CHARACTERS = 64
# https://core.telegram.org/bots/api#setmycommands, #setmydescription, #setmyshortdescription
COMMAND_DESCRIPTION = int(BotCommandLimit.MAX_DESCRIPTION)
DESCRIPTION = int(BotDescriptionLimit.MAX_DESCRIPTION_LENGTH)
SHORT_DESCRIPTION = int(BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH)
# "A message can only be deleted if it was sent less than 48 hours ago": https://core.telegram.org/bots/api#deletemessage
DELETE_WITHIN = timedelta(hours=48)
DELETE_AT_ONCE = int(BulkRequestLimit.MAX_LIMIT)  # https://core.telegram.org/bots/api#deletemessages
# "In a single chat, avoid sending more than one message per second", and about 30 a second over all chats; some room
# is left for what is not a message: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
SECONDS_BETWEEN_IN_A_CHAT = 1.0
MESSAGES_A_SECOND = 25.0
UPDATES_AT_ONCE = int(PollingLimit.MAX_LIMIT)
# Telegram keeps an update "no longer than 24 hours": after three times that none can come again, and its number may go.
# https://core.telegram.org/bots/api#getting-updates
UPDATES_REMEMBERED = timedelta(hours=72)
# Two buttons stand side by side on a narrow phone when both labels are this short. Our own choice, looked at on 320 px.
BUTTON_TEXT_IN_PAIRS = 16


class Pace:
    """Says when the next message may leave: `between` seconds after the last one in its chat, `a_second` over all chats.

    It is one process's own; between processes, the outbox holds a chat's next row back (outbox.py), and Telegram's 429
    is obeyed.
    """

    def __init__(self, between: float = SECONDS_BETWEEN_IN_A_CHAT, a_second: float = MESSAGES_A_SECOND) -> None:
        self.between = between
        self._gap = 1.0 / a_second
        self._next_overall = 0.0
        self._next_in_chat: dict[str, float] = {}

    async def turn(self, chat_ref: str) -> None:
        """Wait for a turn in this chat. Turns are given in the order in which they were asked for."""
        now = time.monotonic()
        if len(self._next_in_chat) > 10_000:
            self._next_in_chat = {chat: at for chat, at in self._next_in_chat.items() if at > now}
        at = max(now, self._next_overall, self._next_in_chat.get(chat_ref, 0.0))
        self._next_overall, self._next_in_chat[chat_ref] = max(now, self._next_overall) + self._gap, at + self.between
        if at > now:
            await asyncio.sleep(at - now)
