"""How a navigator lets go of a request: to a colleague or a territory, back to the assistant, closed. Part of Desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, update

from bot.conversation import storage
from bot.demand.territories import territories
from bot.handoff import closing, contacts
from bot.handoff.desk_errors import Refused
from bot.handoff.desk_hold import DeskSide, held
from bot.handoff.outcome import MET, OutcomeError, checked
from bot.handoff.tables import handoffs
from bot.needs import all_needs
from bot.people import audit
from bot.people.people import person_from
from bot.people.person import Person
from bot.people.tables import people
from bot.store.base import utcnow

__all__ = ["Ends", "to_queue"]


def to_queue(now: datetime, **more: Any) -> dict[str, Any]:
    """What a request's row becomes when it waits again: its place in line is that of created_at; what is told once is told
    anew."""
    return {"owner": None, "status": "waiting", "moved_at": now, "told_at": None, "noticed_at": None, **more}


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
                values = {"owner": other.id, "status": "navigator", "moved_at": now, "claimed_at": func.coalesce(handoffs.c.claimed_at, now)}
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

    def _end(self, connection: Connection, row: Row[Any], status: str, now: datetime, **more: Any) -> None:
        last = storage.find(connection, row.conversation_id)
        contacts.erase(connection, row.id)
        connection.execute(
            update(handoffs).where(handoffs.c.id == row.id)
            .values(status=status, ended_at=now, ended_seq=last.last_seq if last else None, **more)
        )
