"""The navigators' desk: the queue, one winner for each request, and all that a navigator does with it.

    DeskError
        NoSuchRequest       there is none, it was erased, or it is not the person's to know of
        NotYours            a colleague has it, or nobody has yet: the person may see it in the queue, not read it
        Taken               somebody else was first
        NotOpen             it is over, or nobody has it yet: nothing can be said in it
        Refused             a value is wrong; `field` names it

Each act is one transaction, with its row in the audit log (codes only) and the conversation's part of it. Locks are
taken in one order, the conversation's before the request's (requests.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from bot.conversation import storage
from bot.conversation.messages import as_dict
from bot.demand.territories import territories
from bot.handoff import closing, queue
from bot.handoff.outcome import OutcomeError, checked
from bot.handoff.packet import card_text, structured
from bot.handoff.tables import handoffs, notes
from bot.needs import all_needs
from bot.people import audit
from bot.people.people import person_from
from bot.people.person import Person
from bot.people.tables import people
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["TEXT_LIMIT", "Desk", "DeskError", "DeskSide", "NoSuchRequest", "NotOpen", "NotYours", "Refused", "Taken"]

TEXT_LIMIT = 4096  # one Telegram message


class DeskError(Exception):
    """What was asked cannot be done."""


class NoSuchRequest(DeskError):
    """There is no such request for this person."""


class NotYours(DeskError):
    """Only its owner and administrators read it and act in it."""


class Taken(DeskError):
    """Somebody has it already."""


class NotOpen(DeskError):
    """It is not with a navigator (any more)."""


class Refused(DeskError):
    """A field is wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class DeskSide(Protocol):
    """What the desk needs of conversations (bot/conversation/desk_side.py), in the desk's transaction."""

    def take(self, connection: Connection, conversation_id: str, name: str) -> None: ...
    def say(self, connection: Connection, conversation_id: str, text: str,
            services: list[dict[str, Any]] | None = None) -> int | None: ...
    def give_back(self, connection: Connection, conversation_id: str) -> None: ...
    def to_queue(self, connection: Connection, conversation_id: str) -> None: ...
    def close(self, connection: Connection, conversation_id: str) -> None: ...


class Desk:
    """All requests for a person. Methods block: callers in async code go through a worker thread."""

    def __init__(self, engine: Engine, desk_side: DeskSide) -> None:
        self.engine = engine
        self.desk_side = desk_side

    # Reading

    def queue(self, person: Person, status: str = "waiting", now: datetime | None = None) -> list[dict[str, Any]]:
        """The contract's rows that the person may see: waiting, mine or all (queue.py). Raises Refused."""
        if status not in queue.STATUSES:
            raise Refused("status")
        with reading(self.engine) as connection:
            return queue.read(connection, person, status, now or utcnow())

    def get(self, person: Person, request_id: str, after: int = 0, now: datetime | None = None) -> dict[str, Any]:
        """The row of the queue with packet, messages after `after`, notes and who speaks. Raises NoSuchRequest, NotYours.

        Once the request is over, only what was said until then is in it. An administrator's look at what is not
        theirs is in the audit log.
        """
        now = now or utcnow()
        with reading(self.engine) as connection:
            row = self._visible(connection, person, request_id)
            conversation = storage.find(connection, row.conversation_id)
            if conversation is None:
                raise NoSuchRequest(request_id)
            said = storage.since(connection, row.conversation_id, after)
            written = connection.execute(
                select(notes, people.c.name).join(people, people.c.id == notes.c.person_id)
                .where(notes.c.handoff_id == request_id).order_by(notes.c.id)
            ).all()
        if row.owner != person.id and after == 0:
            with writing(self.engine) as connection:
                audit.write(connection, person.id, "read", now, handoff_id=request_id)
        return {
            **queue.as_row(row, person, now),
            "outcome": row.outcome,
            "reason": row.reason,
            "channel": conversation.channel,
            "conversation_status": conversation.status if row.ended_at is None else "closed",
            "packet": structured(row.packet, row.language, row.urgency, person.language),
            "messages": [as_dict(one) for one in said if row.ended_seq is None or one.seq <= row.ended_seq],
            "notes": [{"author": one.name, "text": one.text, "at": one.created_at.isoformat()} for one in written],
        }

    def language_of(self, person: Person, request_id: str) -> str:
        """The language that the resident reads now. Raises NoSuchRequest, NotYours."""
        with reading(self.engine) as connection:
            row = self._visible(connection, person, request_id)
            conversation = storage.find(connection, row.conversation_id)
        if conversation is None:
            raise NoSuchRequest(request_id)
        return str(conversation.language)

    # Acting

    def claim(self, person: Person, request_id: str, now: datetime | None = None) -> None:
        """Take it: one winner. Raises NoSuchRequest, Taken (by the person too), NotOpen."""
        now = now or utcnow()
        with writing(self.engine) as connection:
            row = self._locked(connection, request_id)
            if not queue.may_see(person, row):
                raise NoSuchRequest(request_id)
            won = connection.execute(
                update(handoffs)
                .where(handoffs.c.id == request_id, handoffs.c.owner.is_(None), handoffs.c.status == "waiting")
                .values(owner=person.id, status="navigator", claimed_at=func.coalesce(handoffs.c.claimed_at, now))
            )
            if not won.rowcount:
                raise NotOpen(request_id) if row.owner is None else Taken(request_id)
            self.desk_side.take(connection, row.conversation_id, person.name)
            audit.write(connection, person.id, "claimed", now, handoff_id=request_id)

    def say(self, person: Person, request_id: str, text: str | None = None, card: dict[str, Any] | None = None,
            now: datetime | None = None) -> int:
        """Say a text, or send a service's card (contract's), to the resident; the message's seq.

        Raises NoSuchRequest, NotYours, NotOpen, Refused (an empty or too long text).
        """
        now = now or utcnow()
        text = _clean(text, "text", empty=card is not None)
        with self._held(person, request_id) as (connection, row):
            if card is not None and not text:
                text = card_text(storage.find(connection, row.conversation_id).language)  # type: ignore[union-attr]
            seq = self.desk_side.say(connection, row.conversation_id, text, [card] if card is not None else None)
            if seq is None:
                raise NoSuchRequest(request_id)
            changes = {"first_reply_at": func.coalesce(handoffs.c.first_reply_at, now)}
            if card is not None:
                changes["oriented_to"] = card["id"]
            connection.execute(update(handoffs).where(handoffs.c.id == request_id).values(**changes))
            audit.write(connection, person.id, "service_sent" if card else "message_sent", now, handoff_id=request_id,
                        service=card["id"] if card else None)
            return seq

    def note(self, person: Person, request_id: str, text: str | None, now: datetime | None = None) -> None:
        """An internal note, seen at the desk only. Raises NoSuchRequest, NotYours, Refused."""
        now, text = now or utcnow(), _clean(text, "text")
        with writing(self.engine) as connection:
            self._visible(connection, person, request_id, self._locked(connection, request_id))
            connection.execute(insert(notes).values(handoff_id=request_id, person_id=person.id, text=text, created_at=now))
            audit.write(connection, person.id, "note_added", now, handoff_id=request_id)

    def transfer(self, person: Person, request_id: str, to: str | None, now: datetime | None = None) -> None:
        """To a navigator (their address), who has it from now on, or to a territory's queue (RLS code).

        Raises NoSuchRequest, NotYours, NotOpen, Refused (nobody and nowhere of that name, or the person themselves).
        """
        now, to = now or utcnow(), (to or "").strip().lower()
        with self._held(person, request_id, waiting_too=person.administrator) as (connection, row):
            if to in territories():
                values: dict[str, Any] = {"owner": None, "status": "waiting", "territory": to}
                self.desk_side.to_queue(connection, row.conversation_id)
            else:
                other = connection.execute(select(people).where(people.c.email == to, people.c.disabled.is_(False))).one_or_none()
                if other is None or other.id == row.owner or not person_from(other).at_the_desk:
                    raise Refused("to")
                values = {"owner": other.id, "status": "navigator", "claimed_at": func.coalesce(handoffs.c.claimed_at, now)}
                self.desk_side.take(connection, row.conversation_id, other.name)
            connection.execute(update(handoffs).where(handoffs.c.id == request_id).values(**values))
            audit.write(connection, person.id, "transferred", now, handoff_id=request_id, to=to)

    def give_back(self, person: Person, request_id: str, now: datetime | None = None) -> None:
        """To the assistant, which resumes with what is known. Raises NoSuchRequest, NotYours, NotOpen."""
        now = now or utcnow()
        with self._held(person, request_id) as (connection, row):
            self.desk_side.give_back(connection, row.conversation_id)
            self._end(connection, row, "returned", now)
            audit.write(connection, person.id, "returned", now, handoff_id=request_id)

    def close(self, person: Person, request_id: str, outcome: Any, reason: Any = None, need: str | None = None,
              now: datetime | None = None) -> None:
        """Close with an outcome, and the reason when the need was not met; the demand gets one event a need.

        `need`: what it was about, when the packet does not say or says wrong.
        Raises NoSuchRequest, NotYours, NotOpen, Refused.
        """
        now = now or utcnow()
        try:
            outcome, reason = checked(outcome, reason)
        except OutcomeError as error:
            raise Refused(error.field) from None
        if need is not None and need not in all_needs():
            raise Refused("need")
        with self._held(person, request_id, waiting_too=person.administrator) as (connection, row):
            conversation = storage.find(connection, row.conversation_id)
            self.desk_side.close(connection, row.conversation_id)
            self._end(connection, row, "closed", now, outcome=outcome, reason=reason)
            closing.record_demand(connection, row, conversation, outcome, reason, need, now)
            audit.write(connection, person.id, "closed", now, handoff_id=request_id, outcome=outcome, reason=reason)

    # Shared

    def _end(self, connection: Connection, row: Row[Any], status: str, now: datetime, **more: Any) -> None:
        last = storage.find(connection, row.conversation_id)
        connection.execute(
            update(handoffs).where(handoffs.c.id == row.id)
            .values(status=status, ended_at=now, ended_seq=last.last_seq if last else None, **more)
        )

    @contextmanager
    def _held(self, person: Person, request_id: str, waiting_too: bool = False) -> Iterator[tuple[Connection, Row[Any]]]:
        """A transaction that holds the conversation and the request, which the person may act in and which is open."""
        with writing(self.engine) as connection:
            row = self._visible(connection, person, request_id, self._locked(connection, request_id))
            if row.status != "navigator" and not (waiting_too and row.status == "waiting"):
                raise NotOpen(request_id)
            yield connection, row

    def _locked(self, connection: Connection, request_id: str) -> Row[Any]:
        conversation_id = connection.scalar(select(handoffs.c.conversation_id).where(handoffs.c.id == request_id))
        if conversation_id is None or storage.lock(connection, conversation_id) is None:
            raise NoSuchRequest(request_id)
        return self._row(connection, request_id)

    @staticmethod
    def _row(connection: Connection, request_id: str) -> Row[Any]:
        row = connection.execute(queue.WITH_OWNER.where(handoffs.c.id == request_id)).one_or_none()
        if row is None:
            raise NoSuchRequest(request_id)
        return row

    def _visible(self, connection: Connection, person: Person, request_id: str, row: Row[Any] | None = None) -> Row[Any]:
        """The request, for its owner and administrators only."""
        row = self._row(connection, request_id) if row is None else row
        if row.owner == person.id or person.administrator:
            return row
        raise NotYours(request_id) if queue.may_see(person, row) else NoSuchRequest(request_id)


def _clean(text: Any, field: str, *, empty: bool = False) -> str:
    """A text that any database stores: no NUL, no half characters. Raises Refused."""
    if not (text is None or isinstance(text, str)):
        raise Refused(field)
    cleaned = (text or "").replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
    if (not cleaned and not empty) or len(cleaned) > TEXT_LIMIT:
        raise Refused(field)
    return cleaned
