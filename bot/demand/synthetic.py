"""Made-up months, plausible enough to try the table's pages with: nobody asked for any of it. Pure, but for the dice.

The shape (which needs, how many in English, what goes unmet, the winter) is a guess for exercises, not an estimate of
anything: no source says how people ask in these territories.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.needs import all_needs

__all__ = ["DOORS", "synthetic_month"]

# Doors that could be anywhere; their names say that they are examples.
DOORS = {
    "exemple-clsc": "Exemple : un CLSC",
    "exemple-ecole": "Exemple : une école",
    "exemple-epicerie": "Exemple : une épicerie",
    "exemple-biblio": "Exemple : une bibliothèque",
}
# The pilot territories (RLS) and how often each asks; the rest does not say where.
TERRITORIES = {"1623": 24, "1411": 18, "1412": 20, "0641": 14, "0642": 19, None: 5}
NEEDS = {
    "food": 17, "housing": 13, "health_care": 10, "home_support": 9, "income": 8, "transport": 7, "material_aid": 6,
    "mental_health": 6, "caregiving": 4, "isolation": 4, "family": 4, "legal": 3, "newcomers": 3, "youth": 2,
    "disability": 2, "homelessness": 2, "substance_use": 2, "violence": 2, "home_adaptation": 2, "civic_life": 1,
}
SENIORS = frozenset({"home_support", "home_adaptation", "caregiving", "isolation", "transport"})
# What winter adds to (January and February), and what the school's beginning adds to (August and September).
WINTER, SCHOOL = {"food": 1.3, "homelessness": 1.6, "housing": 1.1}, {"material_aid": 1.8, "youth": 1.5}
ENGLISH = 0.07
UNMET = {"housing": 0.45, "transport": 0.4, "mental_health": 0.35, "home_support": 0.3}
GAP = 0.25  # of English requests, those that find no service in English
REASONS = {"none_exists": 2, "closed": 1, "too_far": 3, "not_eligible": 1, "no_capacity": 4, "other": 1}


def synthetic_month(month: str, requests: int, services: Mapping[str, Sequence[str]], draw: random.Random) -> Iterator[dict[str, Any]]:
    """So many events of a month, as `demand load` takes them. services: ids by need, the likeliest first."""
    number = int(month[5:])
    season = WINTER if number <= 2 else SCHOOL if number in (8, 9) else {}
    weights = [NEEDS.get(need, 1) * season.get(need, 1.0) for need in all_needs()]
    for need in draw.choices(list(all_needs()), weights, k=requests):
        yield _event(month, need, services.get(need, ()), draw)


def _event(month: str, need: str, services: Sequence[str], draw: random.Random) -> dict[str, Any]:
    english = draw.random() < ENGLISH
    reason = None
    if english and draw.random() < GAP:
        reason = "wrong_language"
    elif draw.random() < UNMET.get(need, 0.15):
        reason = _pick(REASONS, draw)
    asked_for_person = draw.random() < (0.3 if reason else 0.08)
    bands = {"senior": 5, "adult": 2, None: 3} if need in SENIORS else {"youth": 6, "adult": 1, None: 3} if need == "youth" else {
        "senior": 1, "adult": 4, "youth": 1, None: 6}
    door = _pick({None: 12, **dict(zip(DOORS, (4, 2, 2, 1), strict=True))}, draw)
    new_here = 0.6 if door in ("exemple-epicerie", "exemple-biblio") else 0.35
    return {
        "month": month, "need": need, "territory": _pick(TERRITORIES, draw), "language": "en" if english else "fr",
        "for_other": draw.random() < (0.4 if need in SENIORS else 0.15), "age_band": _pick(bands, draw), "door": door,
        "channel": "web" if draw.random() < 0.8 else "telegram", "met": reason is None, "reason": reason,
        "oriented_to": None if reason or not services else services[min(int(draw.expovariate(1.2)), len(services) - 1)],
        "wait": _pick({"under_5": 5, "under_30": 3, "over_30": 1, "never": 1}, draw) if asked_for_person else "none",
        "asked_before": None if draw.random() < 0.5 else draw.random() > new_here,
    }


def _pick(weights: Mapping[Any, float], draw: random.Random) -> Any:
    return draw.choices(list(weights), list(weights.values()))[0]
