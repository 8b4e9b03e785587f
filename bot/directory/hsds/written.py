"""HSDS 3.0 written down: one JSON page of services, or CSV tables with datapackage.json in a folder or a zip.

The same services give the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from bot.directory.hsds.outward import as_hsds
from bot.directory.hsds.sheets import SHEETS, data_package
from bot.directory.records import Service

__all__ = ["tables_of", "write_hsds_folder", "write_hsds_json", "write_hsds_zip"]

TITLE = "Bonne Porte"
# Nested property -> the table its entries go to; `location`, `organization` and the like are single ones.
_NESTED = {
    "organization": "organization", "phones": "phone", "schedules": "schedule", "service_areas": "service_area",
    "service_at_locations": "service_at_location", "location": "location", "languages": "language", "addresses": "address",
    "accessibility": "accessibility", "required_documents": "required_document", "attributes": "attribute",
    "taxonomy_term": "taxonomy_term", "taxonomy_detail": "taxonomy",
}


def write_hsds_json(services: Iterable[Service], out: TextIO, today: date) -> int:
    """Write one page in the form of HSDS's API (`contents` holds the services); the number of services."""
    contents = [as_hsds(service, today) for service in services]
    page = {"total_items": len(contents), "total_pages": 1, "page_number": 1, "size": len(contents), "first_page": True,
            "last_page": True, "empty": not contents, "contents": contents}
    json.dump(page, out, ensure_ascii=False, indent=1)
    out.write("\n")
    return len(contents)


def tables_of(services: Iterable[Service], today: date) -> dict[str, list[dict[str, Any]]]:
    """Rows by table; what several services share (an organization, a term) is there once."""
    rows: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in SHEETS}
    for service in services:
        _flatten("service", as_hsds(service, today), rows)
    return {name: list(found.values()) for name, found in rows.items() if found}


def _flatten(table: str, record: dict[str, Any], rows: dict[str, dict[str, dict[str, Any]]]) -> None:
    names = SHEETS[table].names
    row = {name: value for name, value in record.items() if name in names and not isinstance(value, (list, dict))}
    rows[table].setdefault(record["id"], row)
    for name, value in record.items():
        if name in _NESTED and isinstance(value, (list, dict)):
            for each in value if isinstance(value, list) else [value]:
                _flatten(_NESTED[name], each, rows)


def _files(services: Iterable[Service], today: date) -> Iterable[tuple[str, str]]:
    tables = tables_of(services, today)
    tables.setdefault("organization", [])
    tables.setdefault("service", [])
    names = [name for name in SHEETS if name in tables]
    yield "datapackage.json", json.dumps(data_package(names, TITLE), ensure_ascii=False, indent=1) + "\n"
    for name in names:
        text = io.StringIO()
        writer = csv.DictWriter(text, SHEETS[name].names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(tables[name])
        yield SHEETS[name].path, text.getvalue()


def write_hsds_folder(services: list[Service], folder: Path, today: date) -> int:
    """Write the tables in `folder`, made if missing; the number of services."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _files(services, today):
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return len(services)


def write_hsds_zip(services: list[Service], path: Path, today: date) -> int:
    """Write the tables in one zip; the number of services."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _files(services, today):
            # A fixed time, so that the same directory gives the same file.
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode())
    return len(services)
