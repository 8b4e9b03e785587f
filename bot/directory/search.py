"""From a query to the few services to show, what to say about them, and why nothing fits when nothing does."""

from __future__ import annotations

from dataclasses import dataclass

from bot.directory.area import territory_of
from bot.directory.first_pass import hits_worth_judging
from bot.directory.hours import Moment
from bot.directory.index import Index
from bot.directory.ranking import (
    AGE_BANDS,
    Hit,
    Query,
    for_age,
)

__all__ = ["FIRST_PAGE", "Hit", "Query", "Result", "search"]

# How many services a first answer shows: what a question about age is measured on.
FIRST_PAGE = 3
LOCAL_REACH = ("near", "far", "elsewhere")


@dataclass(frozen=True, slots=True)
class Result:
    """services: this page, best first. outcome: near (something nearby), far (only further away or for another
    territory), province (only lines), none.

    reason: null when a nearby service fits in full, or when no place was given and a line answers; else which of the
    contract's reasons kept the one that came closest. more: whether another page exists. age_matters: whether the
    first three would not be the same for every age band (then it is worth asking).
    """

    services: list[Hit]
    outcome: str
    reason: str | None
    more: bool
    age_matters: bool


def search(index: Index, query: Query) -> Result:
    """The services of `index` for `query`. Nothing that answers is hidden: what does not fit comes lower, with its fault."""
    moment, territory = Moment(query.at), territory_of(query.place)
    hits = _without_needless(hits_worth_judging(index, query, territory, moment, FIRST_PAGE))
    ordered = _ordered(hits, query.age_band, query.limit)
    excluded = set(query.exclude)
    remaining = [hit for hit in ordered if hit.service.id not in excluded]
    page = remaining[query.offset : query.offset + query.limit]
    return Result(
        services=page,
        outcome=_outcome(ordered),
        reason=_reason(ordered, index, query),
        more=len(remaining) > query.offset + query.limit,
        age_matters=query.age_band is None and _age_matters(hits),
    )


def _without_needless(hits: list[Hit]) -> list[Hit]:
    """Services for another territory are only worth showing when there is nothing else."""
    if any(hit.reach != "elsewhere" for hit in hits):
        return [hit for hit in hits if hit.reach != "elsewhere"]
    return hits


def _ordered(hits: list[Hit], band: str | None, page: int) -> list[Hit]:
    judged = [for_age(hit, band) for hit in hits] if band else hits
    ordered = sorted(judged, key=lambda hit: (-hit.score, hit.distance_km or 0.0, hit.service.id))
    return _mixed(ordered, page)


def _mixed(ordered: list[Hit], page: int) -> list[Hit]:
    """Where nothing local fits, the first page holds the best line and the best of what is local, not one kind only."""
    if page < 2 or len(ordered) <= page or any(hit.fits and hit.reach == "near" for hit in ordered):
        return ordered
    lines = {hit.reach == "line" for hit in ordered[:page]}
    if len(lines) == 2:
        return ordered
    other = next((hit for hit in ordered[page:] if (hit.reach == "line") not in lines), None)
    if other is None:
        return ordered
    rest = [hit for hit in ordered if hit is not other]
    return [*rest[: page - 1], other, *rest[page - 1 :]]


def _outcome(hits: list[Hit]) -> str:
    reaches = {hit.reach for hit in hits}
    if "near" in reaches:
        return "near"
    if reaches & {"far", "elsewhere"}:
        return "far"
    return "province" if "line" in reaches else "none"


def _reason(hits: list[Hit], index: Index, query: Query) -> str | None:
    local = [hit for hit in hits if hit.reach in LOCAL_REACH]
    if any(hit.fits for hit in local):
        return None
    if local:
        closest = min(local, key=lambda hit: (len(hit.faults), -hit.score))
        return closest.faults[0]
    if query.place is None and index.has(query.need):
        return None if hits else "other"  # it exists somewhere; where the person is was not said
    return "none_exists"


def _age_matters(hits: list[Hit]) -> bool:
    if not any(hit.service.min_age is not None or hit.service.max_age is not None for hit in hits):
        return False
    pages = {
        frozenset(hit.service.id for hit in _ordered(hits, band, FIRST_PAGE)[:FIRST_PAGE]) for band in AGE_BANDS
    }
    return len(pages) > 1
