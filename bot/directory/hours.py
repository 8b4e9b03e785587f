"""Is it open, until when, or when does it open next: in America/Toronto, across daylight saving.

Statutory holidays, when the source does not say: hours that cover all seven days ("every day", day and night) are
kept; hours that name some days only are an office's, closed that day. Either way the card asks to call first,
except where it is open day and night.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.directory.holidays import holiday
from bot.directory.records import Schedule, Service

__all__ = ["HORIZON_DAYS", "TORONTO", "Moment", "Opening", "always_open", "closed_for_a_while", "closed_on_holidays", "opening"]

TORONTO = ZoneInfo("America/Toronto")
# How far ahead the next opening is looked for: past the two weeks when many close around Christmas.
HORIZON_DAYS = 21
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Opening:
    """open_now: null when no hours are known. Times are aware, in America/Toronto.

    holiday: key of the statutory holiday it is today, where the hours may differ.
    """

    open_now: bool | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    always: bool = False
    holiday: str | None = None


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
        if not service.schedules:
            return None
        if closed_for_a_while(service, self.today):
            return False
        for schedule in service.schedules:
            end = _end(schedule)
            if self._runs(service, schedule, self.today) and schedule.opens_at <= self.minute < end:
                return True
            if end > DAY and self._runs(service, schedule, self.yesterday) and self.minute < end - DAY:
                return True
        return False

    def _runs(self, service: Service, schedule: Schedule, day: date) -> bool:
        return _runs(schedule, day) and not (holiday(day) and closed_on_holidays(service))


def _end(schedule: Schedule) -> int:
    """Closing, in minutes from the opening day's midnight; more than 1440 when it is after midnight."""
    return schedule.closes_at if schedule.closes_at > schedule.opens_at else schedule.closes_at + DAY


def _runs(schedule: Schedule, day: date) -> bool:
    if schedule.valid_from and day < schedule.valid_from:
        return False
    if schedule.valid_to and day > schedule.valid_to:
        return False
    return day.weekday() in schedule.byday


def closed_for_a_while(service: Service, day: date) -> bool:
    """Whether `day` is in the service's temporary closure."""
    if service.closed_from is None and service.closed_until is None:
        return False
    return (service.closed_from or date.min) <= day <= (service.closed_until or date.max)


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


def _instant(day: date, minute: int) -> datetime:
    """The instant when clocks in Quebec show `minute` on `day`. Where the hour occurs twice, the first; where it is
    skipped, the same minute after the jump."""
    days, rest = divmod(minute, DAY)
    local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), TORONTO)
    return local.astimezone(UTC)


def _intervals(service: Service, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    closed = closed_on_holidays(service)
    day = first
    while day <= last:
        if not (closed and holiday(day)) and not closed_for_a_while(service, day):
            for schedule in service.schedules:
                if _runs(schedule, day):
                    yield _instant(day, schedule.opens_at), _instant(day, _end(schedule))
        day += timedelta(days=1)


def opening(service: Service, at: datetime) -> Opening:
    """The state of `service` at the instant `at` (aware): intervals that touch or overlap are one.

    opens_at is null when it is open, when no hours are known, and when nothing opens within HORIZON_DAYS; closes_at
    when it does not close within them.
    """
    moment = Moment(at)
    if not service.schedules:
        return Opening()
    if always_open(service) and not closed_for_a_while(service, moment.today):
        return Opening(open_now=True, always=True)
    first = moment.yesterday
    if service.closed_until and closed_for_a_while(service, moment.today):
        first = service.closed_until  # a long closure: look from its end
    spans = sorted(_intervals(service, first, first + timedelta(days=HORIZON_DAYS)))
    merged: list[tuple[datetime, datetime]] = []
    for begin, end in spans:
        if end <= begin:
            continue  # the night when clocks go forward can leave nothing of a short interval
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    endless = _instant(first + timedelta(days=HORIZON_DAYS), DAY)
    for begin, end in merged:
        if begin <= moment.at < end:
            closes = end.astimezone(TORONTO) if end < endless else None
            return Opening(True, None, closes, holiday=moment.holiday)
        if begin > moment.at:
            return Opening(False, begin.astimezone(TORONTO), None, holiday=moment.holiday)
    return Opening(False, holiday=moment.holiday)
