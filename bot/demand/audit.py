"""The attack that a publication must withstand: what can each cell have been, for somebody who holds all that was ever
published? Pure.

Each event is counted in one month, for good. So only tables of one half-year have events in common, and everything ever
published falls apart into half-years; while a half-year is not published yet, into quarters. The attack starts from the
true counts, which the attacker does not have: the candidates are the same from wherever one starts, and from there they
are found by integer steps in the circulation of circulation.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.demand.circulation import Inconsistent, Known, Place, circulation
from bot.demand.counts import Counts

__all__ = ["LEAST_CANDIDATES", "Finding", "Inconsistent", "Known", "Place", "audit", "intersected"]

LEAST_CANDIDATES = 5  # counts that must stay possible behind every cell; behind a withheld one, 0 among them


@dataclass(frozen=True, slots=True)
class Finding:
    """A cell that tells too much: with everything else, its count is from `low` to `high`."""

    place: Place
    low: int
    high: int


def intersected(first: Known, second: Known) -> Known:
    """What two releases of the same cell tell together."""
    return Known(max(first.low, second.low), min(first.high, second.high), first.withheld and second.withheld)


def audit(counts: Counts, months: tuple[str, ...], known: Mapping[Place, Known], *, most: int | None = None,
          only: Iterable[Place] | None = None) -> list[Finding]:
    """The cells published of these months (one, a quarter's, a half-year's) that keep fewer than LEAST_CANDIDATES counts,
    or that are withheld and cannot be 0, the first `most` of them, or of `only` these. `known`: every published cell.
    Raises Inconsistent."""
    network, targets = circulation(counts, months, known)
    findings = []
    for place in known if only is None else only:
        cell, target = known[place], targets.get(place)
        if target is None:
            raise Inconsistent(f"{place[0]} {place[1]} {place[2]}: not a cell of the attack")
        down = target.count - cell.low
        if not cell.withheld:
            down = min(down, LEAST_CANDIDATES - 1)
        down = network.reach(target.arcs, down, rise=False, layers=target.months)
        up = max(0, min(cell.high - target.count, LEAST_CANDIDATES - 1 - down))
        up = network.reach(target.arcs, up, rise=True, layers=target.months)
        low, high = target.count - down, target.count + up
        if high - low + 1 < LEAST_CANDIDATES or (cell.withheld and low > 0):
            findings.append(Finding(place, low, high))
            if len(findings) == most:
                break
    return findings
