"""What somebody with ten conversations needs to see of each: who waits for their reply and since when, the last words, how
many are unread; and which of them, open or over, something was said in.

Words of a conversation are shown to whoever has it, or had it: nobody else's are read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from bot.conversation.tables import messages
from bot.handoff.tables import handoffs, notes
from bot.places import normalise

__all__ = ["SHORTEST", "InHand", "find", "in_hand"]

SNIPPET = 120  # characters of the last words
SHORTEST = 2  # characters that can be looked for
MOST = 500  # requests that are looked through, the newest first
_HERE = messages.c.conversation_id == handoffs.c.conversation_id


@dataclass(frozen=True, slots=True)
class InHand:
    """Of one request: unread messages; last: {from, text} of the last words of either side; due: since when the person waits
    for a reply, null when the last word is the navigator's."""

    unread: int = 0
    last: dict[str, str] | None = None
    due: datetime | None = None


def in_hand(connection: Connection, rows: list[Row[Any]]) -> dict[str, InHand]:
    """By request, for requests that their navigator has."""
    ids = [row.id for row in rows]
    seen, said = _unread(connection, ids), _last_words(connection, ids)
    waiting = _unanswered(connection, ids)
    return {row.id: InHand(seen.get(row.id, 0), said.get(row.id), _due(row, waiting.get(row.id))) for row in rows}


def _due(row: Row[Any], since: datetime | None) -> datetime | None:
    """Whoever was never replied to waits since they asked for a person, whatever they wrote."""
    return row.created_at if row.first_reply_at is None else since


def _unread(connection: Connection, ids: list[str]) -> dict[str, int]:
    newer = messages.c.seq > func.coalesce(handoffs.c.navigator_seen_seq, handoffs.c.from_seq, 0)
    query = (select(handoffs.c.id, func.count()).join(messages, _HERE)
             .where(handoffs.c.id.in_(ids), messages.c.from_ == "resident", newer).group_by(handoffs.c.id))
    return dict(connection.execute(query).tuples().all())


def _unanswered(connection: Connection, ids: list[str]) -> dict[str, datetime]:
    """When the oldest message of the resident was written that no navigator's message follows. A tap is no message."""
    theirs = messages.alias()
    answered = (select(func.max(theirs.c.seq)).where(theirs.c.conversation_id == handoffs.c.conversation_id, theirs.c.from_ == "navigator")
                .scalar_subquery())
    query = (select(handoffs.c.id, func.min(messages.c.created_at)).join(messages, _HERE)
             .where(handoffs.c.id.in_(ids), messages.c.from_ == "resident", messages.c.choice.is_(None), messages.c.seq > func.coalesce(answered, 0))
             .group_by(handoffs.c.id))
    return dict(connection.execute(query).tuples().all())


def _last_words(connection: Connection, ids: list[str]) -> dict[str, dict[str, str]]:
    sides = messages.c.from_.in_(("resident", "navigator"))
    last = (select(handoffs.c.id, func.max(messages.c.seq).label("seq")).join(messages, _HERE)
            .where(handoffs.c.id.in_(ids), sides, messages.c.seq > func.coalesce(handoffs.c.from_seq, 0)).group_by(handoffs.c.id).subquery())
    query = (select(handoffs.c.id, messages.c.from_, messages.c.text).join(last, last.c.id == handoffs.c.id)
             .join(messages, and_(_HERE, messages.c.seq == last.c.seq)))
    return {row.id: {"from": row.from_, "text": _short(row.text)} for row in connection.execute(query)}


def find(connection: Connection, person_id: str, text: str) -> dict[str, str]:
    """The requests that a person has or had in which every word of `text` stands in one message that was theirs to read, or
    in one note: by request, where. Accents and capitals do not matter."""
    words = normalise(text).split()
    if not words or len(text.strip()) < SHORTEST:
        return {}
    newest = (select(handoffs.c.id).where(handoffs.c.owner == person_id).order_by(handoffs.c.created_at.desc()).limit(MOST))
    theirs = and_(messages.c.seq > func.coalesce(handoffs.c.from_seq, 0),
                  or_(handoffs.c.ended_seq.is_(None), messages.c.seq <= handoffs.c.ended_seq))
    said = (select(handoffs.c.id, messages.c.text).join(messages, _HERE).where(handoffs.c.id.in_(newest), theirs)
            .order_by(messages.c.seq.desc()))
    noted = select(notes.c.handoff_id.label("id"), notes.c.text).where(notes.c.handoff_id.in_(newest)).order_by(notes.c.id.desc())
    found: dict[str, str] = {}
    for query in (said, noted):
        for row in connection.execute(query):
            if row.id not in found and all(word in normalise(row.text) for word in words):
                found[row.id] = _short(row.text)
    return found


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SNIPPET else line[:SNIPPET - 1] + "…"
