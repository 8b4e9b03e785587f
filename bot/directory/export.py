"""The directory as one JSON document: each service as its record (forms.py), organization inside, in the order of ids."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TextIO

from bot.directory.forms import as_dict
from bot.directory.records import Service

__all__ = ["FORMAT", "write_json"]

FORMAT = "bonneporte-directory/1"


def write_json(services: Iterable[Service], out: TextIO) -> int:
    """Write the document; the number of services."""
    records = [as_dict(service) for service in services]
    json.dump({"format": FORMAT, "services": records}, out, ensure_ascii=False, indent=1)
    out.write("\n")
    return len(records)
