"""Who is on duty: only what is true now is told to a resident."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.people.people import person_from
from bot.people.tables import people

__all__ = ["PRESENT", "on_duty"]

# An open desk asks for news every few seconds and is noted once a minute (bot/people): after this, nobody is there.
PRESENT = timedelta(minutes=5)


def on_duty(connection: Connection, territory: str | None, language: str, now: datetime) -> bool:
    """Whether a navigator who serves the territory, in the language, was at a page of ours within PRESENT.

    A territory that is null needs a navigator of all. Administrators count only if they are navigators too: that
    they could see a request is no promise that they look.
    """
    present = select(people).where(people.c.disabled.is_(False), people.c.last_seen_at > now - PRESENT)
    return any(_serves(row, territory, language) for row in connection.execute(present))


def _serves(row: object, territory: str | None, language: str) -> bool:
    person = person_from(row)  # type: ignore[arg-type]
    everywhere = "all" in person.territories
    here = everywhere or (territory is not None and territory in person.territories)
    return "navigator" in person.roles and here and language in person.languages
