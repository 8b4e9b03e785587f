"""Which question is worth asking next: the one whose answers would most change the first services shown; none when
nothing would change.

A question's worth is the expected number of the first FIRST_PAGE services that its answer would replace, over its answers
as likely as CHANCES says. Plain search, tried with each answer: whatever changes the ranking changes the questions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from bot.directory.ranking import Query
from bot.directory.search import FIRST_PAGE, Result
from bot.places import gazetteer

__all__ = ["PERSONAL", "QUESTIONS", "WORTH_ANOTHER", "WORTH_ASKING", "next_question", "worth"]

# In the order in which equal ones are asked. The names are those of the dialogue's slots.
QUESTIONS = ("place", "borough", "for_whom", "sex", "family")
# About the person: each is one more message before any help, and one more thing to tell a stranger.
PERSONAL = frozenset(["for_whom", "sex", "family"])

# How likely each answer is, roughly who writes to such services; only the order of magnitude matters.
CHANCES: dict[str, dict[Any, float]] = {
    "for_whom": {"child": 0.1, "youth": 0.2, "adult": 0.45, "senior": 0.25},
    "sex": {"female": 0.5, "male": 0.5},
    "family": {True: 0.4, False: 0.6},
}
_FIELDS = {"for_whom": "age_band", "sex": "sex", "family": "family"}

# Expected services replaced from which a question is worth a message: half a card; a whole one for a second
# question about the person.
WORTH_ASKING = 0.5
WORTH_ANOTHER = 1.0

Search = Callable[[Query], Result]


def next_question(search: Search, has_local: Callable[[str], bool], queries: Sequence[Query], unanswered: Collection[str],
                  asked_personal: bool = False) -> str | None:
    """The question of `unanswered` that is most worth asking, null when none is. `queries`: one for each need in hand,
    with what is known; has_local: whether a need has services that are for some places only."""
    search = cache(search)  # the questions try the same answers: each is looked up once
    best: tuple[float, int] | None = None
    for rank, question in enumerate(QUESTIONS):
        if question not in unanswered:
            continue
        found = sum(worth(search, has_local, query, question) for query in queries)
        least = WORTH_ANOTHER if asked_personal and question in PERSONAL else WORTH_ASKING
        if found >= least and (best is None or found > best[0]):
            best = (found, rank)
        if question == "place" and best:
            break  # nothing can be worth more: every local service hangs on it
    return QUESTIONS[best[1]] if best else None


def worth(search: Search, has_local: Callable[[str], bool], query: Query, question: str) -> float:
    """How many of the first services an answer to `question` is expected to replace: 0 to FIRST_PAGE."""
    if question == "place":
        # Without a place only lines can be shown; with one, all of them may make way for what is near.
        return float(FIRST_PAGE) if query.place is None and has_local(query.need) else 0.0
    if question == "borough":
        place = query.place
        boroughs = gazetteer().boroughs(place.key) if place is not None and place.rls is None else []
        return _change(search, query, ((replace(query, place=borough), 1 / len(boroughs)) for borough in boroughs))
    field = _FIELDS[question]
    if getattr(query, field) is not None or (question == "for_whom" and query.age is not None):
        return 0.0
    return _change(search, query, ((replace(query, **{field: answer}), chance) for answer, chance in CHANCES[question].items()))


def _change(search: Search, query: Query, answers: Iterable[tuple[Query, float]]) -> float:
    """The expected number of services of the first page that are others once the answer is known."""
    before: set[str] | None = None
    total = 0.0
    for answered, chance in answers:
        if before is None:
            before = _first(search, query)
        after = _first(search, answered)
        total += chance * max(len(before - after), len(after - before))
    return total


def _first(search: Search, query: Query) -> set[str]:
    return {hit.service.id for hit in search(replace(query, limit=FIRST_PAGE, offset=0, exclude=())).services}
