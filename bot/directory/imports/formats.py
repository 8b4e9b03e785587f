"""The formats that an import takes, and which one a file is in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from bot.directory.hsds.documents import read_document
from bot.directory.hsds.tabular import read_tables
from bot.directory.imports.batch import Batch, ImportFault
from bot.directory.imports.delimited import read_rows
from bot.directory.imports.mapped import read_mapped
from bot.directory.imports.odhf import read_odhf
from bot.directory.imports.reading import DEFAULTS, Options, Reading
from bot.directory.imports.stream import records_of

__all__ = ["FORMATS", "OWN_FORMAT", "format_of", "read"]

# Our own plain records (export.py), besides HSDS.
OWN_FORMAT = "bonneporte-directory/1"


def _odhf(path: Path, options: Options) -> Batch:
    return read_odhf(path, options.city_of)


def _hsds(path: Path, options: Options) -> Batch:
    return read_document(path, options) if path.is_file() and path.suffix.lower() == ".json" and path.name.lower() != "datapackage.json" \
        else read_tables(path, options)


def _own(path: Path, options: Options) -> Batch:
    records = records_of(path, "services") if _is_own(path) else None
    if records is None:
        raise ImportFault(f"{path.name}: is not a file of the format {OWN_FORMAT}")
    reading = Reading.start(options, "own", unit="record")
    for number, record in enumerate(records, 1):
        reading.here = (path.name, number)
        if isinstance(record, dict):
            try:
                reading.add(record)
            except ImportFault:
                raise
            except (TypeError, ValueError, AttributeError) as error:
                reading.fault(f"a value has a form that a record does not have ({error})", refused=True)
        else:
            reading.fault("is not an object", refused=True)
    return reading.batch


def _is_own(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return json.dumps(OWN_FORMAT).encode() in file.read(200)
    except OSError as error:
        raise ImportFault(f"{path}: {error.strerror or error}") from None


FORMATS: dict[str, Callable[[Path, Options], Batch]] = {"hsds": _hsds, "csv": read_mapped, "odhf": _odhf, "bonneporte": _own}


def format_of(path: Path, options: Options) -> str:
    """Which of FORMATS `path` is in. Raises ImportFault when nothing tells."""
    if options.mapping is not None:
        return "csv"
    if not path.exists():
        raise ImportFault(f"{path}: No such file or directory")
    suffix = path.suffix.lower()
    if suffix == ".json" and path.is_file():
        return "bonneporte" if _is_own(path) else "hsds"
    if path.is_dir() or suffix == ".zip":
        return "hsds"
    header = next(read_rows(path, ()), None)
    return "odhf" if header and header[1] is not None and "odhf_index" in header[1] else "csv"


def read(path: Path, format_name: str | None = None, options: Options = DEFAULTS) -> Batch:
    """The services of `path`, in the format named or found. Raises ImportFault; nothing is written."""
    return FORMATS[format_name or format_of(path, options)](path, options)
