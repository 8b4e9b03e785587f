"""Days, times, hours, ages and distances in words, in French or English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.directory.hours import TORONTO, always_open
from bot.directory.records import DAYS, Schedule, Service, SpecialHours
from bot.directory.trust import earliest
from bot.words import MissingWords, load_words

__all__ = ["ages", "day_text", "hours_text", "kilometres", "language_names", "partial_date", "say", "time_text", "until", "when"]

WEEK = tuple(range(7))
# Special days are told this far ahead.
SPECIAL_DAYS = 30


def say(language: str, name: str, /, **values: object) -> str:
    """A text of words.yml."""
    return load_words(Path(__file__).with_name("words.yml"))(language, name, **values)


def time_text(language: str, total: int) -> str:
    """A time of `total` minutes from midnight: « 8 h 30 », "8:30 a.m."."""
    hour, minute = divmod(total % (24 * 60), 60)
    if minute == 0 and hour in (0, 12):
        return say(language, "hours.noon" if hour else "hours.midnight")
    if language == "fr":
        return f"{hour} h {minute:02d}" if minute else f"{hour} h"
    half = "a.m." if hour < 12 else "p.m."
    return f"{hour % 12 or 12}:{minute:02d} {half}" if minute else f"{hour % 12 or 12} {half}"


def day_text(language: str, day: date, year: bool = True) -> str:
    """A day: « 1er août 2026 », "August 1, 2026"."""
    month = say(language, f"month.{day.month}")
    if language == "fr":
        number = "1er" if day.day == 1 else str(day.day)
        return f"{number} {month} {day.year}" if year else f"{number} {month}"
    return f"{month} {day.day}, {day.year}" if year else f"{month} {day.day}"


def partial_date(language: str, partial: str) -> str:
    """An ISO date of any precision, no more precise than it is: 2020-08 is « août 2020 »."""
    day = earliest(partial)
    if day is None or len(partial) == 4:
        return partial
    return day_text(language, day) if len(partial) == 10 else f"{say(language, f'month.{day.month}')} {day.year}"


def when(language: str, moment: datetime, at: datetime) -> str:
    """A moment to come, seen from `at`: « demain à 8 h 30 », « lundi à 9 h », « le 4 janvier à 9 h »."""
    local, today = moment.astimezone(TORONTO), at.astimezone(TORONTO).date()
    time = time_text(language, local.hour * 60 + local.minute)
    days = (local.date() - today).days
    if days in (0, 1):
        return say(language, "when.tomorrow" if days else "when.today", time=time)
    if days < 7:
        return say(language, "when.weekday", day=say(language, f"day.{DAYS[local.weekday()]}"), time=time)
    return say(language, "when.date", date=day_text(language, local.date(), year=False), time=time)


def until(language: str, moment: datetime, at: datetime) -> str:
    """A closing time, seen from `at`: « 16 h », « 2 h demain »; a closing after tomorrow is said as a date."""
    local, today = moment.astimezone(TORONTO), at.astimezone(TORONTO).date()
    time = time_text(language, local.hour * 60 + local.minute)
    days = (local.date() - today).days
    if days == 0 or (days == 1 and local.hour == local.minute == 0):
        return time
    return say(language, "when.until_tomorrow", time=time) if days == 1 else when(language, moment, at)


def ages(language: str, low: int | None, high: int | None) -> str | None:
    """A range of ages in years, both included; null when there is no limit."""
    if low is not None and high is not None:
        return say(language, "ages.between", low=low, high=high)
    if low is not None:
        return say(language, "ages.from", low=low)
    return say(language, "ages.up_to", high=high) if high is not None else None


def kilometres(language: str, km: float) -> str:
    """A distance with one decimal, none from 10 km up: the precision that a straight line deserves."""
    text = f"{km:.0f}" if km >= 10 else f"{max(km, 0.1):.1f}"
    return text.replace(".", ",") if language == "fr" else text


def language_names(language: str, codes: Sequence[str]) -> str:
    """Languages by name: « français et anglais ». A code without a name is shown as it is."""
    names = []
    for code in codes:
        try:
            names.append(say(language, f"language.{code}"))
        except MissingWords:
            names.append(code)
    return _and(language, names)


def hours_text(language: str, service: Service, today: date | None = None) -> str | None:
    """All its hours in one line, days of the same hours together, then the special days of the weeks after `today`;
    null when none are known."""
    soon = [each for each in service.special_hours if today and each.first <= today + timedelta(days=SPECIAL_DAYS) and each.last >= today]
    parts = [_usual_hours(language, service), *_special_days(language, soon)]
    text = "; ".join(part for part in parts if part)
    if service.by_appointment:
        text = say(language, "hours.appointment_hours", hours=text) if text else say(language, "hours.appointment")
    return text[:1].upper() + text[1:] or None


def _special_days(language: str, special: list[SpecialHours]) -> list[str]:
    """« fermé le 24 décembre », "December 24 to 27, 10 a.m. to noon": one part for each run of days."""
    runs: dict[tuple[date, date], list[SpecialHours]] = {}
    for each in sorted(special, key=lambda each: (each.first, each.last, each.opens_at or 0)):
        runs.setdefault((each.first, each.last), []).append(each)
    parts = []
    for (first, last), rows in runs.items():
        days = day_text(language, first, year=False)
        if last != first:
            days = say(language, "hours.days_range", first=days, last=day_text(language, last, year=False))
        spans = [_span(language, each.opens_at, each.closes_at) for each in rows if each.opens_at is not None and each.closes_at is not None]
        name = "hours.special" if spans else "hours.special_closed"
        parts.append(say(language, name, days=days, times=_and(language, spans)))
    return parts


def _usual_hours(language: str, service: Service) -> str:
    if not service.schedules:
        return ""
    if always_open(service):
        return say(language, "hours.always")
    seasons: dict[tuple[date | None, date | None], list[Schedule]] = {}
    for schedule in service.schedules:
        seasons.setdefault((schedule.valid_from, schedule.valid_to), []).append(schedule)
    parts = [_season(language, _week(language, schedules), first, last) for (first, last), schedules in seasons.items()]
    return "; ".join(parts)


def _season(language: str, hours: str, first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return hours
    name = "hours.season" if first and last else "hours.season_from" if first else "hours.season_to"
    days = {key: day_text(language, day) for key, day in (("first", first), ("last", last)) if day}
    return say(language, name, hours=hours, **days)


def _week(language: str, schedules: list[Schedule]) -> str:
    by_day: dict[int, tuple[tuple[int, int], ...]] = {}
    for day in WEEK:
        found = sorted({(each.opens_at, each.closes_at) for each in schedules if day in each.byday})
        if found:
            by_day[day] = tuple(found)
    groups: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for day, spans in by_day.items():
        groups.setdefault(spans, []).append(day)
    return "; ".join(
        say(language, "hours.days_times", days=_days(language, days), times=_and(language, [_span(language, *span) for span in spans]))
        for spans, days in groups.items()
    )


def _span(language: str, opens: int, closes: int) -> str:
    if opens == 0 and closes in (0, 24 * 60):
        return say(language, "hours.all_day")
    return say(language, "hours.range", opens=time_text(language, opens), closes=time_text(language, closes))


def _days(language: str, days: list[int]) -> str:
    if len(days) == len(WEEK):
        text = say(language, "hours.every_day")
        return text[:1].lower() + text[1:]
    names = [say(language, f"day.{DAYS[day]}") for day in days]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return say(language, "hours.days_range", first=names[0], last=names[-1])
    return _and(language, names)


def _and(language: str, items: list[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return say(language, "hours.and", first=", ".join(items[:-1]), last=items[-1])
