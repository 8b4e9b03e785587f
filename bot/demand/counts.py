"""The counts of a period, as the tables of the plan take them. Never published: publish.py protects them first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.demand.plan import UNKNOWN
from bot.needs import all_needs

__all__ = ["TABLES", "WRONG_LANGUAGE", "Counts", "english_of", "region_of", "theme_of"]

WRONG_LANGUAGE = "wrong_language"
Cell = tuple[str, ...]


def english_of(language: str, reason: str | None) -> str:
    """The value of the dimension `english`: was it English, and did the language stand in the way."""
    if language != "en":
        return "french"
    return "english_gap" if reason == WRONG_LANGUAGE else "english_served"


@dataclass(slots=True)
class Counts:
    """requests: events by (month, need, territory or unknown, language, reason or null); ages: by (age band or unknown,
    theme); doors: by (month, door or none, yes, no or unknown); waits: by (month, wait)."""

    requests: Counter[tuple[str, str, str, str, str | None]] = field(default_factory=Counter)
    ages: Counter[Cell] = field(default_factory=Counter)
    doors: Counter[Cell] = field(default_factory=Counter)
    waits: Counter[Cell] = field(default_factory=Counter)

    def of_table(self, name: str, months: tuple[str, ...]) -> Counter[Cell]:
        """Counts of a table's cells over these months. The ages are those of all that was counted."""
        if name == "age_band_by_theme":
            return self.ages
        if name in ("doors", "asked_before_by_door"):
            return self._sum(self.doors, months, (lambda m, door, asked: (door,)) if name == "doors" else (lambda m, door, asked: (asked, door)))
        if name == "waits":
            return self._sum(self.waits, months, lambda m, wait: (wait,))
        return self._sum(self.requests, months, _OF_REQUEST[name])

    @staticmethod
    def _sum(counts: Counter, months: tuple[str, ...], cell: object) -> Counter[Cell]:
        found: Counter[Cell] = Counter()
        for key, count in counts.items():
            if key[0] in months:
                place = cell(*key)  # type: ignore[operator]
                if place is not None:
                    found[place] += count
        return found


def region_of(territory: str) -> str:
    """The region of an RLS: the first two digits of its code."""
    return territory if territory == UNKNOWN else territory[:2]


def theme_of(need: str) -> str:
    return all_needs()[need].theme


_OF_REQUEST = {
    "need_by_territory": lambda m, need, place, language, reason: (need, place),
    "language_by_need_by_region": lambda m, need, place, language, reason: (language, need, region_of(place)),
    "reason_by_need_by_region": lambda m, need, place, language, reason: (reason, need, region_of(place)) if reason else None,
    "english_by_region": lambda m, need, place, language, reason: (english_of(language, reason), region_of(place)),
    "english": lambda m, need, place, language, reason: (english_of(language, reason),),
}
TABLES = (*_OF_REQUEST, "age_band_by_theme", "doors", "asked_before_by_door", "waits")
