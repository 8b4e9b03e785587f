"""The plan of tables and the values that each dimension can take, read from plan.yml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from bot.demand.disclosure import Rule
from bot.demand.event import AGE_BANDS, CHANNELS, LANGUAGES, REASONS, WAITS
from bot.demand.territories import regions, territories
from bot.needs import all_needs

__all__ = ["ASKED_BEFORE", "ENGLISH", "LISTED", "NO_DOOR", "NO_SERVICE", "UNKNOWN", "Plan", "PlanError", "TablePlan", "load_plan"]

HERE = Path(__file__).parent
UNKNOWN = "unknown"  # the cell of events that do not say it
NO_DOOR = "none"  # the cell of events that came by no known door
NO_SERVICE = "none"  # the cell of events that led to no service
PERIODS = ("month", "quarter", "half")
# The tables whose place among the others the attack (circulation.py) knows.
AUDITED = (
    "need_by_territory", "doors", "waits", "language_by_need_by_region", "reason_by_need_by_region", "age_band_by_theme",
    "for_other_by_theme", "channels", "oriented", "asked_before_by_door", "english_by_region", "english",
)
ENGLISH = ("english_served", "english_gap")  # english_gap: unmet because no service nearby speaks English
ASKED_BEFORE = ("yes", "no")
DIMENSIONS = (
    "need", "theme", "territory", "region", "language", "reason", "door", "wait", "age_band", "for_other", "channel", "service",
    "english", "asked_before",
)
LISTED = "oriented"  # the one table that lists its shown cells only, all of them above the sensitive threshold


class PlanError(ValueError):
    """The plan is wrong; the message says where."""


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table: its name, its period (month, quarter or half) and its dimensions in order."""

    name: str
    period: str
    dimensions: tuple[str, ...]

    def grid(self, doors: Sequence[str]) -> list[tuple[str, ...]]:
        """Every cell of the table, in order, whatever happened in the period (of LISTED, those that are always there)."""
        return list(product(*(_values(dimension, doors) for dimension in self.dimensions)))

    def is_sensitive(self, cell: Sequence[str]) -> bool:
        """Whether the cell is about a sensitive need, or a theme that holds one."""
        values = dict(zip(self.dimensions, cell, strict=True))
        return self.name == LISTED or any(
            need.sensitive and (values.get("need") == need.id or values.get("theme") == need.theme)
            for need in all_needs().values()
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The disclosure rule in force and the tables by name."""

    rule: Rule
    tables: dict[str, TablePlan]


def _values(dimension: str, doors: Sequence[str]) -> tuple[str, ...]:
    needs = all_needs()
    return {
        "need": tuple(needs),
        "theme": tuple(dict.fromkeys(need.theme for need in needs.values())),
        "territory": (*territories(), UNKNOWN),
        "region": (*regions(), UNKNOWN),
        "language": LANGUAGES,
        "reason": REASONS,
        "door": (*sorted(set(doors) - {NO_DOOR}), NO_DOOR),
        "wait": WAITS,
        "age_band": AGE_BANDS,
        "for_other": ("yes",),
        "channel": CHANNELS,
        "service": (NO_SERVICE,),
        "english": ENGLISH,
        "asked_before": ASKED_BEFORE,
    }[dimension]


def _table(name: str, entry: dict[str, Any]) -> TablePlan:
    if entry["period"] not in PERIODS:
        raise PlanError(f"{name}: period must be one of {', '.join(PERIODS)}")
    for dimension in entry["dimensions"]:
        if dimension not in DIMENSIONS:
            raise PlanError(f"{name}: {dimension} is not a dimension")
    return TablePlan(name, entry["period"], tuple(entry["dimensions"]))


@cache
def load_plan(path: Path = HERE / "plan.yml") -> Plan:
    """The plan in `path`. Raises PlanError, or ValueError for a rule that discloses more than disclosure.py allows."""
    entries = yaml.safe_load(path.read_text("utf-8"))
    for name in entries["tables"]:
        if name not in AUDITED:
            raise PlanError(f"{name}: the attack (circulation.py) does not know this table, so that it cannot be published")
    return Plan(Rule(**entries["rule"]), {name: _table(name, entry) for name, entry in entries["tables"].items()})
