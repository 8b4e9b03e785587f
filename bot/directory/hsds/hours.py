"""Hours from HSDS's schedules, ours or another directory's: weekly ones, those of single days, by appointment."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from bot.directory.forms import clock
from bot.directory.imports.cleaning import clean, days, time_of
from bot.directory.imports.reading import Reading
from bot.directory.records import DAYS

__all__ = ["appointment_only", "children", "hours_of"]

Row = dict[str, Any]

_CLOSED = re.compile(r"\b(?:closed|ferm[ée]e?s?)\b", re.IGNORECASE)
_YES = {"true", "t", "yes", "y", "1", "oui", "vrai"}
# Longer than the holidays of a school year's end: a row without hours over more days is a mistake rather than a closure.
_CLOSED_AT_MOST = 31
_APPOINTMENT = re.compile(r"\b(?:sur|prendre|par|avec)\s+(?:un\s+)?rendez[- ]vous|by appointment|appointments? (?:only|required|needed)", re.IGNORECASE)
_NO_APPOINTMENT = re.compile(r"sans\s+(?:\w+\s+)?rendez|walk[- ]?in|drop[- ]?in|no appointment|without (?:an )?appointment", re.IGNORECASE)


def children(record: Row, name: str) -> list[Row]:
    """The nested objects under `name`; an empty list where there are none or something else stands there."""
    value = record.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def appointment_only(nested: Row) -> bool:
    """Whether another directory's service says that nobody is received without an appointment."""
    said = " ".join(filter(None, (clean(nested.get("application_process")), *(clean(row.get("description")) for row in children(nested, "schedules")))))
    return bool(_APPOINTMENT.search(said)) and not _NO_APPOINTMENT.search(said)


def hours_of(nested: Row, spots: list[Row], reading: Reading) -> dict[str, list[Row]]:
    """The record's `schedules` and `special_hours`. A row valid on one day only stands in place of that day's weekly
    hours; with neither hours nor more than a month of days, and the word "closed", those days are closed."""
    links = [each for link in children(nested, "service_at_locations") for each in children(link, "schedules")]
    rows = [*children(nested, "schedules"), *links] or [each for spot in spots for each in children(spot, "schedules")]
    special = [_holiday(each, reading) for each in children(nested, "holidays_rows")]
    if nested.get("record_status"):  # ours
        return {
            "schedules": [_own(row) for row in rows if not row.get("special")],
            "special_hours": [_own_special(row) for row in rows if row.get("special")],
        }
    merged: dict[tuple[int, int, str | None, str | None], set[int]] = {}
    for row in rows:
        try:
            first, last = _valid(row.get("valid_from"), row.get("valid_to"))
            if not row.get("opens_at") and not row.get("closes_at"):
                if first and last and _days_of(first, last) <= _CLOSED_AT_MOST and _CLOSED.search(str(row.get("description") or "")):
                    special.append({"first": first, "last": last})
                continue  # else a day without hours: closed, or described in words only
            if first and first == last:
                special.append({"first": first, "last": last, "opens_at": clock(_opening(row)), "closes_at": clock(time_of(str(row.get("closes_at"))))})
                continue
            span, on = _span(row)
        except ValueError as error:
            reading.fault(f"schedule: {error}; left out", row)
            continue
        merged.setdefault((*span, first, last), set()).update(on)
    return {
        "schedules": [
            {"byday": ",".join(DAYS[day] for day in sorted(on)), "opens_at": clock(opens), "closes_at": clock(closes), "valid_from": first, "valid_to": last}
            for (opens, closes, first, last), on in merged.items()
        ],
        "special_hours": [each for each in special if each],
    }


def _days_of(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1


def _valid(first: object, last: object) -> tuple[str | None, str | None]:
    """Both days as ISO dates, null where there is none. Raises ValueError."""
    found = []
    for text in (first, last):
        try:
            found.append(date.fromisoformat(str(text)[:10]).isoformat() if text else None)
        except ValueError:
            raise ValueError(f"{str(text)[:20]!r} is not a day as 2026-11-23") from None
    if found[0] and found[1] and found[1] < found[0]:
        raise ValueError(f"{found[1]} comes before {found[0]}")
    return found[0], found[1]


def _own(row: Row) -> Row:
    opens, closes = _exact(row)
    return {"byday": row.get("byday"), "opens_at": opens, "closes_at": closes, "valid_from": row.get("valid_from") or None,
            "valid_to": row.get("valid_to") or None}


def _own_special(row: Row) -> Row:
    days_of = {"first": row.get("valid_from"), "last": row.get("valid_to")}
    return days_of if row.get("special") == "closed" else days_of | dict(zip(("opens_at", "closes_at"), _exact(row), strict=True))


def _exact(row: Row) -> list[str]:
    return str(row.get("exact_hours") or f"{str(row.get('opens_at'))[:5]}-{str(row.get('closes_at'))[:5]}").split("-")


def _holiday(row: Row, reading: Reading) -> Row | None:
    """A row of holiday_schedule (1.1, 2.x); one without a date says something of all holidays, and is read elsewhere."""
    if not row.get("start_date") and not row.get("end_date"):
        return None
    try:
        first, last = _valid(row.get("start_date") or row.get("end_date"), row.get("end_date") or row.get("start_date"))
        if str(row.get("closed") or "").lower() in _YES:
            return {"first": first, "last": last}
        return {"first": first, "last": last, "opens_at": clock(_opening(row)), "closes_at": clock(time_of(str(row.get("closes_at"))))}
    except ValueError as error:
        reading.fault(f"holiday schedule: {error}; left out", row)
        return None


def _opening(row: Row) -> int:
    return time_of(str(row.get("opens_at"))) % (24 * 60)


def _span(row: Row) -> tuple[tuple[int, int], tuple[int, ...]]:
    """((opening, closing), weekdays). Raises ValueError for what a weekly schedule cannot say."""
    if str(row.get("freq") or "WEEKLY").upper() not in ("WEEKLY", "DAILY") or row.get("bymonthday") or row.get("byyearday") or row.get("byweekno"):
        raise ValueError("only weekly hours are taken")
    if str(row.get("interval") or "1").strip() not in ("1", "1.0"):
        raise ValueError("only hours of every week are taken")
    for side in ("opens_at", "closes_at"):
        if not row.get(side):
            raise ValueError(f"{side} is missing")
    on = tuple(range(7)) if str(row.get("freq")).upper() == "DAILY" and not row.get("byday") else days(str(row.get("byday") or ""))
    return (_opening(row), time_of(str(row["closes_at"]))), on
