"""What the demand learns when a request is closed: codes and a class of waiting time, nothing of the person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.demand.event import Event
from bot.demand.months import current_month
from bot.demand.record import record
from bot.demand.territories import territories
from bot.handoff.outcome import met_and_reason, wait_of
from bot.needs import all_needs

__all__ = ["record_demand"]


def record_demand(connection: Connection, request: Row[Any], conversation: Row[Any] | None, outcome: str, reason: str | None,
                  need: str | None, now: datetime) -> None:
    """One event for each need of the request: the one that the navigator named, else the packet's, else what the
    assistant learnt while the person waited. Without any need there is nothing to count."""
    if conversation is None:
        return
    known = {**conversation.known, **request.packet}
    needs = [need] if need else request.packet.get("needs") or conversation.known.get("needs") or []
    met, why = met_and_reason(outcome, reason)
    territory = request.packet.get("territory") or conversation.known.get("territory")
    waited = request.claimed_at - request.created_at if request.claimed_at else None
    for one in needs:
        if one not in all_needs():
            continue
        event = Event(
            month=current_month(now), need=one, territory=territory if territory in territories() else None,
            language=conversation.language, for_other=bool(known.get("for_other")), age_band=known.get("age_band"),
            door=conversation.door, channel=conversation.channel, met=met, reason=why,
            oriented_to=request.oriented_to if met else None, wait=wait_of(waited), asked_before=None,
        )
        record(connection, event, conversation.channel_ref or conversation.id, now=now)
