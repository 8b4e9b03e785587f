"""The navigators' desk: the queue, one winner for each request, and all that a navigator does with it (desk_ends.py: how it
ends). What cannot be done is a DeskError (desk_errors.py).

Each act is one transaction, with its row in the audit log (codes only) and the conversation's part of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, insert, select, update

from bot.conversation import storage
from bot.conversation.messages import as_dict
from bot.handoff import contacts, presence, queue
from bot.handoff.desk_ends import Ends
from bot.handoff.desk_errors import (
    DeskError,
    MovedOn,
    NoChannel,
    NoSuchRequest,
    NotOpen,
    NotYours,
    Refused,
    Taken,
)
from bot.handoff.desk_hold import TEXT_LIMIT, DeskSide, clean, held, locked, visible
from bot.handoff.packet import card_text, structured
from bot.handoff.tables import handoffs, notes
from bot.people import audit
from bot.people.person import Person
from bot.people.tables import people
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["TEXT_LIMIT", "Desk", "DeskError", "DeskSide", "MovedOn", "NoChannel", "NoSuchRequest", "NotOpen", "NotYours", "Refused", "Taken"]

CLIENT_ID_LENGTH = 58  # what a message's row holds, less the desk's own prefix


class Desk(Ends):
    """All requests for a person. Methods block: callers in async code go through a worker thread."""

    def __init__(self, engine: Engine, desk_side: DeskSide) -> None:
        self.engine = engine
        self.desk_side = desk_side

    # Reading

    def queue(self, person: Person, status: str = "waiting", now: datetime | None = None) -> list[dict[str, Any]]:
        """The contract's rows that the person may see: waiting, mine, all or ended (queue.py). Raises Refused."""
        if status not in queue.STATUSES:
            raise Refused("status")
        with reading(self.engine) as connection:
            return queue.read(connection, person, status, now or utcnow())

    def find(self, person: Person, text: str, now: datetime | None = None) -> list[dict[str, Any]]:
        """The person's own requests, open or over, in which something was said (queue.found)."""
        with reading(self.engine) as connection:
            return queue.found(connection, person, text, now or utcnow())

    def get(self, person: Person, request_id: str, after: int = 0, now: datetime | None = None) -> dict[str, Any]:
        """The row of the queue with packet, messages after `after`, notes, who speaks, what each side has seen, and, for its
        owner only, the way to reach them. Raises NoSuchRequest, NotYours.

        Messages that the resident did not pass on are not in it; once the request is over, only what was said until
        then. An administrator's look at what is not theirs is in the audit log.
        """
        now = now or utcnow()
        with reading(self.engine) as connection:
            row = visible(connection, person, request_id)
            conversation = storage.find(connection, row.conversation_id)
            if conversation is None:
                raise NoSuchRequest(request_id)
            said = storage.since(connection, row.conversation_id, max(after, row.from_seq or 0))
            written = connection.execute(
                select(notes, people.c.name).join(people, people.c.id == notes.c.person_id)
                .where(notes.c.handoff_id == request_id).order_by(notes.c.id)
            ).all()
            way = contacts.of(connection, request_id) if row.owner == person.id and row.status == "navigator" else None
        if row.owner != person.id and after == 0:
            with writing(self.engine) as connection:
                audit.write(connection, person.id, "read", now, handoff_id=request_id)
        return {
            **queue.as_row(row, person, now),
            "outcome": row.outcome,
            "reason": row.reason,
            "may_reopen": queue.may_reopen(person, row, now),
            "channel": conversation.channel,
            "spoken": conversation.language,
            "conversation_status": conversation.status if row.ended_at is None else "closed",
            "packet": structured(row.packet, row.language, row.urgency, person.language),
            "messages": [{**as_dict(one), "at": one.created_at.isoformat()} for one in said if row.ended_seq is None or one.seq <= row.ended_seq],
            "notes": [{"author": one.name, "text": one.text, "at": one.created_at.isoformat()} for one in written],
            "contact": way,
            "seen": row.resident_seen_seq or 0,
            "typing": presence.typing_now(row.resident_typing_at, now),
        }

    def context(self, person: Person, request_id: str) -> dict[str, Any]:
        """What a reply is made for: {spoken: the language that the resident reads now, packet}. Raises NoSuchRequest,
        NotYours."""
        with reading(self.engine) as connection:
            row = visible(connection, person, request_id)
            conversation = storage.find(connection, row.conversation_id)
        if conversation is None:
            raise NoSuchRequest(request_id)
        return {"spoken": str(conversation.language), "packet": structured(row.packet, row.language, row.urgency, person.language)}

    # Acting

    def claim(self, person: Person, request_id: str, now: datetime | None = None) -> None:
        """Take it: one winner. Raises NoSuchRequest, Taken (by the person too), NotOpen."""
        now = now or utcnow()
        with writing(self.engine) as connection:
            row = locked(connection, request_id)
            if not queue.may_see(person, row):
                raise NoSuchRequest(request_id)
            won = connection.execute(
                update(handoffs)
                .where(handoffs.c.id == request_id, handoffs.c.owner.is_(None), handoffs.c.status == "waiting")
                .values(owner=person.id, status="navigator", moved_at=now, handed_by=None, claimed_at=func.coalesce(handoffs.c.claimed_at, now))
            )
            if not won.rowcount:
                raise NotOpen(request_id) if row.owner is None else Taken(request_id)
            self.desk_side.take(connection, row.conversation_id, person.name)
            audit.write(connection, person.id, "claimed", now, handoff_id=request_id)

    def say(self, person: Person, request_id: str, text: str | None = None, card: dict[str, Any] | None = None,
            now: datetime | None = None, client_id: str | None = None) -> int:
        """Say a text, or send a service's card (contract's), to the resident; the message's seq. Sending one `client_id`
        again says nothing more and gives the first seq.

        Raises NoSuchRequest, NotYours, NotOpen, NoChannel, Refused (an empty or too long text).
        """
        now = now or utcnow()
        text = clean(text, "text", empty=card is not None)
        if client_id is not None and not 0 < len(client_id) <= CLIENT_ID_LENGTH:
            raise Refused("client_id")
        key = f"desk:{client_id}" if client_id else None
        with held(self.engine, person, request_id) as (connection, row):
            before = self.desk_side.said_before(connection, row.conversation_id, key) if key else None
            if before is not None:
                return before
            conversation = storage.find(connection, row.conversation_id)
            if conversation is None:
                raise NoSuchRequest(request_id)
            if conversation.channel == "referral":
                raise NoChannel(request_id)
            if card is not None and not text:
                text = card_text(conversation.language)
            seq = self.desk_side.say(connection, row.conversation_id, text, [card] if card is not None else None, key)
            if seq is None:
                raise NoSuchRequest(request_id)
            changes: dict[str, Any] = {"first_reply_at": func.coalesce(handoffs.c.first_reply_at, now), "navigator_typing_at": None}
            if card is not None:
                changes["oriented_to"] = card["id"]
            connection.execute(update(handoffs).where(handoffs.c.id == request_id).values(**changes))
            audit.write(connection, person.id, "service_sent" if card else "message_sent", now, handoff_id=request_id,
                        service=card["id"] if card else None)
            return seq

    def note(self, person: Person, request_id: str, text: str | None, now: datetime | None = None) -> None:
        """An internal note, seen at the desk only. Raises NoSuchRequest, NotYours, Refused."""
        now, text = now or utcnow(), clean(text, "text")
        with writing(self.engine) as connection:
            visible(connection, person, request_id, locked(connection, request_id))
            connection.execute(insert(notes).values(handoff_id=request_id, person_id=person.id, text=text, created_at=now))
            audit.write(connection, person.id, "note_added", now, handoff_id=request_id)

    def note_danger(self, person: Person, request_id: str, now: datetime | None = None) -> None:
        """The navigator has seen that the person spoke of danger: the alert stops. Raises NoSuchRequest, NotYours, NotOpen."""
        with held(self.engine, person, request_id) as (connection, row):
            connection.execute(update(handoffs).where(handoffs.c.id == request_id).values(danger_noted_seq=row.danger_seq))
            audit.write(connection, person.id, "danger_noted", now or utcnow(), handoff_id=request_id)

    def contact_used(self, person: Person, request_id: str, now: datetime | None = None) -> None:
        """The way to reach them served: it is erased. Raises NoSuchRequest, NotYours, NotOpen."""
        with held(self.engine, person, request_id) as (connection, _row):
            now = now or utcnow()
            if contacts.erase(connection, request_id):
                connection.execute(update(handoffs).where(handoffs.c.id == request_id)
                                   .values(first_reply_at=func.coalesce(handoffs.c.first_reply_at, now)))
                audit.write(connection, person.id, "contact_erased", now, handoff_id=request_id)

    def presence(self, person: Person, request_id: str, seen: int | None = None, typing: bool = False,
                 now: datetime | None = None) -> None:
        """What the navigator has seen, and whether they type: told to the resident where the channel allows. Nothing of an
        administrator who only reads. Raises NoSuchRequest, NotYours."""
        with writing(self.engine) as connection:
            row = visible(connection, person, request_id)
            if row.owner == person.id and row.status == "navigator":
                presence.note(connection, row, "navigator", seen, typing, now or utcnow())
