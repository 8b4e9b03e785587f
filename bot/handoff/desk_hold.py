"""Holding a request: who may see it, who may act in it, and the locks, taken in one order (conversation, then request)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, select

from bot.conversation import storage
from bot.handoff import queue
from bot.handoff.desk_errors import NoSuchRequest, NotOpen, NotYours, Refused
from bot.handoff.tables import handoffs
from bot.people.person import Person
from bot.store.engine import writing

__all__ = ["TEXT_LIMIT", "DeskSide", "clean", "held", "locked", "row_of", "visible"]

TEXT_LIMIT = 4096  # on Telegram, with the name of who speaks, one message or two: the channel splits (telegram/parts.py)


class DeskSide(Protocol):
    """What the desk needs of conversations (bot/conversation/desk_side.py), in the desk's transaction."""

    def take(self, connection: Connection, conversation_id: str, name: str, said: str = "navigator_here") -> None: ...
    def say(self, connection: Connection, conversation_id: str, text: str, services: list[dict[str, Any]] | None = None,
            client_id: str | None = None) -> int | None: ...
    def said_before(self, connection: Connection, conversation_id: str, client_id: str) -> int | None: ...
    def give_back(self, connection: Connection, conversation_id: str) -> None: ...
    def to_queue(self, connection: Connection, conversation_id: str, said: str, request_id: str, now: datetime) -> None: ...
    def still_waiting(self, connection: Connection, conversation_id: str, request_id: str, now: datetime) -> None: ...
    def close(self, connection: Connection, conversation_id: str, ask_later: bool = False) -> None: ...


def row_of(connection: Connection, request_id: str) -> Row[Any]:
    """The request with its owner's name. Raises NoSuchRequest."""
    row = connection.execute(queue.WITH_OWNER.where(handoffs.c.id == request_id)).one_or_none()
    if row is None:
        raise NoSuchRequest(request_id)
    return row


def locked(connection: Connection, request_id: str) -> Row[Any]:
    """The request, with its conversation held until the transaction ends. Raises NoSuchRequest."""
    conversation_id = connection.scalar(select(handoffs.c.conversation_id).where(handoffs.c.id == request_id))
    if conversation_id is None or storage.lock(connection, conversation_id) is None:
        raise NoSuchRequest(request_id)
    return row_of(connection, request_id)


def visible(connection: Connection, person: Person, request_id: str, row: Row[Any] | None = None) -> Row[Any]:
    """The request, for its owner and administrators only. Raises NoSuchRequest, NotYours."""
    row = row_of(connection, request_id) if row is None else row
    if row.owner == person.id or person.administrator:
        return row
    raise NotYours(request_id) if queue.may_see(person, row) else NoSuchRequest(request_id)


@contextmanager
def held(engine: Engine, person: Person, request_id: str, waiting_too: bool = False) -> Iterator[tuple[Connection, Row[Any]]]:
    """A transaction that holds the conversation and the request, which the person may act in and which is open."""
    with writing(engine) as connection:
        row = visible(connection, person, request_id, locked(connection, request_id))
        if row.status != "navigator" and not (waiting_too and row.status == "waiting"):
            raise NotOpen(request_id)
        yield connection, row


def clean(text: Any, field: str, *, empty: bool = False) -> str:
    """A text that any database stores: no NUL, no half characters. Raises Refused."""
    if not (text is None or isinstance(text, str)):
        raise Refused(field)
    cleaned = (text or "").replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
    if (not cleaned and not empty) or len(cleaned) > TEXT_LIMIT:
        raise Refused(field)
    return cleaned
