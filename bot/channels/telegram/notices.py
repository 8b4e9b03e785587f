"""What the channel itself says in a conversation, written by way of the core so that it keeps its place and is sent once.

A notice is a function of the connection, the conversation's row and the settings, called in the transaction that
writes it down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row

from bot.channels.telegram.render import words
from bot.conversation import effects
from bot.conversation.messages import Draft, choice
from bot.settings import Settings
from bot.store.base import utcnow

__all__ = ["Notice", "choice_gone", "edited_old", "help_text", "language_question", "location_ask", "location_understood",
           "location_unknown", "privacy", "unreadable", "with_person"]

Notice = Callable[[Connection, Row[Any], Settings], Draft]


def _plain(name: str, **values: str) -> Notice:
    def notice(connection: Connection, conversation: Row[Any], settings: Settings) -> Draft:
        return Draft(words(conversation.language, name, **values), kind="notice", sender="system")

    return notice


edited_old = _plain("edited_old")
location_unknown = _plain("location.unknown")
with_person = _plain("with_person")


def unreadable(what: str) -> Notice:
    """Why this kind of message is not read: photo, voice, file or other."""
    return _plain(f"unreadable.{what}")


def location_understood(place: str) -> Notice:
    """Which place a shared location was taken for."""
    return _plain("location.understood", place=place)


def location_ask(connection: Connection, conversation: Row[Any], settings: Settings) -> Draft:
    """What sharing a location means, with Telegram's own button for it (render.py knows it by `asks`)."""
    return Draft(words(conversation.language, "location.ask"), kind="question", sender="system", asks="location")


def choice_gone(connection: Connection, conversation: Row[Any], settings: Settings) -> Draft:
    """A button that stands for nothing any more."""
    return Draft(effects.words(conversation.language, "choice_gone"), kind="notice", sender="system")


def help_text(connection: Connection, conversation: Row[Any], settings: Settings) -> Draft:
    """What can be done, with a person one tap away."""
    language = conversation.language
    human = choice(effects.words(language, "buttons.human"), "human")
    return Draft(words(language, "help"), kind="notice", sender="system", choices=[human])


def language_question(connection: Connection, conversation: Row[Any], settings: Settings) -> Draft:
    """Both languages, to be tapped."""
    language = conversation.language
    both = [choice(effects.words(language, f"buttons.{name}"), f"language:{code}")
            for name, code in (("french", "fr"), ("english", "en"))]
    return Draft(words(language, "language"), kind="question", sender="system", asks="language", choices=both)


def privacy(connection: Connection, conversation: Row[Any], settings: Settings) -> Draft:
    """The core's whole privacy notice, with its button to erase."""
    return effects.Effects(connection, conversation, conversation.known, conversation.language, settings, utcnow()).privacy()
