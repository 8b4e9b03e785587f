"""Statistics Canada's Open Database of Healthcare Facilities (ODHF), version 1.1, for Quebec.

It names buildings, not services, as they were in August 2020: its records come in as `unverified` and no resident
sees one until a maintainer has confirmed the name. `provider` is who gave the data, never the organization.
Only CLSCs, general hospitals and rehabilitation centres; never a youth group home, a child-protection residence
or a temporary site, whatever else the same row says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.directory.forms import RecordError, as_service
from bot.directory.imports.batch import Batch, Fault, ImportFault
from bot.directory.imports.delimited import read_rows
from bot.needs import all_needs

__all__ = ["COLUMNS", "LICENCE", "ORIGIN", "SOURCE_DATE", "read_odhf"]

ORIGIN = "odhf"
SOURCE_NAME = "Statistics Canada, Open Database of Healthcare Facilities (ODHF) 1.1"
SOURCE_URL = "https://www.statcan.gc.ca/en/lode/databases/odhf"
SOURCE_DATE = "2020-08"
LICENCE = "Open Government Licence - Canada"

COLUMNS = (
    "odhf_index", "facility_name", "source_facility_type", "street_no", "street_name", "city", "postal_code", "csd_name",
    "mun_code", "latitude", "longitude", "rls_code",
)

# The ministry's types of establishment (and the words of other providers) -> what the place answers, and where from.
CLSC, HOSPITAL, REHABILITATION, ADDICTION = "clsc", "hospital", "rehabilitation", "addiction"
_KINDS = {
    "CLSC": CLSC,
    "CHSGS": HOSPITAL, "general": HOSPITAL, "active acute hospital": HOSPITAL, "hôpitaux": HOSPITAL,
    "centre hospitalier": HOSPITAL, "pediatric": HOSPITAL,
    "CRDITED": REHABILITATION, "CRDPA": REHABILITATION, "CRDPM": REHABILITATION, "CRDPV": REHABILITATION,
    "CRDPL": REHABILITATION, "rehabilitation": REHABILITATION,
    "CRD": ADDICTION,
}
_NEEDS = {
    CLSC: ("health_care", "home_support", "mental_health", "family"),
    HOSPITAL: ("health_care",),
    REHABILITATION: ("disability",),
    ADDICTION: ("substance_use",),
}
_YOUTH_TYPES = {"CRJDA", "CRMDA"}
_YOUTH = re.compile(r"PROTECTION DE L.ENFANCE|JEUNES? EN DIFFICULTE|CLIENTELE JEUNESSE|FOYER DE GROUPE")
_TEMPORARY = re.compile(r"TEMPORAIRE|\bSNT\b|\bHOTEL\b(?![ -]DIEU)|\bARENA\b|CONFINEMENT")
_RESIDENCE = re.compile(r"RESIDENCE|\bFOYER\b|HEBERGEMENT|\bCHSLD\b|\bRESSOURCE\b")
_SURELY_CARE = re.compile(r"\b(HOPITAL|CLSC)\b")
_OFFICE = re.compile(r"SIEGE SOCIAL|RECHERCHE|COORDINATION DE SERVICES")


def read_odhf(path: Path, city_of: Callable[[str], str | None] = lambda code: None) -> Batch:
    """The services of an ODHF CSV in UTF-8 or Windows-1252; `city_of` gives a municipality's name by its code.

    Raises ImportFault when the file is not one.
    """
    batch, seen = Batch(ORIGIN), set()
    rows = 0
    for line, row in read_rows(path, COLUMNS):
        rows += 1
        if row is None:
            batch.fault(Fault(path.name, line, "does not have as many cells as the header"))
            continue
        reason = _not_ours(row)
        if reason:
            batch.left_out[reason] += 1
            continue
        key = row["odhf_index"]
        if key and key in seen:
            batch.fault(Fault(path.name, line, f"odhf_index {key} is there twice"))
            continue
        seen.add(key)
        if not row["latitude"] or not row["longitude"]:
            batch.fault(Fault(path.name, line, "has no coordinates"))
            continue
        try:
            batch.take(as_service(_record(row, city_of), all_needs()))
        except RecordError as error:
            for reason in error.reasons:
                batch.fault(Fault(path.name, line, reason))
    if not rows:
        raise ImportFault(f"{path.name}: has a header and no rows")
    return batch


def _types(row: dict[str, str]) -> list[str]:
    return [each.strip() for each in row["source_facility_type"].split(",") if each.strip()]


def _not_ours(row: dict[str, str]) -> str | None:
    """Why a row is never shown, null when it is one of ours."""
    types, name = set(_types(row)), _plain(row["facility_name"])
    if types & _YOUTH_TYPES or _YOUTH.search(name):
        return "youth or child protection"
    if not any(each in _KINDS for each in types):
        return "another kind of facility"
    if _TEMPORARY.search(name):
        return "temporary site"
    if _RESIDENCE.search(name) and not _SURELY_CARE.search(name):
        return "residence"
    return "office, not a service" if _OFFICE.search(name) else None


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.upper())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).replace("’", "'")


def _record(row: dict[str, str], city_of: Callable[[str], str | None]) -> dict[str, Any]:
    kinds = list(dict.fromkeys(_KINDS[each] for each in _types(row) if each in _KINDS))
    needs = list(dict.fromkeys(need for kind in kinds for need in _NEEDS[kind]))
    name = row["facility_name"]
    key = f"odhf-{row['odhf_index']}" if row["odhf_index"] else None
    street = ", ".join(part for part in (row["street_no"], " ".join(row["street_name"].split())) if part)
    code = row["mun_code"] or None
    return {
        "id": key,
        # The database does not say which organization it is: the facility stands for itself.
        "organization": {"id": key, "name": {"fr": name or key}},
        "name": {"fr": name or None},
        "description": None,
        "needs": needs,
        "locations": [
            {
                "address": street or None,
                "postal_code": _postal(row["postal_code"]),
                "municipality": code,
                "city": (city_of(code) if code else None) or row["csd_name"] or row["city"] or None,
                "lat": row["latitude"] or None,
                "lon": row["longitude"] or None,
            }
        ],
        "area": {"kind": "rls", "codes": [row["rls_code"]]} if CLSC in kinds and row["rls_code"] else None,
        "modes": ["on_site"],
        "source": {"name": SOURCE_NAME, "url": SOURCE_URL, "date": SOURCE_DATE, "licence": LICENCE},
        "notes": f"Type in the source: {row['source_facility_type']}. Name not confirmed by a second source.",
        "status": "unverified",
    }


def _postal(cell: str) -> str | None:
    squeezed = cell.replace(" ", "").upper()
    return f"{squeezed[:3]} {squeezed[3:]}" if squeezed else None
