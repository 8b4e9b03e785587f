"""How a navigator lets go of a request: to a colleague or a territory, back to the assistant, closed; and takes a closing
back. Part of Desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, or_, select, update

from bot.conversation import storage
from bot.conversation.tables import messages
from bot.demand.territories import territories
from bot.handoff import closing, contacts, requests
from bot.handoff.desk_errors import MovedOn, Refused
from bot.handoff.desk_hold import DeskSide, held, locked, visible
from bot.handoff.outcome import MET, OutcomeError, checked
from bot.handoff.queue import may_reopen
from bot.handoff.tables import handoffs
from bot.needs import all_needs
from bot.people import audit
from bot.people.people import person_from
from bot.people.person import Person
from bot.people.tables import people
from bot.store.base import utcnow
from bot.store.engine import writing

__all__ = ["Ends", "to_queue"]


def to_queue(now: datetime, **more: Any) -> dict[str, Any]:
    """What a request's row becomes when it waits again: its place in line is that of created_at; what is told once is told
    anew."""
    return {"owner": None, "status": "waiting", "moved_at": now, "told_at": None, "noticed_at": None, "handed_by": None,
            "navigator_seen_seq": None, "navigator_typing_at": None, **more}


class Ends:
    """The acts that end a navigator's part."""

    engine: Engine
    desk_side: DeskSide

    def transfer(self, person: Person, request_id: str, to: str | None, now: datetime | None = None) -> None:
        """To a navigator (their address), who has it from now on, or to a territory's queue (RLS code).

        Raises NoSuchRequest, NotYours, NotOpen, Refused (nobody and nowhere of that name, or the person themselves).
        """
        now, to = now or utcnow(), (to or "").strip().lower()
        with held(self.engine, person, request_id, waiting_too=person.administrator) as (connection, row):
            if to in territories():
                values = to_queue(now, territory=to)
                connection.execute(update(handoffs).where(handoffs.c.id == request_id).values(**values))
                self.desk_side.to_queue(connection, row.conversation_id, "navigator_passed", request_id, now)
            else:
                other = connection.execute(select(people).where(people.c.email == to, people.c.disabled.is_(False))).one_or_none()
                if other is None or other.id == row.owner or not person_from(other).at_the_desk:
                    raise Refused("to")
                # The colleague is told, and has read nothing yet.
                values = {"owner": other.id, "status": "navigator", "moved_at": now, "handed_by": person.id, "noticed_at": None,
                          "navigator_seen_seq": None, "navigator_typing_at": None, "claimed_at": func.coalesce(handoffs.c.claimed_at, now)}
                connection.execute(update(handoffs).where(handoffs.c.id == request_id).values(**values))
                self.desk_side.take(connection, row.conversation_id, other.name)
            audit.write(connection, person.id, "transferred", now, handoff_id=request_id, to=to)

    def give_back(self, person: Person, request_id: str, now: datetime | None = None) -> None:
        """To the assistant, which resumes with what is known. Raises NoSuchRequest, NotYours, NotOpen."""
        now = now or utcnow()
        with held(self.engine, person, request_id) as (connection, row):
            closing.record_wait(connection, row, storage.find(connection, row.conversation_id), now)
            self.desk_side.give_back(connection, row.conversation_id)
            self._end(connection, row, "returned", now)
            audit.write(connection, person.id, "returned", now, handoff_id=request_id)

    def close(self, person: Person, request_id: str, outcome: Any, reason: Any = None, need: str | None = None,
              now: datetime | None = None) -> None:
        """Close with an outcome, and the reason when the need was not met; the demand gets one event a need (closing.py).

        `need`: what it was about, when the packet does not say or says wrong. Whoever was sent a service is asked
        whether they agree to one question later.
        Raises NoSuchRequest, NotYours, NotOpen, Refused.
        """
        now = now or utcnow()
        try:
            outcome, reason = checked(outcome, reason)
        except OutcomeError as error:
            raise Refused(error.field) from None
        if need is not None and need not in all_needs():
            raise Refused("need")
        with held(self.engine, person, request_id, waiting_too=person.administrator) as (connection, row):
            conversation = storage.find(connection, row.conversation_id)
            self.desk_side.close(connection, row.conversation_id, ask_later=outcome in MET and row.oriented_to is not None)
            self._end(connection, row, "closed", now, outcome=outcome, reason=reason)
            closing.record_demand(connection, row, conversation, outcome, reason, need, now)
            audit.write(connection, person.id, "closed", now, handoff_id=request_id, outcome=outcome, reason=reason)

    def reopen(self, person: Person, request_id: str, now: datetime | None = None) -> None:
        """Take a closing back: the conversation is the person's again, as it was. What was counted stays until it is closed
        anew, and is corrected then. Raises NoSuchRequest, NotYours, MovedOn (too long ago, or the resident went on since: what
        they say then is the assistant's)."""
        now = now or utcnow()
        with writing(self.engine) as connection:
            row = visible(connection, person, request_id, locked(connection, request_id))
            if not may_reopen(person, row, now) or self._went_on(connection, row):
                raise MovedOn(request_id)
            connection.execute(
                update(handoffs).where(handoffs.c.id == request_id)
                .values(status="navigator", moved_at=now, ended_at=None, ended_seq=None, outcome=None, reason=None)
            )
            self.desk_side.take(connection, row.conversation_id, person.name, "navigator_again")
            audit.write(connection, person.id, "reopened", now, handoff_id=request_id)

    @staticmethod
    def _went_on(connection: Connection, row: Row[Any]) -> bool:
        """Whether the resident wrote after the end, or asked for a person again. Their answer to "may we ask later?" is a tap
        that belongs to the end."""
        if requests.open_request(connection, row.conversation_id) is not None:
            return True
        later = select(messages.c.seq).where(
            messages.c.conversation_id == row.conversation_id, messages.c.from_ == "resident", messages.c.seq > (row.ended_seq or 0),
            or_(messages.c.choice.is_(None), messages.c.choice.not_like("follow_up:%")))
        return connection.scalar(later.limit(1)) is not None

    def _end(self, connection: Connection, row: Row[Any], status: str, now: datetime, **more: Any) -> None:
        last = storage.find(connection, row.conversation_id)
        contacts.erase(connection, row.id)
        connection.execute(
            update(handoffs).where(handoffs.c.id == row.id)
            .values(status=status, ended_at=now, ended_seq=last.last_seq if last else None, **more)
        )
