"""Long choices under short handles, and the numbers of messages that a bot may still delete."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.channels.telegram.limits import CALLBACK_DATA_BYTES, DELETE_WITHIN
from bot.channels.telegram.tables import telegram_handles, telegram_messages

__all__ = ["choice_of", "data_for", "forget_chat", "forget_messages", "keep_choices", "last_from_resident",
           "message_numbers", "remember_message"]

HANDLE = "h:"


def data_for(choice: str) -> str:
    """callback_data for a choice: itself when it is short enough, else a handle that is always the same for it."""
    if len(choice.encode()) <= CALLBACK_DATA_BYTES and not choice.startswith(HANDLE):
        return choice
    return HANDLE + hashlib.sha256(choice.encode()).hexdigest()[:32]


def keep_choices(connection: Connection, choices: Iterable[str]) -> None:
    """Write down those that need a handle."""
    for choice in choices:
        handle = data_for(choice)
        if handle == choice:
            continue
        try:
            with connection.begin_nested():
                connection.execute(insert(telegram_handles).values(handle=handle, choice=choice))
        except IntegrityError:
            continue


def choice_of(connection: Connection, data: str) -> str | None:
    """The choice behind callback_data; null for a handle that we never gave."""
    if not data.startswith(HANDLE):
        return data
    return connection.scalar(select(telegram_handles.c.choice).where(telegram_handles.c.handle == data))


def remember_message(connection: Connection, chat_ref: str, number: int, from_resident: bool, now: datetime) -> None:
    """A message that is not in the outbox: the resident's own, or one said outside a conversation."""
    try:
        with connection.begin_nested():
            connection.execute(insert(telegram_messages).values(chat_ref=chat_ref, message_id=number,
                                                                from_resident=from_resident, at=now))
    except IntegrityError:
        return


def last_from_resident(connection: Connection, chat_ref: str) -> int | None:
    """The number of the resident's newest message."""
    query = select(func.max(telegram_messages.c.message_id))
    return connection.scalar(query.where(telegram_messages.c.chat_ref == chat_ref, telegram_messages.c.from_resident.is_(True)))


def message_numbers(connection: Connection, chat_ref: str) -> list[int]:
    """The numbers remembered for a chat."""
    return list(connection.scalars(select(telegram_messages.c.message_id).where(telegram_messages.c.chat_ref == chat_ref)))


def forget_chat(connection: Connection, chat_ref: str) -> None:
    """Nothing of this chat stays."""
    connection.execute(delete(telegram_messages).where(telegram_messages.c.chat_ref == chat_ref))


def forget_messages(connection: Connection, now: datetime) -> None:
    """Remove the numbers that are of no more use: too old to be deleted by a bot."""
    connection.execute(delete(telegram_messages).where(telegram_messages.c.at < now - DELETE_WITHIN))
