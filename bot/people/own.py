"""What people do with their own account: password, second factor, sessions. Whatever would let a thief of a session keep it
asks for the password (and the code) again, and counts as a try to log in.

    SamePassword            the new password is the one that was given
    WeakPassword, WrongLogin, TooManyLogins, NoSecondFactor, WrongCode      (passwords.py, login.py, second_factor.py)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from bot.people import audit, login, second_factor, sessions
from bot.people.login import TooManyLogins, WrongLogin
from bot.people.passwords import check_strength, hash_password
from bot.people.people import People
from bot.people.person import Person
from bot.people.second_factor import NoSecondFactor, WrongCode
from bot.people.sessions import Session
from bot.people.tables import people as table
from bot.people.tables import second_factors
from bot.people.totp import uri_of
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["NoSecondFactor", "OwnAccount", "SamePassword", "SecondFactor", "TooManyLogins", "WrongCode", "WrongLogin"]


class SamePassword(ValueError):
    """A password that was given is to be replaced, not kept."""


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """`since`: when it was confirmed, null when there is none; `codes`: recovery codes left; `required`: their role asks
    for it."""

    since: datetime | None
    codes: int
    required: bool


class OwnAccount:
    """A signed-in person's own account. Methods block: callers in async code go through a worker thread."""

    def __init__(self, people: People) -> None:
        self.people, self.engine, self.key = people, people.engine, people.secret

    def _prove(self, person: Person, password: str, code: str, address: str | None, now: datetime) -> None:
        login.prove(self.engine, self.key, person.email, password, code, self.people.limits, now, address=address)

    def change_password(self, person: Person, token: str, password: str, new: str, code: str = "", *,
                        address: str | None = None, now: datetime | None = None) -> None:
        """A new password; the person's other sessions end, this one stays. Raises WrongLogin, TooManyLogins, WeakPassword,
        SamePassword."""
        now = now or utcnow()
        check_strength(new)
        if new == password:
            raise SamePassword
        self._prove(person, password, code, address, now)
        password_hash = hash_password(new)
        with writing(self.engine) as connection:
            connection.execute(
                update(table).where(table.c.id == person.id)
                .values(password_hash=password_hash, password_given=None, password_until=None)
            )
            sessions.end_all(connection, person.id, but=token)
            audit.write(connection, person.id, "password_changed", now, email=person.email)

    # Sessions

    def sessions(self, person: Person, token: str | None = None, now: datetime | None = None) -> list[Session]:
        """The person's open sessions, the newest first; that of `token` is the current one."""
        with reading(self.engine) as connection:
            return sessions.of_person(connection, person.id, now or utcnow(), token)

    def end_session(self, person: Person, session_id: str, now: datetime | None = None) -> bool:
        """End one of them; false when there is no such one."""
        with writing(self.engine) as connection:
            ended = sessions.end_one(connection, person.id, session_id)
            if ended:
                audit.write(connection, person.id, "session_ended", now or utcnow(), email=person.email)
        return ended

    def end_other_sessions(self, person: Person, token: str, now: datetime | None = None) -> int:
        """End all but that of `token`; how many."""
        with writing(self.engine) as connection:
            ended = sessions.end_all(connection, person.id, but=token)
            audit.write(connection, person.id, "sessions_ended", now or utcnow(), email=person.email)
        return ended

    # The second factor

    def second_factor(self, person: Person) -> SecondFactor:
        """What there is of it."""
        with reading(self.engine) as connection:
            since = connection.scalar(select(second_factors.c.confirmed_at).where(second_factors.c.person_id == person.id))
            roles = connection.scalar(select(table.c.roles).where(table.c.id == person.id)) or ()
            return SecondFactor(since, second_factor.left(connection, person.id), self.people.needs_second_factor(roles))

    def begin(self, person: Person, password: str, code: str = "", *, address: str | None = None,
              now: datetime | None = None) -> None:
        """Make a secret to put into a telephone; an older one counts until this one is confirmed. Raises WrongLogin,
        TooManyLogins."""
        now = now or utcnow()
        self._prove(person, password, code, address, now)
        with writing(self.engine) as connection:
            second_factor.begin(connection, person.id, now)

    def pending(self, person: Person, now: datetime | None = None) -> tuple[str, str]:
        """(secret, otpauth: address) of the one being set up. Raises NoSecondFactor."""
        with reading(self.engine) as connection:
            secret = second_factor.pending_secret(connection, self.key, person.id, now or utcnow())
        return secret, uri_of(secret, person.email)

    def confirm(self, person: Person, token: str, code: str, now: datetime | None = None) -> list[str]:
        """From now on it is asked for; recovery codes, shown this once. Other sessions, opened without it, end. Raises
        NoSecondFactor, WrongCode."""
        now = now or utcnow()
        with writing(self.engine) as connection:
            # One at a time, and never beside a change of the account.
            connection.execute(select(table.c.id).where(table.c.id == person.id).with_for_update())
            codes = second_factor.confirm(connection, self.key, person.id, code, now)
            sessions.end_all(connection, person.id, but=token)
            audit.write(connection, person.id, "second_factor_on", now, email=person.email)
        return codes

    def renew_codes(self, person: Person, password: str, code: str, *, address: str | None = None,
                    now: datetime | None = None) -> list[str]:
        """New recovery codes in place of the former. Raises WrongLogin, TooManyLogins, NoSecondFactor."""
        now = now or utcnow()
        self._prove(person, password, code, address, now)
        with writing(self.engine) as connection:
            if second_factor.read(connection, person.id) is None:
                raise NoSecondFactor
            audit.write(connection, person.id, "recovery_renewed", now, email=person.email)
            return second_factor.renew(connection, self.key, person.id)

    def turn_off(self, person: Person, password: str, code: str, *, address: str | None = None,
                 now: datetime | None = None) -> None:
        """Take it away. Raises WrongLogin, TooManyLogins, NoSecondFactor."""
        now = now or utcnow()
        self._prove(person, password, code, address, now)
        with writing(self.engine) as connection:
            if not second_factor.remove(connection, person.id):
                raise NoSecondFactor
            audit.write(connection, person.id, "second_factor_off", now, email=person.email)
