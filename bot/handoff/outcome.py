"""How a request ends, and what the demand learns of it. Plain rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.demand.event import REASONS

__all__ = ["MET", "OUTCOMES", "REASONS", "OutcomeError", "checked", "met_and_reason", "reply_after", "wait_of"]

OUTCOMES = ("connected", "informed", "not_met", "left", "other")
MET = frozenset({"connected", "informed"})
# Whoever ends a request so has spoken with the person, be it by telephone; whoever ends it otherwise may not have.
REACHED = MET | {"not_met"}
# What the event calls an end that is neither a service found nor one missing (the person left, a wrong number).
NO_REASON = "other"


class OutcomeError(ValueError):
    """`field` (outcome or reason) is missing or none of the contract's."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def checked(outcome: Any, reason: Any) -> tuple[str, str | None]:
    """The outcome, and the reason exactly when it is not_met. Raises OutcomeError."""
    if outcome not in OUTCOMES:
        raise OutcomeError("outcome")
    if outcome != "not_met":
        return outcome, None
    if reason not in REASONS:
        raise OutcomeError("reason")
    return outcome, reason


def met_and_reason(outcome: str, reason: str | None) -> tuple[bool, str | None]:
    """An event's `met` and `reason`: an event that is not met always has one."""
    return (True, None) if outcome in MET else (False, reason or NO_REASON)


def reply_after(request: Any, ended_at: datetime | None, outcome: str | None) -> timedelta | None:
    """How long the person waited for a navigator's first reply, from asking for one; null when none has come. A claim is
    none: somebody who sees that their request was taken still waits for a word.

    `request` has created_at, claimed_at and first_reply_at. One that ended in an outcome of REACHED without a word here
    (a call to the number that they left) was answered by then.
    """
    replied = request.first_reply_at
    if replied is None and request.claimed_at is not None and outcome in REACHED:
        replied = ended_at
    return None if replied is None else replied - request.created_at


def wait_of(waited: timedelta | None) -> str:
    """The contract's class of a wait from the request to the first reply; null (nobody answered) is `never`."""
    if waited is None:
        return "never"
    minutes = waited.total_seconds() / 60
    return "under_5" if minutes < 5 else "under_30" if minutes < 30 else "over_30"
