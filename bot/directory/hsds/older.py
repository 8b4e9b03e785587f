"""The names that HSDS 1.1 and 2.x gave to files and columns, in 3.0's.

    older   one table          3.0
    regular_schedule           schedule (one row a weekday)
    services_at_location       service_at_location
    service_taxonomy           attribute (of a service)
    taxonomy                   taxonomy_term
    physical_address           address
    accessibility_for_disabilities, eligibility, language.language, service_area.service_area likewise
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["table_of", "translated"]

Row = dict[str, Any]

# Name of a file without .csv -> table. Singular and plural were both in use.
_TABLES = {
    "organization": "organization", "organizations": "organization", "service": "service", "services": "service",
    "location": "location", "locations": "location", "phone": "phone", "phones": "phone",
    "service_at_location": "service_at_location", "service_at_locations": "service_at_location",
    "services_at_location": "service_at_location", "services_at_locations": "service_at_location",
    "address": "address", "addresses": "address", "physical_address": "address", "physical_addresses": "address",
    "schedule": "schedule", "schedules": "schedule", "regular_schedule": "schedule", "regular_schedules": "schedule",
    "holiday_schedule": "holiday", "holiday_schedules": "holiday",
    "language": "language", "languages": "language", "service_area": "service_area", "service_areas": "service_area",
    "accessibility": "accessibility", "accessibility_for_disabilities": "accessibility",
    "required_document": "required_document", "required_documents": "required_document",
    "cost_option": "cost_option", "cost_options": "cost_option", "eligibility": "eligibility", "eligibilities": "eligibility",
    "attribute": "attribute", "attributes": "attribute", "service_attribute": "attribute", "service_attributes": "attribute",
    "other_attribute": "attribute", "other_attributes": "attribute", "service_taxonomy": "attribute", "service_taxonomies": "attribute",
    "taxonomy": "taxonomy_term", "taxonomy_term": "taxonomy_term", "taxonomy_terms": "taxonomy_term", "taxonomies": "taxonomy",
}


def table_of(name: str) -> str | None:
    """The table of a file name, null for a file that a directory may have and that we do not use."""
    return _TABLES.get(name.lower().removesuffix(".csv"))


def translated(table: str, row: Row) -> Row:
    """A row of any version with 3.0's column names."""
    change = _CHANGES.get(table)
    return change(row) if change else row


def _renamed(**names: str) -> Callable[[Row], Row]:
    def change(row: Row) -> Row:
        return {**row, **{new: row[old] for old, new in names.items() if row.get(old) and not row.get(new)}}

    return change


def _schedule(row: Row) -> Row:
    day = row.get("byday") or row.get("weekday") or row.get("day_of_week") or row.get("day")
    return {**row, "byday": day}


def _attribute(row: Row) -> Row:
    row = _renamed(taxonomy_id="taxonomy_term_id", taxonomy_detail="value")(row)
    if row.get("service_id") and not row.get("link_id"):
        row = {**row, "link_id": row["service_id"], "link_entity": "service"}
    return {**row, "link_entity": row.get("link_entity") or row.get("link_type") or "service"}


_CHANGES: dict[str, Callable[[Row], Row]] = {
    "organization": _renamed(url="website"),
    "schedule": _schedule,
    "attribute": _attribute,
    "language": _renamed(language="name"),
    "service_area": _renamed(service_area="name"),
    "accessibility": _renamed(accessibility="description"),
    "taxonomy_term": _renamed(vocabulary="taxonomy"),
    "phone": _renamed(department="description"),
}
