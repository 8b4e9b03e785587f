"""What fits and what comes first. All weights are here; a score only means something beside another of the same search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.directory.area import Territory, serves, territory_of
from bot.directory.distance import km_between
from bot.directory.hours import Moment, closed_for_a_while
from bot.directory.records import Location, Service
from bot.directory.trust import STALE_DAYS, is_stale

if TYPE_CHECKING:
    from bot.places import Place

__all__ = [
    "AGE_BANDS", "BEST_EXTRA", "BEST_LINE", "BEST_UNSEEN", "RADIUS_KM", "WIDER_KM", "WORST_AT_HOME", "Hit", "Query", "bare",
    "for_age", "judge", "rank_of_need", "suits_age",
]

RADIUS_KM = 25.0  # nearby: half an hour by car
WIDER_KM = 60.0  # as far as it makes sense to look when nothing is nearby

# --- Weights. A local service that fits always comes before a line for the whole province: the lowest score of the
# first (WORST_AT_HOME) is above the highest of the second (BEST_LINE). tests/directory/test_ranking.py holds it.
LOCAL = 17.0  # in or near the person's municipality, or comes to their home
FAR = 9.0  # within WIDER_KM, or serves their territory from further away
LINE = 4.0  # by phone or online, for the whole province, several regions or many municipalities
ELSEWHERE = 0.0  # nearby, but for another territory: only when there is nothing else
NEED_IS_FIRST = 2.0  # the need is what the service is mainly for
NEED_IS_SECOND = 1.0
SERVES_TERRITORY = 1.0  # the source says that it serves this territory
OPEN_NOW = 0.5
CLOSED_NOW = -0.5  # where the hours are known; unknown hours neither help nor harm
VERIFIED_LATELY = 0.5
NO_CONTACT = -3.0  # neither phone, site nor address is known
PER_KM = -0.2  # straight line, up to RADIUS_KM for what is local, WIDER_KM for what is far
OTHER_LANGUAGE = -9.0  # known not to be given in the person's language
NOT_FOR_THIS_AGE = -12.0
CLOSED_FOR_A_WHILE = -12.0
WORST_AT_HOME = LOCAL + PER_KM * RADIUS_KM + NO_CONTACT + CLOSED_NOW
# The most that a service gets besides its reach and distance, and of that what only judging it tells.
BEST_UNSEEN = SERVES_TERRITORY + OPEN_NOW + VERIFIED_LATELY
BEST_EXTRA = NEED_IS_FIRST + BEST_UNSEEN
BEST_LINE = LINE + NEED_IS_FIRST + SERVES_TERRITORY + OPEN_NOW + VERIFIED_LATELY

# Years of age, both included. Fourteen is the age of consent to care in Quebec (Civil Code, art. 14).
AGE_BANDS = {"child": (0, 13), "youth": (14, 24), "adult": (25, 64), "senior": (65, 130)}

# What keeps a service from fitting, as the contract's reasons.
TOO_FAR, NOT_ELIGIBLE, WRONG_LANGUAGE, CLOSED = "too_far", "not_eligible", "wrong_language", "closed"


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `at` is aware; `place` null when the person did not say; `exclude`: services already shown.

    stale_days: after how many days a record counts as verified long ago.
    """

    need: str
    place: Place | None
    language: str
    at: datetime
    age_band: str | None = None
    limit: int = 3
    offset: int = 0
    exclude: tuple[str, ...] = ()
    stale_days: int = STALE_DAYS


@dataclass(frozen=True, slots=True)
class Hit:
    """A service found. reach: near, far, line or elsewhere. faults: contract's reasons why it does not fit (none: it fits).

    distance_km is a straight line from the place's centre, null when either end is not known; open_now as in Opening.
    serves: whether its territory includes the place, null when nothing says so. stale: verified long ago, or nobody
    knows when.
    """

    service: Service
    need: str
    place: Place | None
    location: Location | None
    distance_km: float | None
    serves: bool | None
    reach: str
    faults: tuple[str, ...]
    open_now: bool | None
    score: float
    age_band: str | None = None
    stale: bool = False

    @property
    def fits(self) -> bool:
        return not self.faults


def judge(service: Service, query: Query, territory: Territory, moment: Moment) -> Hit | None:
    """How `service` answers `query`, whatever the age band; null when it does not answer it at all."""
    location, km = _nearest(service, query.place)
    served = serves(service.area, territory)
    reach = _reach(service, served, km, query.place)
    if reach is None:
        return None
    faults, score = [], {"near": LOCAL, "far": FAR, "line": LINE, "elsewhere": ELSEWHERE}[reach]
    if reach == "elsewhere":
        faults.append(NOT_ELIGIBLE)
    if service.languages and query.language not in service.languages:
        faults.append(WRONG_LANGUAGE)
        score += OTHER_LANGUAGE
    if closed_for_a_while(service, moment.today):
        faults.append(CLOSED)
        score += CLOSED_FOR_A_WHILE
    if reach == "far":
        faults.append(TOO_FAR)
    if km is not None and reach != "line":
        score += PER_KM * min(km, RADIUS_KM if reach == "near" else WIDER_KM)
    open_now = moment.open_now(service)
    score += 0.0 if open_now is None else OPEN_NOW if open_now else CLOSED_NOW
    score += rank_of_need(service, query.need)
    score += (SERVES_TERRITORY if served else 0.0) + (0.0 if service.reachable else NO_CONTACT)
    stale = is_stale(service.checked_on, moment.today, query.stale_days)
    score += 0.0 if stale else VERIFIED_LATELY
    return Hit(service, query.need, query.place, location, km, served, reach, tuple(faults), open_now, score, stale=stale)


def rank_of_need(service: Service, need: str) -> float:
    """The points for how much the service is for `need`."""
    rank = service.needs.index(need)
    return NEED_IS_FIRST if rank == 0 else NEED_IS_SECOND if rank == 1 else 0.0


def bare(service: Service, query: Query, moment: Moment) -> Hit:
    """`service` chosen by a person (a navigator sends it) rather than found: never refused, with what can be said of it."""
    territory = territory_of(query.place)
    hit = judge(service, query, territory, moment)
    if hit is not None:
        return hit
    location, km = _nearest(service, query.place)
    faults = (WRONG_LANGUAGE,) if service.languages and query.language not in service.languages else ()
    served = serves(service.area, territory)
    stale = is_stale(service.checked_on, moment.today, query.stale_days)
    return Hit(service, query.need, query.place, location, km, served, "chosen", faults, moment.open_now(service), 0.0, stale=stale)


def for_age(hit: Hit, band: str) -> Hit:
    """`hit` once the age band of the person is known."""
    if suits_age(hit.service, band):
        return replace(hit, age_band=band)
    faults = hit.faults if NOT_ELIGIBLE in hit.faults else (NOT_ELIGIBLE, *hit.faults)
    return replace(hit, age_band=band, faults=faults, score=hit.score + NOT_FOR_THIS_AGE)


def suits_age(service: Service, band: str | None) -> bool:
    """Whether some age of `band` is served; true when the band is not known."""
    if band is None:
        return True
    low, high = AGE_BANDS[band]
    return (service.min_age or 0) <= high and low <= (service.max_age if service.max_age is not None else high)


def _nearest(service: Service, place: Place | None) -> tuple[Location | None, float | None]:
    """The location nearest to `place` and its distance. An approximate one in the same municipality has no distance
    to speak of; a service of several locations without coordinates has its first one."""
    first = service.locations[0] if service.locations else None
    if place is None or place.lat is None or place.lon is None:
        return first, None
    known = [
        (km_between(place.lat, place.lon, spot.lat, spot.lon), number, spot)
        for number, spot in enumerate(service.locations)
        if spot.lat is not None and spot.lon is not None
    ]
    if not known:
        return first, None
    km, _, spot = min(known)
    return spot, km


def _reach(service: Service, served: bool | None, km: float | None, place: Place | None) -> str | None:
    remote = "phone" in service.modes or "online" in service.modes
    if service.wide and served is not False and (km is None or km > RADIUS_KM):
        if remote:
            return "line"
        return "far" if km is not None and km <= WIDER_KM else None
    if place is None:
        return None
    if served is False:
        # What a municipality offers is for its own people; another territory's may still help or know who does.
        local_only = service.area is not None and service.area.kind == "municipality"
        return "elsewhere" if km is not None and km <= RADIUS_KM and not local_only else None
    if km is None:
        return "near" if served or (service.area is not None and not service.locations) else None
    # A person does not travel for what comes to them: at home, online, or by phone only.
    comes = "at_home" in service.modes or "online" in service.modes or ("phone" in service.modes and "on_site" not in service.modes)
    if km <= RADIUS_KM or (served and comes):
        return "near"
    return "far" if served or km <= WIDER_KM else None
