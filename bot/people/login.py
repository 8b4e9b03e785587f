"""Logging in, with a limit on failures for each account, known or not.

    WrongLogin              the address or the password is wrong, or the account is disabled: never said which
    TooManyLogins           the account failed too often in the last hour; a right password is not even looked at
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, insert, select

from bot.people import audit, sessions
from bot.people.passwords import verify
from bot.people.tables import login_attempts, people
from bot.store.engine import reading, writing

__all__ = ["TooManyLogins", "WrongLogin", "log_in"]

WINDOW = timedelta(hours=1)


class WrongLogin(Exception):
    """Nobody has this address with this password."""


class TooManyLogins(Exception):
    """`retry_after` in seconds: when the oldest failure that counts is an hour old."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def log_in(engine: Engine, email: str, password: str, limit: int, now: datetime) -> str:
    """A new session's token. Raises WrongLogin, TooManyLogins.

    An attempt is written down as failed and committed before the password is looked at, and struck out when it was
    right: many attempts at once cannot pass the limit together.
    """
    email = email.strip().lower()[:254]
    if not email.isprintable():  # nobody's; and no database stores it
        email = ""
    account = hashlib.sha256(email.encode()).hexdigest()
    attempt = _count_attempt(engine, account, limit, now)
    with reading(engine) as connection:
        row = connection.execute(
            select(people.c.id, people.c.password_hash).where(people.c.email == email, people.c.disabled.is_(False))
        ).one_or_none()
    # The same work for an unknown account: time tells nothing.
    right = verify(row.password_hash if row else None, password)
    if row is None or not right:
        raise WrongLogin
    with writing(engine) as connection:
        # Not if the password was changed or the account disabled while we looked.
        same = (people.c.id == row.id, people.c.password_hash == row.password_hash, people.c.disabled.is_(False))
        if connection.scalar(select(people.c.id).where(*same).with_for_update()) is None:
            raise WrongLogin
        connection.execute(delete(login_attempts).where(login_attempts.c.id == attempt))
        audit.write(connection, row.id, "signed_in", now)
        return sessions.start(connection, row.id, now)


def _count_attempt(engine: Engine, account: str, limit: int, now: datetime) -> int:
    """Write the attempt down and commit; then look whether it is one too many."""
    with writing(engine) as connection:
        connection.execute(delete(login_attempts).where(login_attempts.c.at <= now - WINDOW))
        attempt = connection.scalar(insert(login_attempts).values(account=account, at=now).returning(login_attempts.c.id))
    with writing(engine) as connection:
        count, oldest = connection.execute(
            select(func.count(), func.min(login_attempts.c.at)).where(login_attempts.c.account == account)
        ).one()
        if count <= limit:
            return int(attempt or 0)
        connection.execute(delete(login_attempts).where(login_attempts.c.id == attempt))
    raise TooManyLogins(max(1, int((oldest + WINDOW - now).total_seconds())))
