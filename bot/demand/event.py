"""One anonymous event: a need that was answered, met or not. It holds no identifier and no text of anybody.

    EventError              a value that the contract does not allow; the message names the field
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from bot.demand.months import is_month
from bot.demand.territories import territories
from bot.needs import all_needs

__all__ = ["AGE_BANDS", "CHANNELS", "FIELDS", "LANGUAGES", "REASONS", "WAITS", "Event", "EventError"]

LANGUAGES = ("fr", "en")
AGE_BANDS = ("child", "youth", "adult", "senior")
CHANNELS = ("web", "telegram")
REASONS = ("none_exists", "closed", "too_far", "not_eligible", "wrong_language", "no_capacity", "other")
WAITS = ("none", "under_5", "under_30", "over_30", "never")  # minutes to a human's first reply; none: not asked for; never: none came
CODE_LENGTH = 64  # a door or a service id; as long as a Telegram deep link's payload may be


class EventError(ValueError):
    """A value that an event cannot hold. `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field


def _one_of(field: str, value: object, allowed: Any, *, null: bool = False) -> None:
    if null and value is None:
        return
    if not isinstance(value, str) or value not in allowed:
        expected = ", ".join(allowed) if len(allowed) <= 20 else "a known code"
        raise EventError(field, f"must be one of {expected}{' or null' if null else ''}")


def _true_or_false(field: str, value: object, *, null: bool = False) -> None:
    if not (isinstance(value, bool) or (null and value is None)):
        raise EventError(field, f"must be true{', false or null' if null else ' or false'}")


def _code(field: str, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, str) or not 0 < len(value) <= CODE_LENGTH or not value.isprintable() or value != value.strip():
        raise EventError(field, f"must be null or a code of 1 to {CODE_LENGTH} characters on one line")


@dataclass(frozen=True, slots=True)
class Event:
    """The contract's fields, checked. `territory` is an RLS code, null when the resident did not say where;
    `door` null when no partner's link was used; `reason` is given exactly when the need was not met."""

    month: str
    need: str
    territory: str | None
    language: str
    for_other: bool
    age_band: str | None
    door: str | None
    channel: str
    met: bool
    reason: str | None
    oriented_to: str | None
    wait: str
    asked_before: bool | None

    def __post_init__(self) -> None:
        if not is_month(self.month):
            raise EventError("month", "must be a month written YYYY-MM")
        _one_of("need", self.need, all_needs())
        _one_of("territory", self.territory, territories(), null=True)
        _one_of("language", self.language, LANGUAGES)
        _true_or_false("for_other", self.for_other)
        _one_of("age_band", self.age_band, AGE_BANDS, null=True)
        _code("door", self.door)
        _one_of("channel", self.channel, CHANNELS)
        _true_or_false("met", self.met)
        if self.met and self.reason is not None:
            raise EventError("reason", "must be null when the need was met")
        if not self.met:
            _one_of("reason", self.reason, REASONS)
        _code("oriented_to", self.oriented_to)
        _one_of("wait", self.wait, WAITS)
        _true_or_false("asked_before", self.asked_before, null=True)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Event:
        """An event from JSON. A field that may be null may be left out; an unknown field is refused, because an
        event holds nothing else. Raises EventError."""
        for name in values:
            if name not in FIELDS:
                raise EventError(str(name)[:CODE_LENGTH], "is not a field of an event")
        for name in FIELDS:
            if name not in values and name not in _MAY_BE_NULL:
                raise EventError(name, "is missing")
        checked: dict[str, Any] = {name: values.get(name) for name in FIELDS}
        return cls(**checked)

    def as_row(self) -> dict[str, Any]:
        """The fields by name."""
        return {name: getattr(self, name) for name in FIELDS}


FIELDS = tuple(spec.name for spec in fields(Event))
_MAY_BE_NULL = frozenset({"territory", "age_band", "door", "reason", "oriented_to", "asked_before"})
