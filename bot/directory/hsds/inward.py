"""From HSDS's nested form, ours or another directory's, to a record of forms.py.

What our extension says is taken as it is. Elsewhere texts are cleaned, numbers and hours read as people write them, and
each thing that cannot be read is left out and said, rather than the whole service.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import uuid5

from bot.directory.forms import SERVICE_ID_LENGTH
from bot.directory.hsds.hours import appointment_only, children, hours_of
from bot.directory.hsds.places import area_record, location_record
from bot.directory.hsds.sheets import MODE_TAXONOMY, NAMESPACE, NEED_TAXONOMY, is_uuid
from bot.directory.imports.cleaning import clean, display_of, phones_of
from bot.directory.imports.reading import Reading
from bot.directory.records import MODES, SINCE_UNKNOWN
from bot.language import detect
from bot.needs import all_needs

__all__ = ["children", "read_service"]

_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,80}")
_LANGUAGES = {
    "fr": "fr", "fra": "fr", "fre": "fr", "french": "fr", "français": "fr", "francais": "fr", "en": "en", "eng": "en", "english": "en",
    "anglais": "en", "es": "es", "spa": "es", "spanish": "es", "espagnol": "es", "ar": "ar", "ara": "ar", "arabic": "ar", "arabe": "ar",
    "ht": "ht", "hat": "ht", "créole": "ht", "creole": "ht", "haitian creole": "ht", "it": "it", "ita": "it", "italian": "it",
    "italien": "it", "pt": "pt", "por": "pt", "portuguese": "pt", "portugais": "pt", "zh": "zh", "zho": "zh", "chinese": "zh",
    "chinois": "zh", "vi": "vi", "vie": "vi", "vietnamese": "vi", "vietnamien": "vi", "uk": "uk", "ukr": "uk", "ukrainian": "uk",
    "ukrainien": "uk", "ru": "ru", "rus": "ru", "russian": "ru", "russe": "ru", "fa": "fa", "fas": "fa", "persian": "fa", "persan": "fa",
    "asl": "ase", "lsq": "fcs", "inuktitut": "iu", "cri": "cr", "cree": "cr",
}
_FRENCH = frozenset(["le", "la", "les", "des", "du", "de", "un", "une", "et", "ou", "à", "au", "aux", "pour", "par", "dans", "avec", "sur", "en", "qui", "d", "l"])
_ENGLISH = frozenset(["the", "a", "an", "of", "and", "or", "to", "for", "with", "in", "on", "by", "who", "at", "from", "is", "are"])
_STATUSES = {"active": "active", "temporarily closed": "active", "inactive": "inactive", "defunct": "inactive", "": "active",
             "actif": "active", "active - open": "active", "inactif": "inactive", "closed": "inactive", "fermé": "inactive"}


def read_service(nested: dict[str, Any], reading: Reading) -> None:
    """Add the service to the reading, or the faults that keep it out."""
    organization = nested.get("organization")
    if not isinstance(organization, dict):
        reading.fault("organization: is missing", refused=True)
        return
    own, name = _own(nested), clean(nested.get("name"))
    language = reading.options.language or ("fr" if own else _language_of(nested))
    spots = [each["location"] for each in children(nested, "service_at_locations") if isinstance(each.get("location"), dict)]
    key = _key(nested, f"{clean(organization.get('name'))}|{name}|{nested.get('description')}", reading)
    record: dict[str, Any] = {
        "id": key,
        "organization": {
            "id": _key(organization, str(clean(organization.get("name"))), reading, silent=True),
            "name": text_of(organization, "name", language, own),
            "url": _url(organization.get("website") or organization.get("url")),
        },
        "name": text_of(nested, "name", language, own),
        "description": text_of(nested, "description", language, own),
        "cost": _cost(nested, language),
        "eligibility": text_of(nested, "eligibility_description", language, own),
        "bring": _bring(nested, language),
        "accessibility": _accessibility(nested, spots, language),
        "min_age": _whole(nested, "minimum_age", reading),
        "max_age": _whole(nested, "maximum_age", reading),
        "url": _url(nested.get("url")),
        "status": nested.get("record_status") or _status(nested, reading),
        "locations": [location_record(spot, language, reading, own) for spot in spots],
        "area": area_record(children(nested, "service_areas"), reading),
        "phones": _phones(nested, organization, spots, reading),
        **hours_of(nested, spots, reading),
        "by_appointment": bool(nested.get("by_appointment")) if own else appointment_only(nested),
        "sex": nested.get("for_sex") or None,
        "family": bool(nested.get("for_family")),
        "capacity": nested.get("capacity") or None,
        "languages": _languages(nested, spots, reading),
        "source": {"name": nested.get("source_name") or reading.options.source_name or reading.batch.origin,
                   "url": nested.get("source_url"), "licence": nested.get("source_licence"),
                   "date": nested.get("source_date") or (None if own else _verified(nested)), "read_on": nested.get("source_read_on") or None},
        "holidays": nested.get("holidays") or None,
        "notes": nested.get("internal_notes") or None,
        "verified_by": nested.get("verified_by") or None,
        "verified_on": nested.get("verified_on") or None,
        **_closure(nested, language, own),
    }
    if nested.get("second_source_name"):
        record["second_source"] = {part: nested.get(f"second_source_{part}") or None for part in ("name", "url", "date", "licence", "read_on")}
    terms = [_term(each) for each in children(nested, "attributes")]
    ours = [code for taxonomy, _, code in terms if taxonomy == NEED_TAXONOMY and code]
    foreign = [(label, code) for taxonomy, label, code in terms if taxonomy not in (NEED_TAXONOMY, MODE_TAXONOMY)]
    needs = [code.removeprefix("need:") for code in ours] or reading.needs_of(foreign)
    record["needs"] = [need for need in dict.fromkeys(needs) if need in all_needs()]
    modes = [code.removeprefix("mode:") for taxonomy, _, code in terms if taxonomy == MODE_TAXONOMY and code]
    record["modes"] = [mode for mode in modes if mode in MODES] or ([] if own else _modes(record, spots))
    if not record["needs"]:
        listed = ", ".join(f"{label or code}" for label, code in foreign[:5])
        why = f"no term of it is in the table of terms: {listed}" if listed else "has no taxonomy term"
        if record["status"] == "active":
            reading.fault(f"{why}; held as unverified, no resident sees it")
            record["status"] = "unverified"
    reading.add(record)


def _own(nested: dict[str, Any]) -> bool:
    """Whether the record was written by us, whose every word is kept."""
    return bool(nested.get("record_status"))


def text_of(record: dict[str, Any], field: str, language: str, own: bool) -> dict[str, str] | None:
    """The texts of a field by language: our extension's (as they are in what we wrote ourselves), else HSDS's own one,
    in `language`."""
    given = {code: record[f"{field}_{code}"] for code in ("fr", "en") if record.get(f"{field}_{code}")}
    found = given if own else {code: text for code in given if (text := clean(given[code]))}
    if found:
        return found
    text = clean(record.get(field))
    return {language: text} if text else None


def _language_of(nested: dict[str, Any]) -> str:
    """French unless the record's own words say English: most directories of Quebec are in French."""
    text = " ".join(filter(None, (clean(nested.get("name")), clean(nested.get("description")))))[:400]
    words = text.lower().replace("’", " ").replace("'", " ").split()
    french, english = sum(word in _FRENCH for word in words), sum(word in _ENGLISH for word in words)
    if abs(french - english) > 1:  # enough for nearly all descriptions, and a hundred times quicker
        return "fr" if french > english else "en"
    return "en" if detect(text).language == "en" else "fr"


def _key(record: dict[str, Any], content: str, reading: Reading, silent: bool = False) -> str:
    """Our id: the one it had here, its UUID, or its own id behind the origin's; of its content where it has none."""
    local, given = record.get("local_key"), str(record.get("id") or "").strip()
    if local:
        return str(local)
    if is_uuid(given):
        return given
    if given:
        plain = given if _PLAIN_ID.fullmatch(given) else str(uuid5(NAMESPACE, given))
        ours = f"{reading.batch.origin}-{plain}"
        return ours if len(ours) <= SERVICE_ID_LENGTH else str(uuid5(NAMESPACE, ours))
    if not silent:
        reading.fault("id: is blank; one was made of its name, organization and description")
    return str(uuid5(NAMESPACE, f"{reading.batch.origin}|{content}"))


def _url(value: object) -> str | None:
    text = (clean(value) or "").split()
    if not text:
        return None
    return text[0] if re.match(r"https?://", text[0], re.IGNORECASE) else f"https://{text[0]}" if "." in text[0] else None


def _cost(nested: dict[str, Any], language: str) -> dict[str, str] | None:
    own = _own(nested)
    found = text_of(nested, "fees_description", language, own) or text_of(nested, "fees", language, own)
    options = [clean(each.get("option")) or clean(each.get("amount_description")) for each in children(nested, "cost_options")]
    return found or ({language: "; ".join(filter(None, options))} if any(options) else None)


def _bring(nested: dict[str, Any], language: str) -> dict[str, str] | None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in children(nested, "required_documents"):
        for code, text in (text_of(each, "document", language, _own(nested)) or {}).items():
            found[code].append(text)
    return {code: "; ".join(dict.fromkeys(texts)) for code, texts in found.items()} or None


def _accessibility(nested: dict[str, Any], spots: list[dict[str, Any]], language: str) -> dict[str, str] | None:
    own = text_of(nested, "accessibility", language, _own(nested)) if not isinstance(nested.get("accessibility"), list) else None
    if own or _own(nested):
        return own
    texts = [clean(each.get("description")) or clean(each.get("details")) for spot in spots for each in children(spot, "accessibility")]
    said = list(dict.fromkeys(text for text in texts if text))
    return {language: "; ".join(said)} if said else None


def _whole(nested: dict[str, Any], field: str, reading: Reading) -> int | None:
    value = nested.get(field)
    if value is None or str(value).strip() == "":
        return None
    try:
        number = float(str(value))
        if number != int(number) or not 0 <= number <= 130:
            raise ValueError
        return int(number)
    except (ValueError, OverflowError):
        reading.fault(f"{field}: {str(value)[:40]!r} is not an age in years")
        return None


def _status(nested: dict[str, Any], reading: Reading) -> str:
    text = str(nested.get("status") or "").strip().lower()
    if text not in _STATUSES:
        reading.fault(f"status: {text[:40]!r} is not one of active, inactive, defunct, temporarily closed; taken as inactive")
    return _STATUSES.get(text, "inactive")


def _closure(nested: dict[str, Any], language: str, own: bool) -> dict[str, Any]:
    """Ours with its days; elsewhere "temporarily closed" says neither since when nor until when, and `alert` says why."""
    if not own and str(nested.get("status") or "").strip().lower() == "temporarily closed":
        return {"closed_from": SINCE_UNKNOWN.isoformat(), "closed_reason": text_of(nested, "alert", language, own)}
    return {"closed_from": nested.get("closed_from") or None, "closed_until": nested.get("closed_until") or None,
            "closed_reason": text_of(nested, "alert", language, own) if own else None}


def _verified(nested: dict[str, Any]) -> str | None:
    for field in ("assured_date", "last_modified"):
        found = re.match(r"\d{4}-\d{2}-\d{2}", str(nested.get(field) or ""))
        if found:
            return found[0]
    return None


def _phones(nested: dict[str, Any], organization: dict[str, Any], spots: list[dict[str, Any]], reading: Reading) -> list[dict[str, Any]]:
    """The service's own numbers, then those of the places where it is given; the organization's where there are none."""
    at = [each for link in children(nested, "service_at_locations") for each in children(link, "phones")]
    rows = [*children(nested, "phones"), *at, *(each for spot in spots for each in children(spot, "phones"))]
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for row in rows or children(organization, "phones"):
        if str(row.get("type") or "").lower() in ("fax", "télécopieur", "tty", "ats"):
            continue
        extension = row.get("extension_text") or _extension(row.get("extension"))
        if row.get("display"):
            numbers = [(str(row.get("number")), extension)]
        else:
            try:
                numbers = [(number, inside or extension) for number, inside in phones_of(clean(row.get("number")) or "")]
            except ValueError as error:
                reading.fault(f"phone: {error}; left out", row)
                continue
        for number, poste in numbers:
            key = (number, poste)
            found.setdefault(key if not _own(nested) else (str(len(found)), None),
                             {"number": number, "display": row.get("display") or display_of(number), "extension": poste})
    return list(found.values())


def _extension(value: object) -> str | None:
    text = str(value if value is not None else "").strip()
    digits = re.sub(r"\.0+$", "", text)
    return re.sub(r"^(?:poste|ext\.?|extension|x|#)\s*", "", digits, flags=re.IGNORECASE) or None


def _languages(nested: dict[str, Any], spots: list[dict[str, Any]], reading: Reading) -> list[str]:
    rows = children(nested, "languages") or [each for spot in spots for each in children(spot, "languages")]
    found: dict[str, None] = {}
    for row in rows:
        if _own(nested):
            found[str(row.get("code"))] = None
            continue
        for text in re.split(r"[,;/]|\bet\b|\band\b", str(row.get("code") or row.get("name") or "").lower()):
            word = text.strip()
            short = word.split("-")[0]
            code = _LANGUAGES.get(word) or _LANGUAGES.get(short) or (short if row.get("code") and re.fullmatch(r"[a-z]{2,3}", short) else None)
            if code:
                found[code] = None
            elif word:
                reading.fault(f"language: {word[:40]!r} is not known; left out", row)
    return list(found)


def _modes(record: dict[str, Any], spots: list[dict[str, Any]]) -> list[str]:
    checks: list[tuple[str, Callable[[], bool]]] = [
        ("on_site", lambda: any(spot.get("location_type") != "virtual" for spot in spots)),
        ("online", lambda: any(spot.get("location_type") == "virtual" for spot in spots)),
        ("phone", lambda: bool(record["phones"]) and not record["locations"]),
    ]
    return [mode for mode, holds in checks if holds()]


def _term(attribute: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """(taxonomy, name, code) of an attribute."""
    term = attribute.get("taxonomy_term")
    if not isinstance(term, dict):
        return None, clean(attribute.get("value")), clean(attribute.get("taxonomy_term_id"))
    return term.get("taxonomy"), clean(term.get("name")), clean(term.get("code"))
