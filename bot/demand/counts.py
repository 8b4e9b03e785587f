"""The counts of a period, as the tables of the plan take them. Never published: publish.py protects them first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.demand.plan import UNKNOWN
from bot.needs import all_needs

__all__ = ["TABLES", "WRONG_LANGUAGE", "Cell", "Counts", "region_of", "theme_of"]

WRONG_LANGUAGE = "wrong_language"
Cell = tuple[str, ...]


@dataclass(slots=True)
class Counts:
    """Events of some months, each counter by month first. requests: (month, need, territory or unknown, language, reason
    or null); ages: (month, age band or unknown, theme); others: (month, theme), those for somebody else only;
    doors: (month, door or none, yes, no or unknown); waits, channels: (month, value); services: (month, service or none).
    """

    requests: Counter[tuple[str, str, str, str, str | None]] = field(default_factory=Counter)
    ages: Counter[Cell] = field(default_factory=Counter)
    others: Counter[Cell] = field(default_factory=Counter)
    doors: Counter[Cell] = field(default_factory=Counter)
    waits: Counter[Cell] = field(default_factory=Counter)
    channels: Counter[Cell] = field(default_factory=Counter)
    services: Counter[Cell] = field(default_factory=Counter)

    def of_table(self, name: str, months: Iterable[str]) -> Counter[Cell]:
        """Counts of a table's cells over these months; what the table leaves out (age unknown…) is not in it."""
        counter, cell_of = _CELLS[name]
        wanted, found = frozenset(months), Counter[Cell]()
        for key, count in getattr(self, counter).items():
            if key[0] in wanted and (cell := cell_of(key)) is not None:
                found[cell] += count
        return found

    def events(self, months: Iterable[str]) -> int:
        """How many events these months hold."""
        wanted = frozenset(months)
        return sum(count for key, count in self.requests.items() if key[0] in wanted)


def region_of(territory: str) -> str:
    """The region of an RLS: the first two digits of its code."""
    return territory if territory == UNKNOWN else territory[:2]


def theme_of(need: str) -> str:
    return all_needs()[need].theme


def _english(key: tuple[Any, ...]) -> str | None:
    """The value of the dimension `english`: did the language stand in the way. Null for French."""
    if key[3] != "en":
        return None
    return "english_gap" if key[4] == WRONG_LANGUAGE else "english_served"


# Which counter a table is counted from, and the cell of one of its keys; null when the table has none for it.
_CELLS: dict[str, tuple[str, Callable[[tuple[Any, ...]], Cell | None]]] = {
    "need_by_territory": ("requests", lambda key: (key[1], key[2])),
    "language_by_need_by_region": ("requests", lambda key: (key[3], key[1], region_of(key[2]))),
    "reason_by_need_by_region": ("requests", lambda key: (key[4], key[1], region_of(key[2])) if key[4] else None),
    "english_by_region": ("requests", lambda key: (value, region_of(key[2])) if (value := _english(key)) else None),
    "english": ("requests", lambda key: (value,) if (value := _english(key)) else None),
    "age_band_by_theme": ("ages", lambda key: None if key[1] == UNKNOWN else key[1:]),
    "for_other_by_theme": ("others", lambda key: ("yes", key[1])),
    "doors": ("doors", lambda key: (key[1],)),
    "asked_before_by_door": ("doors", lambda key: None if key[2] == UNKNOWN else (key[2], key[1])),
    "waits": ("waits", lambda key: key[1:]),
    "channels": ("channels", lambda key: key[1:]),
    "oriented": ("services", lambda key: key[1:]),
}
TABLES = tuple(_CELLS)
