"""Is it open, until when, or when does it open next: in America/Toronto, across daylight saving.

A service is open whenever the clocks in Quebec show a time within its hours. So an hour that occurs twice, in the night
when clocks go back, is open both times, and one that is skipped never comes.

What decides for a day, the first that applies: a temporary closure (nothing is open on its days); special hours, which
stand in place of the weekly ones, holiday or not; a statutory holiday; the weekly hours valid on that day. A service of which only special hours are known is neither open nor
closed on other days: nobody said.

Statutory holidays, when the source does not say: hours that cover all seven days ("every day", day and night) are
kept; hours that name some days only are an office's, closed that day. Either way the card asks to call first,
except where it is open day and night.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.directory.holidays import holiday
from bot.directory.records import Schedule, Service

__all__ = [
    "HORIZON_DAYS", "SEASON_DAYS", "TORONTO", "Moment", "Opening", "always_open", "closed_for_a_while", "closed_on_holidays", "opening",
    "out_of_season",
]

TORONTO = ZoneInfo("America/Toronto")
# How far ahead the next opening is looked for: past the two weeks when many close around Christmas.
HORIZON_DAYS = 21
# And for hours of a season only (a tax clinic in February to April): until the same season comes again.
SEASON_DAYS = 400
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Opening:
    """open_now: null when no hours are known. Times are aware, in America/Toronto.

    holiday: key of the statutory holiday it is today, where the hours may differ. special: today has hours of its own.
    """

    open_now: bool | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    always: bool = False
    holiday: str | None = None
    special: bool = False


class Moment:
    """An instant seen from Quebec, worked out once for all the services of a search."""

    __slots__ = ("at", "holiday", "local", "minute", "today", "weekday", "yesterday")

    def __init__(self, at: datetime) -> None:
        """`at` is aware. Raises ValueError for a naive time."""
        if at.tzinfo is None:
            raise ValueError("a time without a zone cannot be compared with opening hours")
        self.at = at.astimezone(UTC)
        self.local = at.astimezone(TORONTO)
        self.today = self.local.date()
        self.yesterday = self.today - timedelta(days=1)
        self.weekday = self.local.weekday()
        self.minute = self.local.hour * 60 + self.local.minute
        self.holiday = holiday(self.today)

    def open_now(self, service: Service) -> bool | None:
        """Whether `service` is open, by the clock on the wall; null when no hours are known. Cheap, for ranking."""
        if not service.schedules and not service.special_hours:
            return None
        if closed_for_a_while(service, self.today):
            return False
        if any(opens <= self.minute < end for opens, end in _hours_of(service, self.today)):
            return True
        if any(self.minute < end - DAY for _, end in _hours_of(service, self.yesterday)):
            return True
        return False if _tells_of(service, self.today) else None


def _end(opens_at: int, closes_at: int) -> int:
    """Closing, in minutes from the opening day's midnight; more than 1440 when it is after midnight."""
    return closes_at if closes_at > opens_at else closes_at + DAY


def _hours_of(service: Service, day: date) -> Iterator[tuple[int, int]]:
    """(opening, closing) of what begins on `day`, in minutes from its midnight."""
    if closed_for_a_while(service, day):
        return
    if _is_special(service, day):
        for each in service.special_hours:
            if each.first <= day <= each.last and each.opens_at is not None and each.closes_at is not None:
                yield each.opens_at, _end(each.opens_at, each.closes_at)
        return
    if holiday(day) and closed_on_holidays(service):
        return
    for schedule in service.schedules:
        if _runs(schedule, day):
            yield schedule.opens_at, _end(schedule.opens_at, schedule.closes_at)


def _runs(schedule: Schedule, day: date) -> bool:
    if schedule.valid_from and day < schedule.valid_from:
        return False
    if schedule.valid_to and day > schedule.valid_to:
        return False
    return day.weekday() in schedule.byday


def _is_special(service: Service, day: date) -> bool:
    return any(each.first <= day <= each.last for each in service.special_hours)


def _tells_of(service: Service, day: date) -> bool:
    """Whether anything is known of `day`. Where there are special hours and no weekly ones, nothing is of other days."""
    return bool(service.schedules) or _is_special(service, day) or closed_for_a_while(service, day)


def closed_for_a_while(service: Service, day: date) -> bool:
    """Whether `day` is in the service's temporary closure."""
    if service.closed_from is None and service.closed_until is None:
        return False
    return (service.closed_from or date.min) <= day <= (service.closed_until or date.max)


def out_of_season(service: Service, today: date) -> bool:
    """Whether all its hours are of another season: none is valid within HORIZON_DAYS of `today`."""
    if not service.schedules or any(not (each.valid_from or each.valid_to) for each in service.schedules):
        return False
    last = today + timedelta(days=HORIZON_DAYS)
    rows = [(each.valid_from, each.valid_to) for each in service.schedules]
    rows += [(each.first, each.last) for each in service.special_hours if each.opens_at is not None]
    return not any((first or date.min) <= last and (end or date.max) >= today for first, end in rows)


def always_open(service: Service) -> bool:
    """Day and night, every day."""
    days = {day for schedule in service.schedules if _day_long(schedule) for day in schedule.byday}
    return len(days) == 7


def _day_long(schedule: Schedule) -> bool:
    seasonal = schedule.valid_from or schedule.valid_to
    return schedule.opens_at == 0 and schedule.closes_at in (0, DAY) and not seasonal


def closed_on_holidays(service: Service) -> bool:
    """Whether its hours are not kept on a statutory holiday (the rule at the top of this file)."""
    if service.holidays is not None:
        return service.holidays == "closed"
    return len({day for schedule in service.schedules for day in schedule.byday}) < 7


def _instants(day: date, opens: int, end: int) -> Iterator[tuple[datetime, datetime]]:
    """The instants at which clocks in Quebec show a time from `opens` to `end` minutes after the midnight of `day`: one
    interval, or the pieces that a change of clocks makes of it."""
    midnight = datetime.combine(day, time())
    begin, finish = midnight + timedelta(minutes=opens), midnight + timedelta(minutes=end)
    change = _change(day) or _change(day + timedelta(days=1))
    if change is None:
        shift = begin.replace(tzinfo=TORONTO).utcoffset() or timedelta()
        yield (begin - shift).replace(tzinfo=UTC), (finish - shift).replace(tzinfo=UTC)
        return
    instant, before, after = change
    if begin - before < instant:
        yield (begin - before).replace(tzinfo=UTC), min(finish - before, instant).replace(tzinfo=UTC)
    if finish - after > instant:
        yield max(begin - after, instant).replace(tzinfo=UTC), (finish - after).replace(tzinfo=UTC)


@lru_cache(maxsize=2048)
def _change(day: date) -> tuple[datetime, timedelta, timedelta] | None:
    """(instant in UTC without a zone, offset before, offset after) of a change of clocks on `day`; null on other days."""
    morning, evening = datetime.combine(day, time(), TORONTO), datetime.combine(day + timedelta(days=1), time(), TORONTO)
    before, after = morning.utcoffset() or timedelta(), evening.utcoffset() or timedelta()
    if before == after:
        return None
    low, high = morning.astimezone(UTC), evening.astimezone(UTC)
    while high - low > timedelta(minutes=1):  # clocks change on a whole minute
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        low, high = (middle, high) if middle.astimezone(TORONTO).utcoffset() == before else (low, middle)
    return high.replace(tzinfo=None), before, after


def _merged(service: Service, first: date, last: date) -> list[tuple[datetime, datetime]]:
    """The instants when it is open, of what begins from `first` to `last`; what touches or overlaps is one interval."""
    spans: list[tuple[datetime, datetime]] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for opens, closes in _hours_of(service, day):
            cut = closes > DAY and closed_for_a_while(service, day + timedelta(days=1))  # a closure begins at midnight
            spans += _instants(day, opens, DAY if cut else closes)
    merged: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif begin < end:
            merged.append((begin, end))
    return merged


def opening(service: Service, at: datetime) -> Opening:
    """The state of `service` at the instant `at` (aware).

    opens_at is null when it is open, when no hours are known, and when nothing opens within HORIZON_DAYS (of the end of
    a temporary closure; within SEASON_DAYS for hours of a season only); closes_at when it does not close within them.
    """
    moment = Moment(at)
    if not service.schedules and not service.special_hours:
        return Opening()
    if always_open(service) and not (service.closed_from or service.closed_until or service.special_hours or closed_on_holidays(service)):
        return Opening(open_now=True, always=True)
    special = _is_special(service, moment.today)
    named = None if special else moment.holiday
    first = moment.yesterday
    if service.closed_until and closed_for_a_while(service, moment.today):
        first = service.closed_until  # a long closure: look from its end
    last = first + timedelta(days=HORIZON_DAYS)
    endless = next(_instants(last, DAY - 1, DAY))[1]
    opens = None
    for begin, end in _merged(service, first, last):
        if begin <= moment.at < end:
            return Opening(True, None, end.astimezone(TORONTO) if end < endless else None, holiday=named, special=special)
        if begin > moment.at:
            opens = begin.astimezone(TORONTO)
            break
    else:
        opens = _next_season(service, last)
    if not _tells_of(service, moment.today):
        return Opening()
    if not service.schedules and opens is not None and opens.date() != moment.today:
        opens = None  # it may open before: of the days between nothing is known
    return Opening(False, opens, holiday=named, special=special)


def _next_season(service: Service, after: date) -> datetime | None:
    """The first opening after `after` for who has hours of a season only, or special ones to come."""
    days = [row.valid_from for row in service.schedules] + [each.first for each in service.special_hours if each.opens_at is not None]
    for day in sorted(day for day in days if day and after < day <= after + timedelta(days=SEASON_DAYS)):
        for begin, _ in _merged(service, day, day + timedelta(days=7)):
            return begin.astimezone(TORONTO)
    return None
