"""Locations and areas of HSDS as records of forms.py."""

from __future__ import annotations

import re
from typing import Any

from bot.directory.imports.cleaning import clean
from bot.directory.imports.reading import Reading
from bot.directory.imports.territory import area_named, municipality_named
from bot.directory.records import AREA_KINDS

__all__ = ["area_record", "location_record"]

_POSTAL = re.compile(r"[A-Z]\d[A-Z]\d[A-Z]\d")
_LATITUDES, _LONGITUDES = (44.0, 63.5), (-80.5, -56.5)


def location_record(spot: dict[str, Any], language: str, reading: Reading, own: bool) -> dict[str, Any]:
    """A location as a record; coordinates that cannot be Quebec's are left out, and said."""
    addresses = [each for each in spot.get("addresses") or [] if isinstance(each, dict)]
    address = addresses[0] if addresses else {}
    if own:
        return {
            "name": {code: spot[f"name_{code}"] for code in ("fr", "en") if spot.get(f"name_{code}")},
            "address": address.get("address_1") or spot.get("known_address"), "city": address.get("city") or spot.get("known_city"),
            "postal_code": address.get("postal_code") or spot.get("known_postal_code"),
            "municipality": spot.get("external_identifier") or None, "lat": _degrees(spot.get("latitude")),
            "lon": _degrees(spot.get("longitude")), "approximate": spot.get("approximate") == "yes",
        }
    street = ", ".join(filter(None, (clean(address.get("address_1")), clean(address.get("address_2")))))
    city = clean(address.get("city"))
    place = municipality_named(city)
    lat, lon = _coordinates(spot, reading)
    centre = lat is None and place is not None
    name = clean(spot.get("name"))
    return {
        "name": {language: name} if name and name != street else None,
        "address": street or None,
        "city": city,
        "postal_code": _postal(address, reading),
        "municipality": place.code if place else None,
        "lat": place.lat if centre and place else lat,
        "lon": place.lon if centre and place else lon,
        "approximate": centre,
    }


def _degrees(value: Any) -> float | None:
    return None if value is None or value == "" else float(value)


def _coordinates(spot: dict[str, Any], reading: Reading) -> tuple[float | None, float | None]:
    given = [spot.get("latitude"), spot.get("longitude")]
    if all(value is None or str(value).strip() == "" for value in given):
        return None, None
    try:
        lat, lon = (float(str(value).replace(",", ".")) for value in given)
    except ValueError:
        reading.fault(f"coordinates: {given[0]!r}, {given[1]!r} are not two numbers; left out", spot)
        return None, None
    if _LATITUDES[0] <= lat <= _LATITUDES[1] and _LONGITUDES[0] <= lon <= _LONGITUDES[1]:
        return lat, lon
    reading.fault(f"coordinates: {lat}, {lon} are outside Quebec; left out", spot)
    return None, None


def _postal(address: dict[str, Any], reading: Reading) -> str | None:
    text = (clean(address.get("postal_code")) or "").replace(" ", "").replace("-", "").upper()
    if not text:
        return None
    if not _POSTAL.fullmatch(text):
        reading.fault(f"postal_code: {text[:20]!r} does not have the form J3P 3C7; left out", address)
        return None
    return f"{text[:3]} {text[3:]}"


def area_record(rows: list[dict[str, Any]], reading: Reading) -> dict[str, Any] | None:
    """The one area of a record. Areas of several kinds become the kind that holds them all, where we can tell; names
    that are nothing official are left out, and said."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        kind, code = row.get("extent_type"), row.get("extent")
        if kind in AREA_KINDS and (code or kind == "province"):
            found.setdefault(str(kind), {}).update({str(code): None} if code else {})
            continue
        for name in re.split(r"[;,\n]", clean(row.get("name")) or clean(row.get("description")) or ""):
            if not name.strip():
                continue
            area = area_named(name.strip())
            if area is None:
                reading.fault(f"service area: {name.strip()[:60]!r} is no municipality, MRC or region of this name; left out", row)
            else:
                found.setdefault(area.kind, {}).update(dict.fromkeys(area.codes))
    if not found:
        return None
    if "province" in found:
        return {"kind": "province", "codes": []}
    if len(found) > 1:
        # A record has one kind of area: the widest is kept, and the finer ones are said.
        kind = next(each for each in ("region", "rls", "mrc", "municipality") if each in found)
        others = ", ".join(f"{other} {code}" for other, codes in found.items() if other != kind for code in codes)
        reading.fault(f"service area: only its {kind} is kept; left out: {others}", rows[0])
        return {"kind": kind, "codes": list(found[kind])}
    kind = next(iter(found))
    return {"kind": kind, "codes": list(found[kind])}
