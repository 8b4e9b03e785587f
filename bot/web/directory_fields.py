"""Fields of a record that a person writes as lines of text: telephone numbers, hours, territories. Both ways.

    ValueError          a line that nobody can read; its first argument is the line
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.directory.forms import clock, minutes
from bot.directory.imports.cleaning import days, display_of, phones_of, time_of
from bot.directory.imports.territory import area_named
from bot.directory.records import DAYS
from bot.words import load_words

__all__ = ["area_of", "hours_lines", "hours_of", "phone_line", "phones_from"]

words = load_words(Path(__file__).with_name("directory_words.yml"))
Record = dict[str, Any]

_EVERY_DAY = re.compile(r"\s*(tous les jours|chaque jour|every day|daily)\b[\s,:]*", re.IGNORECASE)
_TIME = r"(?:\d{1,2}(?:\s*[:hH]\s*(?:\d{2})?)?(?:\s*[aApP]\.?\s?[mM]\.?)?|midi|minuit|noon|midnight)"
_SPAN = re.compile(rf"({_TIME})\s*(?:-|–|à|to)\s*({_TIME})")
_SEASON = re.compile(r"\(\s*(?:du|from)?\s*(\d{4}-\d\d-\d\d)?\s*(?:au|à|to|-|–)?\s*(\d{4}-\d\d-\d\d)?\s*\)\s*$", re.IGNORECASE)


def phone_line(phone: Record, language: str) -> str:
    """A number as a line: 450 555-0100, poste 12."""
    return words(language, "form.extension", display=phone["display"], extension=phone["extension"]) if phone["extension"] else phone["display"]


def phones_from(text: str, known: Sequence[Record], language: str) -> list[Record]:
    """The numbers of a text, one a line; a line that was there already is the number that it was. Raises ValueError."""
    before = {phone_line(phone, language): phone for phone in known}
    found: list[Record] = []
    for line in _lines(text):
        if line in before:
            found.append(before[line])
            continue
        try:
            found += [{"number": number, "display": display_of(number), "extension": extension} for number, extension in phones_of(line)]
        except ValueError:
            raise ValueError(line) from None
    return found


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
    before = dict(zip(hours_lines(known, language), known, strict=True))
    found: list[Record] = []
    for line in _lines(text):
        if line in before:
            found.append(before[line])
        else:
            try:
                found += _schedules(line)
            except ValueError:
                raise ValueError(line) from None
    return found


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
    spans = _SPAN.findall(rest[start.start():])
    left = re.sub(r"[\s,;]|\bet\b|\band\b", "", _SPAN.sub("", rest[start.start():]))
    if not spans or left:
        raise ValueError(line)
    return [{"byday": ",".join(DAYS[day] for day in on), "opens_at": clock(time_of(opens)), "closes_at": clock(_closing(closes)),
             "valid_from": first, "valid_to": last} for opens, closes in spans]


def _closing(text: str) -> int:
    return minutes("24:00") if text.strip() in ("24:00", "minuit", "midnight") else time_of(text)


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


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
