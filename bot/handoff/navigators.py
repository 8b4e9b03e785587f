"""What a navigator chose at the desk: on a break or not, and the Telegram chat that is told when somebody waits.

A chat is linked by a code that the desk shows and the navigator sends to the bot: whoever holds the phone holds the
account that is signed in. A notice holds nothing that a resident wrote.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, and_, or_, select, update

from bot.demand.tables import insert_if_absent
from bot.handoff import queue
from bot.handoff.desk_tables import desk_navigators
from bot.handoff.requests import URGENCIES
from bot.handoff.tables import handoffs
from bot.people import audit
from bot.people.people import person_from
from bot.people.tables import people
from bot.store.engine import reading, writing

__all__ = ["CODE_LASTS", "CODE_PREFIX", "Choices", "Notice", "choices_of", "claim_notices", "link", "new_code", "set_available", "unlink"]

CODE_PREFIX = "desk-"
CODE_BYTES = 9  # 72 bits, for a quarter of an hour
CODE_LASTS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Choices:
    """available: not on a break; telegram: a chat is linked."""

    available: bool = True
    telegram: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A chat to be told, in a language, that somebody waits: how many, whether one is in danger, and how many conversations a
    colleague handed over."""

    chat: str
    language: str
    waiting: int
    crisis: bool
    handed: int = 0


def choices_of(connection: Connection, person_id: str) -> Choices:
    """What the person chose."""
    row = connection.execute(select(desk_navigators).where(desk_navigators.c.person_id == person_id)).one_or_none()
    return Choices(row.available, row.telegram_chat is not None) if row is not None else Choices()


def _row(connection: Connection, person_id: str) -> None:
    insert_if_absent(connection, desk_navigators, person_id=person_id)


def set_available(connection: Connection, person_id: str, available: bool, now: datetime) -> None:
    """On a break (residents are told that nobody is there, as far as this person goes), or back."""
    _row(connection, person_id)
    connection.execute(update(desk_navigators).where(desk_navigators.c.person_id == person_id).values(available=available))
    audit.write(connection, person_id, "back" if available else "on_a_break", now)


def new_code(connection: Connection, person_id: str, now: datetime) -> str:
    """A code that links one chat once, for CODE_LASTS: to be sent to the bot as "/start CODE"."""
    code = CODE_PREFIX + secrets.token_urlsafe(CODE_BYTES)
    _row(connection, person_id)
    connection.execute(update(desk_navigators).where(desk_navigators.c.person_id == person_id)
                       .values(code_hash=_hash(code), code_until=now + CODE_LASTS))
    return code


def link(connection: Connection, code: str, chat: str, now: datetime) -> str | None:
    """Link a chat to whose code it is; the language of their pages, null when the code is none (any more)."""
    found = connection.execute(
        select(desk_navigators.c.person_id, people.c.language).join(people, people.c.id == desk_navigators.c.person_id)
        .where(desk_navigators.c.code_hash == _hash(code), desk_navigators.c.code_until > now, people.c.disabled.is_(False))
    ).one_or_none()
    if found is None:
        return None
    connection.execute(update(desk_navigators).where(desk_navigators.c.telegram_chat == chat).values(telegram_chat=None))
    connection.execute(update(desk_navigators).where(desk_navigators.c.person_id == found.person_id)
                       .values(telegram_chat=chat, code_hash=None, code_until=None))
    audit.write(connection, found.person_id, "telegram_linked", now)
    return str(found.language)


def unlink(connection: Connection, person_id: str, now: datetime) -> None:
    """No more notices."""
    connection.execute(update(desk_navigators).where(desk_navigators.c.person_id == person_id)
                       .values(telegram_chat=None, code_hash=None, code_until=None))
    audit.write(connection, person_id, "telegram_unlinked", now)


def claim_notices(engine: Engine, now: datetime) -> list[Notice]:
    """The notices to be sent for requests that came to wait, and for those that a colleague handed over, once each whatever
    how many processes ask; a chat gets one for all of them together. A kill right after loses a notice, not a request: it
    is in the queue."""
    handed = and_(handoffs.c.status == "navigator", handoffs.c.handed_by.is_not(None))
    new = (or_(handoffs.c.status == "waiting", handed), handoffs.c.noticed_at.is_(None))
    with reading(engine) as connection:
        if connection.scalar(select(handoffs.c.id).where(*new).limit(1)) is None:
            return []
    with writing(engine) as connection:
        ids = list(connection.scalars(update(handoffs).where(*new).values(noticed_at=now).returning(handoffs.c.id)))
        rows = connection.execute(queue.WITH_OWNER.where(handoffs.c.id.in_(ids))).all()
        linked = connection.execute(
            select(people, desk_navigators.c.telegram_chat).join(desk_navigators, desk_navigators.c.person_id == people.c.id)
            .where(people.c.disabled.is_(False), desk_navigators.c.telegram_chat.is_not(None), desk_navigators.c.available.is_(True))
        ).all()
    found = []
    for one in linked:
        person = person_from(one)
        theirs = [row for row in rows if row.status == "waiting" and queue.may_see(person, row)]
        handed_over = [row for row in rows if row.status == "navigator" and row.owner == person.id]
        if theirs or handed_over:
            crisis = any(row.urgency == URGENCIES[0] for row in (*theirs, *handed_over))
            found.append(Notice(one.telegram_chat, person.language, len(theirs), crisis, len(handed_over)))
    return found


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
