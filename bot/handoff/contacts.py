"""A way to reach somebody who does not stay: kept apart, seen only by the navigator who has the request, erased once used.

A message that gives one is never kept as it was written (bot/conversation/reception.py): only the way itself, here.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from bot.handoff.tables import contacts

__all__ = ["LENGTH", "erase", "give", "given", "looks_like_a_try", "of", "way_in"]

LENGTH = 200
# A North American number, with or without 1, an area code in brackets, an extension; or an address.
_PHONE = re.compile(r"(?<!\d)(?:\+?1[ .-]?)?\(?([2-9]\d{2})\)?[ .-]?([2-9]\d{2})[ .-]?(\d{4})(?!\d)(?:\s*(?:,|poste|ext\.?|extension|x|#)\s*(\d{1,6}))?", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def way_in(text: str) -> str | None:
    """The first number or address in a text, tidied; null when it holds none."""
    phone, email = _PHONE.search(text), _EMAIL.search(text)
    if phone is not None:
        number = "-".join(phone.group(1, 2, 3))
        return f"{number}, {phone.group(4)}" if phone.group(4) else number
    return email.group()[:LENGTH] if email is not None else None


def looks_like_a_try(text: str) -> bool:
    """Whether somebody seems to have given a number or an address that is not whole."""
    return "@" in text or len(re.findall(r"\d", text)) >= 5


def give(connection: Connection, handoff_id: str, way: str, now: datetime) -> None:
    """Keep a way to reach them for a request; another one takes its place."""
    erase(connection, handoff_id)
    connection.execute(insert(contacts).values(handoff_id=handoff_id, way=way[:LENGTH], given_at=now))


def of(connection: Connection, handoff_id: str) -> str | None:
    """The way, or null. Who may see it is the caller's to know (bot/handoff/desk.py)."""
    return connection.scalar(select(contacts.c.way).where(contacts.c.handoff_id == handoff_id))


def given(connection: Connection, handoff_ids: list[str]) -> set[str]:
    """Which of these requests have one."""
    return set(connection.scalars(select(contacts.c.handoff_id).where(contacts.c.handoff_id.in_(handoff_ids))))


def erase(connection: Connection, handoff_id: str) -> bool:
    """It served, or is of no more use; whether there was one."""
    return connection.execute(delete(contacts).where(contacts.c.handoff_id == handoff_id)).rowcount > 0
