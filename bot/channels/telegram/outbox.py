"""The core's outbox, from the sender's side: what is to be sent next in each chat, and what became of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, exists, select, update

from bot.conversation.handing import CHANGES
from bot.conversation.messages import as_dict
from bot.conversation.tables import conversations, messages, outbox
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["Shown", "ToSend", "claim", "failed", "later", "number_of_tap", "part_sent", "sent_numbers", "shown_as", "tap_id"]

# After this long, whoever was sending a row counts as dead and somebody else goes on from the last part kept.
SENDING_SECONDS = 60
# How far back a tapped button is looked for.
ROWS_BACK = 60


@dataclass(frozen=True, slots=True)
class ToSend:
    """A row that is ours to send. `sent_ids`: the parts that went already; `keyboard_open`: a location was asked for; `over`:
    the numbers of the message whose place it takes, when it is the answer to a button that changes that message."""

    id: int
    chat_ref: str
    attempts: int
    sent_ids: list[int]
    message: dict[str, Any]
    keyboard_open: bool
    over: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shown:
    """The message that Telegram shows under some number: which of its parts, and which of its choices were tapped."""

    message: dict[str, Any]
    part: int
    tapped: list[str]


def claim(engine: Engine, limit: int) -> list[ToSend]:
    """Take the next row of each Telegram chat, at most `limit`; one winner for each among all processes."""
    now, row, earlier = utcnow(), outbox.c, outbox.alias()
    is_behind = exists().where(
        earlier.c.channel_ref == row.channel_ref, earlier.c.id < row.id, earlier.c.status.in_(("waiting", "sending"))
    )
    on_telegram = exists().where(conversations.c.id == row.conversation_id, conversations.c.channel == "telegram")
    with reading(engine) as connection:
        heads = connection.execute(
            select(outbox).where(row.status.in_(("waiting", "sending")), row.not_before <= now, ~is_behind, on_telegram)
            .order_by(row.id).limit(limit)
        ).all()
    if not heads:
        return []
    with writing(engine) as connection:
        return [one for head in heads if (one := _take(connection, head, now)) is not None]


def _take(connection: Connection, head: Any, now: datetime) -> ToSend | None:
    won = connection.execute(
        update(outbox)
        .where(outbox.c.id == head.id, outbox.c.status == head.status, outbox.c.attempts == head.attempts)
        .values(status="sending", attempts=head.attempts + 1, not_before=now + timedelta(seconds=SENDING_SECONDS))
    )
    if not won.rowcount:
        return None
    here = messages.c.conversation_id == head.conversation_id
    message = connection.execute(select(messages).where(here, messages.c.seq == head.seq)).one()
    asked = connection.scalar(select(exists().where(here, messages.c.seq < head.seq, messages.c.asks == "location")))
    return ToSend(head.id, head.channel_ref, head.attempts + 1, list(head.sent_ids), as_dict(message), bool(asked),
                  _over(connection, head, message))


def _over(connection: Connection, head: Any, message: Any) -> list[int]:
    """The numbers of the message that this one changes: the offer whose line was just left out, or put back."""
    if message.asks != "handoff_consent" or message.reply_to is None:
        return []
    here = messages.c.conversation_id == head.conversation_id
    tap = connection.execute(select(messages.c.choice, messages.c.client_id).where(here, messages.c.seq == message.reply_to)).one_or_none()
    number = number_of_tap(tap.client_id) if tap is not None and (tap.choice or "").startswith(CHANGES) else None
    row = _row_of(connection, head.channel_ref, number) if number is not None else None
    return list(row.sent_ids) if row is not None and row.conversation_id == head.conversation_id else []


def part_sent(connection: Connection, row: ToSend, sent_ids: list[int], last: bool, between: float) -> bool:
    """Keep the numbers of the parts that went; false when the row is gone (erased) or somebody else's by now.

    After the last part the chat's next row is held back `between` seconds, whoever sends it.
    """
    now = utcnow()
    kept = connection.execute(
        update(outbox).where(outbox.c.id == row.id, outbox.c.status == "sending", outbox.c.attempts == row.attempts)
        .values(sent_ids=sent_ids, **({"status": "sent"} if last else {"not_before": now + timedelta(seconds=SENDING_SECONDS)}))
    )
    next_at = now + timedelta(seconds=between)
    if last and between:
        waiting = and_(outbox.c.channel_ref == row.chat_ref, outbox.c.status == "waiting", outbox.c.not_before < next_at)
        connection.execute(update(outbox).where(waiting).values(not_before=next_at))
    return kept.rowcount > 0


def later(connection: Connection, row: ToSend, seconds: float) -> None:
    """Try again in a while; the chat's later rows wait behind it."""
    _set(connection, row, status="waiting", not_before=utcnow() + timedelta(seconds=seconds))


def failed(connection: Connection, row: ToSend) -> None:
    """Given up: the person blocked the bot, or Telegram will never take it."""
    _set(connection, row, status="failed")


def _set(connection: Connection, row: ToSend, **values: Any) -> None:
    connection.execute(update(outbox).where(outbox.c.id == row.id, outbox.c.attempts == row.attempts).values(**values))


def sent_numbers(connection: Connection, conversation_id: str) -> list[int]:
    """Telegram's numbers of all that was sent in a conversation."""
    rows = connection.scalars(select(outbox.c.sent_ids).where(outbox.c.conversation_id == conversation_id))
    return [number for sent_ids in rows for number in sent_ids]


def shown_as(connection: Connection, chat_ref: str, number: int) -> Shown | None:
    """What Telegram shows in a chat under `number`; null when it is not ours or too far back."""
    row = _row_of(connection, chat_ref, number)
    if row is None:
        return None
    here = messages.c.conversation_id == row.conversation_id
    message = connection.execute(select(messages).where(here, messages.c.seq == row.seq)).one()
    tapped = connection.scalars(
        select(messages.c.choice).where(here, messages.c.seq > row.seq, messages.c.from_ == "resident",
                                        messages.c.choice.is_not(None)).order_by(messages.c.seq)
    )
    return Shown(as_dict(message), row.sent_ids.index(number), list(tapped))


def _row_of(connection: Connection, chat_ref: str, number: int) -> Any:
    """The newest row that Telegram shows under `number`: a message that was changed in place has several."""
    query = select(outbox).where(outbox.c.channel_ref == chat_ref).order_by(outbox.c.id.desc()).limit(ROWS_BACK)
    return next((row for row in connection.execute(query) if number in row.sent_ids), None)


def tap_id(number: int, shown: Shown | None, choice: str) -> str:
    """A tap's client_id. The same button twice (a hand that trembles, a slow phone) is one choice; the same button of a
    message that was changed in between is another."""
    return f"tap:{number}:{shown.message['seq'] if shown else 0}:{hashlib.sha256(choice.encode()).hexdigest()[:16]}"


def number_of_tap(client_id: str | None) -> int | None:
    """The number of the message whose button was tapped, by the tap's client_id."""
    kind, number, *_ = f"{client_id}::".split(":")
    return int(number) if kind == "tap" and number.isdigit() else None
