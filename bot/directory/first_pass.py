"""Which services are worth judging in full: the cheap first pass of a search in a large directory.

Services come in rings, nearest first. What is known of one without judging it gives the highest score that it could
have; once as many better ones are there as the page needs, it is passed over. So the page, and what is said of it, are
those that judging every service would give.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush, heapreplace
from itertools import count

from bot.directory.area import Territory
from bot.directory.fit import band_of, suits_age
from bot.directory.hours import Moment
from bot.directory.index import Index
from bot.directory.ranking import (
    BEST_UNSEEN,
    LOCAL,
    MADE_FOR_THEM,
    NO_NEED_TO_GO,
    NOT_ELIGIBLE_FOR_THEM,
    OTHER_LANGUAGE,
    PER_KM,
    WHEELCHAIR,
    Hit,
    Query,
    judge,
)
from bot.directory.reach import RADIUS_KM, WIDER_KM
from bot.directory.records import Service

__all__ = ["hits_worth_judging"]


# The same points added in another order may differ by this much.
ROUNDING = 1e-9


class _Best:
    """The best scores so far, and whether something nearby fits."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._scores: list[float] = []
        self.fitting: Hit | None = None
        self.floor = float("-inf")

    def add(self, hit: Hit) -> None:
        if hit.reach == "elsewhere":
            return
        if len(self._scores) < self._wanted:
            heappush(self._scores, hit.score)
        elif hit.score > self._scores[0]:
            heapreplace(self._scores, hit.score)
        if self.fitting is None and hit.reach == "near" and hit.fits:
            self.fitting = hit
        # Until something nearby fits, everything counts: for what is said when nothing does.
        if self.fitting is not None and len(self._scores) == self._wanted:
            self.floor = self._scores[0]


def hits_worth_judging(index: Index, query: Query, territory: Territory, moment: Moment) -> list[Hit]:
    """The hits among which are the best of the page that `query` asks for, and one more where there is one."""
    best = _Best(query.offset + query.limit + len(query.exclude) + 1)
    lat, lon = (query.place.lat, query.place.lon) if query.place else (None, None)
    band = query.age_band if query.age is None else band_of(query.age)
    known = band is not None or query.sex is not None or query.family is not None
    # The most that a service's distance and standing can still gain: for everybody, and for some people only.
    gain = BEST_UNSEEN + (WHEELCHAIR if query.wheelchair else 0.0) + (NO_NEED_TO_GO if query.stays_home else 0.0) + ROUNDING
    gains = gain, gain + (MADE_FOR_THEM if known else 0.0)
    highest = index.highest(query.need)
    hits: dict[str, Hit | None] = {}
    turn = count()
    for least_km, groups, km_of in index.rings(query.need, territory, lat, lon, WIDER_KM):
        here = _at(least_km)
        if here + gains[True] + highest < best.floor:
            break
        # Those that may come first, first: each one judged may spare others. A group gives its next one when its best is
        # taken; what looking at one more closely lowers goes back in line. (-most, id, a number that tells equal ones apart,
        # looked at, for some people only, group, its place there)
        line = [(-here - gains[some] - group[0][0], group[0][3].id, next(turn), False, some, group, 0) for some, group in groups if group]
        heapify(line)
        while line:
            lowest, key, _, looked_at, some, group, number = heappop(line)
            if -lowest < best.floor:
                break
            points, one, two, service = group[number]
            if not looked_at:
                if number + 1 < len(group):
                    following = group[number + 1]
                    heappush(line, (-here - gains[some] - following[0], following[3].id, next(turn), False, some, group, number + 1))
                most = gains[some] + points + _at(km_of(one, two)) + _less(service, query, band)
                if most < -lowest:
                    heappush(line, (-most, key, next(turn), True, some, group, number))
                    continue
            if key not in hits:
                hit = hits[key] = judge(service, query, territory, moment, points)
                if hit is not None:
                    best.add(hit)
    judged = [hit for hit in hits.values() if hit is not None]
    if best.floor == float("-inf"):
        return judged
    # What is below the floor is on no page; what fits nearby is kept for what is said of the whole.
    return [hit for hit in judged if hit.score >= best.floor or hit is best.fitting]


def _at(km: float) -> float:
    """The score of the best reach at `km`."""
    return LOCAL + PER_KM * min(km, RADIUS_KM)


def _less(service: Service, query: Query, band: str | None) -> float:
    """What is plain to lower its score, before it is judged: 0 or less."""
    less = 0.0
    if service.languages and query.language not in service.languages:
        less += OTHER_LANGUAGE
    if band and not suits_age(service, band, query.age):
        less += NOT_ELIGIBLE_FOR_THEM
    return less
