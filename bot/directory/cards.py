"""A service found, as the contract's card: facts, why it is shown, and what to be careful about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from bot.directory.fit import FOR_ALL, fit, is_free, suits_age, wheelchair
from bot.directory.hours import TORONTO, Opening, closed_for_a_while, opening, out_of_season
from bot.directory.phrases import (
    ages,
    day_text,
    hours_text,
    kilometres,
    language_names,
    partial_date,
    say,
    until,
    when,
)
from bot.directory.ranking import CLOSED, TOO_FAR, WRONG_LANGUAGE, Hit
from bot.directory.records import REMOTE, Location, Phone, Service

__all__ = ["card", "phone_dial", "phone_display"]

# Below this distance a location known only by its municipality's centre has no distance worth saying.
SAME_TOWN_KM = 1.0
# The first reasons are enough to understand a card on a small screen.
MOST_WHY = 4
# A closure that begins within so many days is said beforehand.
CLOSES_SOON_DAYS = 14


def card(hit: Hit, language: str, at: datetime) -> dict[str, Any]:
    """The contract's card of `hit` in `language` (fr, en) at the aware instant `at`, with `description`, `postal_code`
    and `phone_dial` (a tel: address) besides. A text that does not exist in `language` is given in the other one, and
    a caution says so. Unknown facts are null (languages: an empty list), never guessed."""
    service, place = hit.service, hit.location
    state = opening(service, at)
    phone = service.phones[0] if service.phones else None
    km = _distance(hit)
    return {
        "id": service.id,
        "name": service.name.best(language),
        "organization": service.organization.name.best(language),
        "description": service.description.best(language),
        "needs": list(service.needs),
        "phone": phone_display(phone, language) if phone else None,
        "phone_dial": phone_dial(phone) if phone else None,
        "address": _address(place, language),
        "postal_code": place.postal_code if place else None,
        "municipality": place.city if place else None,
        "distance_km": km,
        "open_now": state.open_now,
        "opens_at": state.opens_at.isoformat() if state.opens_at else None,
        "hours": hours_text(language, service, at.astimezone(TORONTO).date()),
        "languages": list(service.languages),
        "cost": service.cost.best(language),
        "eligibility": service.eligibility.best(language),
        "bring": service.bring.best(language),
        "accessibility": service.accessibility.best(language),
        "url": service.url or service.organization.url,
        "map_url": _map_url(place, language),
        "why": _why(hit, language, at, state, km),
        "cautions": _cautions(hit, language, at, state, km),
        "verified_on": service.checked_on,
        "source": service.source.name,
    }


def phone_display(phone: Phone, language: str) -> str:
    """The number as people read it, with its extension."""
    if not phone.extension:
        return phone.display
    return say(language, "phone.extension", display=phone.display, extension=phone.extension)


def phone_dial(phone: Phone) -> str:
    """The number to tap (RFC 3966)."""
    return f"tel:{phone.number};ext={phone.extension}" if phone.extension else f"tel:{phone.number}"


def _distance(hit: Hit) -> float | None:
    """Kilometres in a straight line, one decimal; null where it would mean nothing."""
    if hit.distance_km is None or hit.location is None:
        return None
    if hit.location.approximate and hit.distance_km < SAME_TOWN_KM:
        return None
    return round(hit.distance_km, 1)


def _address(place: Location | None, language: str) -> str | None:
    if place is None:
        return None
    return ", ".join(part for part in (place.name.best(language), place.street) if part) or None


def _map_url(place: Location | None, language: str) -> str | None:
    """OpenStreetMap at the building; a search for the address where only the municipality's centre is known."""
    if place is None:
        return None
    if place.approximate or place.lat is None or place.lon is None:
        words = [part for part in (place.street, place.city, place.postal_code, "Québec") if part]
        return f"https://www.openstreetmap.org/search?{urlencode({'query': ', '.join(words)})}" if place.street else None
    return f"https://www.openstreetmap.org/?mlat={place.lat:.5f}&mlon={place.lon:.5f}#map=17/{place.lat:.5f}/{place.lon:.5f}"


def _why(hit: Hit, language: str, at: datetime, state: Opening, km: float | None) -> list[str]:
    service, said = hit.service, []
    if service.needs[0] == hit.query.need and hit.reach != "chosen":
        said.append(say(language, "why.need"))
    if hit.reach == "line":
        said.append(_breadth(hit, language))
    elif km is not None and TOO_FAR not in hit.faults:
        name = "why.distance_approximate" if hit.location and hit.location.approximate else "why.distance"
        said.append(say(language, name, km=kilometres(language, km)))
    elif hit.distance_km is not None and km is None and hit.location and hit.location.city:
        said.append(say(language, "why.same_town", city=hit.location.city))
    if state.always:
        said.append(say(language, "why.always"))
    elif state.open_now and state.closes_at:
        said.append(say(language, "why.open_until", when=until(language, state.closes_at, at)))
    if language in service.languages and (language != "fr" or "en" in service.languages):
        said.append(say(language, "why.language"))
    said += _made_for(hit, language)
    if hit.query.wheelchair and wheelchair(service):
        said.append(say(language, "why.wheelchair"))
    same_town = hit.distance_km is not None and km is None
    place = hit.query.place
    if hit.serves and hit.reach != "line" and place and not same_town:
        said.append(say(language, "why.serves", place=place.part or place.name))
    if "on_site" not in service.modes or hit.reach == "line":
        said += [say(language, f"why.{name}") for mode, name in _REMOTE if mode in service.modes][:1]
    elif "at_home" in service.modes:
        said.append(say(language, "why.at_home"))
    if is_free(service):
        said.append(say(language, "why.free"))
    return said[:MOST_WHY]


def _made_for(hit: Hit, language: str) -> list[str]:
    """For whom it is, where that is known to be this person."""
    service, suits, query = hit.service, fit(hit.service, hit.query), hit.query
    if suits == FOR_ALL or not (suits.eligible and suits.sure):
        return []
    said = []
    limits = ages(language, service.min_age, service.max_age)
    if limits and (query.age is not None or query.age_band):
        said.append(say(language, "why.age", ages=limits))
    if suits.hinted and suits.likely:
        said.append(say(language, "why.seniors" if "senior" in suits.hinted else "why.youth"))
    if service.sex and query.sex:
        said.append(say(language, f"why.{_SEX[service.sex]}"))
    if service.family and query.family:
        said.append(say(language, "why.families"))
    return said


_SEX = {"female": "women", "male": "men"}


def _breadth(hit: Hit, language: str) -> str:
    kind = hit.service.area.kind if hit.service.area else None
    if kind == "province":
        return say(language, "why.province")
    place = hit.query.place
    if kind == "region" or place is None:
        return say(language, "why.regions")
    return say(language, "why.serves", place=place.part or place.name)


_REMOTE = (("at_home", "at_home"), ("phone", "by_phone"), ("online", "online"))


def _cautions(hit: Hit, language: str, at: datetime, state: Opening, km: float | None) -> list[str]:
    service, today, said = hit.service, at.astimezone(TORONTO).date(), []
    if closed_for_a_while(service, today) or (service.closed_from and 0 < (service.closed_from - today).days <= CLOSES_SOON_DAYS):
        said.append(_closure(service, language, today))
    elif CLOSED in hit.faults or out_of_season(service, today):
        said.append(say(language, "caution.out_of_season"))
        if state.opens_at:
            said.append(say(language, "caution.opens", when=when(language, state.opens_at, at)))
    elif state.open_now is False:
        said.append(
            say(language, "caution.opens", when=when(language, state.opens_at, at))
            if state.opens_at else say(language, "caution.closed_now")
        )
    if state.holiday and not state.always:
        said.append(say(language, "caution.holiday", holiday=say(language, f"holiday.{state.holiday}")))
    if state.special:
        said.append(say(language, "caution.special_today"))
    if service.by_appointment:
        said.append(say(language, "caution.appointment"))
    if service.capacity:
        said.append(say(language, f"caution.{service.capacity}"))
    if TOO_FAR in hit.faults and km is not None:
        said.append(say(language, "caution.far", km=kilometres(language, km)))
    if WRONG_LANGUAGE in hit.faults:
        said.append(say(language, "caution.other_language", languages=language_names(language, service.languages)))
    said += _eligibility(hit, language) + _access(hit, language)
    if not service.reachable:
        said.append(say(language, "caution.no_contact"))
    if _text_in_other_language(service, language):
        said.append(say(language, "caution.text_other_language"))
    if hit.stale:
        said.append(
            say(language, "caution.verified_long_ago", date=partial_date(language, service.checked_on))
            if service.checked_on else say(language, "caution.verified_unknown")
        )
    return said


def _closure(service: Service, language: str, today: date) -> str:
    """A temporary closure, of now or soon, with its dates and its reason."""
    first, last = service.closed_from, service.closed_until
    if first is not None and first > today:
        dates = {"first": day_text(language, first), "last": day_text(language, last) if last else ""}
        text = say(language, "caution.closes_between" if last else "caution.closes_from", **dates)
    else:
        text = say(language, "caution.closed_until", date=day_text(language, last)) if last else say(language, "caution.closed_for_now")
    reason = service.closed_reason.best(language)
    return say(language, "caution.closed_because", text=text, reason=reason) if reason else text


def _eligibility(hit: Hit, language: str) -> list[str]:
    said, service, query = [], hit.service, hit.query
    limits, suits = ages(language, service.min_age, service.max_age), fit(hit.service, query)
    known = query.age is not None or query.age_band is not None
    if limits and known and not suits_age(service, query.age_band, query.age):
        said.append(say(language, "caution.not_this_age", ages=limits))
    elif limits and not (known and suits.sure):
        said.append(say(language, "caution.age", ages=limits))
    if service.sex and query.sex != service.sex:
        said.append(say(language, f"caution.{_SEX[service.sex]}_only"))
    if service.family and not query.family:
        said.append(say(language, "caution.families_only"))
    if query.place is not None and hit.serves is False:
        said.append(say(language, "caution.other_territory"))
    elif query.place is not None and hit.serves is None and service.area is not None:
        said.append(say(language, "caution.territory_unsure"))
    return said


def _access(hit: Hit, language: str) -> list[str]:
    """What a person in a wheelchair, or who cannot go out, must know before they count on it."""
    comes = bool(REMOTE & set(hit.service.modes)) or "at_home" in hit.service.modes
    said = []
    if hit.query.wheelchair and not comes:
        access = wheelchair(hit.service)
        if access is not True:
            said.append(say(language, "caution.wheelchair_unknown" if access is None else "caution.no_wheelchair"))
    if hit.query.stays_home and hit.service.modes and not comes:
        said.append(say(language, "caution.must_go"))
    return said


def _text_in_other_language(service: Service, language: str) -> bool:
    texts = (service.name, service.description, service.cost, service.eligibility, service.bring, service.accessibility,
             service.closed_reason)
    return any(text.only_other(language) for text in texts)
