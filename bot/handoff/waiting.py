"""Nobody is left without knowing: who waits too long, for a navigator or for a reply of the one they have, is told once; what
a navigator left goes back to the queue; whoever agreed is asked one question later. Run every few seconds by each process: every step has one winner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, or_, select, update

from bot.conversation import storage
from bot.conversation.later import question
from bot.handoff import follow_up
from bot.handoff.desk_ends import to_queue
from bot.handoff.desk_hold import DeskSide
from bot.handoff.in_hand import in_hand
from bot.handoff.tables import handoffs
from bot.people import audit
from bot.people.tables import people
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["Waiting"]


class Waiting:
    """The work beside the desk. Methods block."""

    def __init__(self, engine: Engine, desk_side: DeskSide, settings: Settings) -> None:
        self.engine, self.desk_side, self.settings = engine, desk_side, settings

    def look(self, now: datetime | None = None) -> None:
        """All of it; one that fails keeps none of the others from being done. Raises the first failure at the end."""
        now, failures = now or utcnow(), []
        for work in (self.return_what_was_left, self.tell_who_waits, self.tell_who_is_kept, self.ask_what_is_due):
            try:
                work(now)
            except Exception as failure:
                failures.append(failure)
        if failures:
            raise failures[0]

    def tell_who_waits(self, now: datetime) -> int:
        """Tell residents whom nobody answered within the set time, once each time they are in the queue; how many."""
        before = now - timedelta(minutes=self.settings.wait_minutes)
        late = (handoffs.c.status == "waiting", handoffs.c.told_at.is_(None), handoffs.c.moved_at < before)
        return sum(self._tell(row, late, now) for row in self._rows(select(handoffs).where(*late)))

    def _tell(self, row: Row[Any], late: tuple[Any, ...], now: datetime) -> bool:
        with writing(self.engine) as connection:
            if storage.lock(connection, row.conversation_id) is None:
                return False
            won = connection.execute(update(handoffs).where(handoffs.c.id == row.id, *late).values(told_at=now))
            if won.rowcount:
                self.desk_side.still_waiting(connection, row.conversation_id, row.id, now)
            return won.rowcount > 0

    def tell_who_is_kept(self, now: datetime) -> int:
        """Tell residents whose navigator is there and has not replied within the set time, once until a reply comes; how many."""
        before = now - timedelta(minutes=self.settings.wait_minutes)
        kept = (handoffs.c.status == "navigator", handoffs.c.told_at.is_(None), handoffs.c.moved_at < before)
        rows = self._rows(select(handoffs).where(*kept))
        with reading(self.engine) as connection:
            late = [row for row in rows if _late(connection, row, before)]
        return sum(self._tell_kept(row, kept, before, now) for row in late)

    def _tell_kept(self, row: Row[Any], kept: tuple[Any, ...], before: datetime, now: datetime) -> bool:
        with writing(self.engine) as connection:
            if storage.lock(connection, row.conversation_id) is None or not _late(connection, row, before):
                return False
            won = connection.execute(update(handoffs).where(handoffs.c.id == row.id, *kept).values(told_at=now))
            if won.rowcount:
                self.desk_side.still_with(connection, row.conversation_id)
            return won.rowcount > 0

    def return_what_was_left(self, now: datetime) -> int:
        """Give back to the queue what is with a navigator who was seen nowhere for the set time; how many."""
        before = now - timedelta(minutes=self.settings.away_minutes)
        gone = or_(people.c.last_seen_at.is_(None), people.c.last_seen_at < before, people.c.disabled.is_(True))
        # What a colleague was handed just now has the same time to be looked at.
        left = (handoffs.c.status == "navigator", handoffs.c.moved_at < before)
        return sum(self._return(row, gone, left, now) for row in
                   self._rows(select(handoffs).join(people, people.c.id == handoffs.c.owner).where(gone, *left)))

    def _return(self, row: Row[Any], gone: Any, left: tuple[Any, ...], now: datetime) -> bool:
        with writing(self.engine) as connection:
            if storage.lock(connection, row.conversation_id) is None:
                return False
            away = select(people.c.id).where(people.c.id == row.owner, gone).exists()
            won = connection.execute(
                update(handoffs).where(handoffs.c.id == row.id, handoffs.c.owner == row.owner, *left, away).values(**to_queue(now))
            )
            if won.rowcount:
                self.desk_side.to_queue(connection, row.conversation_id, "navigator_away", row.id, now)
                audit.write(connection, None, "left_by_navigator", now, handoff_id=row.id)
            return won.rowcount > 0

    def ask_what_is_due(self, now: datetime) -> int:
        """Ask the questions whose day has come; how many."""
        with reading(self.engine) as connection:
            rows = follow_up.due(connection, now)
        return sum(self._ask(row, now) for row in rows)

    def _ask(self, row: Row[Any], now: datetime) -> bool:
        with writing(self.engine) as connection:
            telegram = row.channel == "telegram"
            found = storage.by_channel(connection, row.channel, row.channel_ref) if telegram else storage.find(connection, row.channel_ref)
            conversation = storage.lock(connection, found.id) if found is not None else None
            if conversation is None and not telegram:
                follow_up.forget_chat(connection, row.channel, row.channel_ref)  # there is nowhere to ask
                return False
            if conversation is not None and conversation.status in ("waiting", "navigator"):
                return False  # not now; tomorrow, or never
            if not follow_up.asked(connection, row.id):
                return False
            new = conversation is None
            if new:  # the text was erased in between; the chat alone was kept
                made, _ = storage.create(connection, channel="telegram", language="fr", door=None, channel_ref=row.channel_ref, now=now)
                conversation = storage.lock(connection, made)
            assert conversation is not None
            storage.append(connection, conversation, [question(conversation.language, row.id, both=new)], reply_to=None,
                           language=conversation.language, now=now)
            return True

    def _rows(self, query: Any) -> list[Row[Any]]:
        with reading(self.engine) as connection:
            return list(connection.execute(query.order_by(handoffs.c.created_at).limit(200)))


def _late(connection: Connection, row: Row[Any], before: datetime) -> bool:
    """Whether a reply has been due since before then."""
    now = connection.execute(select(handoffs).where(handoffs.c.id == row.id)).one_or_none()
    due = in_hand(connection, [now])[row.id].due if now is not None else None
    return due is not None and due < before
