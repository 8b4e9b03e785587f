"""HSDS 3.0 as JSON: one service, a list of services or of organizations with theirs, or a page of the API."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

from bot.directory.hsds.inward import children, read_service
from bot.directory.hsds.tabular import ORIGIN
from bot.directory.imports.batch import Batch, ImportFault
from bot.directory.imports.reading import DEFAULTS, Options, Reading

__all__ = ["MAX_BYTES", "read_document", "read_json"]

# A document is held in memory as a whole, about six times its size.
MAX_BYTES = 150_000_000


def read_json(path: Path) -> Any:
    """The JSON of `path`, in UTF-8 with or without a byte-order mark, or Windows-1252. Raises ImportFault."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ImportFault(f"{path.name}: {size:,} bytes are more than the {MAX_BYTES:,} that a JSON import takes (use the tables)")
        raw = path.read_bytes()
    except OSError as error:
        raise ImportFault(f"{path}: {error.strerror or error}") from None
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            raise ImportFault(f"{path.name}: the text is neither UTF-8 nor Windows-1252") from None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ImportFault(f"{path.name}, line {error.lineno}: {error.msg}: it is not JSON, or not all of it") from None
    except (RecursionError, ValueError) as error:
        raise ImportFault(f"{path.name}: is nested too deeply or holds an impossible number ({type(error).__name__})") from None


def read_document(path: Path, options: Options = DEFAULTS) -> Batch:
    """The services of the JSON file `path`. Raises ImportFault when it is no HSDS document."""
    reading = Reading.start(options, ORIGIN, unit="record")
    records = _services(read_json(path))
    if records is None:
        raise ImportFault(f"{path.name}: holds no HSDS services (one, a list of them, or a page with contents)")
    for number, nested in enumerate(records, 1):
        reading.here = (path.name, number)
        if isinstance(nested, dict):
            try:
                read_service(nested, reading)
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
    if not isinstance(document, list):
        return None
    found: list[Any] = []
    for each in document:
        inside = children(each, "services") if isinstance(each, dict) else []
        found += [{"organization": {key: value for key, value in each.items() if key != "services"}, **service} for service in inside] or [each]
    return found
