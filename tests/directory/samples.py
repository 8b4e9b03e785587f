"""What the directory's tests share: a small invented directory that no resident ever sees, and places of the gazetteer."""

from __future__ import annotations

from datetime import datetime

from bot.directory.forms import as_service
from bot.directory.hours import TORONTO
from bot.directory.records import Service
from bot.needs import all_needs
from bot.places import gazetteer


def make(service_id: str, **fields) -> Service:
    """A service of Joliette for food, with whatever is said otherwise. Fields are those of the embedded files."""
    record = {
        "id": service_id,
        "organization": {"id": f"org-{service_id}", "name": {"fr": "Organisme d’essai", "en": "Test organisation"}},
        "name": {"fr": f"Service {service_id}", "en": f"Service {service_id}"},
        "needs": ["food"],
        "location": {"address": "1, rue d’Essai", "municipality": "61025", "lat": 46.0237, "lon": -73.4436},
        "area": {"kind": "mrc", "codes": ["61"]},
        "phones": [{"number": "+14505550100", "display": "450 555-0100"}],
        "languages": ["fr", "en"],
        "modes": ["on_site"],
        "source": {"name": "Essai", "date": "2026-10-01"},
    }
    return as_service({**record, **fields}, all_needs(), lambda code: gazetteer().places[code].name)


def at(text: str) -> datetime:
    """A time in Quebec."""
    return datetime.fromisoformat(text).replace(tzinfo=TORONTO)


def place(key: str):
    """A place of the gazetteer by its key."""
    return gazetteer().by_key(key)
