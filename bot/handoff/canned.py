"""Ready-made replies, always in both languages: a resident is answered in theirs whatever the navigator types fastest.

    CannedError             a reply that cannot be kept; `field` names what is wrong (key, fr, en)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from bot.demand.tables import insert_if_absent
from bot.handoff.desk_tables import canned_replies
from bot.people import audit
from bot.store.base import utcnow
from bot.store.engine import writing
from bot.store.tables import facts
from bot.words import load_words

__all__ = ["TEXT_LIMIT", "Canned", "CannedError", "all_replies", "order", "remove", "save", "seed", "text_of"]

TEXT_LIMIT = 2000
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
# The replies that a new installation begins with, once: what an administrator removes does not come back.
_FIRST = load_words(Path(__file__).with_name("canned.yml"))
SEEDED = "canned_replies_seeded"


class CannedError(ValueError):
    """`field` is missing, too long, or a key that another reply has."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Canned:
    """One reply. `key` is typed after "/" at the desk."""

    id: int
    key: str
    fr: str
    en: str

    def text(self, language: str) -> str:
        """The reply in a resident's language."""
        return self.fr if language == "fr" else self.en


def all_replies(connection: Connection) -> list[Canned]:
    """All of them, in the administrator's order."""
    rows = connection.execute(select(canned_replies).order_by(canned_replies.c.position, canned_replies.c.id))
    return [Canned(row.id, row.key, row.fr, row.en) for row in rows]


def text_of(connection: Connection, key: str, language: str) -> str | None:
    """A reply's text by its key; null when there is none (any more)."""
    return next((one.text(language) for one in all_replies(connection) if one.key == key), None)


def save(connection: Connection, *, key: str, fr: str, en: str, by: str | None, now: datetime, reply_id: int | None = None) -> int:
    """A new reply at the end, or another text for `reply_id`; its id. Raises CannedError, also for one that is gone."""
    key, fr, en = key.strip().lower(), _clean(fr), _clean(en)
    if not _KEY.fullmatch(key):
        raise CannedError("key")
    for field, text in (("fr", fr), ("en", en)):
        if not 0 < len(text) <= TEXT_LIMIT:
            raise CannedError(field)
    twin = connection.scalar(select(canned_replies.c.id).where(canned_replies.c.key == key))
    if twin is not None and twin != reply_id:
        raise CannedError("key")
    values = {"key": key, "fr": fr, "en": en, "updated_at": now}
    if reply_id is not None:
        if not connection.execute(update(canned_replies).where(canned_replies.c.id == reply_id).values(**values)).rowcount:
            raise CannedError("key")
    else:
        last = connection.scalar(select(func.max(canned_replies.c.position))) or 0
        made = connection.execute(insert(canned_replies).values(**values, position=last + 1))
        assert made.inserted_primary_key is not None
        reply_id = int(made.inserted_primary_key[0])
    audit.write(connection, by, "canned_saved", now)
    return reply_id


def remove(connection: Connection, reply_id: int, *, by: str | None, now: datetime) -> bool:
    """Take a reply away; false when there is none."""
    gone = connection.execute(delete(canned_replies).where(canned_replies.c.id == reply_id))
    if gone.rowcount:
        audit.write(connection, by, "canned_removed", now)
    return gone.rowcount > 0


def order(connection: Connection, ids: Sequence[int]) -> None:
    """Put the replies in this order; those not named keep theirs."""
    for place, reply_id in enumerate(ids, 1):
        connection.execute(update(canned_replies).where(canned_replies.c.id == reply_id).values(position=place))


def seed(engine: Engine) -> None:
    """Give a new database its first replies, once."""
    with writing(engine) as connection:
        if not insert_if_absent(connection, facts, name=SEEDED, value="yes"):
            return
        for key, text in _FIRST.texts.items():
            save(connection, key=key, fr=text["fr"], en=text["en"], by=None, now=utcnow())


def _clean(text: str) -> str:
    """A text that any database stores: no NUL, no half characters, Unix line ends."""
    return text.replace("\x00", "").replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8").strip()
