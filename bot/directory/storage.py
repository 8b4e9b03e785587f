"""Services in the database: reading all of them, writing some, and the counter that tells other processes.

Functions work inside their caller's transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, delete, func, insert, or_, select, update

from bot.directory import tables as t
from bot.directory.records import Location, Organization, Service, Text
from bot.directory.rows import Rows, organization_row, service_from, service_rows, translation_rows
from bot.store.engine import alone

__all__ = ["Known", "count", "current_version", "known", "lock", "read_services", "save", "set_status"]

# Identifiers in one statement: below SQLite's oldest limit of 999 bound values.
CHUNK = 500
CHILDREN = (t.service_areas, t.attributes, t.phones, t.schedules, t.special_hours, t.languages)


class Known(NamedTuple):
    """What an import needs to know of a service that is there: the digest it last gave, who verified it, its status."""

    digest: str
    verified_by: str | None
    status: str
    origin: str


def current_version(connection: Connection) -> int:
    """The counter of changes; 0 for a directory that was never written."""
    return connection.execute(select(t.version.c.version).where(t.version.c.id == 1)).scalar() or 0


def lock(connection: Connection) -> None:
    """Nobody else changes the directory until this transaction ends. Whoever reads records to write them again holds it
    first: on PostgreSQL another's change in between would be lost, and two first starts would both fill an empty one."""
    alone(connection, "directory")


def count(connection: Connection) -> int:
    """How many services there are, of any status."""
    return connection.execute(select(func.count()).select_from(t.services)).scalar_one()


def known(connection: Connection, origin: str | None = None) -> dict[str, Known]:
    """By id, what is known of the services of one origin (of all, without it)."""
    columns = t.services.c
    query = select(columns.id, columns.origin_digest, columns.verified_by, columns.status, columns.origin)
    if origin is not None:
        query = query.where(columns.origin == origin)
    return {row.id: Known(*row[1:]) for row in connection.execute(query)}


def read_services(connection: Connection, statuses: Sequence[str] | None = None, ids: Sequence[str] | None = None) -> list[Service]:
    """All services (of `statuses`, of `ids`, when given), in the order of their ids: one query a table, none a service."""
    if ids is None:
        return _read(connection, statuses, None)
    found = [service for chunk in _chunks(sorted(set(ids))) for service in _read(connection, statuses, chunk)]
    return sorted(found, key=lambda service: service.id)


def _read(connection: Connection, statuses: Sequence[str] | None, ids: Sequence[str] | None) -> list[Service]:
    at, spot, address, text = t.service_at_locations, t.locations, t.addresses, t.translations
    spots = select(at.c.location_id).where(at.c.service_id.in_(ids or ()))
    owners = select(t.services.c.organization_id).where(t.services.c.id.in_(ids or ()))

    def among(query: Any, *conditions: Any) -> Any:
        return query if ids is None else query.where(*conditions)

    texts: defaultdict[tuple[str, str], dict[str, dict[str, str]]] = defaultdict(dict)
    of_these = or_(and_(text.c.entity == "service", text.c.entity_id.in_(ids or ())),
                   and_(text.c.entity == "location", text.c.entity_id.in_(spots)),
                   and_(text.c.entity == "organization", text.c.entity_id.in_(owners)))
    for row in connection.execute(among(select(text), of_these)):
        texts[row.entity, row.entity_id].setdefault(row.field, {})[row.language] = row.text

    def of(entity: str, key: str) -> dict[str, Text]:
        return {field: Text(**by_language) for field, by_language in texts.get((entity, key), {}).items()}

    organizations = {
        row.id: Organization(row.id, of("organization", row.id).get("name", Text(fr=row.name)), row.website)
        for row in connection.execute(among(select(t.organizations), t.organizations.c.id.in_(owners)))
    }
    children: defaultdict[str, dict[Table, list[Any]]] = defaultdict(dict)
    for table in CHILDREN:
        owner = table.c.link_id if table is t.attributes else table.c.service_id
        for row in connection.execute(among(select(table, owner.label("owner")).order_by(table.c.position), owner.in_(ids or ()))):
            children[row.owner].setdefault(table, []).append(row)
    locations: defaultdict[str, list[Location]] = defaultdict(list)
    joined = (
        select(at.c.service_id, spot, address.c.address_1, address.c.city, address.c.municipality, address.c.postal_code)
        .select_from(at.join(spot, at.c.location_id == spot.c.id).outerjoin(address, address.c.location_id == spot.c.id))
        .order_by(at.c.position)
    )
    for row in connection.execute(among(joined, at.c.service_id.in_(ids or ()))):
        locations[row.service_id].append(
            Location(row.address_1, row.postal_code, row.municipality, row.city, row.latitude, row.longitude,
                     of("location", row.id).get("name", Text()), bool(row.approximate))
        )
    query = among(select(t.services).order_by(t.services.c.id), t.services.c.id.in_(ids or ()))
    if statuses is not None:
        query = query.where(t.services.c.status.in_(statuses))
    return [
        service_from(row, organizations[row.organization_id], children.get(row.id, {}), of("service", row.id), locations[row.id])
        for row in connection.execute(query)
    ]


def save(connection: Connection, services: Iterable[Service], origin: str, now: datetime,
         given: Mapping[str, str] | None = None) -> None:
    """Write `services` in full, in place of what their ids held, and move the version. given: by id, the digest of what
    the source gave, where that is not what is written."""
    services = list(services)
    if not services:
        return
    _forget(connection, [service.id for service in services])
    _save_organizations(connection, {service.organization.id: service.organization for service in services})
    _add_terms(connection, {f"{taxonomy}:{code}" for service in services
                            for taxonomy, codes in (("need", service.needs), ("mode", service.modes)) for code in codes})
    rows: Rows = defaultdict(list)
    for service in services:
        for table, found in service_rows(service, origin, now, (given or {}).get(service.id)).items():
            rows[table] += found
    for table in sorted(rows, key=lambda table: _ORDER.index(table)):
        if rows[table]:
            connection.execute(insert(table), rows[table])
    _move_version(connection)


_ORDER = (
    t.services, t.locations, t.addresses, t.service_at_locations, t.phones, t.schedules, t.special_hours, t.service_areas, t.languages,
    t.cost_options, t.required_documents, t.attributes, t.translations,
)


def set_status(connection: Connection, ids: Iterable[str], status: str, now: datetime) -> None:
    """Give services another status (active, unverified, inactive) and move the version."""
    ids = list(ids)
    for chunk in _chunks(ids):
        connection.execute(update(t.services).where(t.services.c.id.in_(chunk)).values(status=status, updated_at=now))
    if ids:
        _move_version(connection)


def _forget(connection: Connection, ids: list[str]) -> None:
    for chunk in _chunks(ids):
        at = t.service_at_locations
        spots = list(connection.execute(select(at.c.location_id).where(at.c.service_id.in_(chunk))).scalars())
        text = t.translations.c
        for entity, keys in (("service", chunk), ("location", spots)):
            for part in _chunks(keys):
                connection.execute(delete(t.translations).where(text.entity == entity, text.entity_id.in_(part)))
        link = t.attributes.c
        connection.execute(delete(t.attributes).where(link.link_entity == "service", link.link_id.in_(chunk)))
        connection.execute(delete(t.services).where(t.services.c.id.in_(chunk)))
        for part in _chunks(spots):
            connection.execute(delete(t.locations).where(t.locations.c.id.in_(part)))


def _save_organizations(connection: Connection, organizations: dict[str, Organization]) -> None:
    present = set()
    text = t.translations.c
    for chunk in _chunks(list(organizations)):
        present |= set(connection.execute(select(t.organizations.c.id).where(t.organizations.c.id.in_(chunk))).scalars())
        connection.execute(delete(t.translations).where(text.entity == "organization", text.entity_id.in_(chunk)))
    fresh = [organization_row(each) for key, each in organizations.items() if key not in present]
    if fresh:
        connection.execute(insert(t.organizations), fresh)
    for key in present:
        connection.execute(update(t.organizations).where(t.organizations.c.id == key).values(organization_row(organizations[key])))
    texts = [row for each in organizations.values() for row in translation_rows("organization", each.id, {"name": each.name})]
    if texts:
        connection.execute(insert(t.translations), texts)


def _add_terms(connection: Connection, wanted: set[str]) -> None:
    present = set(connection.execute(select(t.taxonomy_terms.c.id)).scalars())
    fresh = [dict(zip(("taxonomy", "code"), term.split(":", 1), strict=True), id=term) for term in sorted(wanted - present)]
    if fresh:
        connection.execute(insert(t.taxonomy_terms), fresh)


def _move_version(connection: Connection) -> None:
    moved = connection.execute(update(t.version).where(t.version.c.id == 1).values(version=t.version.c.version + 1))
    if not moved.rowcount:
        connection.execute(insert(t.version).values(id=1, version=1))


def _chunks(items: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
