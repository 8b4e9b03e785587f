"""A CSV with one service a row, whose columns a small YAML names (docs/hsds.md has an example).

    source: {name: "Répertoire de la CDC", url: "https://…", licence: "CC BY 4.0"}
    language: fr                      # of texts that do not say theirs
    columns:
      id: Numéro                      # our field: the file's column
      name.fr: Nom
      name.en: Name
      needs: [Catégorie, Sous-catégorie]   # several columns, one after the other
    constants: {organization.name.fr: "…"}
    separator: ";"                    # inside a cell that holds several values

Each row becomes an HSDS service, so that everything is cleaned, understood and reported as there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.directory.hsds.inward import read_service
from bot.directory.imports.batch import Batch, ImportFault
from bot.directory.imports.delimited import read_rows
from bot.directory.imports.plain_yaml import read_yaml
from bot.directory.imports.reading import AT, DEFAULTS, Options, Reading

__all__ = ["FIELDS", "ORIGIN", "read_mapped"]

ORIGIN = "csv"
# Our field -> where it goes in HSDS's nested form. A text field takes .fr or .en.
_TEXTS = {"name": "name", "description": "description", "cost": "fees_description", "eligibility": "eligibility_description",
          "accessibility": "accessibility"}
_PLAIN = {"id": "id", "url": "url", "min_age": "minimum_age", "max_age": "maximum_age", "verified_on": "assured_date", "status": "status"}
_PLACES = {"address": "address_1", "city": "city", "postal_code": "postal_code", "lat": "latitude", "lon": "longitude"}
_LISTS = ("needs", "phones", "languages", "area", "bring")
_HOURS = ("hours.days", "hours.opens", "hours.closes")
FIELDS = frozenset({
    *_PLAIN, *_PLACES, *_LISTS, *_HOURS, "organization.id", "organization.url", "place",
    *(f"{name}{language}" for name in (*_TEXTS, "organization.name") for language in ("", ".fr", ".en")),
})
_KEYS = {"source", "language", "columns", "constants", "separator", "delimiter"}


def read_mapped(path: Path, options: Options = DEFAULTS) -> Batch:
    """The services of the CSV `path` by the mapping `options.mapping`. Raises ImportFault when either is wrong."""
    if options.mapping is None:
        raise ImportFault(f"{path.name}: this CSV needs a mapping of its columns (--mapping FILE.yml, see docs/hsds.md)")
    mapping = _mapping(options.mapping)
    columns: dict[str, list[str]] = mapping["columns"]
    source = mapping.get("source") or {}
    options = replace(options, source_name=options.source_name or source.get("name"), language=options.language or mapping.get("language"))
    reading = Reading.start(options, ORIGIN)
    wanted = list(dict.fromkeys(name for names in columns.values() for name in names))
    rows = 0
    for line, cells in read_rows(path, wanted, mapping.get("delimiter") or ","):
        rows += 1
        reading.here = (path.name, line)
        if cells is None:
            reading.fault("does not have as many cells as the header", refused=True)
            continue
        values = {name: str(value) for name, value in (mapping.get("constants") or {}).items()}
        for field, names in columns.items():
            separator = mapping.get("separator") or ";" if field in _LISTS else ", "
            text = separator.join(cells[name] for name in names if cells[name])
            if text:
                values[field] = text
        read_service(_nested(values, mapping, (path.name, line)), reading)
    if not rows:
        raise ImportFault(f"{path.name}: has a header and no rows")
    return reading.batch


def _mapping(path: Path) -> dict[str, Any]:
    mapping = read_yaml(path)
    if not isinstance(mapping, dict) or not isinstance(mapping.get("columns"), dict):
        raise ImportFault(f"{path.name}: has no columns")
    if set(mapping) - _KEYS:
        raise ImportFault(f"{path.name}: {', '.join(sorted(map(str, set(mapping) - _KEYS)))} is not one of {', '.join(sorted(_KEYS))}")
    unknown = (set(mapping["columns"]) | set(mapping.get("constants") or {})) - FIELDS
    if unknown:
        raise ImportFault(f"{path.name}: {', '.join(sorted(map(str, unknown)))} is not a field; fields: {', '.join(sorted(FIELDS))}")
    if mapping.get("language") not in (None, "fr", "en"):
        raise ImportFault(f"{path.name}: language must be fr or en")
    if not any(name.startswith("name") for name in mapping["columns"]):
        raise ImportFault(f"{path.name}: no column is the name")
    columns = {field: [str(name) for name in (names if isinstance(names, list) else [names])] for field, names in mapping["columns"].items()}
    return {**mapping, "columns": columns}


def _nested(values: dict[str, str], mapping: dict[str, Any], at: tuple[str, int]) -> dict[str, Any]:
    separator = mapping.get("separator") or ";"
    source = mapping.get("source") or {}

    def several(field: str) -> list[str]:
        return [part.strip() for part in values.get(field, "").split(separator) if part.strip()]

    def texts(field: str, name: str) -> dict[str, str]:
        return {f"{name}{end.replace('.', '_')}": values[field + end] for end in ("", ".fr", ".en") if values.get(field + end)}

    organization = {"id": values.get("organization.id"), "website": values.get("organization.url"), **texts("organization.name", "name")}
    service: dict[str, Any] = {AT: at, **{name: values[field] for field, name in _PLAIN.items() if values.get(field)}}
    for field, name in _TEXTS.items():
        service |= texts(field, name)
    if not any(key.startswith("name") for key in organization):
        # An organization without a name of its own: the service stands for it.
        organization |= {key: value for key, value in service.items() if key in ("name", "name_fr", "name_en")}
    place = {name: values[field] for field, name in _PLACES.items() if values.get(field)}
    if place:
        spot = {AT: at, "name": values.get("place"), "latitude": place.get("latitude"), "longitude": place.get("longitude"), "addresses": [{AT: at, **place}]}
        service["service_at_locations"] = [{"location": spot}]
    if values.get("hours.days"):
        service["schedules"] = [{AT: at, "byday": values["hours.days"], "opens_at": values.get("hours.opens"), "closes_at": values.get("hours.closes")}]
    return {
        **service,
        "organization": {key: value for key, value in organization.items() if value},
        "phones": [{AT: at, "number": text} for text in several("phones")],
        "languages": [{AT: at, "name": text} for text in several("languages")],
        "service_areas": [{AT: at, "name": text} for text in several("area")],
        "required_documents": [{"document": text} for text in several("bring")],
        "attributes": [{"taxonomy_term": {"name": text}} for text in several("needs")],
        "source_url": source.get("url"),
        "source_licence": source.get("licence"),
    }
