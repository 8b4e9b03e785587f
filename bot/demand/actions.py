"""Decisions of a table against a gap: what, by which two co-leads, the next step, and when. Seen beside later figures.

    ActionError             a field is missing, too long or wrong; the message names it
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert, select, update

from bot.demand.months import is_month
from bot.demand.plan import UNKNOWN
from bot.demand.tables import demand_actions
from bot.demand.territories import regions
from bot.needs import all_needs

__all__ = ["Action", "ActionError", "Noted", "actions", "finish_action", "note_action"]

LIMITS = {"text": 500, "lead": 100, "co_lead": 100, "next_step": 500}  # characters, as the table's columns


class ActionError(ValueError):
    """A value that a decision cannot hold. `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Action:
    """month: the month whose figures it answers; region: an RSS code or unknown; due: YYYY-MM-DD."""

    month: str
    need: str
    region: str
    text: str
    lead: str
    co_lead: str
    next_step: str
    due: str

    def __post_init__(self) -> None:
        if not is_month(self.month):
            raise ActionError("month")
        if self.need not in all_needs():
            raise ActionError("need")
        if self.region not in (*regions(), UNKNOWN):
            raise ActionError("region")
        for name, most in LIMITS.items():
            if not 0 < len(getattr(self, name).strip()) <= most:
                raise ActionError(name)
        if self.lead.strip().casefold() == self.co_lead.strip().casefold():
            raise ActionError("co_lead")
        try:
            date.fromisoformat(self.due)
        except ValueError:
            raise ActionError("due") from None
        if len(self.due) != 10:
            raise ActionError("due")


@dataclass(frozen=True, slots=True)
class Noted(Action):
    """A decision as it is kept; done_at is null while it is open."""

    id: UUID
    noted_at: datetime
    done_at: datetime | None


def note_action(connection: Connection, action: Action, now: datetime) -> UUID:
    """Keep a decision; its id."""
    key = uuid4()
    connection.execute(insert(demand_actions).values(id=key, noted_at=now, **asdict(action)))
    return key


def finish_action(connection: Connection, key: UUID, now: datetime, *, done: bool = True) -> bool:
    """Mark a decision as done, or open again; false when there is none of this id."""
    changed = connection.execute(update(demand_actions).where(demand_actions.c.id == key).values(done_at=now if done else None))
    return changed.rowcount == 1


def actions(connection: Connection, up_to: str | None = None) -> list[Noted]:
    """The decisions against the figures of `up_to` and the months before it (null: all), open ones first, then the
    newest."""
    query = select(demand_actions)
    if up_to is not None:
        query = query.where(demand_actions.c.month <= up_to)
    rows = connection.execute(query.order_by(demand_actions.c.done_at.is_not(None), demand_actions.c.noted_at.desc(), demand_actions.c.id))
    names = [spec.name for spec in fields(Noted)]
    return [Noted(**{name: getattr(row, name) for name in names}) for row in rows]
