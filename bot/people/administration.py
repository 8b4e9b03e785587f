"""What an administrator does with other people's accounts. Each act is one transaction with its row in the audit log.

    UnknownPerson           nobody has this id
    PersonError             an account cannot be so; `code` says which (person.py), last_administrator and taken among them
    NotYourself             one's own password and second factor are changed on one's own page, where both are asked for
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.people import audit, second_factor, sessions
from bot.people.passwords import hash_password, new_password
from bot.people.people import Account, People, UnknownPerson, account_from, keep_one_administrator
from bot.people.person import Person, PersonError, clean_list
from bot.people.sessions import Session
from bot.people.tables import people as table
from bot.people.tables import second_factors
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from bot.words import LANGUAGES

__all__ = ["GIVEN_FOR", "Administration", "Detail", "NotYourself"]

# How long a given password waits for its person. Three days: a week-end lies between some givings and the first log-in.
GIVEN_FOR = timedelta(days=3)


class NotYourself(ValueError):
    """An administrator's own account is not reset from here."""


@dataclass(frozen=True, slots=True)
class Detail:
    """An account as its administration page shows it. `given_until`: a password was given and waits until then."""

    account: Account
    sessions: list[Session]
    second_factor_since: datetime | None
    second_factor_needed: bool
    given_until: datetime | None


class Administration:
    """Everybody's accounts, for administrators. Methods block: callers in async code go through a worker thread."""

    def __init__(self, people: People) -> None:
        self.people, self.engine = people, people.engine

    def detail(self, person_id: str, now: datetime | None = None) -> Detail:
        """One account. Raises UnknownPerson."""
        now = now or utcnow()
        with reading(self.engine) as connection:
            row = self._row(connection, person_id)
            since = connection.scalar(select(second_factors.c.confirmed_at).where(second_factors.c.person_id == person_id))
            open_sessions = sessions.of_person(connection, person_id, now)
        needed = self.people.needs_second_factor(row.roles)
        return Detail(account_from(row), open_sessions, since, needed, row.password_until)

    def with_second_factor(self) -> set[str]:
        """The ids of those who have one."""
        with reading(self.engine) as connection:
            return set(connection.scalars(select(second_factors.c.person_id).where(second_factors.c.confirmed_at.is_not(None))))

    def add(self, by: Person, email: str, roles: Iterable[str], now: datetime | None = None, **fields: Any) -> tuple[Person, str]:
        """A new account with a password to hand over, which must be changed at the first log-in within GIVEN_FOR. Fields
        as People.add. Raises PersonError."""
        now, password = now or utcnow(), new_password()
        with writing(self.engine) as connection:
            person = self.people.add_in(connection, email, password, roles, by=by.id, now=now, **fields)
            self._given(connection, person.id, now)
        return person, password

    def change(self, by: Person, person_id: str, *, name: str, roles: Iterable[str], territories: Iterable[str],
               languages: Iterable[str], topics: Iterable[str], language: str, now: datetime | None = None) -> None:
        """What an account is and may. It counts from the person's next request. Raises UnknownPerson, PersonError."""
        given = clean_list("role", roles)
        if not given:
            raise PersonError("an account has at least one role", "no_role")
        if language not in LANGUAGES:
            raise PersonError(f"{language!r} is not a language of the pages", "language")
        if not name.strip():
            raise PersonError("a name is needed: residents are told it", "name")
        values = {
            "name": name.strip()[:100], "roles": given, "language": language,
            "territories": clean_list("territory", territories, self.people.territories),
            "languages": clean_list("language", languages) or list(LANGUAGES), "topics": clean_list("topic", topics),
        }
        with writing(self.engine) as connection:
            row = self._row(connection, person_id)
            if "administrator" in row.roles and "administrator" not in given and not row.disabled:
                keep_one_administrator(connection, person_id)
            connection.execute(update(table).where(table.c.id == person_id).values(**values))
            audit.write(connection, by.id, "person_changed", now or utcnow(), email=row.email, roles=given,
                        territories=values["territories"], languages=values["languages"], topics=values["topics"])

    def serve(self, by: Person, territory: str, person_ids: Iterable[str], now: datetime | None = None) -> None:
        """Exactly these navigators serve the territory, besides those who serve all. Raises PersonError, UnknownPerson."""
        clean_list("territory", [territory], self.people.territories)
        wanted = set(person_ids)
        with writing(self.engine) as connection:
            rows = {row.id: row for row in connection.execute(select(table).order_by(table.c.id).with_for_update())}
            if wanted - set(rows):
                raise UnknownPerson(territory)
            for row in rows.values():
                serves = territory in row.territories
                if "navigator" not in row.roles or "all" in row.territories or serves == (row.id in wanted):
                    continue
                kept = [one for one in row.territories if one != territory] if serves else sorted([*row.territories, territory])
                connection.execute(update(table).where(table.c.id == row.id).values(territories=kept))
                audit.write(connection, by.id, "person_changed", now or utcnow(), email=row.email, territories=kept)

    def disable(self, by: Person, person_id: str, now: datetime | None = None) -> None:
        """Close the account and its sessions at once. Raises UnknownPerson, PersonError (the last administrator)."""
        with reading(self.engine) as connection:
            email = self._row(connection, person_id).email
        self.people.disable(email, by=by.id, now=now)

    def enable(self, by: Person, person_id: str, now: datetime | None = None) -> None:
        """Open it again, with the password and second factor that it had. Raises UnknownPerson."""
        with writing(self.engine) as connection:
            row = self._row(connection, person_id)
            connection.execute(update(table).where(table.c.id == person_id).values(disabled=False))
            audit.write(connection, by.id, "person_enabled", now or utcnow(), email=row.email)

    def give_password(self, by: Person, person_id: str, now: datetime | None = None) -> str:
        """A password to hand over, shown once; sessions end. Raises UnknownPerson, NotYourself."""
        now, password = now or utcnow(), new_password()
        password_hash = hash_password(password)
        with writing(self.engine) as connection:
            row = self._other(connection, by, person_id)
            connection.execute(update(table).where(table.c.id == person_id).values(password_hash=password_hash))
            self._given(connection, person_id, now)
            sessions.end_all(connection, person_id)
            audit.write(connection, by.id, "password_given", now, email=row.email)
        return password

    def reset_second_factor(self, by: Person | None, person_id: str, now: datetime | None = None) -> bool:
        """Take a lost second factor away; sessions end. False when there was none. `by` is null for the command line.
        Raises UnknownPerson, NotYourself."""
        with writing(self.engine) as connection:
            row = self._other(connection, by, person_id)
            had = second_factor.remove(connection, person_id)
            if had:
                sessions.end_all(connection, person_id)
                audit.write(connection, by.id if by else None, "second_factor_reset", now or utcnow(), email=row.email)
        return had

    def end_sessions(self, by: Person, person_id: str, session_id: str | None = None, now: datetime | None = None) -> int:
        """End one session of a person's, or all; how many. Raises UnknownPerson."""
        with writing(self.engine) as connection:
            row = self._row(connection, person_id)
            ended = int(sessions.end_one(connection, person_id, session_id)) if session_id else sessions.end_all(connection, person_id)
            audit.write(connection, by.id, "session_ended" if session_id else "sessions_ended", now or utcnow(), email=row.email)
        return ended

    @staticmethod
    def _given(connection: Connection, person_id: str, now: datetime) -> None:
        connection.execute(update(table).where(table.c.id == person_id)
                           .values(password_given="must", password_until=now + GIVEN_FOR))

    @staticmethod
    def _row(connection: Connection, person_id: str) -> Row[Any]:
        row = connection.execute(select(table).where(table.c.id == person_id)).one_or_none()
        if row is None:
            raise UnknownPerson(person_id)
        return row

    def _other(self, connection: Connection, by: Person | None, person_id: str) -> Row[Any]:
        if by is not None and by.id == person_id:
            raise NotYourself(person_id)
        return self._row(connection, person_id)
