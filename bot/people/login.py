"""Logging in, with a limit on failures for each account, known or not, and for each network address.

    WrongLogin              the address, the password or the code is wrong, or the account is disabled: never said which
    TooManyLogins           too many failures in the last hour; a right password is not even looked at
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select

from bot.people import audit, second_factor, sessions
from bot.people.passwords import verify
from bot.people.tables import login_attempts, people
from bot.store.engine import reading, writing

__all__ = ["Limits", "TooManyLogins", "WrongLogin", "log_in", "prove"]

WINDOW = timedelta(hours=1)


class WrongLogin(Exception):
    """Nobody has this address with this password and this code."""


class TooManyLogins(Exception):
    """`retry_after` in seconds: when the oldest failure that counts is an hour old."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Limits:
    """Failures an hour: of one account, and from one network address (an office shares one)."""

    account: int
    address: int


def log_in(engine: Engine, key: str, email: str, password: str, code: str, limits: Limits, now: datetime, *,
           address: str | None = None, agent: str = "") -> str:
    """A new session's token. `key`: the installation's secret; `code`: of the second factor, or a recovery code; empty
    when there is none. `address`: where it comes from. Raises WrongLogin, TooManyLogins."""
    row, attempts = _tried(engine, key, email, password, code, limits, now, address)
    with writing(engine) as connection:
        _pass(connection, row, attempts, now)
        audit.write(connection, row.id, "signed_in", now)
        return sessions.start(connection, row.id, now, agent)


def prove(engine: Engine, key: str, email: str, password: str, code: str, limits: Limits, now: datetime, *,
          address: str | None = None) -> str:
    """That whoever holds a session is still its person, before something grave; the account's id. It counts as a try to
    log in. Raises WrongLogin, TooManyLogins."""
    row, attempts = _tried(engine, key, email, password, code, limits, now, address)
    with writing(engine) as connection:
        _pass(connection, row, attempts, now)
    return str(row.id)


@dataclass(frozen=True, slots=True)
class _Tried:
    id: str
    password_hash: str
    shown: tuple[str, int] | None


def _tried(engine: Engine, key: str, email: str, password: str, code: str, limits: Limits, now: datetime,
           address: str | None) -> tuple[_Tried, list[int]]:
    """An attempt is written down as failed and committed before anything is looked at, and struck out when it was right:
    many attempts at once cannot pass the limit together. The same work for an unknown account: time tells nothing."""
    email = email.strip().lower()[:254]
    if not email.isprintable():  # nobody's; and no database stores it
        email = ""
    counted = [(hashlib.sha256(email.encode()).hexdigest(), limits.account)]
    if address:
        counted.append((hmac.new(key.encode(), f"log-in {address}".encode(), hashlib.sha256).hexdigest(), limits.address))
    attempts = _count_attempt(engine, counted, now)
    with reading(engine) as connection:
        row = connection.execute(
            select(people.c.id, people.c.password_hash, people.c.password_until)
            .where(people.c.email == email, people.c.disabled.is_(False))
        ).one_or_none()
        factor = second_factor.read(connection, row.id if row else None)
    right = verify(row.password_hash if row else None, password)
    shown = second_factor.proof(key, factor, code, now)
    if row is None or not right or (factor is not None and shown is None):
        raise WrongLogin
    if row.password_until is not None and row.password_until <= now:  # given by an administrator, never used
        raise WrongLogin
    return _Tried(row.id, row.password_hash, shown if factor else None), attempts


def _pass(connection: Connection, tried: _Tried, attempts: list[int], now: datetime) -> None:
    """Not if the password was changed, the account disabled or the code used while we looked. Raises WrongLogin."""
    same = (people.c.id == tried.id, people.c.password_hash == tried.password_hash, people.c.disabled.is_(False))
    if connection.scalar(select(people.c.id).where(*same).with_for_update()) is None:
        raise WrongLogin
    if tried.shown is not None and not second_factor.spend(connection, tried.id, tried.shown, now):
        raise WrongLogin
    if tried.shown is None and second_factor.read(connection, tried.id) is not None:  # set up in between
        raise WrongLogin
    connection.execute(delete(login_attempts).where(login_attempts.c.id.in_(attempts)))
    if tried.shown is not None and tried.shown[0] == "recovery":
        audit.write(connection, tried.id, "recovery_used", now)


def _count_attempt(engine: Engine, counted: list[tuple[str, int]], now: datetime) -> list[int]:
    """Write the attempt down, once for each of `counted` (what, its limit), and commit; then look whether it is one too
    many for any of them."""
    with writing(engine) as connection:
        connection.execute(delete(login_attempts).where(login_attempts.c.at <= now - WINDOW))
        made = [connection.scalar(insert(login_attempts).values(account=what, at=now).returning(login_attempts.c.id))
                for what, _ in counted]
    attempts = [int(one or 0) for one in made]
    with writing(engine) as connection:
        full = []
        for what, limit in counted:
            count, oldest = _failures(connection, what)
            if count > limit:
                full.append(oldest)
        if not full:
            return attempts
        connection.execute(delete(login_attempts).where(login_attempts.c.id.in_(attempts)))
    raise TooManyLogins(max(1, int((max(full) + WINDOW - now).total_seconds())))


def _failures(connection: Connection, what: str) -> tuple[int, datetime]:
    row: Row[Any] = connection.execute(
        select(func.count().label("failures"), func.min(login_attempts.c.at).label("oldest"))
        .where(login_attempts.c.account == what)
    ).one()
    return row.failures, row.oldest
