"""Accounts: adding, listing, disabling, passwords, logging in. The one way in for the command line and the pages.

    UnknownPerson           nobody has this address
    PersonError             an account cannot be so (person.py); an address that is taken is one of these
    WeakPassword            (passwords.py)
    WrongLogin, TooManyLogins   (login.py)
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.people import audit, login, sessions
from bot.people.passwords import check_strength, hash_password, new_password
from bot.people.person import Person, PersonError, clean_email, clean_list
from bot.people.tables import people
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from bot.words import LANGUAGES

__all__ = ["FIRST_EMAIL", "Account", "FirstAdministrator", "People", "UnknownPerson", "first_administrator", "person_from"]

FIRST_EMAIL = "admin@localhost"

# Presence is written at most this often: a page that looks every other second must not write as often.
SEEN_EVERY = timedelta(minutes=1)


class UnknownPerson(LookupError):
    """Nobody has this address."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person with what only administrators see of them."""

    person: Person
    disabled: bool
    created_at: datetime
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """What is printed once: the password is also in the file `path`, of mode 0600."""

    email: str
    password: str
    path: Path


def person_from(row: Row[Any]) -> Person:
    """The person of a row of the table `people`."""
    return Person(
        id=row.id, email=row.email, name=row.name, roles=tuple(row.roles), territories=tuple(row.territories),
        languages=tuple(row.languages), topics=tuple(row.topics), language=row.language,
    )


class People:
    """All accounts. Methods block: callers in async code go through a worker thread."""

    def __init__(self, engine: Engine, settings: Settings, territories: Collection[str] = ()) -> None:
        """`territories`: the RLS codes that exist; without them only their form is checked."""
        self.engine, self.settings, self.territories = engine, settings, territories

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
            raise PersonError("an account has at least one role")
        if language not in LANGUAGES:
            raise PersonError(f"{language!r} is not a language of the pages: {', '.join(LANGUAGES)}")
        person = Person(
            id=str(uuid4()), email=email, name=(name or email.partition("@")[0]).strip()[:100] or email, roles=tuple(given),
            territories=tuple(clean_list("territory", territories, self.territories)),
            languages=tuple(clean_list("language", languages) or LANGUAGES), topics=tuple(clean_list("topic", topics)),
            language=language,
        )
        try:
            connection.execute(insert(people).values(**asdict(person), password_hash=hash_password(password), created_at=now))
        except IntegrityError:
            raise PersonError(f"{email} has an account already") from None
        audit.write(connection, by, "person_added", now, email=email, roles=person.roles, territories=person.territories)
        return person

    def all(self) -> list[Account]:
        """All accounts by address, disabled ones too."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(people).order_by(people.c.email)).all()
        return [Account(person_from(row), row.disabled, row.created_at, row.last_seen_at) for row in rows]

    def get(self, email: str) -> Account:
        """One account. Raises UnknownPerson."""
        with reading(self.engine) as connection:
            row = self._row(connection, email)
        return Account(person_from(row), row.disabled, row.created_at, row.last_seen_at)

    def disable(self, email: str, *, by: str | None = None, now: datetime | None = None) -> None:
        """Close an account and its sessions at once. What the person did stays in the audit log. Raises UnknownPerson."""
        with writing(self.engine) as connection:
            row = self._row(connection, email)
            connection.execute(update(people).where(people.c.id == row.id).values(disabled=True))
            sessions.end_all(connection, row.id)
            audit.write(connection, by, "person_disabled", now or utcnow(), email=row.email)

    def set_password(self, email: str, password: str, *, by: str | None = None, now: datetime | None = None) -> None:
        """A new password: every session of the account ends, a disabled one opens again. Raises UnknownPerson, WeakPassword."""
        check_strength(password)
        password_hash = hash_password(password)
        with writing(self.engine) as connection:
            row = self._row(connection, email)
            connection.execute(update(people).where(people.c.id == row.id).values(password_hash=password_hash, disabled=False))
            sessions.end_all(connection, row.id)
            audit.write(connection, by, "password_set", now or utcnow(), email=row.email)

    @staticmethod
    def _row(connection: Connection, email: str) -> Row[Any]:
        row = connection.execute(select(people).where(people.c.email == email.strip().lower())).one_or_none()
        if row is None:
            raise UnknownPerson(email)
        return row

    # Sessions

    def log_in(self, email: str, password: str, now: datetime | None = None) -> str:
        """A session's token, to be put in a cookie. Raises WrongLogin, TooManyLogins."""
        return login.log_in(self.engine, email, password, self.settings.limit_logins, now or utcnow())

    def log_out(self, token: str, now: datetime | None = None) -> None:
        """End the session; nothing happens when there is none."""
        with writing(self.engine) as connection:
            person_id = sessions.end(connection, token)
            if person_id is not None:
                audit.write(connection, person_id, "signed_out", now or utcnow())

    def of_token(self, token: str, now: datetime | None = None) -> Person | None:
        """Whose session it is, null when it is none; notes that they are there, at most once a minute."""
        now = now or utcnow()
        with reading(self.engine) as connection:
            row = sessions.find(connection, token, now)
        if row is None:
            return None
        if row.last_seen_at is None or now - row.last_seen_at >= SEEN_EVERY:
            with writing(self.engine) as connection:
                # Once more in this transaction: a sign-out in between must not be undone.
                if sessions.find(connection, token, now) is not None:
                    connection.execute(update(people).where(people.c.id == row.id).values(last_seen_at=now))
        return person_from(row)


def first_administrator(engine: Engine, settings: Settings) -> FirstAdministrator | None:
    """On the first run (there is no account), make the administrator FIRST_EMAIL; later null.

    The file is written before the commit: a kill in between leaves a file that opens nothing, and the next run makes
    both anew. OSError when the file cannot be written: then there is no account either.
    """
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":  # two first runs at once on one database
            connection.execute(text("LOCK TABLE people IN EXCLUSIVE MODE"))
        if connection.scalar(select(people.c.id).limit(1)) is not None:
            return None
        first = FirstAdministrator(FIRST_EMAIL, new_password(), settings.data / "first-administrator.txt")
        # A navigator too, of all territories: on the first day there is nobody else to answer.
        People(engine, settings).add_in(connection, first.email, first.password, ["administrator", "navigator"],
                                        name="Administration", territories=["all"])
        _keep(first.path, f"email: {first.email}\npassword: {first.password}\n")
        return first


def _keep(path: Path, content: str) -> None:
    """Write the file for its owner only; an older one, whatever its mode, is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
