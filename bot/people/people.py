"""Accounts: adding, listing, disabling, passwords, logging in. The one way in for the command line and the pages. What a
person does with their own account is in own.py, what an administrator does with anybody's in administration.py.

    UnknownPerson           nobody has this address
    PersonError             an account cannot be so (person.py); an address that is taken is one of these
    WeakPassword            (passwords.py)
    WrongLogin, TooManyLogins   (login.py)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.people import audit, login, sessions
from bot.people.passwords import check_strength, hash_password
from bot.people.person import ROLES, Person, PersonError, clean_email, clean_list
from bot.people.tables import people
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from bot.words import LANGUAGES

__all__ = ["Account", "People", "UnknownPerson", "keep_one_administrator", "person_from"]

# Presence is written at most this often: a page that looks every other second must not write as often.
SEEN_EVERY = timedelta(minutes=1)
# Those whom a stolen password would open residents' words or everybody's account to.
ADVISED_ROLES = frozenset({"administrator", "navigator"})


class UnknownPerson(LookupError):
    """Nobody has this address."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person with what only administrators see of them."""

    person: Person
    disabled: bool
    created_at: datetime
    last_seen_at: datetime | None


def person_from(row: Row[Any]) -> Person:
    """The person of a row of the table `people`."""
    return Person(
        id=row.id, email=row.email, name=row.name, roles=tuple(row.roles), territories=tuple(row.territories),
        languages=tuple(row.languages), topics=tuple(row.topics), language=row.language,
    )


def account_from(row: Row[Any]) -> Account:
    """The account of a row of the table `people`."""
    return Account(person_from(row), row.disabled, row.created_at, row.last_seen_at)


def keep_one_administrator(connection: Connection, person_id: str) -> None:
    """Whoever is about to lose the role or the account: refuse when nobody else would be left to administer. Two at once
    wait for one another. Raises PersonError."""
    rows = connection.execute(
        select(people.c.id, people.c.roles).where(people.c.disabled.is_(False)).order_by(people.c.id).with_for_update()
    ).all()
    administrators = {row.id for row in rows if "administrator" in row.roles}
    if administrators == {person_id}:
        raise PersonError("this is the last administrator: make another one first", "last_administrator")


class People:
    """All accounts. Methods block: callers in async code go through a worker thread."""

    def __init__(self, engine: Engine, settings: Settings, territories: Collection[str] = (), secret: str = "") -> None:
        """`territories`: the RLS codes that exist; without them only their form is checked. `secret`: the installation's
        key, from which second factors are derived: without it none can be set up."""
        self.engine, self.settings, self.territories, self.secret = engine, settings, territories, secret
        self.limits = login.Limits(settings.limit_logins, settings.limit_logins_address)

    # Accounts

    def add(self, email: str, password: str, roles: Iterable[str], *, name: str | None = None,
            territories: Iterable[str] = (), languages: Iterable[str] = (), topics: Iterable[str] = (),
            language: str = "fr", by: str | None = None, now: datetime | None = None) -> Person:
        """A new account. Raises PersonError, WeakPassword.

        languages: empty is both; topics: empty is all; territories: empty is none. `by`: the id of who adds it.
        """
        with writing(self.engine) as connection:
            return self.add_in(connection, email, password, roles, name=name, territories=territories,
                               languages=languages, topics=topics, language=language, by=by, now=now)

    def add_in(self, connection: Connection, email: str, password: str, roles: Iterable[str], *, name: str | None = None,
               territories: Iterable[str] = (), languages: Iterable[str] = (), topics: Iterable[str] = (),
               language: str = "fr", by: str | None = None, now: datetime | None = None) -> Person:
        """The same, in the caller's transaction."""
        now = now or utcnow()
        email = clean_email(email)
        check_strength(password)
        given = clean_list("role", roles)
        if not given:
            raise PersonError("an account has at least one role", "no_role")
        if language not in LANGUAGES:
            raise PersonError(f"{language!r} is not a language of the pages: {', '.join(LANGUAGES)}", "language")
        person = Person(
            id=str(uuid4()), email=email, name=(name or email.partition("@")[0]).strip()[:100] or email, roles=tuple(given),
            territories=tuple(clean_list("territory", territories, self.territories)),
            languages=tuple(clean_list("language", languages) or LANGUAGES), topics=tuple(clean_list("topic", topics)),
            language=language,
        )
        try:
            connection.execute(insert(people).values(
                id=person.id, email=email, name=person.name, roles=person.roles, territories=person.territories,
                languages=person.languages, topics=person.topics, language=language, password_hash=hash_password(password),
                created_at=now,
            ))
        except IntegrityError:
            raise PersonError(f"{email} has an account already", "taken") from None
        audit.write(connection, by, "person_added", now, email=email, roles=person.roles, territories=person.territories)
        return person

    def all(self) -> list[Account]:
        """All accounts by address, disabled ones too."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(people).order_by(people.c.email)).all()
        return [account_from(row) for row in rows]

    def get(self, email: str) -> Account:
        """One account. Raises UnknownPerson."""
        with reading(self.engine) as connection:
            return account_from(self._row(connection, email))

    def disable(self, email: str, *, by: str | None = None, now: datetime | None = None) -> None:
        """Close an account and its sessions at once. What the person did stays in the audit log. Raises UnknownPerson, and
        PersonError for the last administrator."""
        with writing(self.engine) as connection:
            row = self._row(connection, email)
            keep_one_administrator(connection, row.id)
            connection.execute(update(people).where(people.c.id == row.id).values(disabled=True))
            sessions.end_all(connection, row.id)
            audit.write(connection, by, "person_disabled", now or utcnow(), email=row.email)

    def set_password(self, email: str, password: str, *, by: str | None = None, now: datetime | None = None) -> None:
        """A new password: every session of the account ends, a disabled one opens again. Raises UnknownPerson, WeakPassword."""
        check_strength(password)
        password_hash = hash_password(password)
        with writing(self.engine) as connection:
            row = self._row(connection, email)
            connection.execute(update(people).where(people.c.id == row.id).values(
                password_hash=password_hash, disabled=False, password_given=None, password_until=None))
            sessions.end_all(connection, row.id)
            audit.write(connection, by, "password_set", now or utcnow(), email=row.email)

    @staticmethod
    def _row(connection: Connection, email: str) -> Row[Any]:
        row = connection.execute(select(people).where(people.c.email == email.strip().lower())).one_or_none()
        if row is None:
            raise UnknownPerson(email)
        return row

    # Sessions

    def log_in(self, email: str, password: str, now: datetime | None = None, *, code: str = "", address: str | None = None,
               agent: str = "") -> str:
        """A session's token, to be put in a cookie. `code`: of the second factor, or a recovery code; `address`: where it
        comes from; `agent`: its browser (sessions.told_agent). Raises WrongLogin, TooManyLogins."""
        return login.log_in(self.engine, self.secret, email, password, code, self.limits, now or utcnow(), address=address,
                            agent=agent)

    def log_out(self, token: str, now: datetime | None = None) -> None:
        """End the session; nothing happens when there is none."""
        with writing(self.engine) as connection:
            person_id = sessions.end(connection, token)
            if person_id is not None:
                audit.write(connection, person_id, "signed_out", now or utcnow())

    def of_token(self, token: str, now: datetime | None = None) -> Person | None:
        """Whose session it is, null when it is none; notes that they are there, at most once a minute. Somebody who must do
        something first (`pending`) has no role until it is done."""
        now = now or utcnow()
        with reading(self.engine) as connection:
            row = sessions.find(connection, token, now)
        if row is None:
            return None
        person = self._entered(row)
        if now - row.session_seen_at >= SEEN_EVERY or (row.last_seen_at is None and person.pending is None):
            with writing(self.engine) as connection:
                # Once more in this transaction: a sign-out in between must not be undone.
                if sessions.find(connection, token, now) is not None:
                    sessions.seen(connection, row.session_id, now)
                    if person.pending is None:  # nobody is served by somebody who cannot open the desk yet
                        connection.execute(update(people).where(people.c.id == row.id).values(last_seen_at=now))
        return person

    def _entered(self, row: Row[Any]) -> Person:
        person = person_from(row)
        if row.password_given == "must":
            return replace(person, roles=(), pending="password")
        missing = row.second_factor_at is None
        if missing and self.needs_second_factor(person.roles):
            return replace(person, roles=(), pending="second_factor")
        advised = [name for name, wanted in (("password", row.password_given == "asked"),
                                             ("second_factor", missing and ADVISED_ROLES & set(person.roles))) if wanted]
        return replace(person, advised=tuple(advised))

    def needs_second_factor(self, roles: Iterable[str]) -> bool:
        """Whether the operator asks it of one of these roles (BONNEPORTE_SECOND_FACTOR_ROLES)."""
        return bool(set(self.settings.second_factor_roles.replace(" ", "").split(",")) & set(roles) & set(ROLES))
