"""Who is on duty: only what is true now is told to a resident."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, true

from bot.handoff.desk_tables import desk_navigators
from bot.people.people import person_from
from bot.people.person import Person
from bot.people.tables import people

__all__ = ["PRESENT", "on_duty", "present"]

# An open desk asks for news every few seconds and is noted once a minute (bot/people): after this, nobody is there.
PRESENT = timedelta(minutes=5)


def on_duty(connection: Connection, territory: str | None, language: str, now: datetime, needs: Collection[str] = ()) -> bool:
    """Whether a navigator who would see the request (Person.serves), and is not on a break, was at a page of ours within
    PRESENT.

    A territory that is null needs a navigator of all. Administrators count only if they are navigators too: that
    they could see a request is no promise that they look.
    """
    return any(_serves(person, territory, language, needs) for person in present(connection, now))


def present(connection: Connection, now: datetime) -> list[Person]:
    """Whoever is at a page of ours now and not on a break."""
    query = (
        select(people).outerjoin(desk_navigators, desk_navigators.c.person_id == people.c.id)
        .where(people.c.disabled.is_(False), people.c.last_seen_at > now - PRESENT,
               func.coalesce(desk_navigators.c.available, true()).is_(True))
    )
    return [person_from(row) for row in connection.execute(query)]


def _serves(person: Person, territory: str | None, language: str, needs: Collection[str]) -> bool:
    plain = replace(person, roles=tuple(role for role in person.roles if role != "administrator"))
    return plain.serves(territory, language, needs)
