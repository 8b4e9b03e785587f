"""Sessions: a random token in a cookie, only its hash here, so that they end when we say so."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.people.tables import people, sessions

__all__ = ["LIFETIME", "end", "end_all", "find", "start"]

TOKEN_BYTES = 32  # 256 bits: nothing to guess, so a fast hash is enough
# A working day: somebody who comes back tomorrow signs in again.
LIFETIME = timedelta(hours=12)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(connection: Connection, person_id: str, now: datetime) -> str:
    """A new session; its token, given once. Sessions that ran out are swept on the way."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
    connection.execute(
        insert(sessions).values(token_hash=_hash(token), person_id=person_id, created_at=now, expires_at=now + LIFETIME)
    )
    return token


def find(connection: Connection, token: str, now: datetime) -> Row[Any] | None:
    """The account that the token is a session of; null when it ran out, was ended, or the account is disabled."""
    query = (
        select(people)
        .join(sessions, sessions.c.person_id == people.c.id)
        .where(sessions.c.token_hash == _hash(token), sessions.c.expires_at > now, people.c.disabled.is_(False))
    )
    return connection.execute(query).one_or_none()


def end(connection: Connection, token: str) -> str | None:
    """End a session; whose it was. Without another one the person is seen nowhere any more."""
    person_id = connection.scalar(select(sessions.c.person_id).where(sessions.c.token_hash == _hash(token)))
    if person_id is None:
        return None
    connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))
    if connection.scalar(select(sessions.c.token_hash).where(sessions.c.person_id == person_id).limit(1)) is None:
        connection.execute(update(people).where(people.c.id == person_id).values(last_seen_at=None))
    return str(person_id)


def end_all(connection: Connection, person_id: str) -> None:
    """End every session of a person (a new password, an account disabled)."""
    connection.execute(delete(sessions).where(sessions.c.person_id == person_id))
    connection.execute(update(people).where(people.c.id == person_id).values(last_seen_at=None))
