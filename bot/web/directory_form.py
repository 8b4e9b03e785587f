"""A record as the maintainers' form shows it, and what a person changed in it. A field left alone is not in the patch, so
that nothing the form cannot say is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.directory.imports.territory import municipality_named
from bot.directory.records import MODES
from bot.needs import all_needs
from bot.places import gazetteer
from bot.web.directory_fields import area_of, hours_lines, hours_of, phone_line, phones_from

__all__ = ["TEXTS", "Filled", "patch_of", "shown"]

TEXTS = ("name", "description", "cost", "eligibility", "bring", "accessibility")
PLACE = ("address", "city", "postal", "coordinates")
Record = dict[str, Any]


@dataclass(slots=True)
class Filled:
    """What a filled form changes: a patch of the record, and what cannot be read: field -> (reason, what was written)."""

    patch: Record = field(default_factory=dict)
    faults: dict[str, tuple[str, str]] = field(default_factory=dict)


def shown(record: Record, language: str) -> dict[str, Any]:
    """The form's values for a record (forms.as_dict): texts, and lists of what is ticked."""
    values: dict[str, Any] = {}
    for name in TEXTS:
        for code in ("fr", "en"):
            values[f"{name}_{code}"] = (record.get(name) or {}).get(code) or ""
    area = record["area"] or {"kind": "", "codes": []}
    values |= {
        "phones": "\n".join(phone_line(phone, language) for phone in record["phones"]),
        "hours": "\n".join(hours_lines(record["schedules"], language)),
        "url": record["url"] or "", "min_age": _number(record["min_age"]), "max_age": _number(record["max_age"]),
        "languages": [code for code in record["languages"] if code in ("fr", "en")],
        "other_languages": ", ".join(code for code in record["languages"] if code not in ("fr", "en")),
        "main_need": (record["needs"] or [""])[0], "needs": list(record["needs"]), "modes": list(record["modes"]),
        "area_kind": area["kind"], "area_codes": ", ".join(area["codes"]), "status": record["status"],
        "holidays": record["holidays"] or "", "notes": record["notes"] or "",
        "sex": record.get("sex") or "", "capacity": record.get("capacity") or "",
        "by_appointment": "yes" if record.get("by_appointment") else "", "family": "yes" if record.get("family") else "",
    }
    for number, place in enumerate([*record["locations"], {}]):
        values |= {f"{name}_{number}": text for name, text in _place_texts(place).items()}
    return values


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _place_texts(place: Record) -> dict[str, str]:
    known = place.get("lat") is not None and not place.get("approximate")
    return {"address": place.get("address") or "", "city": place.get("city") or "", "postal": place.get("postal_code") or "",
            "coordinates": f"{place['lat']:.5f}, {place['lon']:.5f}" if known else ""}


def patch_of(record: Record, given: Mapping[str, str], ticked: Callable[[str], list[str]], language: str) -> Filled:
    """What the form's values `given` (and `ticked(name)`: the boxes of a group) change in `record`."""
    before, filled = shown(record, language), Filled()
    now: dict[str, Any] = {name: _tidy(given.get(name, "")) if isinstance(value, str) else ticked(name) for name, value in before.items()}

    def changed(*names: str) -> bool:
        return any(now[name] != before[name] for name in names)

    def read(name: str, make: Callable[[], Any], reason: str | None = None, *names: str) -> None:
        if changed(*(names or (name,))):
            try:
                filled.patch[_FIELD.get(name, name)] = make()
            except ValueError as error:
                filled.faults[name] = (reason or name, str(error)[:100])

    for name in TEXTS:
        if changed(f"{name}_fr", f"{name}_en"):
            filled.patch[name] = {code: now[f"{name}_{code}"] or None for code in ("fr", "en")}
            if not any(filled.patch[name].values()):
                filled.patch[name] = None if name not in ("name", "description") else {"fr": None, "en": None}
    if changed("name_fr", "name_en") and not (now["name_fr"] or now["name_en"]):
        filled.faults["name_fr"] = ("name", "")
    read("phones", lambda: phones_from(now["phones"], record["phones"], language))
    read("hours", lambda: hours_of(now["hours"], record["schedules"], language))
    read("url", lambda: _web(now["url"]))
    for name in ("min_age", "max_age"):
        read(name, partial(_age, now[name]), "age")
    read("languages", lambda: _languages(now["languages"], now["other_languages"], record["languages"]), None, "languages", "other_languages")
    read("needs", lambda: _needs(now["main_need"], now["needs"], record["needs"]), None, "needs", "main_need")
    read("modes", lambda: [mode for mode in MODES if mode in now["modes"]])
    read("area_codes", lambda: area_of(now["area_kind"], now["area_codes"]), "area", "area_kind", "area_codes")
    for name in ("by_appointment", "family"):
        read(name, partial(bool, now[name]))
    for name in ("status", "holidays", "notes", "sex", "capacity"):
        read(name, partial(_or_null, now[name]))
    _places(record, now, changed, filled)
    if filled.patch.get("needs") == [] and filled.patch.get("status", record["status"]) == "active":
        filled.faults["needs"] = ("needs", "")
    return filled


_FIELD = {"hours": "schedules", "area_codes": "area"}


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\0", "").strip()


def _or_null(text: str) -> str | None:
    return text or None


def _web(text: str) -> str | None:
    if text and not text.lower().startswith(("https://", "http://")):
        raise ValueError(text)
    return text or None


def _age(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and int(text) <= 120):
        raise ValueError(text)
    return int(text) if text else None


def _languages(ticked: list[str], others: str, before: list[str]) -> list[str]:
    wanted = [*ticked, *(part.strip().lower() for part in others.replace(";", ",").split(",") if part.strip())]
    for code in wanted:
        if not (2 <= len(code.split("-")[0]) <= 3 and code.replace("-", "").isalpha() and code.isascii()):
            raise ValueError(code)
    return [*(code for code in before if code in wanted), *(code for code in dict.fromkeys(wanted) if code not in before)]


def _needs(main: str, ticked: list[str], before: list[str]) -> list[str]:
    wanted = dict.fromkeys([*([main] if main else []), *(need for need in before if need in ticked), *ticked])
    if any(need not in all_needs() for need in wanted):
        raise ValueError(main)
    return list(wanted)


def _places(record: Record, now: dict[str, Any], changed: Callable[..., bool], filled: Filled) -> None:
    places, moved = [], False
    for number, place in enumerate([*record["locations"], {}]):
        names = [f"{name}_{number}" for name in PLACE]
        if not changed(*names):
            places += [place] if place else []
            continue
        moved = True
        address, city, postal, coordinates = (now[name] for name in names)
        if not (address or city or postal or coordinates):
            continue
        try:
            places.append(_place(place, number, now, changed))
        except _Unreadable as error:
            filled.faults[error.field] = (error.field.rpartition("_")[0], error.text)
    if moved:
        filled.patch["locations"] = places


class _Unreadable(ValueError):
    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = name, text


def _place(place: Record, number: int, now: dict[str, Any], changed: Callable[..., bool]) -> Record:
    address, city, postal, coordinates = (now[f"{name}_{number}"] for name in PLACE)
    same_town = not changed(f"city_{number}") and bool(place)
    town = gazetteer().places.get(place["municipality"] or "") if same_town else municipality_named(city)
    if town is None and city and not same_town:
        raise _Unreadable(f"city_{number}", city)
    squeezed = postal.replace(" ", "").replace("-", "").upper()
    if postal and not (len(squeezed) == 6 and squeezed[::2].isalpha() and squeezed[1::2].isdigit() and squeezed.isascii()):
        raise _Unreadable(f"postal_{number}", postal)
    result = {"name": None, **place, "address": address or None, "postal_code": f"{squeezed[:3]} {squeezed[3:]}" if postal else None,
              "municipality": town.code if town else None, "city": place["city"] if same_town else town.name if town else None}
    if coordinates and (changed(f"coordinates_{number}") or not changed(f"address_{number}", f"city_{number}")):
        try:
            lat, lon = (float(part) for part in coordinates.replace(";", ",").split(","))
        except ValueError:
            raise _Unreadable(f"coordinates_{number}", coordinates) from None
        return {**result, "lat": lat, "lon": lon, "approximate": False}
    if changed(f"address_{number}", f"city_{number}", f"coordinates_{number}"):
        # Where the building stands is not known any more: the middle of its municipality, and said so.
        return {**result, "lat": town.lat if town else None, "lon": town.lon if town else None, "approximate": town is not None}
    return result
