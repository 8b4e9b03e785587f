"""Had they asked for help anywhere else before? Asked once in a conversation, after services were shown; one tap, or nothing.

Choices of the core's own: asked_before:yes, asked_before:no, asked_before:skip. The answer goes into the events that this
conversation was counted by (bot/demand/correct.py), in the transaction that writes what is said in return: a process that
dies before it leaves the answer to be taken again, one that dies after it has counted it. An event holds the answer and
nothing that ties it to another event or to the conversation; an answer changed is an event changed.

Nobody is asked before they were shown a service, in danger, about violence, under 14, or while they wait for a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.conversation.messages import Draft, choice
from bot.conversation.tables import conversations, messages
from bot.demand.correct import correct
from bot.places import normalise
from bot.words import load_words

__all__ = ["ASKS", "chosen", "knows", "question_after", "reading"]

ASKS = "asked_before"
_VALUES: dict[str, bool | None] = {"yes": True, "no": False, "skip": None}
# Whoever flees somebody is not asked whether they told anybody before.
_NEVER = frozenset({"violence"})

_words = load_words(Path(__file__).with_name("words.yml"))
# The whole message, over text without accents, in lower case (bot.places.normalise).
_TYPED = {
    "yes": re.compile(r"(oui|ouais|yes|yeah|yep)( deja| already| i did| i have)?|deja|already"),
    "no": re.compile(r"(non|nan|no|nope)( jamais| never| i did not| i didn t| pas encore| not yet)?|jamais|never|pas encore|not yet"),
    "skip": re.compile(r"passer|skip|non merci|no thanks|no thank you"),
}


def question_after(connection: Connection, conversation: Row[Any], known: Mapping[str, Any], counted: Collection[str],
                   drafts: Sequence[Draft], language: str) -> list[Draft]:
    """The question, after a turn's answers; nothing where it is not the moment. counted: the needs counted in this turn."""
    shown = any(draft.services for draft in drafts) and not any(draft.asks for draft in drafts)
    spared = conversation.status != "assistant" or conversation.crisis or known.get("age_band") == "child"
    if not counted or not shown or spared or _NEVER & {*counted, *(known.get("needs") or ())}:
        return []
    before = select(messages.c.seq).where(messages.c.conversation_id == conversation.id, messages.c.asks == ASKS)
    if connection.execute(before.limit(1)).first() is not None:
        return []
    choices = [choice(_words(language, f"asked_before.{value}"), f"{ASKS}:{value}") for value in _VALUES]
    return [Draft(_words(language, "asked_before.question"), kind="question", sender="system", asks=ASKS, choices=choices)]


def knows(value: str | None) -> bool:
    """Whether a choice is one of these."""
    return value is not None and value.startswith(f"{ASKS}:")


def reading(connection: Connection, conversation: Row[Any], message: Row[Any]) -> str | None:
    """The choice that a typed message makes: a plain yes, no or skip right after the question; null for any other. After
    words of danger, yes and no answer something else."""
    if message.choice is not None or conversation.asks != ASKS or conversation.crisis:
        return None
    last = select(messages.c.asks).where(messages.c.conversation_id == conversation.id, messages.c.from_ != "resident", messages.c.seq < message.seq)
    if connection.scalar(last.order_by(messages.c.seq.desc()).limit(1)) != ASKS:
        return None
    plain = normalise(message.text)
    return next((f"{ASKS}:{value}" for value, pattern in _TYPED.items() if pattern.fullmatch(plain)), None)


def chosen(connection: Connection, conversation: Row[Any], value: str, language: str) -> list[Draft]:
    """Count an answer; what is said in return, with the ways on. An event of a published month stays as it is."""
    answer = value.removeprefix(f"{ASKS}:")
    if answer not in _VALUES:
        return [Draft(_words(language, "choice_gone"), kind="notice", sender="system")]
    counted = dict(conversation.counted or {})
    for need, written in counted.items():
        counted[need] = correct(connection, written, {"asked_before": _VALUES[answer]}) or written
    if counted != (conversation.counted or {}):
        connection.execute(update(conversations).where(conversations.c.id == conversation.id).values(counted=counted))
    ways = [choice(_words(language, "buttons.more"), "more"), choice(_words(language, "buttons.human"), "human")]
    said = "asked_before.skipped" if answer == "skip" else "asked_before.thanks"
    return [Draft(_words(language, said), kind="notice", sender="system", choices=ways)]
