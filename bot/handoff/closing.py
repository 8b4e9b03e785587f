"""What the demand learns of a request for a person: codes and a class of waiting time (from asking to the first reply),
nothing of the person.

What is counted once (bot/demand/correct.py): one event a person, need and month. The assistant may have counted the need
already, when it showed services; then that event is corrected, not doubled:

    connected, informed     met, with the service that the navigator sent (else the assistant's), and the wait
    not_met                 not met, with the reason, and the wait, whatever the assistant thought
    left, other             they say nothing of the need: what was counted stays, with the wait; a need not counted yet is
                            not met, reason other
    returned                the wait alone
    left without an end     the person left the line, or was erased or forgotten in it: the wait until the first reply, or
                            never, when none had come after NEVER_AFTER
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, update

from bot.conversation.tables import conversations
from bot.demand.correct import asked_before_of, correct, count
from bot.demand.event import CHANNELS, Event
from bot.demand.months import current_month
from bot.demand.territories import territories
from bot.handoff.outcome import MET, met_and_reason, reply_after, wait_of
from bot.needs import all_needs

__all__ = ["NEVER_AFTER", "left_without_end", "record_demand", "record_wait"]

NEVER_AFTER = timedelta(minutes=5)  # the shortest class of a wait: who leaves sooner did not wait in vain


def record_demand(connection: Connection, request: Row[Any], conversation: Row[Any] | None, outcome: str, reason: str | None,
                  need: str | None, now: datetime) -> None:
    """One event for each need of the request: the one that the navigator named, else the packet's, else what the
    assistant learnt. Without any need there is nothing to count."""
    if conversation is None:
        return
    met, why = met_and_reason(outcome, reason)
    wait = wait_of(reply_after(request, now, outcome))
    counted = dict(conversation.counted or {})
    for one in _needs(request, conversation, need):
        before = counted.get(one)
        if before is not None:
            after = correct(connection, before, {"wait": wait, **_changes(outcome, met, why, request.oriented_to, before)})
            if after is not None:
                counted[one] = after
                continue
        known = {**conversation.known, **request.packet}
        written = count(connection, _event(conversation, known, one, met=met, reason=why, wait=wait, now=now,
                                           oriented_to=request.oriented_to if met else None), _who(conversation), now=now)
        if written is not None:
            counted[one] = written
    _keep(connection, conversation, counted)


def _changes(outcome: str, met: bool, why: str | None, oriented_to: str | None, before: dict[str, Any]) -> dict[str, Any]:
    if outcome in MET:
        return {"met": True, "reason": None, "oriented_to": oriented_to or before["oriented_to"]}
    return {"met": met, "reason": why, "oriented_to": None} if outcome == "not_met" else {}


def record_wait(connection: Connection, request: Row[Any], conversation: Row[Any] | None, now: datetime) -> None:
    """The wait of what was counted already; nothing else of it changes. Somebody who was not answered, and did not wait
    NEVER_AFTER, did not wait in vain: nothing is said of them."""
    waited = reply_after(request, None, None)
    if conversation is None or (waited is None and now - request.created_at < NEVER_AFTER):
        return
    _correct_all(connection, conversation, {"wait": wait_of(waited)})


def left_without_end(connection: Connection, request: Row[Any], conversation: Row[Any], now: datetime) -> None:
    """Somebody left the line, or was erased in it: their wait, and the need that nobody came for where it was in vain."""
    record_wait(connection, request, conversation, now)
    if request.first_reply_at is not None or now - request.created_at < NEVER_AFTER:
        return
    counted = conversation.counted or {}
    known = {**conversation.known, **request.packet}
    for one in _needs(request, conversation, None):
        if one not in counted:
            count(connection, _event(conversation, known, one, met=False, reason="other", wait="never", now=now, oriented_to=None),
                  _who(conversation), now=now)


def _correct_all(connection: Connection, conversation: Row[Any], changes: dict[str, Any]) -> None:
    before = dict(conversation.counted or {})
    _keep(connection, conversation, {need: correct(connection, written, changes) or written for need, written in before.items()})


def _needs(request: Row[Any], conversation: Row[Any], named: str | None) -> list[str]:
    needs = [named] if named else request.packet.get("needs") or conversation.known.get("needs") or []
    return [one for one in needs if one in all_needs()]


def _event(conversation: Row[Any], known: dict[str, Any], need: str, *, met: bool, reason: str | None, wait: str,
           oriented_to: str | None, now: datetime) -> Event:
    territory = known.get("territory") or conversation.known.get("territory")
    return Event(
        month=current_month(now), need=need, territory=territory if territory in territories() else None,
        language=conversation.language, for_other=bool(known.get("for_other")), age_band=known.get("age_band"),
        # A partner's form is on the web.
        door=conversation.door, channel=conversation.channel if conversation.channel in CHANNELS else "web", met=met, reason=reason,
        oriented_to=oriented_to, wait=wait, asked_before=asked_before_of(conversation.counted or {}),
    )


def _who(conversation: Row[Any]) -> str:
    return str(conversation.channel_ref or conversation.id)


def _keep(connection: Connection, conversation: Row[Any], counted: dict[str, Any]) -> None:
    if counted != (conversation.counted or {}):
        connection.execute(update(conversations).where(conversations.c.id == conversation.id).values(counted=counted))
