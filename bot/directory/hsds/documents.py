"""HSDS 3.0 as JSON: one service, a list of services or of organizations with theirs, or a page of the API."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.directory.hsds.inward import children, read_service
from bot.directory.hsds.tabular import ORIGIN
from bot.directory.imports.batch import Batch, ImportFault
from bot.directory.imports.reading import DEFAULTS, Options, Reading
from bot.directory.imports.stream import read_json, records_of

__all__ = ["read_document"]

def read_document(path: Path, options: Options = DEFAULTS) -> Batch:
    """The services of the JSON file `path`. Raises ImportFault when it is no HSDS document."""
    reading = Reading.start(options, ORIGIN, unit="record")
    streamed = records_of(path, "contents")
    records = _each_service(streamed) if streamed is not None else _services(read_json(path))
    if records is None:
        raise ImportFault(f"{path.name}: holds no HSDS services (one, a list of them, or a page with contents)")
    for number, nested in enumerate(records, 1):
        reading.here = (path.name, number)
        if isinstance(nested, dict):
            try:
                read_service(nested, reading)
            except ImportFault:
                raise
            except (TypeError, ValueError, AttributeError) as error:
                reading.fault(f"a value has a form that HSDS does not have ({error})", refused=True)
        else:
            reading.fault("is not an object", refused=True)
    return reading.batch


def _services(document: Any) -> list[Any] | None:
    if isinstance(document, dict):
        if isinstance(document.get("contents"), list):
            document = document["contents"]
        elif isinstance(document.get("services"), list) and "name" not in document:
            document = document["services"]
        else:
            document = [document] if "name" in document else None
    return None if not isinstance(document, list) else list(_each_service(document))


def _each_service(records: Iterable[Any]) -> Iterable[Any]:
    """The services of services and of organizations that hold theirs."""
    for each in records:
        inside = children(each, "services") if isinstance(each, dict) else []
        if inside:
            organization = {key: value for key, value in each.items() if key != "services"}
            yield from ({"organization": organization, **service} for service in inside)
        else:
            yield each
