"""Answering what was written down: one message of a conversation at a time, whatever process does it.

A lease on the conversation's row serialises its messages across tasks and processes; when its holder dies, the lease
runs out and somebody else goes on. The assistant is asked outside any transaction; its answers, its tracker, the
effects and the mark `handled` are one transaction.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, or_, select, update

from bot.conversation import asked, danger, learning, storage, wrong
from bot.conversation.assistant import Assistant, AssistantFailure, Turn
from bot.conversation.choices import from_payload, of_person, plain_text, to_payload
from bot.conversation.effects import Effects, words
from bot.conversation.known import known_from
from bot.conversation.learning import Learning
from bot.conversation.messages import Draft, choice
from bot.conversation.person import ANSWER_WORDS, Said, read_person, read_sex
from bot.conversation.tables import conversations, messages
from bot.directory.fit import band_of
from bot.language import detect
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["Claim", "Pending", "as_own", "claim", "claim_next", "finish", "may_be_own", "next_pending", "release", "turn_for", "waiting_conversations"]

logger = logging.getLogger(__name__)

LEASE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Pending:
    """A message still to be answered, with its conversation as it was when it was read."""

    conversation: Row[Any]
    message: Row[Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer `pending`, by a lease on its conversation."""

    lease: str
    pending: Pending


def claim(connection: Connection, conversation_id: str, now: datetime) -> Claim | None:
    """Become the one who answers what waits in this conversation; null when nothing waits, or somebody else answers it."""
    lease = str(uuid4())
    free = or_(conversations.c.lease.is_(None), conversations.c.leased_until < now)
    got = connection.execute(
        update(conversations).where(conversations.c.id == conversation_id, free)
        .values(lease=lease, leased_until=now + timedelta(seconds=LEASE_SECONDS))
    )
    if not got.rowcount:
        return None
    pending = _oldest(connection, conversation_id)
    if pending is None:
        _give_back(connection, conversation_id, lease)
        return None
    return Claim(lease, pending)


def claim_next(engine: Engine, conversation_id: str, now: datetime) -> Claim | None:
    """`claim`, in a transaction of its own."""
    with writing(engine) as connection:
        return claim(connection, conversation_id, now)


def release(engine: Engine, claimed: Claim) -> None:
    """Give the lease back with the message unanswered: somebody else, or the sweep, goes on."""
    with writing(engine) as connection:
        _give_back(connection, claimed.pending.conversation.id, claimed.lease)


def _give_back(connection: Connection, conversation_id: str, lease: str) -> None:
    connection.execute(
        update(conversations).where(conversations.c.id == conversation_id, conversations.c.lease == lease)
        .values(lease=None, leased_until=None)
    )


def next_pending(engine: Engine, conversation_id: str) -> Pending | None:
    """The oldest message of the conversation that is not answered yet."""
    with reading(engine) as connection:
        return _oldest(connection, conversation_id)


def _oldest(connection: Connection, conversation_id: str) -> Pending | None:
    query = select(messages).where(messages.c.conversation_id == conversation_id, messages.c.handled.is_(False))
    message = connection.execute(query.order_by(messages.c.seq).limit(1)).one_or_none()
    conversation = storage.find(connection, conversation_id) if message is not None else None
    return Pending(conversation, message) if conversation is not None and message is not None else None


def waiting_conversations(engine: Engine, now: datetime) -> list[str]:
    """Conversations with unanswered messages that nobody answers now: a process died on them."""
    with reading(engine) as connection:
        query = (
            select(messages.c.conversation_id).distinct().join(conversations)
            .where(messages.c.handled.is_(False), messages.c.created_at < now - timedelta(seconds=2),
                   or_(conversations.c.lease.is_(None), conversations.c.leased_until < now))
        )
        return list(connection.scalars(query.limit(100)))


async def turn_for(assistant: Assistant, pending: Pending) -> Turn | None:
    """The assistant's turn for a message; null when it failed. A choice that is none of ours is nobody's."""
    conversation, message = pending.conversation, pending.message
    if message.choice is not None:
        text = to_payload(message.choice, conversation.language)
        if text is None:
            return None
    else:
        text = _about_person(message.text, conversation) or plain_text(message.text)
    metadata = {"language": conversation.language, "status": conversation.status}
    try:
        return await assistant.turn(text, metadata, conversation.tracker)
    except AssistantFailure as failure:
        logger.warning("the assistant gave no usable answer: %s", failure)  # its kind, never the message
        return None


def may_be_own(pending: Pending) -> bool:
    """Whether the message can be the core's own at all: `as_own` asks the database only then."""
    conversation = pending.conversation
    return (pending.message.choice is not None or conversation.crisis is not None
            or conversation.asks in (wrong.ASKS, asked.ASKS, learning.ASKS))


def as_own(engine: Engine, pending: Pending) -> str | None:
    """The choice of the core's own that the message makes, tapped or typed in answer to a question of the core's, which needs
    no assistant: a report of something wrong among them; null for every other message."""
    conversation, message = pending.conversation, pending.message
    if Effects.own(message.choice):
        return str(message.choice)
    with reading(engine) as connection:
        return (danger.reading(connection, conversation, message) or wrong.reading(connection, conversation, message)
                or asked.reading(connection, conversation, message) or learning.answer_in(conversation, message))


def _about_person(text: str, conversation: Row[Any]) -> str | None:
    """The payload for a message that says how old the person is and nothing else, or plainly answers a question about
    them; null for any other. A number alone is an age only where one was asked for, and nothing is while a yes or no
    is waited for."""
    asks = conversation.asks
    if asks == "handoff_consent" or (text.strip().isdigit() and asks != "for_whom"):
        return None
    if asks == "sex" and (sex := read_sex(text)):
        return of_person(Said(sex=sex), None, conversation.language)
    said = read_person(text)
    aged = said.age is not None or said.band is not None
    answers = asks == "for_whom" and aged and len(text.split()) <= ANSWER_WORDS
    if not (said.only or answers):
        return None
    return of_person(said, band_of(said.age) if said.age is not None else said.band, conversation.language)


def in_other_language(pending: Pending) -> bool:
    """Whether the message is surely neither French nor English."""
    return pending.message.choice is None and detect(pending.message.text).other is not None


def finish(engine: Engine, claimed: Claim, turn: Turn | None, settings: Settings, *, now: datetime | None = None,
           other_language: bool = False, own: str | None = None) -> Claim | None:
    """Write the answers and mark the message handled; the same lease on the next message that waits. Null when none
    does (the lease is given back), and when the lease was lost or the conversation is gone: then nothing is written.
    own: what `as_own` made of the message."""
    now = now or utcnow()
    message = claimed.pending.message
    with writing(engine) as connection:
        conversation = storage.lock(connection, claimed.pending.conversation.id)
        if conversation is None or conversation.lease != claimed.lease:
            return None
        changes: dict[str, Any] = {"leased_until": now + timedelta(seconds=LEASE_SECONDS)}
        drafts: list[Draft] = []
        # A navigator may have claimed the conversation while the assistant thought: then its answer is not said.
        if conversation.status != "navigator":
            drafts = _answer(connection, conversation, message, turn, settings, changes, now, other_language, own)
        language = changes.get("language", conversation.language)
        storage.append(connection, conversation, drafts, reply_to=message.seq, language=language, now=now)
        if drafts:
            changes["asks"] = next((draft.asks for draft in reversed(drafts) if draft.asks), None)
        connection.execute(
            update(messages).where(messages.c.conversation_id == conversation.id, messages.c.seq == message.seq)
            .values(handled=True)
        )
        more = connection.scalar(
            select(messages.c.seq).where(messages.c.conversation_id == conversation.id, messages.c.handled.is_(False)).limit(1)
        )
        if more is None:
            changes |= {"lease": None, "leased_until": None}
        connection.execute(update(conversations).where(conversations.c.id == conversation.id).values(**changes))
        pending = _oldest(connection, conversation.id) if more is not None else None
    return Claim(claimed.lease, pending) if pending is not None else None


def _answer(connection: Connection, conversation: Row[Any], message: Row[Any], turn: Turn | None, settings: Settings,
            changes: dict[str, Any], now: datetime, other_language: bool, own: str | None) -> list[Draft]:
    known = known_from(turn.slots, conversation.known) if turn else dict(conversation.known)
    chosen = _asked_language(turn)
    language = chosen or conversation.language
    effects = Effects(connection, conversation, known, language, settings, now)
    if own is not None and danger.knows(own):
        return effects.person.offer() if own == danger.PERSON else danger.taken(connection, conversation, message, own, now)
    if own is not None:
        return effects.chosen(own) if effects.own(own) else wrong.take(connection, conversation, message, own, language, now)
    if other_language:
        return effects.other_language()
    if turn is None:
        return _without_assistant(effects, message.choice)
    if conversation.asks == "handoff_consent" and turn.understood.get("act") == "human":
        return effects.person.offer()  # asked for again: the same offer, and the dialogue stays where it was
    changes["tracker"], changes["known"] = turn.tracker, known
    if chosen:
        changes["language"] = chosen
    if danger.stands_alone(connection, conversation, message, turn.understood.get("act")):
        return []
    drafts: list[Draft] = []
    for said in turn.messages:
        custom = said.get("custom") or {}
        for effect in custom.get("effects", ()):
            drafts += effects.carry_out(effect)
        if said.get("text"):
            drafts.append(_draft(said, custom, language))
    # One question at most: that about a misunderstanding is the rarer one.
    if settings.learning_days:
        drafts += Learning(connection, conversation, language).after(message, turn, drafts, known)
    return drafts + effects.asked_before(drafts)


def _asked_language(turn: Turn | None) -> str | None:
    for said in turn.messages if turn else ():
        for effect in (said.get("custom") or {}).get("effects", ()):
            if effect["effect"] == "language":
                return str(effect["language"])
    return None


def _without_assistant(effects: Effects, value: str | None) -> list[Draft]:
    """What works when the assistant does not: a person, and the notice of privacy."""
    by_choice = {"human": effects.person.offer, "handoff:send": effects.person.send, "handoff:cancel": effects.person.cancel}
    if value in by_choice:
        return by_choice[value]()
    if value is not None and to_payload(value, effects.language) is None:
        return [Draft(words(effects.language, "choice_gone"), kind="notice", sender="system")]
    return effects.failure()


def _draft(said: dict[str, Any], custom: dict[str, Any], language: str) -> Draft:
    choices = [choice(button["title"], from_payload(button["payload"])) for button in said["buttons"]]
    if custom.get("services"):
        choices.append(choice(words(language, "buttons.report"), wrong.REPORT))
    response = said.get("response") or ""
    asks = custom.get("asks") or _asks(response)
    kind = custom.get("kind") or ("question" if asks else "text")
    return Draft(said["text"], kind=kind, asks=asks, choices=choices, services=custom.get("services", []),
                 helplines=custom.get("helplines", []))


def _asks(response: str) -> str | None:
    """What a question wants, from its response's name: utter_ask_place_again asks for the place."""
    if not response.startswith("utter_ask_"):
        return None
    rest = response.removeprefix("utter_ask_")
    return next((slot for slot in ("need", "place", "borough", "for_whom", "sex", "family", "erase") if rest.startswith(slot)), rest)
