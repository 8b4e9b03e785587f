"""The tables of HSDS 3.0, described here so that the project needs no copy of the official schemas (docs/hsds.md).

A column is written `name`, then `:` and its type (n number, d date, t time, dt datetime, u URI, e email; text without),
then `!` when the tabular form requires a value. The extension's columns are ours: HSDS allows unknown ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

__all__ = ["EXTENSION", "FOREIGN_KEYS", "MODE_TAXONOMY", "NEED_TAXONOMY", "SHEETS", "Column", "Sheet", "data_package", "hsds_id", "is_uuid"]

# The names of the taxonomies that our exports use; terms are need:food, mode:phone.
NEED_TAXONOMY, MODE_TAXONOMY = "Bonne Porte needs", "Bonne Porte modes"
# HSDS wants UUIDs: ours are made from our ids with this one, so that the same service always has the same.
NAMESPACE = UUID("7c1c3a0e-5a0c-5d39-9f0e-4b6f1f9f3d11")
_TYPES = {"n": "number", "d": "date", "t": "time", "dt": "datetime"}
_FORMATS = {"u": "uri", "e": "email"}
_UUIDS = ("id", "resource_id")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str = "string"
    format: str | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its file, HSDS's columns, and those of our extension."""

    path: str
    columns: tuple[Column, ...]
    extension: tuple[Column, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of all columns, HSDS's first."""
        return [column.name for column in (*self.columns, *self.extension)]


def _columns(text: str) -> tuple[Column, ...]:
    found = []
    for word in text.split():
        name, _, kind = word.rstrip("!").partition(":")
        form = "uuid" if name in _UUIDS or (name.endswith("_id") and name != "tax_id") else _FORMATS.get(kind)
        found.append(Column(name, _TYPES.get(kind, "string"), form, word.endswith("!")))
    return tuple(found)


EXTENSION = {
    "organization": "local_key name_fr name_en",
    "service": "local_key name_fr name_en description_fr description_en fees_description_fr fees_description_en"
    " eligibility_description_fr eligibility_description_en accessibility accessibility_fr accessibility_en holidays record_status"
    " by_appointment for_sex for_family capacity"
    " closed_from:d closed_until:d alert_fr alert_en source_name source_url source_date source_licence source_read_on second_source_name second_source_url"
    " second_source_date second_source_licence second_source_read_on verified_by verified_on internal_notes",
    "location": "name_fr name_en approximate known_address known_city known_postal_code",
    "phone": "display extension_text",
    "schedule": "exact_hours special",
    "required_document": "document_fr document_en",
    "taxonomy_term": "name_fr name_en",
}

_OFFICIAL = {
    "organization": ("organizations.csv", "id! name! alternate_name description! email:e website:u tax_status tax_id year_incorporated:n legal_status logo uri:u parent_organization_id"),
    "program": ("programs.csv", "id! organization_id! name! alternate_name description!"),
    "service": ("services.csv", "id! organization_id! program_id name! alternate_name description url:u email:e status! interpretation_services application_process fees_description wait_time fees accreditations eligibility_description minimum_age:n maximum_age:n assured_date:d assurer_email:e licenses alert last_modified:dt"),
    "attribute": ("attributes.csv", "id! link_id! taxonomy_term_id! link_type link_entity! value"),
    "service_at_location": ("service_at_location.csv", "id! service_id! location_id! description"),
    "location": ("locations.csv", "id! location_type! url:u organization_id name alternate_name description transportation latitude:n longitude:n external_identifier external_identifier_type"),
    "phone": ("phones.csv", "id! location_id service_id organization_id contact_id service_at_location_id number! extension:n type description"),
    "contact": ("contacts.csv", "id! organization_id service_id service_at_location_id location_id name title department email:e"),
    "address": ("addresses.csv", "id! location_id attention address_1! address_2 city! region state_province! postal_code! country! address_type!"),
    "schedule": ("schedules.csv", "id! service_id location_id service_at_location_id valid_from:d valid_to:d dtstart:d timezone:n until:d count:n wkst freq interval:n byday byweekno bymonthday byyearday description opens_at:t closes_at:t schedule_link:u attending_type notes"),
    "service_area": ("service_areas.csv", "id! service_id name description extent extent_type uri"),
    "required_document": ("required_documents.csv", "id! service_id document uri:u"),
    "language": ("languages.csv", "id! service_id location_id phone_id name code note"),
    "accessibility": ("accessibility.csv", "id! location_id description details url:u"),
    "taxonomy_term": ("taxonomy_terms.csv", "id! code name! description! parent_id taxonomy language taxonomy_id term_uri:u"),
    "cost_option": ("cost_options.csv", "id! service_id! valid_from:d valid_to:d option currency amount:n amount_description"),
    "taxonomy": ("taxonomies.csv", "id! name! description! uri:u version"),
}

SHEETS = {name: Sheet(path, _columns(columns), _columns(EXTENSION.get(name, ""))) for name, (path, columns) in _OFFICIAL.items()}

# Column -> the table whose id it names.
FOREIGN_KEYS = {
    "organization_id": "organization", "program_id": "program", "service_id": "service", "location_id": "location",
    "service_at_location_id": "service_at_location", "taxonomy_term_id": "taxonomy_term", "taxonomy_id": "taxonomy",
    "phone_id": "phone", "contact_id": "contact",
}


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID in its usual writing."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def hsds_id(kind: str, key: str) -> str:
    """The UUID of one of our records: its own id where that is one already."""
    return key if is_uuid(key) else str(uuid5(NAMESPACE, f"{kind}:{key}"))


def data_package(names: list[str], title: str) -> dict[str, Any]:
    """datapackage.json for the tables `names` (Frictionless tabular data package)."""
    return {
        "name": "human_services_data", "title": title, "profile": "tabular-data-package", "version": "3.0.0",
        "homepage": "http://docs.openreferral.org",
        "resources": [_resource(name, SHEETS[name], names) for name in names],
    }


def _resource(name: str, sheet: Sheet, present: list[str]) -> dict[str, Any]:
    fields = [
        {"name": each.name, "type": each.type, **({"format": each.format} if each.format else {}),
         "constraints": {"required": each.required, "unique": each.name == "id"}}
        for each in (*sheet.columns, *sheet.extension)
    ]
    keys = [{"fields": each.name, "reference": {"resource": FOREIGN_KEYS[each.name], "fields": "id"}}
            for each in sheet.columns if FOREIGN_KEYS.get(each.name) in present]
    return {"name": name, "path": sheet.path, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "profile": "tabular-data-resource", "schema": {"primaryKey": "id", "fields": fields, "foreignKeys": keys}}
