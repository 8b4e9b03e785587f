""""Did it help?", asked once of whoever agreed, and what the answer changes.

Choices of the core's own: follow_up:yes, follow_up:no; helped:yes:<id>, helped:no:<id>, helped:number:<id>;
helped:why:<reason>:<id>. The service is not named: somebody else may see the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, update

from bot.conversation.messages import Draft, choice
from bot.conversation.tables import conversations
from bot.demand.correct import correct
from bot.demand.event import REASONS
from bot.directory.hours import TORONTO
from bot.directory.reports import report
from bot.handoff import follow_up, requests
from bot.words import load_words

__all__ = ["AskedLater", "consent_to_ask", "question"]

words = load_words(Path(__file__).with_name("words.yml"))


def consent_to_ask(language: str) -> Draft:
    """May we ask one question later?"""
    choices = [choice(words(language, f"buttons.ask_later_{answer}"), f"follow_up:{answer}") for answer in ("yes", "no")]
    return Draft(words(language, "ask_later"), kind="question", sender="system", asks="follow_up", choices=choices)


def question(language: str, follow_up_id: str, both: bool = False) -> Draft:
    """The one question. both: in two languages, when the resident's is not known any more."""
    text = "\n".join(words(one, "helped") for one in (("fr", "en") if both else (language,)))
    labels = {"yes": "helped_yes", "no": "helped_no", "number": "wrong_number"}
    choices = [choice(words(language, f"buttons.{label}"), f"helped:{answer}:{follow_up_id}") for answer, label in labels.items()]
    return Draft(text, kind="question", sender="system", asks="helped", choices=choices)


@dataclass(frozen=True, slots=True)
class AskedLater:
    """For one conversation, inside one transaction."""

    connection: Connection
    conversation: Row[Any]
    language: str
    now: datetime

    @staticmethod
    def knows(value: str | None) -> bool:
        """Whether a choice is one of these."""
        return value is not None and value.startswith(("follow_up:", "helped:"))

    def chosen(self, value: str) -> list[Draft]:
        """The answer to a choice; one that no longer means anything is said to be gone."""
        if value.startswith("follow_up:"):
            return [self._agreed(value == "follow_up:yes")]
        _, answer, rest = f"{value}::".split(":", 2)
        handlers = {"yes": self._yes, "no": self._no, "number": self._number, "why": self._why}
        handler = handlers.get(answer)
        said = handler(rest.rstrip(":")) if handler else None
        return [said or self._notice("choice_gone")]

    def _agreed(self, yes: bool) -> Draft:
        service = requests.last_service(self.connection, self.conversation.id)
        if not yes or service is None:
            follow_up.forget_chat(self.connection, self.conversation.channel, self._ref)
            return self._notice("ask_later_no")
        follow_up.agree(self.connection, self.conversation.channel, self._ref, service, self.now)
        return self._notice("ask_later_yes")

    def _yes(self, follow_up_id: str) -> Draft | None:
        return self._notice("helped_yes") if follow_up.answered(self.connection, follow_up_id, self._ref, "helped", self.now) else None

    def _number(self, follow_up_id: str) -> Draft | None:
        service = follow_up.answered(self.connection, follow_up_id, self._ref, "wrong_number", self.now)
        if service is None:
            return None
        report(self.connection, service, "phone", self.now.astimezone(TORONTO).date())  # the directory's queue
        return self._notice("helped_number")

    def _no(self, follow_up_id: str) -> Draft | None:
        service = follow_up.answered(self.connection, follow_up_id, self._ref, "not_helped", self.now, more_to_come=True)
        if service is None:
            return None
        self._not_met(service, "other")
        reasons = [choice(words(self.language, f"buttons.{one}"), f"helped:why:{one}:{follow_up_id}") for one in REASONS]
        return Draft(words(self.language, "helped_no"), kind="question", sender="system", asks="helped_why", choices=reasons)

    def _why(self, rest: str) -> Draft | None:
        reason, _, follow_up_id = rest.partition(":")
        service = follow_up.why(self.connection, follow_up_id, self._ref, reason, self.now) if reason in REASONS else None
        if service is None:
            return None
        self._not_met(service, reason)
        return self._notice("helped_why")

    def _not_met(self, service: str, reason: str) -> None:
        """What was counted as met by this service was not: the gap is counted instead, where the month still can change."""
        counted = dict(self.conversation.counted or {})
        for need, written in counted.items():
            ours = written.get("oriented_to") == service or (not written["met"] and written.get("asked_again") == service)
            if ours:
                after = correct(self.connection, {k: v for k, v in written.items() if k != "asked_again"},
                                {"met": False, "reason": reason, "oriented_to": None})
                counted[need] = {**(after or written), "asked_again": service}
        self.connection.execute(update(conversations).where(conversations.c.id == self.conversation.id).values(counted=counted or None))

    @property
    def _ref(self) -> str:
        return str(self.conversation.channel_ref or self.conversation.id)

    def _notice(self, name: str) -> Draft:
        return Draft(words(self.language, name), kind="notice", sender="system")
