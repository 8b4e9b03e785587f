"""Erasing on Telegram: what its rules let a bot delete in the chat, then everything we hold, then a last word.

In a private chat a bot may delete its own messages and the person's, for 48 hours
(https://core.telegram.org/bots/api#deletemessage). A crash in the middle begins again; what is gone already stays gone.
"""

from __future__ import annotations

import contextlib

from sqlalchemy import Connection
from telegram.error import Forbidden

from bot.channels.telegram import inbox, kept, outbox
from bot.channels.telegram.inbox import Taken
from bot.channels.telegram.link import Link
from bot.channels.telegram.render import Part, words
from bot.conversation.core import NoSuchConversation

__all__ = ["erase"]


async def erase(link: Link, taken: Taken) -> None:
    """Erase the chat's conversation here and, as far as the rules allow, on Telegram; the update is done."""
    await link.remember(taken)
    conversation = await link.find(taken.chat_ref)

    def numbers(connection: Connection) -> list[int]:
        sent = outbox.sent_numbers(connection, conversation.id) if conversation else []
        return sorted({*sent, *kept.message_numbers(connection, taken.chat_ref), taken.payload["message_id"]})

    deleted = await link.chats.delete(taken.chat_ref, await link.read(numbers))
    language = conversation.language if conversation else taken.payload["language"] or "fr"
    if conversation is not None:
        with contextlib.suppress(NoSuchConversation):  # erased by somebody else just now
            await link.conversations.erase(conversation.id)
    await link.write(lambda connection: kept.forget_chat(connection, taken.chat_ref))
    # Said outside any conversation: there is none any more, and its number is kept nowhere.
    with contextlib.suppress(Forbidden):  # blocked meanwhile
        await link.chats.say(taken.chat_ref, Part(words(language, "erased" if deleted else "erased_not_here"), keyboard="remove"))
    await link.write(lambda connection: inbox.done(connection, taken.update_id))
