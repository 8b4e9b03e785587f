"""What the tables see of the navigators' work: how many requests there were for each navigator in a published month, as a
band, withheld when small.

It is made of two things that tell nothing new of residents: the waits that are published already (sums of published
cells), and how many navigators answered anybody that month, by the audit log, which only grows. A band says at least
"more than so many navigators for the requests published", never more requests than those (docs/decisions/0009): the
attack on what is published finds as little with it as without. With fewer than FEWEST navigators it would be one
employee's figure, and is withheld.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.demand.disclosure import total
from bot.demand.months import QUEBEC, next_month
from bot.people.tables import audit_log

__all__ = ["ANSWERED", "BANDS", "FEWEST", "navigators_of", "per_navigator"]

FEWEST = 3
ANSWERED = ("under_5", "under_30", "over_30")  # an event's `wait` when a navigator replied
BANDS = (10, 25, 50, 100)  # a band goes up to one of these, not included
_REPLIES = ("message_sent", "service_sent", "contact_erased")


def navigators_of(connection: Connection, month: str) -> int:
    """How many people answered somebody at the desk in a month of Quebec's clock."""
    first, after = (datetime(int(one[:4]), int(one[5:]), 1, tzinfo=QUEBEC) for one in (month, next_month(month)))
    return connection.scalar(
        select(func.count(audit_log.c.person_id.distinct()))
        .where(audit_log.c.action.in_(_REPLIES), audit_log.c.at >= first, audit_log.c.at < after)
    ) or 0


def per_navigator(published: Iterable[int | None], navigators: int) -> tuple[int, int | None] | None:
    """The band (from, up to and not included; null: and more) of requests a navigator, from the published cells of ANSWERED
    (null: withheld). Null when it is withheld: too few navigators, or nothing of the cells is published."""
    requests = total(published)
    if requests is None or navigators < FEWEST:
        return None
    low = 0
    for high in BANDS:
        if requests < high * navigators:
            return low, high
        low = high
    return low, None
