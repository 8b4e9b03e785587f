"""A service as plain data (the embedded files, the JSON export), both ways.

    RecordError         a record cannot be a service; `reasons` says everything that is wrong with it
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

from bot.directory.records import (
    AREA_KINDS,
    CAPACITIES,
    DAYS,
    MODES,
    SEXES,
    STATUSES,
    Area,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    Source,
    SpecialHours,
    Text,
)
from bot.directory.trust import earliest

__all__ = ["SERVICE_ID_LENGTH", "RecordError", "as_dict", "as_service", "clock", "digest", "digest_of", "minutes"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,119}")
# A service is named in requests, events and questions, whose columns are this long (PostgreSQL holds to it).
SERVICE_ID_LENGTH = 64
_SERVICE_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._:-]{{0,{SERVICE_ID_LENGTH - 1}}}")
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_NUMBER = re.compile(r"\+[1-9]\d{7,14}|\d{3,6}")
_MUNICIPALITY, _LANGUAGE, _AREA_CODE = re.compile(r"\d{5}"), re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?"), re.compile(r"\d{1,5}")
_EXTENSION, _PARTIAL_DATE = re.compile(r".{1,16}"), re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_POSTAL = re.compile(r"[A-Z]\d[A-Z] \d[A-Z]\d")
# Around Quebec, with a margin: a swapped or zero coordinate is refused.
_LATITUDES, _LONGITUDES = (44.0, 63.5), (-80.5, -56.5)
# How the embedded records say that their coordinates are not the building's.
_APPROXIMATE = ("Coordinates are those of the municipality", "Coordinates are the centre of")


class RecordError(ValueError):
    """A record that cannot be a service."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def _storable(value: Any) -> str:
    """A value as text without what no database or page can hold: NUL, halves of surrogate pairs."""
    text = str(value).strip()
    return text if text.isascii() and "\0" not in text else text.replace("\0", "").encode("utf-8", "replace").decode()


class _Reader:
    """Reads one record field by field, keeping every fault."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.record = record
        self.reasons: list[str] = []

    def fault(self, field: str, why: str) -> None:
        self.reasons.append(f"{field}: {why}")

    def text(self, value: Any, field: str, required: bool = False) -> Text:
        if value is None or value == {}:
            if required:
                self.fault(field, "is missing")
            return Text()
        if isinstance(value, str):
            return Text(_storable(value) or None, _storable(value) or None)
        if not isinstance(value, dict) or set(value) - {"fr", "en"}:
            self.fault(field, "must be a text, or texts under fr and en")
            return Text()
        found = Text(*(_storable(value[code]) or None if value.get(code) else None for code in ("fr", "en")))
        if required and not found:
            self.fault(field, "is missing")
        return found

    def string(self, value: Any, field: str, pattern: re.Pattern[str] | None = None, required: bool = False) -> str | None:
        if value is None or str(value).strip() == "":
            if required:
                self.fault(field, "is missing")
            return None
        text = _storable(value)
        if pattern and not pattern.fullmatch(text):
            self.fault(field, f"{text!r} does not have the expected form")
        return text

    def one_of(self, value: Any, field: str, allowed: Collection[str]) -> Any:
        if value is not None and value not in allowed:
            self.fault(field, f"{value!r} is not one of {', '.join(allowed)}")
        return value

    def yes(self, value: Any, field: str) -> bool:
        if value not in (None, True, False):
            self.fault(field, "must be true or false")
        return value is True

    def several(self, value: Any, field: str, allowed: Collection[str] | None = None,
                pattern: re.Pattern[str] | None = None) -> tuple[str, ...]:
        items = tuple(str(item) for item in value or ())
        for item in items if pattern else ():
            self.string(item, field, pattern)
        for item in items if allowed else ():
            self.one_of(item, field, allowed or ())
        if len(set(items)) != len(items):
            self.fault(field, "has a value twice")
        return items

    def whole(self, value: Any, field: str, low: int, high: int) -> int | None:
        if value is None:
            return None
        if not isinstance(value, int) or not low <= value <= high:
            self.fault(field, f"must be a whole number from {low} to {high}")
            return None
        return value

    def degrees(self, value: Any, field: str, limits: tuple[float, float]) -> float | None:
        if value is None:
            return None
        try:
            found = float(value)
        except (TypeError, ValueError):
            self.fault(field, "is not a number")
            return None
        if not limits[0] <= found <= limits[1]:
            self.fault(field, f"{found} is outside Quebec ({limits[0]} to {limits[1]} degrees)")
            return None
        return found

    def day(self, value: Any, field: str) -> date | None:
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fault(field, f"{value!r} is not a day as 2026-11-23")
            return None

    def minute(self, value: Any, field: str) -> int:
        try:
            return minutes(str(value))
        except ValueError as error:
            self.fault(field, str(error))
            return 0


def as_service(record: Any, needs: Collection[str], city_of: Callable[[str], str | None] = lambda code: None) -> Service:
    """The service of a record of the embedded files. `needs`: the known ids; `city_of`: a municipality's name by code.

    Raises RecordError with everything that is wrong.
    """
    if not isinstance(record, dict):
        raise RecordError(["the record is not a mapping"])
    read = _Reader(record)
    get = record.get
    unknown = set(record) - _FIELDS
    if unknown:
        read.fault(", ".join(sorted(map(str, unknown))), "is not a field of a service")
    organization = get("organization") or {}
    notes = read.string(get("notes"), "notes")
    places: list[dict[str, Any]] = get("locations") or ([record["location"]] if get("location") else [])
    service = Service(
        id=read.string(get("id"), "id", _SERVICE_ID, required=True) or "",
        organization=Organization(
            read.string(organization.get("id"), "organization.id", _ID, required=True) or "",
            read.text(organization.get("name"), "organization.name", required=True),
            read.string(organization.get("url"), "organization.url"),
        ),
        name=read.text(get("name"), "name", required=True),
        description=read.text(get("description"), "description"),
        needs=read.several(get("needs"), "needs", needs),
        source=_source(read, get("source"), "source") or Source(""),
        locations=tuple(_location(read, place, notes, city_of) for place in places),
        area=_area(read, get("area")),
        phones=tuple(_phone(read, phone) for phone in get("phones") or ()),
        schedules=tuple(_schedule(read, schedule) for schedule in get("schedules") or ()),
        special_hours=tuple(_special(read, special) for special in get("special_hours") or ()),
        by_appointment=read.yes(get("by_appointment"), "by_appointment"),
        languages=read.several(get("languages"), "languages", pattern=_LANGUAGE),
        cost=read.text(get("cost"), "cost"),
        eligibility=read.text(get("eligibility"), "eligibility"),
        bring=read.text(get("bring"), "bring"),
        accessibility=read.text(get("accessibility"), "accessibility"),
        min_age=read.whole(get("min_age"), "min_age", 0, 120),
        max_age=read.whole(get("max_age"), "max_age", 0, 130),
        sex=read.one_of(get("sex"), "sex", SEXES),
        family=read.yes(get("family"), "family"),
        capacity=read.one_of(get("capacity"), "capacity", CAPACITIES),
        modes=read.several(get("modes"), "modes", MODES),
        url=read.string(get("url"), "url"),
        holidays=read.one_of(get("holidays"), "holidays", ("open", "closed")),
        second_source=_source(read, get("second_source"), "second_source"),
        notes=notes,
        status=read.one_of(get("status") or "active", "status", STATUSES),
        verified_by=read.string(get("verified_by"), "verified_by"),
        verified_on=read.string(get("verified_on"), "verified_on", _PARTIAL_DATE),
        closed_from=read.day(get("closed_from"), "closed_from"),
        closed_until=read.day(get("closed_until"), "closed_until"),
        closed_reason=read.text(get("closed_reason"), "closed_reason"),
    )
    if service.closed_from and service.closed_until and service.closed_from > service.closed_until:
        read.fault("closed_until", "is before closed_from")
    if not service.needs and service.status == "active":  # others wait for a maintainer, who gives them one
        read.fault("needs", "is empty: nobody would find the service")
    if get("source") is None:
        read.fault("source", "is missing")
    if service.min_age is not None and service.max_age is not None and service.min_age > service.max_age:
        read.fault("min_age", "is above max_age")
    if read.reasons:
        raise RecordError(read.reasons)
    return service


_FIELDS = {
    "id", "organization", "name", "description", "needs", "source", "location", "locations", "area", "phones", "schedules",
    "special_hours", "by_appointment", "sex", "family", "capacity", "languages", "cost", "eligibility", "bring", "accessibility",
    "min_age", "max_age", "modes", "url", "holidays", "second_source", "notes", "status", "verified_by", "verified_on",
    "closed_from", "closed_until", "closed_reason",
}


def _source(read: _Reader, value: Any, field: str) -> Source | None:
    if value is None:
        return None
    found = Source(
        read.string(value.get("name"), f"{field}.name", required=True) or "",
        read.string(value.get("url"), f"{field}.url"),
        read.string(value.get("date"), f"{field}.date"),
        read.string(value.get("licence"), f"{field}.licence"),
        read.string(value.get("read_on"), f"{field}.read_on", _DAY),
    )
    if found.date is not None and earliest(found.date) is None:
        read.fault(f"{field}.date", f"{found.date!r} is not a date as 2026-11-23, 2026-11 or 2026")
    return found


def _location(read: _Reader, value: dict[str, Any], notes: str | None, city_of: Callable[[str], str | None]) -> Location:
    code = read.string(value.get("municipality"), "location.municipality", _MUNICIPALITY)
    lat = read.degrees(value.get("lat"), "location.lat", _LATITUDES)
    lon = read.degrees(value.get("lon"), "location.lon", _LONGITUDES)
    if (value.get("lat") is None) != (value.get("lon") is None):
        read.fault("location", "has only one of lat and lon")
    approximate = value.get("approximate")
    return Location(
        address=read.string(value.get("address"), "location.address"),
        postal_code=read.string(value.get("postal_code"), "location.postal_code", _POSTAL),
        municipality=code,
        city=read.string(value.get("city"), "location.city") or (city_of(code) if code else None),
        lat=lat,
        lon=lon,
        name=read.text(value.get("name"), "location.name"),
        approximate=bool(approximate) if approximate is not None else any(mark in (notes or "") for mark in _APPROXIMATE),
    )


def _area(read: _Reader, value: dict[str, Any] | None) -> Area | None:
    if value is None:
        return None
    area = Area(read.one_of(value.get("kind"), "area.kind", AREA_KINDS) or "", read.several(value.get("codes"), "area.codes", pattern=_AREA_CODE))
    if area.kind != "province" and not area.codes:
        read.fault("area.codes", "is empty")
    return area


def _phone(read: _Reader, value: dict[str, Any]) -> Phone:
    number = read.string(value.get("number"), "phones.number", _NUMBER, required=True) or ""
    return Phone(number, read.string(value.get("display"), "phones.display") or number, read.string(value.get("extension"), "phones.extension", _EXTENSION))


def _schedule(read: _Reader, value: dict[str, Any]) -> Schedule:
    days = str(value.get("byday") or "").replace(" ", "").split(",")
    for day in days:
        read.one_of(day, "schedules.byday", DAYS)
    return Schedule(
        tuple(sorted({DAYS.index(day) for day in days if day in DAYS})),
        read.minute(value.get("opens_at"), "schedules.opens_at"),
        read.minute(value.get("closes_at"), "schedules.closes_at"),
        read.day(value.get("valid_from"), "schedules.valid_from"),
        read.day(value.get("valid_to"), "schedules.valid_to"),
    )


def _special(read: _Reader, value: dict[str, Any]) -> SpecialHours:
    first = read.day(value.get("first"), "special_hours.first")
    last = read.day(value.get("last"), "special_hours.last") or first
    if first is None or last is None or last < first:
        read.fault("special_hours", "needs a first day, and a last one that does not come before it")
        first = last = date.min
    if (value.get("opens_at") is None) != (value.get("closes_at") is None):
        read.fault("special_hours", "has only one of opens_at and closes_at (none of them: closed)")
    if value.get("opens_at") is None or value.get("closes_at") is None:
        return SpecialHours(first, last)
    opens, closes = (read.minute(value[side], f"special_hours.{side}") for side in ("opens_at", "closes_at"))
    return SpecialHours(first, last, opens, closes)


def minutes(text: str) -> int:
    """Minutes from midnight of a time as 8:30 or 24:00. Raises ValueError."""
    found = _CLOCK.fullmatch(text.strip())
    total = int(found[1]) * 60 + int(found[2]) if found else -1
    if not 0 <= total <= 24 * 60:
        raise ValueError(f"{text!r} is not a time as 08:30")
    return total


def clock(total: int) -> str:
    """The time of `total` minutes from midnight, as 08:30 or 24:00."""
    return f"{total // 60:02d}:{total % 60:02d}"


def as_dict(service: Service) -> dict[str, Any]:
    """The record of a service: as_service reads it back to the same service."""
    record: dict[str, Any] = _plain(service)
    record["organization"] = _plain(service.organization) | {"name": _plain(service.organization.name)}
    record["locations"] = [_plain(place) | {"name": _plain(place.name)} for place in service.locations]
    record["phones"] = [_plain(phone) for phone in service.phones]
    record["source"] = _plain(service.source)
    record["second_source"] = _plain(service.second_source) if service.second_source else None
    for name in ("needs", "languages", "modes"):
        record[name] = list(record[name])
    for name in ("name", "description"):
        record[name] = _plain(record[name])
    record["area"] = {"kind": service.area.kind, "codes": list(service.area.codes)} if service.area else None
    record["schedules"] = [
        {
            "byday": ",".join(DAYS[day] for day in schedule.byday),
            "opens_at": clock(schedule.opens_at),
            "closes_at": clock(schedule.closes_at),
            "valid_from": schedule.valid_from.isoformat() if schedule.valid_from else None,
            "valid_to": schedule.valid_to.isoformat() if schedule.valid_to else None,
        }
        for schedule in service.schedules
    ]
    record["special_hours"] = [
        {"first": each.first.isoformat(), "last": each.last.isoformat()}
        | ({} if each.opens_at is None or each.closes_at is None else {"opens_at": clock(each.opens_at), "closes_at": clock(each.closes_at)})
        for each in service.special_hours
    ]
    for name in ("cost", "eligibility", "bring", "accessibility", "closed_reason"):
        record[name] = _plain(record[name]) if record[name] else None
    for name in ("closed_from", "closed_until"):
        record[name] = record[name].isoformat() if record[name] else None
    return record


def _plain(record: Any) -> dict[str, Any]:
    """The fields of a record by name, one level deep: asdict copies far more than it must, and takes ten times as long."""
    return {name: getattr(record, name) for name in _names(record.__class__)}


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def digest(service: Service) -> str:
    """SHA-256 in hex of the record: the same facts give the same digest."""
    return digest_of(as_dict(service))


def digest_of(record: dict[str, Any]) -> str:
    """The digest of a record as as_dict gives it."""
    said = {name: value for name, value in record.items() if value or name not in _LATER}
    for name in ("source", "second_source"):
        if said.get(name):
            said[name] = {part: value for part, value in said[name].items() if value or part != "read_on"}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


# Fields since 0.1.0 (and a source's read_on): left out where nothing is said, so that a record keeps the digest it had then.
_LATER = frozenset(["special_hours", "by_appointment", "sex", "family", "capacity", "closed_reason"])
