"""Fields of a record that a person writes as lines of text: telephone numbers, hours, special days, territories. Both ways.

    ValueError          a line that nobody can read; its first argument is the line
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot.directory.forms import clock, minutes
from bot.directory.imports.cleaning import days, display_of, phones_of, time_of
from bot.directory.imports.territory import area_named
from bot.directory.records import DAYS
from bot.words import load_words

__all__ = ["area_of", "hours_lines", "hours_of", "phone_line", "phones_from", "special_lines", "special_of"]

words = load_words(Path(__file__).with_name("directory_words.yml"))
Record = dict[str, Any]

_EVERY_DAY = re.compile(r"\s*(tous les jours|chaque jour|every day|daily)\b[\s,:]*", re.IGNORECASE)
_TIME = r"(?:\d{1,2}(?:\s*[:hH]\s*(?:\d{2})?)?(?:\s*[aApP]\.?\s?[mM]\.?)?|midi|minuit|noon|midnight)"
_SPAN = re.compile(rf"({_TIME})\s*(?:-|–|à|to)\s*({_TIME})")
_SEASON = re.compile(r"\(\s*(?:du|from)?\s*(\d{4}-\d\d-\d\d)?\s*(?:au|à|to|-|–)?\s*(\d{4}-\d\d-\d\d)?\s*\)\s*$", re.IGNORECASE)
_DAY = r"(\d{4}-\d\d-\d\d)"
_SPECIAL = re.compile(rf"(?:du|from)?\s*{_DAY}(?:\s*(?:au|à|to|-|–)\s*{_DAY})?\s*[:,]?\s*(.+)", re.IGNORECASE)
_CLOSED = re.compile(r"ferm[ée]e?s?|closed", re.IGNORECASE)


def phone_line(phone: Record, language: str) -> str:
    """A number as a line: 450 555-0100, poste 12."""
    return words(language, "form.extension", display=phone["display"], extension=phone["extension"]) if phone["extension"] else phone["display"]


def phones_from(text: str, known: Sequence[Record], language: str) -> list[Record]:
    """The numbers of a text, one a line; a line that was there already is the number that it was. Raises ValueError."""
    return _read(text, [phone_line(phone, language) for phone in known], known, _phones)


def _phones(line: str) -> list[Record]:
    return [{"number": number, "display": display_of(number), "extension": extension} for number, extension in phones_of(line)]


def hours_lines(schedules: Sequence[Record], language: str) -> list[str]:
    """One line a schedule: lundi au vendredi 08:30-16:30 (du 2026-06-24 au 2026-09-01)."""
    return [_schedule_line(each, language) for each in schedules]


def _schedule_line(schedule: Record, language: str) -> str:
    line = f"{_day_names(schedule['byday'], language)} {schedule['opens_at']}-{schedule['closes_at']}"
    first, last = schedule.get("valid_from"), schedule.get("valid_to")
    if first or last:
        name = "form.season" if first and last else "form.season_from" if first else "form.season_to"
        line += f" ({words(language, name, first=first, last=last)})"
    return line


def _day_names(byday: str, language: str) -> str:
    numbers = [DAYS.index(day) for day in byday.split(",") if day]
    if len(numbers) == len(DAYS):
        return words(language, "form.every_day")
    names = [words(language, f"day.{DAYS[number]}") for number in numbers]
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return words(language, "form.days", first=names[0], last=names[-1])
    return ", ".join(names)


def hours_of(text: str, known: Sequence[Record], language: str) -> list[Record]:
    """The weekly hours of a text: days, then one or several spans, a line each. A line that was there already is the
    schedule that it was, with all that the form does not show of it. Raises ValueError."""
    return _read(text, hours_lines(known, language), known, _schedules)


def _schedules(line: str) -> list[Record]:
    season = _SEASON.search(line)
    first, last = (season[1], season[2]) if season else (None, None)
    if season and not (first or last):
        raise ValueError(line)
    rest = line[: season.start()] if season else line
    every = _EVERY_DAY.match(rest)
    start = re.search(rf"(?<!\w){_TIME}\s*(?:-|–|à|to)", rest)
    if start is None:
        raise ValueError(line)
    on = tuple(range(7)) if every else days(rest[: start.start()].strip(" ,:"))
    return [{"byday": ",".join(DAYS[day] for day in on), **span, "valid_from": first, "valid_to": last}
            for span in _spans(rest[start.start():])]


def _spans(text: str) -> list[Record]:
    found = _SPAN.findall(text)
    left = re.sub(r"[\s,;]|\bet\b|\band\b", "", _SPAN.sub("", text))
    if not found or left:
        raise ValueError(text)
    return [{"opens_at": clock(time_of(opens)), "closes_at": clock(_closing(closes))} for opens, closes in found]


def _closing(text: str) -> int:
    return minutes("24:00") if text.strip() in ("24:00", "minuit", "midnight") else time_of(text)


def special_lines(special: Sequence[Record], language: str) -> list[str]:
    """One line a row of special hours: 2026-12-24 au 2026-12-26 fermé; 2026-12-31 10:00-15:00."""
    lines = []
    for each in special:
        span = words(language, "form.season_days", first=each["first"], last=each["last"])
        days = each["first"] if each["first"] == each["last"] else span
        hours = f"{each['opens_at']}-{each['closes_at']}" if each.get("opens_at") else words(language, "form.closed_day")
        lines.append(f"{days} {hours}")
    return lines


def special_of(text: str, known: Sequence[Record], language: str) -> list[Record]:
    """The special hours of a text, a line each: a day or two, then closed or one or several spans. A line that was there
    already is the row that it was. Raises ValueError."""
    return _read(text, special_lines(known, language), known, _special)


def _special(line: str) -> list[Record]:
    parts = _SPECIAL.fullmatch(line)
    if parts is None:
        raise ValueError(line)
    first = date.fromisoformat(parts[1])
    last = date.fromisoformat(parts[2]) if parts[2] else first
    if last < first:
        raise ValueError(line)
    days = {"first": first.isoformat(), "last": last.isoformat()}
    return [days] if _CLOSED.fullmatch(parts[3].strip()) else [{**days, **span} for span in _spans(parts[3])]


def area_of(kind: str, text: str) -> Record | None:
    """A territory: its kind, and codes or names parted by commas or lines. Raises ValueError for an unknown name."""
    if not kind:
        return None
    if kind == "province":
        return {"kind": kind, "codes": []}
    codes: dict[str, None] = {}
    for part in re.split(r"[,;\n]", text):
        name = part.strip()
        if not name:
            continue
        found = None if name.isdigit() else area_named(name) or area_named(f"MRC {name}")
        if name.isdigit():
            codes[name] = None
        elif found is not None and found.kind == kind:
            codes.update(dict.fromkeys(found.codes))
        else:
            raise ValueError(name)
    return {"kind": kind, "codes": list(codes)}


def _read(text: str, written: Sequence[str], known: Sequence[Record], read: Callable[[str], list[Record]]) -> list[Record]:
    """The records of a text, by line. A line that is written as one of `known` is that record. Raises ValueError."""
    before = dict(zip(written, known, strict=True))
    found: list[Record] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line in before:
            found.append(before[line])
            continue
        try:
            found += read(line)
        except ValueError:
            raise ValueError(line) from None
    return found
