"""When the desk is open: a week of split shifts, exceptions (vacations, closures, other hours), Quebec's holidays. Pure.

A day's hours are those of its exception when it has one, else none on a statutory holiday (bot/directory/holidays.py),
else the week's. Without any hours nothing is known: nobody is promised anything.

    OpeningError            hours that cannot be; `field` names what is wrong
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.directory.holidays import holiday

__all__ = ["DAY", "EXCEPTION_KINDS", "HORIZON_DAYS", "TORONTO", "Closure", "Hours", "OpeningError", "Shift", "checked_shifts",
           "checked_spans", "closes_at", "is_open", "next_opening", "spans_on"]

TORONTO = ZoneInfo("America/Toronto")
DAY = 24 * 60
# How far ahead the next opening is looked for: past a summer's construction holiday and the two weeks of Christmas.
HORIZON_DAYS = 60
# vacation: the navigator is away; closure: the door is shut; hours: other hours on those days (also on a holiday).
EXCEPTION_KINDS = ("vacation", "closure", "hours")

Span = tuple[int, int]  # from, to: minutes from midnight on the wall, 0 to 1440


class OpeningError(ValueError):
    """`field`: weekday, opens, closes, overlap, first_day, last_day, kind or territory."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """One shift of the week: weekday 0 is Monday; minutes from midnight, `closes` at most 1440."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Closure:
    """Days, both ends included, whose hours are `spans` instead of the week's; none of them: closed."""

    first: date
    last: date
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """A desk's hours. Without a shift and without an exception that opens, they are not known."""

    week: tuple[Shift, ...] = ()
    exceptions: tuple[Closure, ...] = ()

    @property
    def known(self) -> bool:
        """Whether anybody ever wrote down hours."""
        return bool(self.week) or any(one.spans for one in self.exceptions)


def checked_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans of a day in order. Raises OpeningError: one that ends before it begins, or two that overlap."""
    found = sorted((int(opens), int(closes)) for opens, closes in spans)
    for opens, closes in found:
        if not 0 <= opens < DAY:
            raise OpeningError("opens")
        if not opens < closes <= DAY:
            raise OpeningError("closes")
    if any(after[0] < before[1] for before, after in zip(found, found[1:])):
        raise OpeningError("overlap")
    return tuple(found)


def checked_shifts(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    """A week in order. Raises OpeningError."""
    found = sorted(shifts)
    if any(not 0 <= one.weekday <= 6 for one in found):
        raise OpeningError("weekday")
    for day in range(7):
        checked_spans((one.opens, one.closes) for one in found if one.weekday == day)
    return tuple(found)


def spans_on(hours: Hours, day: date) -> tuple[Span, ...]:
    """The spans of a day. Of several exceptions on one day, the one of fewest days counts (a day back at work in a
    vacation); of equal ones, the last given."""
    exceptions = [one for one in hours.exceptions if one.first <= day <= one.last]
    if exceptions:
        return min(reversed(exceptions), key=lambda one: one.last - one.first).spans
    if holiday(day):
        return ()
    return tuple((one.opens, one.closes) for one in hours.week if one.weekday == day.weekday())


def _instant(day: date, minute: int) -> datetime:
    """When clocks in Quebec show that minute: where the hour occurs twice the first, where it is skipped after the jump."""
    days, rest = divmod(minute, DAY)
    return datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), TORONTO).astimezone(UTC)


def _intervals(hours: Hours, first: date, days: int) -> list[tuple[datetime, datetime]]:
    """What is open from `first` on, spans that touch made one (a night is two spans that meet at midnight)."""
    merged: list[tuple[datetime, datetime]] = []
    for day in (first + timedelta(days=number) for number in range(days)):
        for opens, closes in spans_on(hours, day):
            begin, end = _instant(day, opens), _instant(day, closes)
            if merged and begin <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            elif begin < end:
                merged.append((begin, end))
    return merged


def _today(at: datetime) -> date:
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be compared with opening hours")
    return at.astimezone(TORONTO).date()


def is_open(hours: Hours, at: datetime) -> bool | None:
    """Whether it is open at the instant `at` (aware); null when no hours are known."""
    if not hours.known:
        return None
    return any(begin <= at < end for begin, end in _intervals(hours, _today(at) - timedelta(days=1), 3))


def closes_at(hours: Hours, at: datetime) -> datetime | None:
    """When what is open now closes, in America/Toronto; null when it is not open, or does not close for a week."""
    for begin, end in _intervals(hours, _today(at) - timedelta(days=1), 8):
        if begin <= at < end:
            return None if end - at > timedelta(days=6) else end.astimezone(TORONTO)
    return None


def next_opening(hours: Hours, at: datetime) -> datetime | None:
    """The next opening after `at`, in America/Toronto; null when it is open, or opens not within HORIZON_DAYS."""
    for begin, end in _intervals(hours, _today(at) - timedelta(days=1), HORIZON_DAYS + 1):
        if begin <= at < end:
            return None
        if begin > at:
            return begin.astimezone(TORONTO)
    return None
