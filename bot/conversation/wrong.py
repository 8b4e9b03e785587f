"""A resident says that something shown is wrong: which service, what kind of fault. Only those two go to the directory's
queue (bot/directory/reports.py), with the day; never the words, nor anything of the conversation.

It is a few buttons that need no assistant: `report` (which service?), `report:<service>` (what is wrong?),
`report:<service>:<kind>` (noted). Only a service that this conversation was shown is taken, and each fault of it once, so
that nobody fills the queue with what they were never told.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.conversation.messages import Draft, choice
from bot.conversation.tables import messages
from bot.directory.hours import TORONTO
from bot.directory.reports import KINDS, report
from bot.places import normalise
from bot.words import load_words

__all__ = ["ASKS", "REPORT", "kind_named", "offer", "reading", "take"]

ASKS = "report"
REPORT = "report"
# Cards that a question still names; more are a screen full of buttons.
MOST_SERVICES = 6

_words = load_words(Path(__file__).with_name("words.yml"))
# What a word says of the fault; over text without accents, in lower case (bot.places.normalise).
_KINDS = {
    "phone": re.compile(r"\b(numeros?|telephones?|tel|phones?|numbers?|appel\w*|call\w*)\b"),
    "hours": re.compile(r"\b(heures?|horaires?|hours?|schedules?|ouvert\w*|ouvre\w*|opens?|opening)\b"),
    "address": re.compile(r"\b(adresses?|address\w*|demenag\w*|moved|location)\b"),
    "closed": re.compile(r"\b(ferm\w+|closed|shut|existe plus|plus la|no longer|does not exist|doesn t exist|gone)\b"),
    "other": re.compile(r"\b(autre chose|autre|something else|other)\b"),
}


def kind_named(text: str) -> str | None:
    """The one kind of fault that a text speaks of; null when it speaks of none, or of several."""
    plain = normalise(text)
    found = [kind for kind, pattern in _KINDS.items() if pattern.search(plain)]
    return found[0] if len(found) == 1 else None


def reading(connection: Connection, conversation: Row[Any], message: Row[Any]) -> str | None:
    """The report that a resident's message is: a tapped choice, or words that answer our question; null when it is none."""
    if message.choice is not None:
        return message.choice if message.choice == REPORT or message.choice.startswith(f"{REPORT}:") else None
    if conversation.asks != ASKS:
        return None
    offered = _offered(connection, conversation.id, message.seq)
    plain = normalise(message.text)
    named = [value for label, value in offered if label and (label in plain or (len(plain) > 3 and plain in label))]
    if len(named) == 1:
        return named[0]
    kind = kind_named(message.text)
    return next((value for _, value in offered if kind and value.endswith(f":{kind}")), None)


def offer(connection: Connection, conversation: Row[Any], language: str, kind: str | None = None) -> list[Draft]:
    """Ask which service it is about, then what is wrong; neither when it is plain already. kind: one of KINDS, if said."""
    cards = _last_cards(connection, conversation.id)
    if not cards:
        return [Draft(_words(language, "report.nothing_shown"), choices=[choice(_words(language, "buttons.human"), "human")])]
    if len(cards) == 1:
        key = next(iter(cards))
        return _ask_kind(language, key, cards[key])
    end = f":{kind}" if kind else ""
    buttons = [choice(name, f"{REPORT}:{key}{end}") for key, name in list(cards.items())[:MOST_SERVICES]]
    return [Draft(_words(language, "report.which"), kind="question", asks=ASKS, choices=buttons)]


def take(connection: Connection, conversation: Row[Any], message: Row[Any], value: str, language: str, now: datetime) -> list[Draft]:
    """Carry out a report's choice."""
    if value == REPORT:
        return offer(connection, conversation, language)
    shown = _shown(connection, conversation.id)
    key, kind = value.removeprefix(f"{REPORT}:"), ""
    if key not in shown:
        key, _, kind = key.rpartition(":")
    if key not in shown or (kind and kind not in KINDS):
        return [Draft(_words(language, "choice_gone"), kind="notice", sender="system")]
    if not kind:
        return _ask_kind(language, key, shown[key])
    if not _said_before(connection, conversation.id, message, value):
        report(connection, key, kind, now.astimezone(TORONTO).date())
    return [Draft(_words(language, "report.noted"), choices=[
        choice(_words(language, "buttons.more"), "more"), choice(_words(language, "buttons.human"), "human")])]


def _ask_kind(language: str, key: str, name: str) -> list[Draft]:
    buttons = [choice(_words(language, f"report.kind.{kind}"), f"{REPORT}:{key}:{kind}") for kind in KINDS]
    return [Draft(_words(language, "report.what", name=name), kind="question", asks=ASKS, choices=buttons)]


def _with_cards(connection: Connection, conversation_id: str) -> list[Row[Any]]:
    query = select(messages.c.services, messages.c.reply_to, messages.c.seq).where(
        messages.c.conversation_id == conversation_id, messages.c.kind == "services", messages.c.from_ != "resident")
    return list(connection.execute(query.order_by(messages.c.seq.desc())))


def _last_cards(connection: Connection, conversation_id: str) -> dict[str, str]:
    """Names by id of the services shown last: those of one answer, which may be several messages."""
    rows = _with_cards(connection, conversation_id)
    last = [row for row in rows if row.reply_to is not None and row.reply_to == rows[0].reply_to] or rows[:1]
    return {card["id"]: card["name"] for row in reversed(last) for card in row.services}


def _shown(connection: Connection, conversation_id: str) -> dict[str, str]:
    return {card["id"]: card["name"] for row in reversed(_with_cards(connection, conversation_id)) for card in row.services}


def _offered(connection: Connection, conversation_id: str, before: int) -> list[tuple[str, str]]:
    """(label in plain letters, choice) of the last question that we asked."""
    query = select(messages.c.choices).where(messages.c.conversation_id == conversation_id, messages.c.seq < before,
                                             messages.c.asks == ASKS).order_by(messages.c.seq.desc()).limit(1)
    return [(normalise(one["label"]), one["choice"]) for one in connection.scalar(query) or ()]


def _said_before(connection: Connection, conversation_id: str, message: Row[Any], value: str) -> bool:
    """Whether this conversation reported the same before: counted once, however often it is tapped. What was typed
    instead of tapped has the question's own answer to tell by."""
    noted = {_words(language, "report.noted") for language in ("fr", "en")}
    query = select(func.count()).where(messages.c.conversation_id == conversation_id, messages.c.choice == value, messages.c.seq < message.seq)
    if message.choice is None:
        answers = select(messages.c.reply_to).where(messages.c.conversation_id == conversation_id, messages.c.text.in_(noted))
        query = select(func.count()).where(messages.c.conversation_id == conversation_id, messages.c.seq.in_(answers),
                                           messages.c.text == message.text, messages.c.seq < message.seq)
    return bool(connection.scalar(query))
