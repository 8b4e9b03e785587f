"""An update of Telegram's, cut down to what the core needs: no name, no user name, no coordinates, no file.

A shared location becomes the nearest place here, before anything is written anywhere.

kinds of payload, each with `message_id` and `language` (fr, en or null: what the phone is set to):
    text        text
    edited      text
    command     name, argument
    tap         data, query_id; message_id is the message that carries the button
    place       place: a key of the gazetteer, null when it is far from all we know
    unreadable  what: photo, voice, file or other; caption
    group       somebody wrote in a group, or added the bot to one
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from telegram import Message, Update, User
from telegram.constants import ChatType

from bot.places import gazetteer

__all__ = ["ALLOWED_UPDATES", "Noted", "note"]

logger = logging.getLogger(__name__)

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_PRESENT = {"member", "administrator", "restricted"}
# Any of these on a message, and it cannot be read; the first that is there names it.
_WHAT = {
    "photo": "photo", "voice": "voice", "audio": "voice", "video_note": "voice", "video": "file", "animation": "photo",
    "document": "file", "sticker": "other", "contact": "other", "poll": "other", "dice": "other", "story": "other",
}


@dataclass(frozen=True, slots=True)
class Noted:
    """What is written down of one update."""

    update_id: int
    chat_ref: str
    payload: dict[str, Any]


def note(update: Update) -> Noted | None:
    """What to write down; null for what concerns nobody (service messages, channels, somebody who blocked the bot).

    One that we fail to read is null too, and logged by its kind of failure: it would come again before all others.
    """
    try:
        return _note(update)
    except Exception as error:
        logger.error("telegram: an update could not be read: %s", type(error).__name__)
        return None


def _note(update: Update) -> Noted | None:
    chat = update.effective_chat
    if chat is None:
        return None
    payload = _group(update) if chat.type != ChatType.PRIVATE else _private(update)
    return Noted(update.update_id, str(chat.id), payload) if payload else None


def _group(update: Update) -> dict[str, Any] | None:
    member = update.my_chat_member
    if member is not None and member.new_chat_member.status not in _PRESENT:
        return None
    if update.effective_chat is not None and update.effective_chat.type == ChatType.CHANNEL:
        return None
    return {"kind": "group"}


def _private(update: Update) -> dict[str, Any] | None:
    if update.callback_query is not None:
        query = update.callback_query
        if query.message is None or not query.data:
            return None
        return _with(query.message.message_id, query.from_user, kind="tap", data=query.data, query_id=query.id)
    if update.edited_message is not None:
        edited = update.edited_message
        text = edited.text or edited.caption
        return _with(edited.message_id, edited.from_user, kind="edited", text=text) if text else None
    return _message(update.message) if update.message is not None else None


def _message(message: Message) -> dict[str, Any] | None:
    number, user = message.message_id, message.from_user
    if message.location is not None:
        nearest = gazetteer().nearest(message.location.latitude, message.location.longitude)
        return _with(number, user, kind="place", place=nearest.key if nearest else None)
    if message.text is not None:
        name, argument = _command(message.text)
        if name:
            return _with(number, user, kind="command", name=name, argument=argument)
        return _with(number, user, kind="text", text=message.text)
    what = next((said for field, said in _WHAT.items() if getattr(message, field, None)), None)
    return _with(number, user, kind="unreadable", what=what, caption=message.caption) if what else None


def _command(text: str) -> tuple[str, str]:
    """("start", "clinique-tracy") of "/start clinique-tracy", also with @name_of_the_bot; ("", "") when it is none."""
    if not text.startswith("/"):
        return "", ""
    first, _, argument = text[1:].partition(" ")
    return first.partition("@")[0].lower(), argument.strip()


def _with(message_id: int, user: User | None, **payload: Any) -> dict[str, Any]:
    code = (user.language_code or "")[:2].lower() if user else ""
    return {**payload, "message_id": message_id, "language": code if code in ("fr", "en") else None}
