"""Disclosure control: what may be shown of a count. The whole rule is in this file, and it is pure.

A cell is a count of events. Small cells are withheld, the others are rounded; a total adds up published cells only,
so that subtracting one published figure from another never isolates a withheld cell within its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["LEAST_BASE", "LEAST_SENSITIVE_THRESHOLD", "LEAST_THRESHOLD", "Cell", "Rule", "candidates", "protect", "protect_grid", "total"]

LEAST_THRESHOLD = 7  # OpenSAFELY withholds counts of 7 and below
LEAST_SENSITIVE_THRESHOLD = 17  # the next threshold that agrees with rounding to 5 and is at least double
LEAST_BASE = 5  # Statistics Canada rounds to a multiple of 5

Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Thresholds (the largest counts withheld) and the rounding base.

    Raises ValueError when a parameter is weaker than the least allowed, or when threshold and base disagree: the first
    count shown must be the lowest that rounds to its figure, or fewer than `rounding_base` counts stand behind it.
    """

    threshold: int = LEAST_THRESHOLD
    sensitive_threshold: int = LEAST_SENSITIVE_THRESHOLD
    rounding_base: int = LEAST_BASE

    def __post_init__(self) -> None:
        if self.threshold < LEAST_THRESHOLD or self.sensitive_threshold < LEAST_SENSITIVE_THRESHOLD:
            raise ValueError(f"thresholds must be at least {LEAST_THRESHOLD} and {LEAST_SENSITIVE_THRESHOLD}")
        if self.rounding_base < LEAST_BASE or self.rounding_base % 2 == 0:
            raise ValueError(f"rounding_base must be odd and at least {LEAST_BASE}")
        for threshold in (self.threshold, self.sensitive_threshold):
            if (threshold + 1 + self.rounding_base // 2) % self.rounding_base != 0:
                raise ValueError(f"threshold {threshold} does not agree with rounding_base {self.rounding_base}")


def protect(count: int, rule: Rule, *, sensitive: bool) -> int | None:
    """What is published of a count: null when withheld, else the nearest multiple of the base (odd: no ties)."""
    if count < 0:
        raise ValueError("a count cannot be negative")
    if count <= (rule.sensitive_threshold if sensitive else rule.threshold):
        return None
    return (count + rule.rounding_base // 2) // rule.rounding_base * rule.rounding_base


def candidates(value: int | None, rule: Rule, *, sensitive: bool) -> tuple[int, int]:
    """The smallest and the largest count that would be published as `value`: what one cell tells by itself."""
    threshold = rule.sensitive_threshold if sensitive else rule.threshold
    if value is None:
        return 0, threshold
    half = rule.rounding_base // 2
    return max(value - half, threshold + 1), value + half


def protect_grid(
    grid: Iterable[Cell], counts: Mapping[Cell, int], rule: Rule, sensitive: Iterable[bool]
) -> list[tuple[Cell, int | None]]:
    """Every cell of the grid with what is published of it; a cell that counts nothing is withheld like any small one."""
    return [(cell, protect(counts.get(cell, 0), rule, sensitive=hot)) for cell, hot in zip(grid, sensitive, strict=True)]


def total(values: Iterable[int | None]) -> int | None:
    """The sum of published cells; null when every one is withheld. Never computed from counts."""
    published = [value for value in values if value is not None]
    return sum(published) if published else None
