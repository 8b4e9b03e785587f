"""A small checker of the official HSDS schemas: what they use of JSON Schema and of tabular data packages.

It stands beside jsonschema, which the project does not depend on, so that the schemas are checked wherever they are.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from uuid import UUID

import pytest

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "hsds-3.0"
needs_schemas = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official HSDS 3.0 schemas (../shared/data/hsds-3.0) are not here")

_TYPES = {"string": str, "array": list, "object": dict, "number": (int, float), "boolean": bool}
_PATTERNS = {"date": r"\d{4}-\d\d-\d\d", "time": r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d", "number": r"-?\d+(\.\d+)?", "uri": r"[a-z][a-z+.-]*:\S+",
             "email": r"[^@\s]+@[^@\s]+"}


def official(name: str) -> dict:
    return json.loads((OFFICIAL / name).read_text("utf-8"))


def json_faults(value, schema: dict, root: dict, where: str = "") -> list[str]:
    """What is wrong with `value` by `schema`; empty when it is valid."""
    if "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (kind == "number" and isinstance(value, bool))):
        return [f"{where}: {value!r} is no {kind}"]
    faults = [f"{where}: {value!r} is not in the list"] if "enum" in schema and value not in schema["enum"] else []
    if schema.get("format") == "uuid" and not _is_uuid(value):
        faults.append(f"{where}: {value!r} is no UUID")
    elif schema.get("format") in _PATTERNS and not re.fullmatch(_PATTERNS[schema["format"]], value):
        faults.append(f"{where}: {value!r} is no {schema['format']}")
    if isinstance(value, dict):
        faults += [f"{where}: no {name}" for name in schema.get("required", ()) if name not in value]
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                faults += json_faults(value[name], inner, root, f"{where}/{name}")
    for number, each in enumerate(value if isinstance(value, list) else ()):
        faults += json_faults(each, schema.get("items", {}), root, f"{where}/{number}")
    return faults


def table_faults(folder: Path, package: dict) -> list[str]:
    """What is wrong with the CSV files of `folder` by an official datapackage; files that are not there are not needed."""
    faults: list[str] = []
    rows = {}
    for resource in package["resources"]:
        path = folder / resource["path"]
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                rows[resource["name"]] = list(csv.DictReader(file))
    for resource in package["resources"]:
        for field in resource["schema"]["fields"] if resource["name"] in rows else ():
            values = [row.get(field["name"]) for row in rows[resource["name"]]]
            faults += [f"{resource['path']}, {field['name']}: {why}" for value in values if (why := _cell_fault(value, field))]
            full = [value for value in values if value]
            if field["constraints"].get("unique") and len(set(full)) != len(full):
                faults.append(f"{resource['path']}, {field['name']}: not unique")
        for key in resource["schema"].get("foreignKeys", ()) if resource["name"] in rows else ():
            there = {row["id"] for row in rows.get(key["reference"]["resource"], ())}
            faults += [f"{resource['path']}: no {key['fields']} {row[key['fields']]}" for row in rows[resource["name"]]
                       if row[key["fields"]] and row[key["fields"]] not in there]
    return faults


def _cell_fault(value: str | None, field: dict) -> str | None:
    if value is None:
        return "the column is missing"
    if not value:
        return "is empty" if field["constraints"].get("required") else None
    if "enum" in field["constraints"] and value not in field["constraints"]["enum"]:
        return f"{value!r} is not in the list"
    kind = field.get("format") if field["type"] == "string" else field["type"]
    if kind == "uuid":
        return None if _is_uuid(value) else f"{value!r} is no UUID"
    return None if kind not in _PATTERNS or re.fullmatch(_PATTERNS[kind], value) else f"{value!r} is no {kind}"


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
