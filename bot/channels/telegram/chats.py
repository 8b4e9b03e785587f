"""Speaking in chats: the Bot API's calls with our pace, our keyboards and nothing else."""

from __future__ import annotations

import contextlib
import logging
from datetime import timedelta

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.channels.telegram.kept import data_for
from bot.channels.telegram.limits import BUTTON_TEXT_IN_PAIRS, DELETE_AT_ONCE, Pace
from bot.channels.telegram.render import Part, words

__all__ = ["Chats", "seconds_to_wait"]

logger = logging.getLogger(__name__)

# What Telegram answers to an edit that changes nothing (Bot API, editMessageText; it has no code of its own).
_UNCHANGED = "not modified"

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None


def seconds_to_wait(error: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    asked = error.retry_after
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)


class Chats:
    """The bot's voice. What fails raises telegram.error.TelegramError, except where the docstring says otherwise."""

    def __init__(self, bot: Bot, pace: Pace) -> None:
        self.bot, self.pace = bot, pace

    async def say(self, chat_ref: str, part: Part) -> int:
        """Send one message when its turn comes; its number."""
        await self.pace.turn(chat_ref)
        sent = await self.bot.send_message(
            int(chat_ref), part.html, parse_mode=ParseMode.HTML, reply_markup=_markup(part),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return int(sent.message_id)

    async def change(self, chat_ref: str, number: int, part: Part) -> bool:
        """Edit a message in place; false when it is no longer there to be edited."""
        await self.pace.turn(chat_ref)
        try:
            await self._edit(chat_ref, number, part)
        except BadRequest as error:
            return _UNCHANGED in str(error)  # it says this already: an attempt that went before a crash
        return True

    async def show(self, chat_ref: str, number: int, part: Part) -> None:
        """Edit a message in place. A failure changes nothing that matters and is let go."""
        with contextlib.suppress(TelegramError):
            await self._edit(chat_ref, number, part)

    async def _edit(self, chat_ref: str, number: int, part: Part) -> None:
        await self.bot.edit_message_text(
            part.html, int(chat_ref), number, parse_mode=ParseMode.HTML, reply_markup=_inline(part.buttons),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    async def take_buttons(self, chat_ref: str, number: int) -> None:
        """Remove a message's buttons. A failure is let go."""
        with contextlib.suppress(TelegramError):
            await self.bot.edit_message_reply_markup(int(chat_ref), number, reply_markup=None)

    async def acknowledge(self, query_id: str, text: str | None = None) -> None:
        """End the little clock on a tapped button. One that is too old is let go."""
        with contextlib.suppress(TelegramError):
            await self.bot.answer_callback_query(query_id, text)

    async def typing(self, chat_ref: str) -> None:
        """Show that an answer is being looked for. A failure is let go."""
        with contextlib.suppress(TelegramError):
            await self.bot.send_chat_action(int(chat_ref), ChatAction.TYPING)

    async def delete(self, chat_ref: str, numbers: list[int]) -> bool:
        """Delete what Telegram lets a bot delete of these messages; false when it could not be asked."""
        for start in range(0, len(numbers), DELETE_AT_ONCE):
            try:
                await self.bot.delete_messages(int(chat_ref), numbers[start:start + DELETE_AT_ONCE])
            except TelegramError as error:
                logger.warning("Telegram did not delete messages: %s", type(error).__name__)
                return False
        return True

    async def leave(self, chat_ref: str) -> None:
        """Leave a group. A failure is let go."""
        with contextlib.suppress(TelegramError):
            await self.bot.leave_chat(int(chat_ref))


def _markup(part: Part) -> Markup:
    if part.keyboard == "location":
        button = KeyboardButton(words(part.language, "location.button"), request_location=True)
        return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True,
                                   input_field_placeholder=words(part.language, "location.hint"))
    if part.keyboard == "remove":
        return ReplyKeyboardRemove()
    return _inline(part.buttons)


def _inline(buttons: list[tuple[str, str]]) -> InlineKeyboardMarkup | None:
    """Rows of one button, or of two when both labels are short."""
    rows: list[list[InlineKeyboardButton]] = []
    for label, choice in buttons:
        button = InlineKeyboardButton(label, callback_data=data_for(choice))
        last = rows[-1] if rows else []
        if len(last) == 1 and len(label) <= BUTTON_TEXT_IN_PAIRS and len(last[0].text) <= BUTTON_TEXT_IN_PAIRS:
            last.append(button)
        else:
            rows.append([button])
    return InlineKeyboardMarkup(rows) if rows else None
