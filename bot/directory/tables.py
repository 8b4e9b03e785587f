"""The directory in HSDS 3.0's terms (organization, service, location, address, service_at_location, phone, schedule,
service_area, language, cost_option, required_document, taxonomy_term, attribute), with what HSDS does not have:

- translations: every text in French and English (HSDS knows one language; its own columns hold the record's main one);
- source, who verified the record and when, temporary closures, and the digest of what an import last gave.

A service's needs and modes are attributes that link it to taxonomy terms of the taxonomies `need` and `mode`.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.directory import kept_tables as kept_tables  # the same topic's: all_tables() must find them
from bot.store.base import UtcTime, metadata

__all__ = [
    "addresses", "attributes", "cost_options", "languages", "locations", "organizations", "phones", "required_documents",
    "schedules", "service_areas", "service_at_locations", "services", "special_hours", "taxonomy_terms", "translations", "version",
]

ID = String(160)


def _of_service() -> Column[str]:
    return Column("service_id", ID, ForeignKey("directory_services.id", ondelete="CASCADE"), nullable=False, index=True)


def _order() -> Column[int]:
    return Column("position", Integer, nullable=False, server_default="0")  # its place in the record


organizations = Table(
    "directory_organizations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("website", Text),
)

services = Table(
    "directory_services",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("directory_organizations.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("url", Text),
    Column("status", String(16), nullable=False),  # active, unverified (not shown to residents), inactive
    Column("eligibility_description", Text),
    Column("minimum_age", Integer),
    Column("maximum_age", Integer),
    Column("accessibility", Text),
    Column("holidays", String(8)),  # open, closed, or null when the source does not say
    Column("by_appointment", Integer, nullable=False, server_default="0"),  # 1: nobody is received without one
    Column("for_sex", String(8)),  # female, male, or null
    Column("for_family", Integer, nullable=False, server_default="0"),  # 1: only for who has children or expects one
    Column("capacity", String(16)),  # waiting_list, full, or null
    Column("notes", Text),  # for maintainers
    Column("source_name", Text, nullable=False),
    Column("source_url", Text),
    Column("source_date", String(10)),  # ISO 8601 of any precision: 2020-08
    Column("source_licence", Text),
    Column("source_read_on", String(10)),  # when a source without a date was read
    Column("second_source", JSON),  # {name, url, date, licence}
    Column("verified_by", Text),
    Column("verified_on", String(10)),
    Column("closed_from", Date),
    Column("closed_until", Date),
    Column("origin", String(32), nullable=False),  # embedded, odhf, …: which import keeps it up to date
    Column("origin_digest", String(64), nullable=False),  # of the record as that import last gave it
    Column("updated_at", UtcTime, nullable=False),
    Index("ix_directory_services_origin", "origin"),
)

locations = Table(
    "directory_locations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("approximate", Integer, nullable=False, server_default="0"),  # 1: the municipality's centre, not the building
)

addresses = Table(
    "directory_addresses",
    metadata,
    Column("id", ID, primary_key=True),
    Column("location_id", ID, ForeignKey("directory_locations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("address_1", Text),
    Column("city", Text),
    Column("municipality", String(5)),  # ISQ's geographic code
    Column("postal_code", String(7)),
)

service_at_locations = Table(
    "directory_service_at_locations",
    metadata,
    Column("id", ID, primary_key=True),
    _of_service(),
    Column("location_id", ID, ForeignKey("directory_locations.id", ondelete="CASCADE"), nullable=False, index=True),
    _order(),
)

phones = Table(
    "directory_phones",
    metadata,
    Column("id", ID, primary_key=True),
    _of_service(),
    Column("number", String(32), nullable=False),
    Column("extension", String(16)),
    Column("display", Text, nullable=False),
    _order(),
)

schedules = Table(
    "directory_schedules",
    metadata,
    Column("id", ID, primary_key=True),
    _of_service(),
    Column("byday", String(20), nullable=False),  # MO,TU,…
    Column("opens_at", String(5), nullable=False),
    Column("closes_at", String(5), nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    _order(),
)

special_hours = Table(
    "directory_special_hours",
    metadata,
    Column("id", ID, primary_key=True),
    _of_service(),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("opens_at", String(5)),  # null: closed
    Column("closes_at", String(5)),
    _order(),
)

service_areas = Table(
    "directory_service_areas",
    metadata,
    Column("id", ID, primary_key=True),
    _of_service(),
    Column("extent_type", String(16), nullable=False),  # municipality, mrc, rls, region, province
    Column("extent", String(16)),  # the official code
    _order(),
)

languages = Table(
    "directory_languages",
    metadata,
    Column("id", ID, primary_key=True),
    _of_service(),
    Column("code", String(8), nullable=False),
    _order(),
)

cost_options = Table(
    "directory_cost_options",
    metadata,
    Column("id", ID, primary_key=True),
    _of_service(),
    Column("option", Text, nullable=False),
)

required_documents = Table(
    "directory_required_documents",
    metadata,
    Column("id", ID, primary_key=True),
    _of_service(),
    Column("document", Text, nullable=False),
)

taxonomy_terms = Table(
    "directory_taxonomy_terms",
    metadata,
    Column("id", ID, primary_key=True),  # need:food, mode:phone
    Column("taxonomy", String(32), nullable=False),
    Column("code", String(120), nullable=False),
    UniqueConstraint("taxonomy", "code"),
)

attributes = Table(
    "directory_attributes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("link_id", ID, nullable=False),
    Column("link_entity", String(32), nullable=False),
    Column("taxonomy_term_id", ID, ForeignKey("directory_taxonomy_terms.id"), nullable=False, index=True),
    _order(),
    Index("ix_directory_attributes_link", "link_entity", "link_id"),
)

translations = Table(
    "directory_translations",
    metadata,
    Column("entity", String(32), primary_key=True),  # organization, service, location
    Column("entity_id", ID, primary_key=True),
    Column("field", String(32), primary_key=True),  # as in records.py
    Column("language", String(2), primary_key=True),  # fr, en
    Column("text", Text, nullable=False),
)

# One row that counts changes: every process rebuilds its snapshot when it moves.
version = Table(
    "directory_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
)
