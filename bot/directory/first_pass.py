"""Which services are worth judging in full: the cheap first pass of a search in a large directory.

Services come in rings, nearest first. What is known of one without judging it gives the highest score that it could
have; once as many better ones are there as the page needs, for every age that the person may have, it is passed over.
So the page, what is said of it and whether age matters are those that judging every service would give.
"""

from __future__ import annotations

from heapq import heappush, heapreplace

from bot.directory.area import Territory
from bot.directory.hours import Moment
from bot.directory.index import Index
from bot.directory.ranking import (
    AGE_BANDS,
    BEST_EXTRA,
    BEST_UNSEEN,
    LOCAL,
    NOT_FOR_THIS_AGE,
    OTHER_LANGUAGE,
    PER_KM,
    RADIUS_KM,
    WIDER_KM,
    Hit,
    Query,
    judge,
    rank_of_need,
    suits_age,
)
from bot.directory.records import Service

__all__ = ["hits_worth_judging"]


class _Best:
    """The best scores so far, for each age band that must be right."""

    def __init__(self, bands: tuple[str | None, ...], wanted: int) -> None:
        self._wanted = wanted
        self._scores: dict[str | None, list[float]] = {band: [] for band in bands}
        self.fitting: dict[str | None, Hit] = {}
        self.floor = float("-inf")

    def add(self, hit: Hit) -> None:
        if hit.reach == "elsewhere":
            return
        moved, limited = False, hit.service.min_age is not None or hit.service.max_age is not None
        for band, scores in self._scores.items():
            suits = not limited or suits_age(hit.service, band)
            score = hit.score if suits else hit.score + NOT_FOR_THIS_AGE
            if len(scores) < self._wanted:
                heappush(scores, score)
                moved = True
            elif score > scores[0]:
                heapreplace(scores, score)
                moved = True
            if suits and hit.reach == "near" and hit.fits and band not in self.fitting:
                self.fitting[band] = hit
                moved = True
        # Until something nearby fits, everything counts: for what is said when nothing does.
        if moved and len(self.fitting) == len(self._scores):
            self.floor = min(scores[0] if len(scores) == self._wanted else float("-inf") for scores in self._scores.values())


def hits_worth_judging(index: Index, query: Query, territory: Territory, moment: Moment, page: int) -> list[Hit]:
    """The hits among which are the best `page` (and one more, where there is one) for the query's age band, or for each
    band and none when it is not known."""
    wanted = max(page, query.offset + query.limit) + len(query.exclude) + 1
    best = _Best((query.age_band,) if query.age_band else (None, *AGE_BANDS), wanted)
    lat, lon = (query.place.lat, query.place.lon) if query.place else (None, None)
    hits: dict[str, Hit | None] = {}
    for least_km, services in index.rings(query.need, territory, lat, lon, WIDER_KM):
        if _at(least_km) + BEST_EXTRA < best.floor:
            break
        most = sorted(((_at(km) + _most(service, query), service.id, service) for km, service in services), reverse=True)
        for score, key, service in most:
            if score < best.floor:
                break
            if key not in hits:
                hit = hits[key] = judge(service, query, territory, moment)
                if hit is not None:
                    best.add(hit)
    judged = [hit for hit in hits.values() if hit is not None]
    if best.floor == float("-inf"):
        return judged
    # What is below the floor is on no page; what fits nearby is kept for what is said of the whole.
    fitting = {hit.service.id for hit in best.fitting.values()}
    return [hit for hit in judged if hit.score >= best.floor or hit.service.id in fitting]


def _at(km: float) -> float:
    """The score of the best reach at `km`."""
    return LOCAL + PER_KM * min(km, RADIUS_KM)


def _most(service: Service, query: Query) -> float:
    """What `service` can add to its distance's score, at most."""
    most = rank_of_need(service, query.need) + BEST_UNSEEN
    if service.languages and query.language not in service.languages:
        most += OTHER_LANGUAGE
    if query.age_band and not suits_age(service, query.age_band):
        most += NOT_FOR_THIS_AGE
    return most
