"""Choices (the contract's button values) and the payloads Rasa understands, both ways.

Only payloads made here ever reach Rasa: what a resident types never starts with "/" on the way there, or it would
inject an intent and its entities.
"""

from __future__ import annotations

import json
from typing import Any

from bot.conversation.person import Said

__all__ = ["from_payload", "of_person", "plain_text", "to_payload"]

_PLAIN = {
    "human": "human",
    "more": "more",
    "skip": "skip",
    "language:fr": "language_fr",
    "language:en": "language_en",
    "handoff:send": "handoff_send",
    "handoff:cancel": "handoff_cancel",
    "erase": "delete_data",
    "restart": "start_over",
}
_INTENTS = {intent: value for value, intent in _PLAIN.items()}
_WITH_VALUE = {"need": "need", "place": "place", "for_whom": "age_band", "sex": "sex", "family": "family"}  # choice's prefix: entity
_INTENT_OF = {"need": "need", "place": "place", "for_whom": "about_person", "sex": "about_person", "family": "about_person"}


def to_payload(value: str, language: str) -> str | None:
    """Rasa's payload for a choice, null when the choice is none of ours. The language rides along as an entity."""
    entities: dict[str, str] = {"language": language}
    if value in _PLAIN:
        return f"/{_PLAIN[value]}{json.dumps(entities)}"
    kind, sign, rest = value.partition(":")
    if not sign or kind not in _WITH_VALUE or not rest:
        return None
    entities[_WITH_VALUE[kind]] = rest
    return f"/{_INTENT_OF[kind]}{json.dumps(entities, ensure_ascii=False)}"


def of_person(said: Said, band: str | None, language: str) -> str:
    """Rasa's payload for a message that only says who the person is: known from its words, no need to understand it."""
    entities: dict[str, Any] = {"language": language}
    if band is not None:
        entities["age_band"] = band
    if said.age is not None:
        entities["age"] = said.age
    if said.sex is not None:
        entities["sex"] = said.sex
    return f"/about_person{json.dumps(entities)}"


def from_payload(payload: str) -> str:
    """The choice for a button of the dialogue: its payload in Rasa's form, or already a choice."""
    if not payload.startswith("/"):
        return payload
    intent, _, rest = payload[1:].partition("{")
    if not rest:
        return _INTENTS[intent]
    entities = json.loads("{" + rest)
    for kind, entity in _WITH_VALUE.items():
        if entity in entities:
            return f"{kind}:{entities[entity]}"
    return _INTENTS[intent]


def plain_text(text: str) -> str:
    """A resident's words as Rasa may see them: never a payload."""
    return text.lstrip().lstrip("/").lstrip() if text.lstrip().startswith("/") else text
