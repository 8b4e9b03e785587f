"""A service in HSDS 3.0's JSON form, everything nested inside it, with our extension's properties beside HSDS's own.

HSDS's own text is the French one where there is one, else the English one. A property without a value is left out.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from bot.directory.forms import clock
from bot.directory.hours import closed_for_a_while
from bot.directory.hsds.sheets import MODE_TAXONOMY, NEED_TAXONOMY, hsds_id, is_uuid
from bot.directory.records import (
    DAYS,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    Source,
    SpecialHours,
    Text,
)
from bot.needs import all_needs

__all__ = ["as_hsds"]

_MODES = {
    "on_site": Text("Sur place", "On site"), "phone": Text("Par téléphone", "By phone"),
    "at_home": Text("À domicile", "At home"), "online": Text("En ligne", "Online"),
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MUNICIPALITY_CODES = "ISQ code géographique"


def as_hsds(service: Service, today: date) -> dict[str, Any]:
    """The service in HSDS's JSON form. `today` decides whether a temporary closure makes it "temporarily closed"."""
    key, source = service.id, service.source
    closed = service.status == "active" and closed_for_a_while(service, today)
    return _sparse({
        "id": hsds_id("service", key),
        "organization_id": hsds_id("organization", service.organization.id),
        **_texts("name", service.name),
        **_texts("description", service.description),
        "url": service.url,
        "status": "temporarily closed" if closed else "active" if service.status == "active" else "inactive",
        **_texts("fees_description", service.cost),
        **_texts("eligibility_description", service.eligibility),
        "minimum_age": service.min_age,
        "maximum_age": service.max_age,
        "assured_date": source.date if source.date and _DAY.fullmatch(source.date) else None,
        "assurer_email": service.verified_by if service.verified_by and _EMAIL.fullmatch(service.verified_by) else None,
        **_local_key(key),
        **_texts("accessibility", service.accessibility),
        "holidays": service.holidays,
        "application_process": "Sur rendez-vous / By appointment" if service.by_appointment else None,
        "by_appointment": "yes" if service.by_appointment else None,
        "for_sex": service.sex,
        "for_family": "yes" if service.family else None,
        "capacity": service.capacity,
        "record_status": service.status,
        "closed_from": _day(service.closed_from),
        "closed_until": _day(service.closed_until),
        **_texts("alert", service.closed_reason),
        **_source("source", source),
        **(_source("second_source", service.second_source) if service.second_source else {}),
        "verified_by": service.verified_by,
        "verified_on": service.verified_on,
        "internal_notes": service.notes,
        "phones": [_phone(key, number, phone) for number, phone in enumerate(service.phones)],
        "schedules": [
            *(_schedule(key, number, each) for number, each in enumerate(service.schedules)),
            *(_special(key, number, each) for number, each in enumerate(service.special_hours)),
        ],
        "service_areas": _areas(service),
        "service_at_locations": [_at(service, number, place) for number, place in enumerate(service.locations)],
        "languages": [
            {"id": hsds_id("language", f"{key}:{code}"), "service_id": hsds_id("service", key), "code": code}
            for code in service.languages
        ],
        "organization": _organization(service.organization),
        "required_documents": [
            {"id": hsds_id("document", key), "service_id": hsds_id("service", key), **_texts("document", service.bring)}
        ] if service.bring else [],
        "attributes": [*_attributes(key, "need", service.needs), *_attributes(key, "mode", service.modes)],
    })


def _sparse(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None and value != []}


def _texts(name: str, text: Text) -> dict[str, str | None]:
    return {name: text.best("fr"), f"{name}_fr": text.fr, f"{name}_en": text.en}


def _local_key(key: str) -> dict[str, str]:
    return {} if is_uuid(key) else {"local_key": key}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _source(prefix: str, source: Source) -> dict[str, str | None]:
    return {f"{prefix}_name": source.name, f"{prefix}_url": source.url, f"{prefix}_date": source.date, f"{prefix}_licence": source.licence,
            f"{prefix}_read_on": source.read_on}


def _organization(organization: Organization) -> dict[str, Any]:
    name = organization.name.best("fr")
    return _sparse({
        "id": hsds_id("organization", organization.id),
        **_texts("name", organization.name),
        # HSDS requires a description, which our records do not have: the name stands for it.
        "description": name,
        "website": organization.url,
        **_local_key(organization.id),
    })


def _phone(key: str, number: int, phone: Phone) -> dict[str, Any]:
    whole = phone.extension is not None and phone.extension.isascii() and phone.extension.isdigit()
    plain = int(phone.extension or 0) if whole else None
    return _sparse({
        "id": hsds_id("phone", f"{key}:{number}"),
        "service_id": hsds_id("service", key),
        "number": phone.number,
        "extension": plain,
        "type": "voice",
        "display": phone.display,
        # A number would lose the zeros of 007 and cannot hold "2, puis 1".
        "extension_text": phone.extension if str(plain) != str(phone.extension) else None,
    })


def _schedule(key: str, number: int, schedule: Schedule) -> dict[str, Any]:
    late = 24 * 60 in (schedule.opens_at, schedule.closes_at)
    return _sparse({
        "id": hsds_id("schedule", f"{key}:{number}"),
        "service_id": hsds_id("service", key),
        "valid_from": _day(schedule.valid_from),
        "valid_to": _day(schedule.valid_to),
        "freq": "WEEKLY",
        "wkst": "MO",
        "interval": 1,
        "byday": ",".join(DAYS[day] for day in schedule.byday),
        "opens_at": f"{clock(schedule.opens_at % (24 * 60))}:00",
        "closes_at": f"{clock(schedule.closes_at % (24 * 60))}:00",
        # The end of a day is 24:00 for us and 00:00 for HSDS.
        "exact_hours": f"{clock(schedule.opens_at)}-{clock(schedule.closes_at)}" if late else None,
    })


def _special(key: str, number: int, special: SpecialHours) -> dict[str, Any]:
    """A row valid on those days only; `special` says that it stands in place of the weekly ones. HSDS has no way to say
    "closed": such a row has no hours, and says so in words."""
    row = {
        "id": hsds_id("schedule", f"{key}:special:{number}"),
        "service_id": hsds_id("service", key),
        "valid_from": _day(special.first),
        "valid_to": _day(special.last),
        "freq": "WEEKLY",
        "wkst": "MO",
        "interval": 1,
        "byday": ",".join(DAYS),
        "special": "closed" if special.opens_at is None else "hours",
    }
    if special.opens_at is None or special.closes_at is None:
        return row | {"description": "Fermé / Closed"}
    hours = _schedule(key, 0, Schedule((), special.opens_at, special.closes_at))
    return row | {name: hours[name] for name in ("opens_at", "closes_at", "exact_hours") if name in hours}


def _areas(service: Service) -> list[dict[str, Any]]:
    if service.area is None:
        return []
    owner = hsds_id("service", service.id)
    return [
        _sparse({"id": hsds_id("area", f"{service.id}:{code}"), "service_id": owner,
                 "name": f"{service.area.kind} {code}" if code else "Québec", "extent": code, "extent_type": service.area.kind})
        for code in service.area.codes or (None,)
    ]


def _at(service: Service, number: int, place: Location) -> dict[str, Any]:
    key = f"{service.id}:{number}"
    spot = hsds_id("location", key)
    whole = bool(place.address and place.city and place.postal_code)
    # HSDS takes no address without its street, city and postal code: what we know of one goes to the extension.
    known = {} if whole else {"known_address": place.address, "known_city": place.city, "known_postal_code": place.postal_code}
    address = {
        "id": hsds_id("address", key), "location_id": spot, "address_1": place.address, "city": place.city, "state_province": "QC",
        "postal_code": place.postal_code, "country": "CA", "address_type": "physical",
    }
    access = service.accessibility.best("fr")
    return {
        "id": hsds_id("service_at_location", key),
        "service_id": hsds_id("service", service.id),
        "location_id": spot,
        "location": _sparse({
            "id": spot,
            "location_type": "physical",
            **_texts("name", place.name),
            "latitude": place.lat,
            "longitude": place.lon,
            "external_identifier": place.municipality,
            "external_identifier_type": MUNICIPALITY_CODES if place.municipality else None,
            "approximate": "yes" if place.approximate else None,
            **known,
            "addresses": [address] if whole else [],
            "accessibility": [{"id": hsds_id("accessibility", key), "location_id": spot, "description": access}] if access else [],
        }),
    }


def _attributes(key: str, kind: str, codes: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"id": hsds_id("attribute", f"{key}:{kind}:{code}"), "link_id": hsds_id("service", key), "link_entity": "service",
         "taxonomy_term_id": hsds_id("term", f"{kind}:{code}"), "taxonomy_term": _term(kind, code)}
        for code in codes
    ]


def _term(kind: str, code: str) -> dict[str, Any]:
    need = all_needs().get(code) if kind == "need" else None
    label = Text(need.fr, need.en) if need else _MODES.get(code, Text(code, code))
    taxonomy = NEED_TAXONOMY if kind == "need" else MODE_TAXONOMY
    return {
        "id": hsds_id("term", f"{kind}:{code}"), "code": f"{kind}:{code}", **_texts("name", label),
        "description": f"{label.fr} / {label.en}", "taxonomy": taxonomy, "language": "fr",
        "taxonomy_id": hsds_id("taxonomy", kind),
        "taxonomy_detail": {"id": hsds_id("taxonomy", kind), "name": taxonomy, "description": taxonomy},
    }
