"""What fits and what comes first. All weights are here; a score only means something beside another of the same search.

A service's points are those of how it is reached, less its distance; what its record says whoever asks (`standing`); and
what depends on the person and the moment (`judge`). Measured by `bonneporte bench directory-ranking` on situations with
the right services named by hand: change a weight, run it, and see what moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from bot.directory.area import Territory, serves, territory_of
from bot.directory.fit import fit, is_free, wheelchair
from bot.directory.hours import Moment, closed_for_a_while, out_of_season
from bot.directory.reach import RADIUS_KM, WIDER_KM, nearest, reach_of
from bot.directory.records import REMOTE, Location, Service
from bot.directory.trust import STALE_DAYS, is_stale

if TYPE_CHECKING:
    from bot.places import Place

__all__ = ["BEST_LINE", "BEST_STANDING", "BEST_UNSEEN", "WORST_AT_HOME", "Hit", "Query", "bare", "judge", "standing"]

# --- Weights. A local service that fits always comes before a line for the whole province: the lowest score of the
# first (WORST_AT_HOME) is above the highest of the second (BEST_LINE). tests/directory/test_ranking.py holds it.

# How it is reached.
LOCAL = 23.0  # in or near the person's municipality, or comes to their home
FAR = 9.0  # within WIDER_KM, or serves their territory from further away
LINE = 4.0  # by phone or online, for the whole province, several regions or many municipalities
ELSEWHERE = 0.0  # nearby, but for another territory: only when there is nothing else
PER_KM = -0.2  # straight line, up to RADIUS_KM for what is local, WIDER_KM for what is far

# What its record says, whoever asks.
NEED_IS_FIRST = 2.0  # the need is what the service is mainly for
NEED_IS_SECOND = 1.0
FOCUS = 1.2  # divided by its number of needs: who does one thing knows it better than who does ten
CENTRAL = 0.6  # its words are those at the heart of the need (central.yml)
FREE = 0.2  # it says that it costs nothing
NO_CONTACT = -2.0  # neither phone, site nor address is known
WAITING_LIST = -1.5

# What depends on the person and the moment.
SERVES_TERRITORY = 1.0  # the source says that it serves this territory
OPEN_NOW = 0.5
CLOSED_NOW = -0.5  # where the hours are known; unknown hours neither help nor harm
VERIFIED_LATELY = 0.5
MADE_FOR_THEM = 2.6  # it is for some people only (an age, a sex, families), and this person is one of them
MAYBE_NOT_FOR_THEM = -0.8  # the same, and it is not known whether they are
UNLIKELY_FOR_THEM = -3.0  # its words speak of another age; no limit is stated
WHEELCHAIR = 0.5  # asked for, and it says that a wheelchair gets in
NO_WHEELCHAIR = -20.0  # asked for, and it says that none does
NO_NEED_TO_GO = 0.5  # the person cannot go out, and it answers by phone or online, or comes to them
HAS_TO_GO = -20.0  # the person cannot go out, and it receives people on its premises only

# Faults: shown all the same, with what is wrong, below what fits.
OTHER_LANGUAGE = -18.0  # known not to be given in the person's language
NOT_ELIGIBLE_FOR_THEM = -18.0
CLOSED_FOR_A_WHILE = -18.0
IS_FULL = -15.0

WORST_AT_HOME = LOCAL + PER_KM * RADIUS_KM + NO_CONTACT + WAITING_LIST + CLOSED_NOW + MAYBE_NOT_FOR_THEM
# The most that only judging a service tells, besides what a person's own facts can add.
BEST_UNSEEN = SERVES_TERRITORY + OPEN_NOW + VERIFIED_LATELY
BEST_STANDING = NEED_IS_FIRST + FOCUS + CENTRAL + FREE
BEST_LINE = LINE + BEST_STANDING + BEST_UNSEEN + MADE_FOR_THEM + NO_NEED_TO_GO

# What keeps a service from fitting, as the contract's reasons.
TOO_FAR, NOT_ELIGIBLE, WRONG_LANGUAGE, CLOSED, NO_CAPACITY = "too_far", "not_eligible", "wrong_language", "closed", "no_capacity"


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, and what is known of the person (null: not known; nobody's immigration status is).

    `at` is aware; `place` null when the person did not say; `age` in years wins over `age_band`; `sex` female or male;
    `family`: has children or expects one; `wheelchair`, `stays_home`: needs access, cannot go out; `exclude`: services
    already shown.
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
    age: int | None = None
    sex: str | None = None
    family: bool | None = None
    wheelchair: bool = False
    stays_home: bool = False
    stale_days: int = STALE_DAYS


@dataclass(frozen=True, slots=True)
class Hit:
    """A service found. reach: near, far, line or elsewhere; chosen: by a person. faults: contract's reasons why it does
    not fit (none: it fits).

    distance_km is a straight line from the place's centre, null when either end is not known; open_now as in Opening.
    serves: whether its territory includes the place, null when nothing says so. stale: verified long ago, or nobody
    knows when.
    """

    service: Service
    query: Query
    location: Location | None
    distance_km: float | None
    serves: bool | None
    reach: str
    faults: tuple[str, ...]
    open_now: bool | None
    score: float
    stale: bool = False

    @property
    def fits(self) -> bool:
        return not self.faults


def standing(service: Service, need: str) -> float:
    """The points that `service` has for `need` whoever asks, where and when: worked out once, when it is filed."""
    rank = service.needs.index(need)
    points = NEED_IS_FIRST if rank == 0 else NEED_IS_SECOND if rank == 1 else 0.0
    points += FOCUS / len(service.needs)
    points += FREE if is_free(service) else 0.0
    points += WAITING_LIST if service.capacity == "waiting_list" else 0.0
    points += 0.0 if service.reachable else NO_CONTACT
    texts = [text.lower() for each in (service.name, service.description) for text in (each.fr, each.en) if text]
    return points + (CENTRAL if any(word in text for text in texts for word in _central(need)) else 0.0)


@cache
def _central(need: str) -> tuple[str, ...]:
    return tuple(yaml.safe_load(Path(__file__).with_name("central.yml").read_text("utf-8")).get(need, ()))


def judge(service: Service, query: Query, territory: Territory, moment: Moment, points: float | None = None) -> Hit | None:
    """How `service` answers `query`; null when it does not answer it at all. `points`: its standing, where known."""
    location, km = nearest(service, query.place)
    served = serves(service.area, territory)
    reach = reach_of(service, served, km, query.place)
    if reach is None:
        return None
    faults: list[str] = []
    score = (standing(service, query.need) if points is None else points) + _REACHES[reach]
    if km is not None and reach != "line":
        score += PER_KM * min(km, RADIUS_KM if reach == "near" else WIDER_KM)
    suits = fit(service, query)
    if reach == "elsewhere" or not suits.eligible:
        faults.append(NOT_ELIGIBLE)
    if not suits.eligible:
        score += NOT_ELIGIBLE_FOR_THEM
    elif suits.stated:
        score += UNLIKELY_FOR_THEM if not suits.likely else MADE_FOR_THEM if suits.sure else MAYBE_NOT_FOR_THEM
    if service.languages and query.language not in service.languages:
        faults.append(WRONG_LANGUAGE)
        score += OTHER_LANGUAGE
    if closed_for_a_while(service, moment.today) or out_of_season(service, moment.today):
        faults.append(CLOSED)
        score += CLOSED_FOR_A_WHILE
    if service.capacity == "full":
        faults.append(NO_CAPACITY)
        score += IS_FULL
    if reach == "far":
        faults.append(TOO_FAR)
    open_now = moment.open_now(service)
    score += 0.0 if open_now is None else OPEN_NOW if open_now else CLOSED_NOW
    stale = is_stale(service.checked_on, moment.today, query.stale_days)
    score += (SERVES_TERRITORY if served else 0.0) + (0.0 if stale else VERIFIED_LATELY)
    if query.wheelchair or query.stays_home:
        score += _access(service, query)
    return Hit(service, query, location, km, served, reach, tuple(faults), open_now, score, stale)


_REACHES = {"near": LOCAL, "far": FAR, "line": LINE, "elsewhere": ELSEWHERE}


def _access(service: Service, query: Query) -> float:
    points = 0.0
    remote = bool(REMOTE & set(service.modes)) or "at_home" in service.modes
    if query.wheelchair and not remote:
        access = wheelchair(service)
        points += 0.0 if access is None else WHEELCHAIR if access else NO_WHEELCHAIR
    if query.stays_home:
        points += NO_NEED_TO_GO if remote else HAS_TO_GO if service.modes else 0.0
    return points


def bare(service: Service, query: Query, moment: Moment) -> Hit:
    """`service` chosen by a person (a navigator sends it) rather than found: never refused, with what can be said of it."""
    territory = territory_of(query.place)
    hit = judge(service, query, territory, moment, 0.0)
    if hit is not None:
        return hit
    location, km = nearest(service, query.place)
    faults = (WRONG_LANGUAGE,) if service.languages and query.language not in service.languages else ()
    served = serves(service.area, territory)
    stale = is_stale(service.checked_on, moment.today, query.stale_days)
    return Hit(service, query, location, km, served, "chosen", faults, moment.open_now(service), 0.0, stale)
