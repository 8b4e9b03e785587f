"""A resident's request for a person: what would be passed on, field by field; the place in line; a way to be called back.

Choices of the core's own, never asked of the assistant: handoff:without:<field>, handoff:with:<field>, handoff:leave,
contact:leave, contact:no. Without consent nothing is passed on, in danger too; the lines are shown all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, update

from bot.conversation.messages import Choice, Draft, choice
from bot.conversation.tables import conversations
from bot.handoff import closing, contacts, packet, requests
from bot.handoff.expect import CRISIS_LINES, Expectation, expectation, fitting_lines, said
from bot.safety import lines_by_id
from bot.words import load_words

__all__ = ["CHANGES", "CONTACT", "LEAVE", "AskingForAPerson"]

words = load_words(Path(__file__).with_name("words.yml"))
CONTACT = "contact"  # what the question for a way to be reached asks
CHANGES = ("handoff:without:", "handoff:with:")  # choices whose answer is the same offer with a line less, or again
LEAVE = "handoff:leave"  # back to the assistant, from a navigator


@dataclass(frozen=True, slots=True)
class AskingForAPerson:
    """For one conversation, inside one transaction. Each method gives the drafts to be said."""

    connection: Connection
    conversation: Row[Any]
    known: dict[str, Any]
    language: str
    now: datetime

    @staticmethod
    def knows(value: str | None) -> bool:
        """Whether a choice is one of these."""
        return value is not None and (value == LEAVE or value.startswith((*CHANGES, "contact:")))

    def chosen(self, value: str) -> list[Draft]:
        """The answer to a choice of the core's own; one that no longer means anything is said to be gone."""
        kind, _, what = value.rpartition(":")
        if kind in ("handoff:without", "handoff:with") and what in packet.FIELDS:
            return self._leave_out(what, kind == "handoff:without")
        if value == LEAVE:
            return self.leave() or self.cancel()
        if value == "contact:leave" and requests.open_request(self.connection, self.conversation.id) is not None:
            refuse = choice(words(self.language, "buttons.no_contact"), "contact:no")
            return [Draft(words(self.language, "contact_ask"), kind="question", sender="system", asks=CONTACT, choices=[refuse])]
        if value == "contact:no":
            self._set(asks=None)
            return [Draft(words(self.language, "contact_none"), kind="notice", sender="system")]
        return [Draft(words(self.language, "choice_gone"), kind="notice", sender="system")]

    # Before

    def offer(self) -> list[Draft]:
        """Show what would be passed on, whether somebody is there, and ask."""
        return self._already() or [self._offer(self._withheld())]

    def _offer(self, withheld: list[str]) -> Draft:
        shown = packet.preview(self.known, self.language, withheld)
        if "place" in withheld:
            shown += "\n" + words(self.language, "place_left_out")
        expected, ahead = self._expected(self._territory(withheld))
        text = words(self.language, "handoff_offer", packet=shown, expect=said(self.language, expected, ahead, self.now))
        if self.conversation.crisis:
            text += "\n" + words(self.language, "handoff_danger")
        return Draft(text, kind="handoff", asks="handoff_consent", choices=self._choices(withheld), helplines=self._crisis_lines())

    def _choices(self, withheld: list[str]) -> list[Choice]:
        choices = [choice(words(self.language, "buttons.send"), "handoff:send"),
                   choice(words(self.language, "buttons.cancel"), "handoff:cancel")]
        for field in packet.may_be_left_out(self.known):
            way = "with" if field in withheld else "without"
            label = words(self.language, f"buttons.{way}", field=packet.field_name(field, self.language))
            choices.append(choice(label, f"handoff:{way}:{field}"))
        return choices

    def _leave_out(self, field: str, out: bool) -> list[Draft]:
        already = self._already()
        if already:
            return already
        before = self._withheld()
        withheld = [one for one in packet.FIELDS if (one in before and one != field) or (one == field and out)]
        self._set(withheld=withheld or None)
        return [self._offer(withheld)]

    def send(self) -> list[Draft]:
        """The resident agreed: put the conversation in the queue, without what they leave out."""
        already = self._already()
        if already:
            return already
        withheld = self._withheld()
        urgency = "crisis" if self.conversation.crisis else "normal"
        territory = self._territory(withheld)
        expected, ahead = self._expected(territory)
        requests.create(self.connection, self.conversation.id, known=self.known, language=self.language, urgency=urgency,
                        now=self.now, withheld=withheld, last_seq=self.conversation.last_seq)
        self._set(status="waiting", handed_off=True, withheld=None)
        stay = words(self.language, f"stay_{self.conversation.channel}")
        text = words(self.language, "handoff_sent" if expected.present else "handoff_sent_nobody", stay=stay,
                     expect=said(self.language, expected, ahead, self.now))
        lines = self._crisis_lines()
        if not expected.present and not lines:
            lines = fitting_lines([], territory, self.language)
        return [Draft(text, kind="handoff", sender="system", helplines=lines, choices=[self._stop()])]

    # While waiting

    def _already(self) -> list[Draft]:
        """The place in line of a request that is open; nothing when none is."""
        request = requests.open_request(self.connection, self.conversation.id)
        if request is None:
            return []
        if request.status == "navigator":
            return [Draft(words(self.language, "handoff_with_person"), kind="handoff", sender="system")]
        text = words(self.language, "handoff_already", expect=self.line_of(request))
        return [Draft(text, kind="handoff", sender="system", choices=[self._stop()], helplines=self._crisis_lines())]

    def line_of(self, request: Row[Any]) -> str:
        """The place in line and the expectation of a request that waits, in words."""
        expected = expectation(self.connection, request.territory, request.language, self.now)
        ahead = requests.waiting_ahead(self.connection, request.territory, request.urgency, request.created_at)
        return said(self.language, expected, ahead, self.now)

    def still_waiting(self, request: Row[Any]) -> Draft:
        """Nobody came within the set time: said once, with lines that fit and a way to be called back."""
        leave = choice(words(self.language, "buttons.leave_contact"), "contact:leave")
        needs = self.known.get("needs") or []
        lines = fitting_lines(needs, self.known.get("territory"), self.language, self.conversation.crisis)
        text = words(self.language, "still_waiting", expect=self.line_of(request))
        return Draft(text, kind="handoff", sender="system", choices=[leave, self._stop()], helplines=lines)

    def contact(self, text: str) -> Draft | None:
        """The answer to a message after CONTACT was asked; null when it holds no way to be reached nor a try at one."""
        request = requests.open_request(self.connection, self.conversation.id)
        way = contacts.way_in(text)
        if request is None or (way is None and not contacts.looks_like_a_try(text)):
            return None
        refuse = choice(words(self.language, "buttons.no_contact"), "contact:no")
        if way is None:
            return Draft(words(self.language, "contact_again"), kind="question", sender="system", asks=CONTACT, choices=[refuse])
        contacts.give(self.connection, request.id, way, self.now)
        kept = words(self.language, "contact_kept", way=_masked(way))
        if self.conversation.channel == "telegram":
            kept += " " + words(self.language, "contact_telegram")
        return Draft(kept, kind="notice", sender="system")

    def leave(self) -> list[Draft]:
        """The resident goes back to the assistant from a navigator; nothing when none has the conversation."""
        request = requests.open_request(self.connection, self.conversation.id)
        if request is None or request.status != "navigator":
            return []
        closing.record_wait(self.connection, request, self.conversation, self.now)
        requests.left_by_resident(self.connection, request, self.conversation.last_seq, self.now)
        self._set(status="assistant", asks=None)
        return [Draft(words(self.language, "handoff_back"), kind="handoff", sender="system", helplines=self._crisis_lines())]

    def cancel(self) -> list[Draft]:
        """The resident refused, or left the queue."""
        left = requests.cancel(self.connection, self.conversation.id, self.now)
        self._set(withheld=None)
        if left is not None:
            closing.left_without_end(self.connection, left, self.conversation, self.now)
        if self.conversation.status == "waiting":
            self._set(status="assistant")
        text = words(self.language, "handoff_left" if left is not None else "handoff_cancelled")
        return [Draft(text, kind="handoff", sender="system", helplines=self._crisis_lines())]

    # Shared

    def _expected(self, territory: str | None) -> tuple[Expectation, int]:
        urgency = "crisis" if self.conversation.crisis else requests.urgency_of(self.known)
        return (expectation(self.connection, territory, self.language, self.now),
                requests.waiting_ahead(self.connection, territory, urgency))

    def _withheld(self) -> list[str]:
        return list(self.conversation.withheld or ())

    def _territory(self, withheld: list[str]) -> str | None:
        return None if "place" in withheld else self.known.get("territory")

    def _crisis_lines(self) -> list[dict[str, Any]]:
        return [line.as_dict(self.language) for line in lines_by_id(CRISIS_LINES.get(self.conversation.crisis or "", ()))]

    def _stop(self) -> Choice:
        return choice(words(self.language, "buttons.stop_waiting"), "handoff:cancel")

    def _set(self, **values: Any) -> None:
        self.connection.execute(update(conversations).where(conversations.c.id == self.conversation.id).values(**values))


def _masked(way: str) -> str:
    """Enough of a number or an address to see that it is right, not enough to be reached by."""
    if "@" in way:
        name, _, host = way.partition("@")
        return f"{name[:1]}…@{host}"
    return f"…{way.partition(',')[0][-4:]}"
