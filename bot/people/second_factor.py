"""The second factor of an account: begun, confirmed by a code before it counts, asked for at each sign-in, taken away.

    NoSecondFactor          nothing was begun (or too long ago), or there is none
    WrongCode               the code is not the right one now, or was used
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, delete, insert, select, update

from bot.people import totp
from bot.people.tables import recovery_codes, second_factors

__all__ = ["Factor", "NoSecondFactor", "WrongCode", "begin", "confirm", "left", "pending_secret", "proof", "read", "remove",
           "renew", "spend"]

# A secret that was shown and not confirmed is worth nothing after this: it may stand on a screen somewhere.
PENDING = timedelta(minutes=15)


class NoSecondFactor(LookupError):
    """There is none, or none that was begun in the last PENDING."""


class WrongCode(ValueError):
    """No code of the second factor, nor an unused recovery code."""


@dataclass(frozen=True, slots=True)
class Factor:
    """What is needed to check a code. `recovery`: the ids of unused recovery codes by hash."""

    person_id: str
    salt: str
    last_step: int
    recovery: dict[str, int]


def read(connection: Connection, person_id: str | None) -> Factor | None:
    """The confirmed second factor of a person, null when there is none."""
    row = connection.execute(
        select(second_factors).where(second_factors.c.person_id == (person_id or ""), second_factors.c.confirmed_at.is_not(None))
    ).one_or_none()
    codes = connection.execute(
        select(recovery_codes.c.code_hash, recovery_codes.c.id)
        .where(recovery_codes.c.person_id == (person_id or ""), recovery_codes.c.used_at.is_(None))
    ).all()
    return Factor(row.person_id, row.salt, row.last_step, {one.code_hash: one.id for one in codes}) if row else None


@cache
def _nobody() -> Factor:
    return Factor("", totp.new_salt(), 0, {})


def proof(key: str, factor: Factor | None, code: str, now: datetime) -> tuple[str, int] | None:
    """What shows that the code is right: ("step", its time step) or ("recovery", its row); null when it is wrong. The same
    work without a second factor, where the answer means nothing."""
    one = factor or _nobody()
    step = totp.step_of(totp.secret_of(key, one.salt), code, now, one.last_step)
    row = one.recovery.get(totp.recovery_hash(key, one.person_id, code))
    return ("step", step) if step is not None else ("recovery", row) if row is not None else None


def spend(connection: Connection, person_id: str, shown: tuple[str, int], now: datetime) -> bool:
    """Use it up, in the transaction of what it opens; false when somebody else just did."""
    kind, value = shown
    if kind == "step":
        one = update(second_factors).where(second_factors.c.person_id == person_id, second_factors.c.last_step < value)
        return connection.execute(one.values(last_step=value)).rowcount == 1
    code = update(recovery_codes).where(recovery_codes.c.id == value, recovery_codes.c.person_id == person_id,
                                        recovery_codes.c.used_at.is_(None))
    return connection.execute(code.values(used_at=now)).rowcount == 1


def begin(connection: Connection, person_id: str, now: datetime) -> None:
    """Make a new secret, which counts for nothing until `confirm`: one that is confirmed already goes on counting."""
    values = {"pending_salt": totp.new_salt(), "pending_at": now}
    if connection.execute(update(second_factors).where(second_factors.c.person_id == person_id).values(values)).rowcount == 0:
        connection.execute(insert(second_factors).values(person_id=person_id, last_step=0, **values))


def pending_secret(connection: Connection, key: str, person_id: str, now: datetime) -> str:
    """The secret being set up. Raises NoSecondFactor."""
    salt = connection.scalar(
        select(second_factors.c.pending_salt).where(second_factors.c.person_id == person_id, second_factors.c.pending_at > now - PENDING)
    )
    if salt is None:
        raise NoSecondFactor
    return totp.secret_of(key, salt)


def confirm(connection: Connection, key: str, person_id: str, code: str, now: datetime) -> list[str]:
    """The new secret counts from now on, in place of an older one; its recovery codes. Raises NoSecondFactor, WrongCode."""
    step = totp.step_of(pending_secret(connection, key, person_id, now), code, now, 0)
    if step is None:
        raise WrongCode
    mine = second_factors.c.person_id == person_id
    connection.execute(
        update(second_factors).where(mine)
        .values(salt=second_factors.c.pending_salt, confirmed_at=now, last_step=step, pending_salt=None, pending_at=None)
    )
    return renew(connection, key, person_id)


def renew(connection: Connection, key: str, person_id: str) -> list[str]:
    """New recovery codes, shown now and never again; the former ones open nothing any more."""
    codes = totp.new_recovery_codes()
    connection.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    connection.execute(
        insert(recovery_codes), [{"person_id": person_id, "code_hash": totp.recovery_hash(key, person_id, code)} for code in codes]
    )
    return codes


def left(connection: Connection, person_id: str) -> int:
    """How many recovery codes are not used yet."""
    return len(connection.execute(select(recovery_codes.c.id).where(
        recovery_codes.c.person_id == person_id, recovery_codes.c.used_at.is_(None))).all())


def remove(connection: Connection, person_id: str) -> bool:
    """Take it away with its recovery codes; false when there was none that counted."""
    had = read(connection, person_id) is not None
    connection.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    connection.execute(delete(second_factors).where(second_factors.c.person_id == person_id))
    return had
