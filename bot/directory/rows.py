"""A service as rows of the directory's tables, and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from bot.directory import tables as t
from bot.directory.forms import clock, digest, minutes
from bot.directory.records import (
    DAYS,
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

__all__ = ["Rows", "organization_row", "service_from", "service_rows", "translation_rows"]

Rows = dict[Table, list[dict[str, Any]]]

# Texts of a service that have a translation each; the others (bring, cost) have a table of their own besides.
SERVICE_TEXTS = ("name", "description", "cost", "eligibility", "bring", "accessibility", "closed_reason")


def main_text(text: Text) -> str | None:
    """HSDS's one text: French, the province's official language, else English."""
    return text.best("fr")


def organization_row(organization: Organization) -> dict[str, Any]:
    return {"id": organization.id, "name": main_text(organization.name), "website": organization.url}


def translation_rows(entity: str, entity_id: str, texts: dict[str, Text]) -> list[dict[str, Any]]:
    """One row for each text that exists."""
    return [
        {"entity": entity, "entity_id": entity_id, "field": field, "language": language, "text": text.get(language)}
        for field, text in texts.items()
        for language in ("fr", "en")
        if text.get(language)
    ]


def service_rows(service: Service, origin: str, now: datetime, given: str | None = None) -> Rows:
    """All rows of one service except its organization's. given: digest of the record as its source gives it (default:
    of `service` itself; another one where a maintainer's word stands instead of the source's)."""
    rows: Rows = defaultdict(list)
    key = service.id
    rows[t.services].append(
        {
            "id": key, "organization_id": service.organization.id, "name": main_text(service.name),
            "description": main_text(service.description), "url": service.url, "status": service.status,
            "eligibility_description": main_text(service.eligibility), "minimum_age": service.min_age,
            "maximum_age": service.max_age, "accessibility": main_text(service.accessibility), "holidays": service.holidays,
            "by_appointment": int(service.by_appointment), "for_sex": service.sex, "for_family": int(service.family),
            "capacity": service.capacity, "notes": service.notes, "source_name": service.source.name, "source_url": service.source.url,
            "source_date": service.source.date, "source_licence": service.source.licence,
            "source_read_on": service.source.read_on,
            "second_source": asdict(service.second_source) if service.second_source else None,
            "verified_by": service.verified_by, "verified_on": service.verified_on, "closed_from": service.closed_from,
            "closed_until": service.closed_until, "origin": origin, "origin_digest": given or digest(service), "updated_at": now,
        }
    )
    for number, place in enumerate(service.locations):
        spot = f"{key}:location:{number}"
        rows[t.locations].append(
            {"id": spot, "name": main_text(place.name), "latitude": place.lat, "longitude": place.lon, "approximate": int(place.approximate)}
        )
        rows[t.addresses].append(
            {"id": f"{spot}:address", "location_id": spot, "address_1": place.address, "city": place.city,
             "municipality": place.municipality, "postal_code": place.postal_code}
        )
        rows[t.service_at_locations].append({"id": f"{key}:at:{number}", "service_id": key, "location_id": spot, "position": number})
        rows[t.translations] += translation_rows("location", spot, {"name": place.name})
    for number, phone in enumerate(service.phones):
        rows[t.phones].append(
            {"id": f"{key}:phone:{number}", "service_id": key, "number": phone.number, "extension": phone.extension,
             "display": phone.display, "position": number}
        )
    for number, schedule in enumerate(service.schedules):
        rows[t.schedules].append(
            {"id": f"{key}:schedule:{number}", "service_id": key, "byday": ",".join(DAYS[day] for day in schedule.byday),
             "opens_at": clock(schedule.opens_at), "closes_at": clock(schedule.closes_at), "valid_from": schedule.valid_from,
             "valid_to": schedule.valid_to, "position": number}
        )
    for number, special in enumerate(service.special_hours):
        rows[t.special_hours].append(
            {"id": f"{key}:special:{number}", "service_id": key, "first_day": special.first, "last_day": special.last,
             "opens_at": None if special.opens_at is None else clock(special.opens_at),
             "closes_at": None if special.closes_at is None else clock(special.closes_at), "position": number}
        )
    for number, code in enumerate((service.area.codes or (None,)) if service.area else ()):
        rows[t.service_areas].append(
            {"id": f"{key}:area:{number}", "service_id": key, "extent_type": service.area.kind if service.area else "",
             "extent": code, "position": number}
        )
    for number, code in enumerate(service.languages):
        rows[t.languages].append({"id": f"{key}:language:{number}", "service_id": key, "code": code, "position": number})
    if service.cost:
        rows[t.cost_options].append({"id": f"{key}:cost", "service_id": key, "option": main_text(service.cost)})
    if service.bring:
        rows[t.required_documents].append({"id": f"{key}:bring", "service_id": key, "document": main_text(service.bring)})
    for taxonomy, codes in (("need", service.needs), ("mode", service.modes)):
        for number, code in enumerate(codes):
            rows[t.attributes].append(
                {"id": f"{key}:{taxonomy}:{code}", "link_id": key, "link_entity": "service",
                 "taxonomy_term_id": f"{taxonomy}:{code}", "position": number}
            )
    rows[t.translations] += translation_rows("service", key, {field: getattr(service, field) for field in SERVICE_TEXTS})
    return rows


def service_from(row: Any, organization: Organization, children: dict[Table, list[Any]], texts: dict[str, Text],
                 locations: Iterable[Location]) -> Service:
    """The service of a row of `services`, with the rows of its other tables in the order of their positions."""
    areas = children.get(t.service_areas, [])
    terms = [attribute.taxonomy_term_id.split(":", 1) for attribute in children.get(t.attributes, [])]
    return Service(
        id=row.id,
        organization=organization,
        needs=tuple(code for taxonomy, code in terms if taxonomy == "need"),
        modes=tuple(code for taxonomy, code in terms if taxonomy == "mode"),
        source=Source(row.source_name, row.source_url, row.source_date, row.source_licence, row.source_read_on),
        second_source=Source(**row.second_source) if row.second_source else None,
        locations=tuple(locations),
        area=Area(areas[0].extent_type, tuple(area.extent for area in areas if area.extent)) if areas else None,
        phones=tuple(Phone(phone.number, phone.display, phone.extension) for phone in children.get(t.phones, [])),
        schedules=tuple(
            Schedule(
                tuple(DAYS.index(day) for day in schedule.byday.split(",") if day), minutes(schedule.opens_at),
                minutes(schedule.closes_at), schedule.valid_from, schedule.valid_to,
            )
            for schedule in children.get(t.schedules, [])
        ),
        special_hours=tuple(
            SpecialHours(
                each.first_day, each.last_day, None if each.opens_at is None else minutes(each.opens_at),
                None if each.closes_at is None else minutes(each.closes_at),
            )
            for each in children.get(t.special_hours, [])
        ),
        by_appointment=bool(row.by_appointment),
        sex=row.for_sex,
        family=bool(row.for_family),
        capacity=row.capacity,
        languages=tuple(language.code for language in children.get(t.languages, [])),
        min_age=row.minimum_age,
        max_age=row.maximum_age,
        url=row.url,
        holidays=row.holidays,
        notes=row.notes,
        status=row.status,
        verified_by=row.verified_by,
        verified_on=row.verified_on,
        closed_from=row.closed_from,
        closed_until=row.closed_until,
        **{field: texts.get(field, Text()) for field in SERVICE_TEXTS},
    )
