"""Writing a resident's message down: before anything else acts on it, with the lines to call if it speaks of danger.

    heard = listen(text)                  # danger is looked for, outside any transaction: it takes milliseconds
    receive(connection, ..., heard=heard) # the message and the lines are committed together

What was recognised is committed with the message, so that a person in danger has the lines even when everything after
it is down (docs/decisions/0005-safety.md). It is computed before, since a transaction that writes holds SQLite's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot import safety
from bot.conversation import danger, storage
from bot.conversation.beside import told_beside
from bot.conversation.handing import CONTACT, LEAVE, AskingForAPerson
from bot.conversation.messages import Draft
from bot.conversation.tables import conversations, messages
from bot.conversation.wrong import REPORT
from bot.handoff import requests
from bot.language import detect
from bot.words import load_words

__all__ = ["TEXT_LIMIT", "Heard", "Received", "TooManyMessages", "listen", "receive"]

# Longer messages are cut here, and the person is told. A Telegram message has at most 4,096 characters.
TEXT_LIMIT = 4096

_words = load_words(Path(__file__).with_name("words.yml"))


class TooManyMessages(Exception):
    """The conversation's flood limit is reached. `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Received:
    """seq of the resident's message; whether it was here already (same client_id)."""

    seq: int
    again: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it is kept ("" for a choice), and the danger recognised in it."""

    text: str
    finding: safety.Finding | None


def listen(text: str | None) -> Heard:
    """Cut the text to what is kept and look for danger in it. Never raises; call it before the transaction."""
    kept = (text or "").replace("\x00", "")[:TEXT_LIMIT]  # PostgreSQL refuses NUL in text
    return Heard(kept, safety.recognise(kept))


def receive(connection: Connection, conversation_id: str, *, heard: Heard, choice_value: str | None,
            client_id: str | None, limit_a_minute: int, now: datetime) -> Received | None:
    """Write one message down; null when there is no such conversation. Raises TooManyMessages."""
    conversation = storage.lock(connection, conversation_id)
    if conversation is None:
        return None
    if client_id is not None:
        before = connection.scalar(
            select(messages.c.seq).where(messages.c.conversation_id == conversation_id, messages.c.client_id == client_id)
        )
        if before is not None:
            return Received(before, True)
    _hold_back_floods(connection, conversation_id, limit_a_minute, now)
    text, finding = heard.text, heard.finding
    shown = text or _label_of(connection, conversation, choice_value)
    conversation = _follow_language(connection, conversation, text, choice_value)
    with_navigator = conversation.status == "navigator"
    # A number given where one was asked for is hidden even when something beside it ("tonight") is asked about gently.
    certain = finding is not None and finding.level == "certain"
    at_once = None if certain else _contact(connection, conversation, text, now)
    if at_once is not None:
        shown = _words(conversation.language, "contact_hidden")  # the number or address itself is not in the conversation
    if choice_value == LEAVE and with_navigator:
        at_once = _asking(connection, conversation, now).leave()[0]
    # The assistant has nothing to add to a message that is plainly about danger, nor while a navigator speaks.
    silent = with_navigator or at_once is not None or certain
    seq = storage.resident_says(connection, conversation, text=shown, choice=choice_value, client_id=client_id,
                                handled=silent, now=now)
    drafts = [] if at_once is None else [at_once]
    if at_once is not None:
        connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(asks=at_once.asks))
    if conversation.status == "closed":
        connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(status="assistant"))
    if finding is not None:
        drafts.append(danger.crisis(connection, conversation, finding, text, now))
        connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(crisis=finding.kind))
    if drafts:
        storage.append(connection, conversation, drafts, reply_to=seq, language=conversation.language, now=now, first_seq=seq)
    if finding is not None:
        requests.raise_urgency(connection, conversation_id, seq)
    if with_navigator and choice_value is not None:
        # In the conversation, as a navigator's words are, and not the answer to this message: that one stays empty.
        beside = told_beside(connection, conversation, seq, now)
        storage.append(connection, conversation, beside, reply_to=None, language=conversation.language, now=now, first_seq=seq)
    return Received(seq, False)


def _contact(connection: Connection, conversation: Row[Any], text: str, now: datetime) -> Draft | None:
    """The answer to a way to be called back, when one was asked for and this message is one or tries to be."""
    if not text or conversation.asks != CONTACT:
        return None
    return _asking(connection, conversation, now).contact(text)


def _asking(connection: Connection, conversation: Row[Any], now: datetime) -> AskingForAPerson:
    return AskingForAPerson(connection, conversation, conversation.known, conversation.language, now)


def _hold_back_floods(connection: Connection, conversation_id: str, limit: int, now: datetime) -> None:
    minute_ago = now - timedelta(minutes=1)
    recent = connection.scalar(
        select(func.count()).where(messages.c.conversation_id == conversation_id, messages.c.from_ == "resident",
                                   messages.c.created_at > minute_ago)
    )
    if recent and recent >= limit:
        raise TooManyMessages(60)


def _label_of(connection: Connection, conversation: Row[Any], value: str | None) -> str:
    """What the tapped button said, so that both sides read the same conversation; the choice itself when unknown."""
    query = select(messages.c.choices).where(messages.c.conversation_id == conversation.id, messages.c.from_ != "resident")
    for (offered,) in connection.execute(query.order_by(messages.c.seq.desc()).limit(20)):
        for one in offered:
            if one["choice"] == value:
                return str(one["label"])
    if value and value.startswith(f"{REPORT}:"):  # a card's own button, which is in no message's choices
        return _words(conversation.language, "buttons.report")
    return value or ""


def _follow_language(connection: Connection, conversation: Row[Any], text: str, value: str | None) -> Row[Any]:
    """Follow the resident's language; an explicit request wins from then on."""
    asked = value.partition(":")[2] if value in ("language:fr", "language:en") else None
    language = asked
    if language is None and text and not conversation.language_chosen:
        language = detect(text, previous=conversation.language).language
    if language is None or (language == conversation.language and not asked):
        return conversation
    changes = {"language": language, "language_chosen": bool(asked) or conversation.language_chosen}
    connection.execute(update(conversations).where(conversations.c.id == conversation.id).values(**changes))
    requests.follow_language(connection, conversation.id, language)
    return storage.find(connection, conversation.id) or conversation
