"""Sentences that are not understood, over an assistant whose every turn is scripted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot.conversation.assistant import AssistantFailure, Turn
from bot.conversation.core import Conversations
from bot.conversation.tables import conversations
from bot.learning import sentences
from bot.learning.sentences import Sentence
from bot.runtime.background import apply_retention
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["UNCLEAR", "Scripted", "Talk", "asked", "guesses", "kept", "talk"]

UNCLEAR = {"fr": "mon affaire de chauffage est brisée, chez Ginette à Joliette", "en": "my heating thing broke, at Brenda's in Joliette"}
LIST = {"response": "utter_ask_need_list", "text": "Je n'ai pas compris", "buttons": [], "custom": None}
CARD = {"id": "frigo", "name": "Frigo du quartier"}


def guesses(*needs: str) -> list[dict[str, Any]]:
    return [{"id": need, "confidence": 0.5} for need in needs]


class Scripted:
    """Answers what each message is scripted to; a need tapped shows services."""

    def __init__(self) -> None:
        self.down = False
        self.next: tuple[dict[str, Any], dict[str, Any], dict[str, Any]] | None = None
        self.effects: list[dict[str, Any]] = []
        self.band: str | None = None
        self.turns = 0

    def will(self, said: str, *needs: str, act: str = "need", decision: str | None = "take", known: tuple[str, ...] = ()) -> None:
        """The next turn: `said` is services, place, list, again, or another response's name."""
        messages = {
            "services": {"response": "utter_services", "text": "Voici", "buttons": [], "custom": {"kind": "services", "services": [CARD], "effects": self.effects}},
            "guess": {"response": "utter_ask_need_guess", "text": "C'est plutôt", "buttons": [], "custom": None},
            "list": LIST, "again": {**LIST, "response": "utter_not_understood"}, "place": {**LIST, "response": "utter_ask_place"},
        }
        message = messages.get(said) or {**LIST, "response": said}
        self.next = (message, {"act": act, "needs": guesses(*needs), "decision": decision}, {"need": list(known), "for_whom": self.band})

    async def turn(self, said: str, metadata: dict[str, Any], tracker: list[dict[str, Any]] | None) -> Turn:
        self.turns += 1
        if self.down or self.next is None:
            raise AssistantFailure("down")
        message, understood, slots = self.next
        return Turn([message], [], slots, understood)

    async def ready(self) -> bool:
        return True


class Talk:
    """One conversation, and what is held of it."""

    def __init__(self, core: Conversations, assistant: Scripted, key: str, language: str) -> None:
        self.core, self.assistant, self.key, self.language = core, assistant, key, language

    async def says(self, what: str, *then: Any, **more: Any) -> list[dict[str, Any]]:
        self.assistant.will(*then, **more)
        return await self.core.post(self.key, what)

    async def taps(self, what: str, *then: Any, **more: Any) -> list[dict[str, Any]]:
        if then:
            self.assistant.will(*then, **more)
        return await self.core.post(self.key, choice=what)

    async def to_the_list(self, what: str | None = None) -> None:
        """Guesses, none of these, the list."""
        await self.says(what or UNCLEAR[self.language], "guess", "food", "income", decision="ask")
        await self.taps("need:other", "list", act="need")

    async def to_the_question(self, what: str | None = None) -> list[dict[str, Any]]:
        await self.to_the_list(what)
        return await self.taps("need:home_adaptation", "services", act="need", known=("home_adaptation",))

    @property
    def row(self) -> Any:
        with reading(self.core.engine) as connection:
            return connection.execute(select(conversations).where(conversations.c.id == self.key)).one_or_none()

    def over(self) -> None:
        """Retention comes."""
        with writing(self.core.engine) as connection:
            connection.execute(update(conversations).where(conversations.c.id == self.key).values(last_message_at=utcnow() - timedelta(days=40)))
        apply_retention(self.core.engine, self.core.settings)


async def talk(core: Conversations, assistant: Scripted, language: str = "fr") -> Talk:
    made = Talk(core, assistant, (await core.open(language=language)).id, language)
    await core.post(made.key, choice=f"language:{language}") if language == "en" else None
    return made


def kept(core: Conversations) -> list[Sentence]:
    with reading(core.engine) as connection:
        return sentences.listed(connection)


def asked(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in said if one["asks"] == "learn"]
