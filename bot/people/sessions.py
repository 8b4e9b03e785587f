"""Sessions: a random token in a cookie, only its hash here, so that they end when we say so: after LIFETIME, after IDLE
without a request, one by one or all at once."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from bot.people.tables import people, second_factors, sessions

__all__ = ["IDLE", "LIFETIME", "Session", "end", "end_all", "end_one", "find", "of_person", "seen", "start", "told_agent"]

TOKEN_BYTES = 32  # 256 bits: nothing to guess, so a fast hash is enough
# A working day: somebody who comes back tomorrow signs in again.
LIFETIME = timedelta(hours=12)
# Without any request (NIST SP 800-63B-4, 2.2.3: one hour at AAL2). A desk that stands open asks every few seconds, which
# keeps it: a navigator waits for residents, and a machine that sleeps does not ask.
IDLE = timedelta(hours=1)
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
             ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
            ("CrOS", "ChromeOS"), ("Linux", "Linux"))


@dataclass(frozen=True, slots=True)
class Session:
    """One session as its person and administrators see it; `current`: the one that asks."""

    id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    agent: str
    current: bool = False


def told_agent(header: str) -> str:
    """A User-Agent header as "Firefox, Linux"; empty when it is neither a browser's nor a system's we know. No version:
    enough to know one's own device again, too little to know a person by."""
    found = [next((name for mark, name in known if re.search(rf"\b{mark}\b", header)), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(one for one in found if one)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _over(now: datetime) -> Any:
    return or_(sessions.c.expires_at <= now, sessions.c.last_seen_at <= now - IDLE)


def start(connection: Connection, person_id: str, now: datetime, agent: str = "") -> str:
    """A new session; its token, given once. Sessions that ran out are swept on the way."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    connection.execute(delete(sessions).where(_over(now)))
    connection.execute(
        insert(sessions).values(token_hash=_hash(token), id=str(uuid4()), person_id=person_id, created_at=now,
                                expires_at=now + LIFETIME, last_seen_at=now, agent=agent[:60])
    )
    return token


def find(connection: Connection, token: str, now: datetime) -> Row[Any] | None:
    """The account that the token is a session of, with `session_id`, `session_seen_at`, `second_factor_at`; null when it
    ran out, was ended, or the account is disabled."""
    query = (
        select(people, sessions.c.id.label("session_id"), sessions.c.last_seen_at.label("session_seen_at"),
               second_factors.c.confirmed_at.label("second_factor_at"))
        .join(sessions, sessions.c.person_id == people.c.id)
        .outerjoin(second_factors, second_factors.c.person_id == people.c.id)
        .where(sessions.c.token_hash == _hash(token), ~_over(now), people.c.disabled.is_(False))
    )
    return connection.execute(query).one_or_none()


def seen(connection: Connection, session_id: str, now: datetime) -> None:
    """Somebody asked with it."""
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(last_seen_at=now))


def of_person(connection: Connection, person_id: str, now: datetime, token: str | None = None) -> list[Session]:
    """A person's open sessions, the newest first; `token` is that of the one who asks."""
    rows = connection.execute(
        select(sessions).where(sessions.c.person_id == person_id, ~_over(now)).order_by(sessions.c.created_at.desc())
    )
    mine = _hash(token) if token else None
    return [Session(row.id, row.created_at, row.last_seen_at, row.expires_at, row.agent, row.token_hash == mine) for row in rows]


def end(connection: Connection, token: str) -> str | None:
    """End a session; whose it was. Without another one the person is seen nowhere any more."""
    person_id = connection.scalar(select(sessions.c.person_id).where(sessions.c.token_hash == _hash(token)))
    if person_id is None:
        return None
    connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))
    _gone(connection, person_id)
    return str(person_id)


def end_one(connection: Connection, person_id: str, session_id: str) -> bool:
    """End one session of a person's by its name; false when they have no such one."""
    ended = connection.execute(delete(sessions).where(sessions.c.person_id == person_id, sessions.c.id == session_id)).rowcount
    _gone(connection, person_id)
    return bool(ended)


def end_all(connection: Connection, person_id: str, but: str | None = None) -> int:
    """End every session of a person (a new password, an account disabled), except that of the token `but`; how many."""
    ended = delete(sessions).where(sessions.c.person_id == person_id)
    if but is not None:
        ended = ended.where(sessions.c.token_hash != _hash(but))
    count = connection.execute(ended).rowcount
    _gone(connection, person_id)
    return int(count)


def _gone(connection: Connection, person_id: str) -> None:
    if connection.scalar(select(sessions.c.token_hash).where(sessions.c.person_id == person_id).limit(1)) is None:
        connection.execute(update(people).where(people.c.id == person_id).values(last_seen_at=None))
