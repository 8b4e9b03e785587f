"""What a turn changes besides words. The dialogue asks for effects; the core carries them out with its answers.

An action only reads and says: it puts {"effect": ...} in a response's custom part, and the core does it in the same
transaction that writes the answers and marks the message handled, so that a kill in the middle does it once or not at
all. Effects: oriented (a need was answered: demand), handoff (offer, send, cancel), language, erase, privacy, report (something shown is wrong).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, update

from bot import safety
from bot.conversation import asked, danger, wrong
from bot.conversation.handing import AskingForAPerson
from bot.conversation.later import AskedLater
from bot.conversation.learning import Learning
from bot.conversation.messages import Draft, choice
from bot.conversation.tables import conversations
from bot.demand.correct import asked_before_of, count
from bot.demand.event import Event
from bot.demand.months import current_month
from bot.handoff import requests
from bot.settings import Settings
from bot.words import load_words

__all__ = ["Effects", "privacy_values", "words"]

words = load_words(Path(__file__).with_name("words.yml"))
# Shown when the assistant fails: answers everywhere but in Nunavik and the Cree lands, 24/7.
FALLBACK_LINES = ("811-2",)
INTERPRETER_LINES = ("211-gm", "811-2")


def privacy_values(settings: Settings, language: str) -> dict[str, Any]:
    """What the privacy notices are filled with."""
    return {
        "operator": settings.operator_name or words(language, "no_operator"),
        "officer": settings.privacy_officer or words(language, "no_officer"),
        "hours": settings.retention_hours,
        "days": settings.retention_handoff_days,
    }


@dataclass(frozen=True, slots=True)
class Effects:
    """Carries effects out for one conversation, inside one transaction. Each method gives the drafts to be said."""

    connection: Connection
    conversation: Row[Any]
    known: dict[str, Any]
    language: str
    settings: Settings
    now: datetime
    counted: dict[str, Any] = field(default_factory=dict)  # what is counted of it, by need
    new: list[str] = field(default_factory=list)  # the needs counted in this turn

    def __post_init__(self) -> None:
        self.counted.update(self.conversation.counted or {})

    def carry_out(self, effect: dict[str, Any]) -> list[Draft]:
        """Carry out one effect of the dialogue. An unknown one is a defect: KeyError."""
        handlers = {
            "oriented": self._oriented,
            "handoff_offer": lambda _: self.person.offer(),
            "handoff_send": lambda _: self.person.send(),
            "handoff_cancel": lambda _: self.person.cancel(),
            "language": self._language,
            "privacy": lambda _: [self.privacy()],
            "report": lambda asked: wrong.offer(self.connection, self.conversation, self.language, asked.get("kind")),
        }
        return handlers[effect["effect"]](effect)

    def _oriented(self, effect: dict[str, Any]) -> list[Draft]:
        """One anonymous event for a need that was answered, met or not."""
        event = Event(
            month=current_month(self.now), need=effect["need"], territory=self.known.get("territory"),
            language=self.language, for_other=bool(self.known.get("for_other")), age_band=self.known.get("age_band"),
            door=self.conversation.door, channel=self.conversation.channel, met=effect["met"], reason=effect.get("reason"),
            oriented_to=effect.get("oriented_to"), wait="none",
            asked_before=asked_before_of(self.counted),
        )
        written = count(self.connection, event, self.conversation.channel_ref or self.conversation.id)
        if written is not None:  # its fields stay with the conversation, so that a navigator's outcome can correct the count
            self.counted[event.need] = written
            self.new.append(event.need)
            self._set(counted=self.counted)
        return []

    def asked_before(self, drafts: Sequence[Draft]) -> list[Draft]:
        """The one question of the demand, after a turn's answers (asked.py)."""
        return asked.question_after(self.connection, self.conversation, self.known, self.new, drafts, self.language)

    def _language(self, effect: dict[str, Any]) -> list[Draft]:
        self._set(language=effect["language"], language_chosen=True)
        requests.follow_language(self.connection, self.conversation.id, effect["language"])
        said = words(effect["language"], "language_set")
        if self.known.get("needs") or self.known.get("place"):
            return [Draft(said)]
        return [Draft(f"{said} {words(effect['language'], 'ask_again')}", kind="question", asks="need")]

    def privacy(self) -> Draft:
        """The whole privacy notice, with a button to erase."""
        channel = words(self.language, f"privacy_{self.conversation.channel}")
        text = words(self.language, "privacy", channel=channel, **privacy_values(self.settings, self.language))
        return Draft(text, kind="notice", choices=[choice(words(self.language, "buttons.erase"), "erase")])

    # Bringing in a person

    @property
    def person(self) -> AskingForAPerson:
        """What concerns a request for a person (handing.py)."""
        return AskingForAPerson(self.connection, self.conversation, self.known, self.language, self.now)

    @staticmethod
    def own(value: str | None) -> bool:
        """Whether a choice is the core's own, answered without the assistant."""
        return AskingForAPerson.knows(value) or AskedLater.knows(value) or Learning.knows(value) or asked.knows(value) or danger.knows(value)

    def chosen(self, value: str) -> list[Draft]:
        """The answer to a choice of the core's own."""
        if asked.knows(value):
            return asked.chosen(self.connection, self.conversation, value, self.language)
        if AskedLater.knows(value):
            return AskedLater(self.connection, self.conversation, self.language, self.now).chosen(value)
        if Learning.knows(value):
            return Learning(self.connection, self.conversation, self.language).chosen(value)
        return self.person.chosen(value)

    # When the assistant cannot answer

    def failure(self) -> list[Draft]:
        """The assistant is down, late or empty: say so, with a line to call and a person to ask."""
        lines = [line.as_dict(self.language) for line in safety.lines_by_id(FALLBACK_LINES)]
        human = choice(words(self.language, "buttons.human"), "human")
        return [Draft(words(self.language, "failure"), kind="notice", sender="system", choices=[human], helplines=lines)]

    def other_language(self) -> list[Draft]:
        """The resident writes in neither language: a bilingual answer, lines with interpreters, a person."""
        lines = [line.as_dict(self.language) for line in safety.lines_by_id(INTERPRETER_LINES)]
        human = choice(f"{words('fr', 'buttons.human')} / {words('en', 'buttons.human')}", "human")
        return [Draft(words(self.language, "other_language"), kind="notice", choices=[human], helplines=lines)]

    def _set(self, **values: Any) -> None:
        self.connection.execute(update(conversations).where(conversations.c.id == self.conversation.id).values(**values))
