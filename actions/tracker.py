"""Reading the tracker: the slots in the application's own terms."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from bot.conversation.known import place_by_key
from bot.needs import all_needs
from bot.places import Place

__all__ = ["UNKNOWN", "entities", "guesses_of", "intent_of", "language_of", "needs_of", "place_by_key", "place_of", "status_of"]

# The value of a slot that the resident skipped.
UNKNOWN = "unknown"


def language_of(tracker: Tracker) -> str:
    return tracker.get_slot("language") or "fr"


def intent_of(tracker: Tracker) -> str | None:
    return (tracker.latest_message.get("intent") or {}).get("name")


def entities(tracker: Tracker, name: str) -> list[Any]:
    """Values of one entity in the latest message, in order."""
    return [found["value"] for found in tracker.latest_message.get("entities") or [] if found["entity"] == name]


def needs_of(tracker: Tracker) -> list[str]:
    """The needs in hand that exist, at most two."""
    value = tracker.get_slot("need") or []
    return [need for need in (value if isinstance(value, list) else [value]) if need in all_needs()][:2]


def guesses_of(tracker: Tracker) -> list[str]:
    return [need for need in tracker.get_slot("guesses") or [] if need in all_needs()]


def place_of(tracker: Tracker) -> Place | None:
    """Where, when it is known."""
    return place_by_key(tracker.get_slot("place"))


def status_of(tracker: Tracker) -> str | None:
    """Who speaks, as the core said with the message: assistant or waiting."""
    return (tracker.latest_message.get("metadata") or {}).get("status")
