"""From a query to the few services to show, what to say about them, and why nothing fits when nothing does."""

from __future__ import annotations

from dataclasses import dataclass

from bot.directory.area import territory_of
from bot.directory.first_pass import hits_worth_judging
from bot.directory.hours import Moment
from bot.directory.index import Index
from bot.directory.ranking import Hit, Query

__all__ = ["FIRST_PAGE", "Hit", "Query", "Result", "search"]

# How many services a first answer shows: what a question is measured on (questions.py).
FIRST_PAGE = 3
LOCAL_REACH = ("near", "far", "elsewhere")


@dataclass(frozen=True, slots=True)
class Result:
    """services: this page, best first. outcome: near (something nearby), far (only further away or for another
    territory), province (only lines), none.

    reason: null when a nearby service fits in full, or when no place was given and a line answers; else which of the
    contract's reasons kept the one that came closest. more: whether another page exists.
    """

    services: list[Hit]
    outcome: str
    reason: str | None
    more: bool


def search(index: Index, query: Query) -> Result:
    """The services of `index` for `query`. Nothing that answers is hidden: what does not fit comes lower, with its fault."""
    moment, territory = Moment(query.at), territory_of(query.place)
    hits = hits_worth_judging(index, query, territory, moment)
    ordered = _ordered(_without_needless(hits), query.limit)
    excluded = set(query.exclude)
    remaining = [hit for hit in ordered if hit.service.id not in excluded]
    page = remaining[query.offset : query.offset + query.limit]
    return Result(
        services=page,
        outcome=_outcome(ordered),
        reason=_reason(hits, index, query),
        more=len(remaining) > query.offset + query.limit,
    )


def _without_needless(hits: list[Hit]) -> list[Hit]:
    """Services for another territory are only worth showing when there is nothing else."""
    if any(hit.reach != "elsewhere" for hit in hits):
        return [hit for hit in hits if hit.reach != "elsewhere"]
    return hits


def _ordered(hits: list[Hit], page: int) -> list[Hit]:
    ordered = sorted(hits, key=lambda hit: (-hit.score, hit.distance_km or 0.0, hit.service.id))
    return _mixed(ordered, page)


def _mixed(ordered: list[Hit], page: int) -> list[Hit]:
    """Where nothing nearby fits, the first page holds the best of each kind: what is near, what is further, a line."""
    if page < 2 or len(ordered) <= page or any(hit.fits and hit.reach == "near" for hit in ordered):
        return ordered
    best = {hit.reach: number for number, hit in reversed(list(enumerate(ordered)))}
    chosen = sorted(best.values())[:page]
    chosen = sorted([*chosen, *[number for number in range(len(ordered)) if number not in chosen][: page - len(chosen)]])
    return [ordered[number] for number in chosen] + [hit for number, hit in enumerate(ordered) if number not in chosen]


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
