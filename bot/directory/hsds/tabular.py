"""HSDS tables (3.0, 2.x or 1.1; a folder, datapackage.json or zip) read into nested services, then into records.

Every fault names its file and line. A row that refers to nothing is said and left out, never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from bot.directory.hsds.inward import read_service
from bot.directory.hsds.older import table_of, translated
from bot.directory.imports.batch import Batch, ImportFault
from bot.directory.imports.delimited import read_rows
from bot.directory.imports.package import open_package
from bot.directory.imports.reading import AT, DEFAULTS, Options, Reading

__all__ = ["ORIGIN", "read_tables"]

ORIGIN = "hsds"
# Rows of all tables together, held in memory until they are linked: 100,000 services have about two million.
MAX_ROWS = 3_000_000
Row = dict[str, Any]

# Child table -> (column, its owner's table, name of the nested list), the closest owner first: a phone that names both
# a service and its organization is the service's.
_OWNERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "service_at_location": (("service_id", "service", "service_at_locations"),),
    "phone": (("service_at_location_id", "service_at_location", "phones"), ("service_id", "service", "phones"),
              ("location_id", "location", "phones"), ("organization_id", "organization", "phones")),
    "schedule": (("service_at_location_id", "service_at_location", "schedules"), ("service_id", "service", "schedules"),
                 ("location_id", "location", "schedules")),
    "language": (("service_id", "service", "languages"), ("location_id", "location", "languages")),
    "service_area": (("service_id", "service", "service_areas"),),
    "required_document": (("service_id", "service", "required_documents"),),
    "cost_option": (("service_id", "service", "cost_options"),),
    "address": (("location_id", "location", "addresses"),),
    "accessibility": (("location_id", "location", "accessibility"),),
    "eligibility": (("service_id", "service", "eligibilities"),),
    "holiday": (("service_id", "service", "holidays_rows"),),
}
_HEADS = ("organization", "service", "location", "service_at_location", "taxonomy_term")
_REQUIRED = {"organization": ("id", "name"), "service": ("name", "organization_id")}
_YES = {"true", "t", "yes", "y", "1", "oui", "vrai"}


def read_tables(path: Path, options: Options = DEFAULTS) -> Batch:
    """The services of the tables at `path`. Raises ImportFault when it is no HSDS package."""
    reading = Reading.start(options, ORIGIN)
    with open_package(path) as files:
        tables = _load(path, files, reading)
    _link(tables, reading)
    for service in tables["service"]:
        reading.here = service[AT]
        if "organization" in service:
            read_service(service, reading)
    return reading.batch


def _load(path: Path, files: dict[str, Path], reading: Reading) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = defaultdict(list)
    found = {}
    for name, file in files.items():
        table = table_of(name) if name.endswith(".csv") else None
        if table:
            found[name] = table
            _rows(table, file, tables[table], reading, MAX_ROWS - sum(map(len, tables.values())))
    missing = [f"{table}s.csv" for table in ("organization", "service") if table not in found.values()]
    if missing:
        raise ImportFault(f"{path.name}: holds no {' and no '.join(missing)}: it is not an HSDS package")
    if not tables["service"]:
        raise ImportFault(f"{path.name}: services.csv has a header and no rows")
    return tables


def _rows(table: str, file: Path, rows: list[Row], reading: Reading, left: int) -> None:
    blank_column, most = False, len(rows) + left
    for line, cells in read_rows(file, _REQUIRED.get(table, ()), delimiter=None, fold=True):
        reading.here = (file.name, line)
        if cells is None:
            reading.fault("does not have as many cells as the header", refused=True)
            continue
        if not any(cells.values()):
            continue
        if table != "service" and not cells.get("id") and not blank_column:
            # The rows of a table that nothing refers to need no id; a column that is not there is said once.
            blank_column = "id" not in cells
            reading.fault("there is no column id" if blank_column else "id: is blank")
        row = translated(table, {name: cell for name, cell in cells.items() if cell})
        row[AT] = (file.name, line)
        if len(rows) >= most:
            raise ImportFault(f"{file.name}: with it the tables have more than the {MAX_ROWS:,} rows that an import takes")
        rows.append(row)


def _link(tables: dict[str, list[Row]], reading: Reading) -> None:
    by_id = {table: _by_id(table, tables[table], reading) for table in _HEADS}
    for service in tables["service"]:
        key = service.get("organization_id")
        if key in by_id["organization"]:
            service["organization"] = by_id["organization"][key]
        else:
            why = f"{key} is not in the organizations" if key else "is missing"
            reading.fault(f"organization_id: {why}", service, refused=True)
        if service.get("location_id") in by_id["location"]:  # 1.0 had no table between the two
            service["service_at_locations"] = [{"location": by_id["location"][service["location_id"]]}]
    for row in tables["service_at_location"]:
        location = by_id["location"].get(row.get("location_id", ""))
        if location is None:
            reading.fault(f"location_id: {row.get('location_id') or 'it'} is not in the locations; left out", row)
        row["location"] = location
    for table, owners in _OWNERS.items():
        for row in tables[table]:
            _attach(row, owners, by_id, reading)
    for row in tables["attribute"]:
        _attach_term(row, by_id, reading)
    for service in tables["service"]:
        _older(service, reading)


def _by_id(table: str, rows: list[Row], reading: Reading) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        key = row.get("id")
        if key and key in found and table != "service":
            reading.fault(f"another {table} has the id {key}; left out", row, refused=True)
        elif key:
            found.setdefault(key, row)
    return found


def _attach(row: Row, owners: tuple[tuple[str, str, str], ...], by_id: dict[str, dict[str, Row]], reading: Reading) -> None:
    named = [(column, table, nested) for column, table, nested in owners if row.get(column)]
    for column, table, nested in named:
        owner = by_id[table].get(row[column])
        if owner is not None:
            owner.setdefault(nested, []).append(row)
            return
    if named:
        column, table, _ = named[0]
        reading.fault(f"{column}: {row[column]} is not in the {table}s; left out", row)
    elif not row.get("contact_id"):
        reading.fault(f"{' or '.join(column for column, _, _ in owners)}: is missing; left out", row)


def _attach_term(row: Row, by_id: dict[str, dict[str, Row]], reading: Reading) -> None:
    if row["link_entity"] not in ("service", "services"):
        return
    service = by_id["service"].get(row.get("link_id", ""))
    if service is None:
        reading.fault(f"service: {row.get('link_id') or 'it'} is not in the services; left out", row)
        return
    term = by_id["taxonomy_term"].get(row.get("taxonomy_term_id", ""))
    if term is not None:
        # In 1.1 a term's id is its code in the taxonomy.
        row["taxonomy_term"] = {"code": term.get("id"), **term}
    service.setdefault("attributes", []).append(row)


def _older(service: Row, reading: Reading) -> None:
    """What 1.1 and 2.x kept in tables of their own."""
    texts = [each["eligibility"] for each in service.pop("eligibilities", []) if each.get("eligibility")]
    if texts and not service.get("eligibility_description"):
        service["eligibility_description"] = "; ".join(texts)
    # A row with a date is that day's; without one it is about all holidays.
    special = [each for each in service.get("holidays_rows", []) if not each.get("start_date") and not each.get("end_date")]
    if special and all(str(each.get("closed") or "").lower() in _YES for each in special):
        service["holidays"] = "closed"
    elif special:
        reading.fault("holiday schedule: hours without a date are not taken", special[0])
