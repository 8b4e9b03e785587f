"""A message as the contract shapes it, before it has a place in a conversation (Draft) and after (as_dict)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["KINDS", "SENDERS", "Choice", "Draft", "as_dict", "choice", "last_word"]

KINDS = ("text", "question", "services", "crisis", "handoff", "notice")
SENDERS = ("assistant", "navigator", "resident", "system")

Choice = dict[str, str]


def choice(label: str, value: str) -> Choice:
    """One button: its label in the resident's language and what comes back when it is tapped."""
    return {"label": label, "choice": value}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be said. `services` are cards and `helplines` lines as the contract shapes them."""

    text: str
    kind: str = "text"
    sender: str = "assistant"
    asks: str | None = None
    choices: list[Choice] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)
    helplines: list[dict[str, Any]] = field(default_factory=list)


def as_dict(row: Any) -> dict[str, Any]:
    """The contract's message from a row of the table `messages`."""
    return {
        "seq": row.seq,
        "from": row.from_,
        "language": row.language,
        "kind": row.kind,
        "text": row.text,
        "asks": row.asks,
        "choices": row.choices,
        "services": row.services,
        "helplines": row.helplines,
    }


def last_word(conversation: Any, text: str) -> dict[str, Any]:
    """A notice in the contract's shape that is written nowhere: the conversation is gone."""
    return {
        "seq": conversation.last_seq + 1, "from": "system", "language": conversation.language, "kind": "notice",
        "text": text, "asks": None, "choices": [], "services": [], "helplines": [],
    }
