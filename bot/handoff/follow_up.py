"""Questions to be asked later of whoever agreed, and what was answered of a service, by nobody in particular.

Of a person only the chat, the service and a date are kept for this, KEPT_DAYS at most, and nothing once they answered.
Answers are rows that name a service and a day: "this number does not work" and "it did not help" are for the directory's
maintainers (open_reports).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot.handoff.desk_tables import follow_ups, service_feedback
from bot.handoff.opening import TORONTO

__all__ = ["ASK_AFTER_DAYS", "KEPT_DAYS", "agree", "answered", "asked", "due", "forget", "forget_chat", "open_reports", "why"]

ASK_AFTER_DAYS = 7
KEPT_DAYS = 14


def _today(now: datetime) -> date:
    return now.astimezone(TORONTO).date()


def agree(connection: Connection, channel: str, channel_ref: str, service: str, now: datetime) -> None:
    """The resident agreed to be asked; one question a chat at a time."""
    forget_chat(connection, channel, channel_ref)
    connection.execute(insert(follow_ups).values(id=str(uuid4()), channel=channel, channel_ref=channel_ref, service=service,
                                                 due_on=_today(now) + timedelta(days=ASK_AFTER_DAYS), asked=False))


def due(connection: Connection, now: datetime) -> list[Row[Any]]:
    """The questions whose day has come."""
    query = select(follow_ups).where(follow_ups.c.asked.is_(False), follow_ups.c.due_on <= _today(now))
    return list(connection.execute(query.order_by(follow_ups.c.id).limit(100)))


def asked(connection: Connection, follow_up_id: str) -> bool:
    """It is asked now: true for one caller only."""
    won = connection.execute(update(follow_ups).where(follow_ups.c.id == follow_up_id, follow_ups.c.asked.is_(False)).values(asked=True))
    return won.rowcount > 0


def answered(connection: Connection, follow_up_id: str, channel_ref: str, answer: str, now: datetime, *,
             more_to_come: bool = False) -> str | None:
    """An answer from its own chat: kept without it; the service, null for a question that is not open. more_to_come: why()
    may follow, so the question stays open."""
    service = _open(connection, follow_up_id, channel_ref)
    if service is None:
        return None
    connection.execute(insert(service_feedback).values(id=str(uuid4()), service=service, answer=answer, on_day=_today(now)))
    if not more_to_come:
        connection.execute(delete(follow_ups).where(follow_ups.c.id == follow_up_id))
    return service


def why(connection: Connection, follow_up_id: str, channel_ref: str, reason: str, now: datetime) -> str | None:
    """Why it did not help: one of the day's answers without a reason gets it (they cannot be told apart). The service."""
    service = _open(connection, follow_up_id, channel_ref)
    if service is None:
        return None
    row = service_feedback.c
    one = connection.scalar(select(row.id).where(row.service == service, row.answer == "not_helped", row.reason.is_(None),
                                                 row.on_day >= _today(now) - timedelta(days=KEPT_DAYS)).limit(1))
    if one is not None:
        connection.execute(update(service_feedback).where(row.id == one).values(reason=reason))
    connection.execute(delete(follow_ups).where(follow_ups.c.id == follow_up_id))
    return service


def _open(connection: Connection, follow_up_id: str, channel_ref: str) -> str | None:
    return connection.scalar(
        select(follow_ups.c.service).where(follow_ups.c.id == follow_up_id, follow_ups.c.channel_ref == channel_ref)
    )


def forget(connection: Connection, now: datetime) -> int:
    """Erase what is KEPT_DAYS old, answered or not; how many."""
    oldest = _today(now) - timedelta(days=KEPT_DAYS - ASK_AFTER_DAYS)
    return connection.execute(delete(follow_ups).where(follow_ups.c.due_on < oldest)).rowcount


def forget_chat(connection: Connection, channel: str, channel_ref: str) -> None:
    """Erase what is kept of a chat (it was erased, or the resident changed their mind)."""
    connection.execute(delete(follow_ups).where(follow_ups.c.channel == channel, follow_ups.c.channel_ref == channel_ref))


def open_reports(connection: Connection, since: date) -> list[tuple[str, str, int]]:
    """For the directory's queue: (service, not_helped or wrong_number, how many) since a day, most first."""
    row, number = service_feedback.c, func.count()
    query = (
        select(row.service, row.answer, number).where(row.answer != "helped", row.on_day >= since)
        .group_by(row.service, row.answer).order_by(number.desc(), row.service)
    )
    return [(service, answer, many) for service, answer, many in connection.execute(query)]
