"""Rows of a conversation: reading, appending, erasing. Every function works inside its caller's transaction."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.conversation.messages import Draft
from bot.conversation.tables import conversations, messages, outbox
from bot.handoff import follow_up

__all__ = ["answers_to", "append", "by_channel", "create", "erase", "find", "hash_token", "lock", "resident_says", "since"]


def hash_token(token: str) -> str:
    """SHA-256 in hex: enough for a random 256-bit token, which cannot be guessed from its hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def create(connection: Connection, *, channel: str, language: str, door: str | None, channel_ref: str | None,
           now: datetime) -> tuple[str, str]:
    """A new conversation: its id and its token (given once, only its hash is kept)."""
    conversation_id, token = str(uuid4()), secrets.token_urlsafe(32)
    connection.execute(
        insert(conversations).values(
            id=conversation_id, token_hash=hash_token(token), channel=channel, channel_ref=channel_ref, door=door,
            language=language, status="assistant", known={}, last_seq=0, created_at=now, last_message_at=now,
        )
    )
    return conversation_id, token


def find(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """The conversation, or null."""
    return connection.execute(select(conversations).where(conversations.c.id == conversation_id)).one_or_none()


def lock(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """The conversation, held until the transaction ends, so that seq rises by exactly 1."""
    query = select(conversations).where(conversations.c.id == conversation_id).with_for_update()
    return connection.execute(query).one_or_none()


def by_channel(connection: Connection, channel: str, channel_ref: str) -> Row[Any] | None:
    """The conversation of one chat of a channel, or null."""
    query = select(conversations).where(conversations.c.channel == channel, conversations.c.channel_ref == channel_ref)
    return connection.execute(query).one_or_none()


def resident_says(connection: Connection, conversation: Row[Any], *, text: str, choice: str | None, client_id: str | None,
                  handled: bool, now: datetime) -> int:
    """Write a resident's message down; its seq. `conversation` is a row that this transaction locked."""
    seq = conversation.last_seq + 1
    _insert(connection, conversation, seq, Draft(text, sender="resident"), choice=choice, client_id=client_id,
            handled=handled, now=now)
    _advance(connection, conversation.id, seq, now)
    return seq


def append(connection: Connection, conversation: Row[Any], drafts: list[Draft], *, reply_to: int | None, language: str,
           now: datetime, first_seq: int | None = None, client_id: str | None = None) -> int:
    """Write messages to the resident, and what is to be sent for them, after `first_seq` (default: the last); the last seq.
    `client_id` belongs to the one message of a navigator."""
    seq = conversation.last_seq if first_seq is None else first_seq
    for draft in drafts:
        seq += 1
        _insert(connection, conversation, seq, draft, language=language, reply_to=reply_to, handled=True, now=now,
                client_id=client_id)
        if conversation.channel_ref is not None and conversation.channel != "referral":  # nobody reads a referral's words
            connection.execute(
                insert(outbox).values(conversation_id=conversation.id, seq=seq, channel_ref=conversation.channel_ref,
                                      status="waiting", not_before=now, sent_ids=[])
            )
    if drafts:
        _advance(connection, conversation.id, seq, now)
    return seq


def _insert(connection: Connection, conversation: Row[Any], seq: int, draft: Draft, *, now: datetime, handled: bool,
            language: str | None = None, **more: Any) -> None:
    connection.execute(
        insert(messages).values(
            conversation_id=conversation.id, seq=seq, from_=draft.sender, language=language or conversation.language,
            kind=draft.kind, text=draft.text, asks=draft.asks, choices=draft.choices, services=draft.services,
            helplines=draft.helplines, handled=handled, created_at=now, **more,
        )
    )


def _advance(connection: Connection, conversation_id: str, seq: int, now: datetime) -> None:
    connection.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(last_seq=seq, last_message_at=now)
    )


def since(connection: Connection, conversation_id: str, after: int) -> list[Row[Any]]:
    """Messages of both sides after `after`, in order."""
    query = select(messages).where(messages.c.conversation_id == conversation_id, messages.c.seq > after)
    return list(connection.execute(query.order_by(messages.c.seq)))


def answers_to(connection: Connection, conversation_id: str, seq: int) -> list[Row[Any]]:
    """The messages that answer the resident's message `seq`, in order."""
    query = select(messages).where(messages.c.conversation_id == conversation_id, messages.c.reply_to == seq)
    return list(connection.execute(query.order_by(messages.c.seq)))


def erase(connection: Connection, conversation_id: str) -> bool:
    """Erase the conversation and all that hangs on it (messages, tracker, outbox, handoff, a question to be asked later);
    false when there is none."""
    conversation = find(connection, conversation_id)
    if conversation is not None:
        follow_up.forget_chat(connection, conversation.channel, conversation.channel_ref or conversation_id)
    gone = connection.execute(delete(conversations).where(conversations.c.id == conversation_id))
    return gone.rowcount > 0
