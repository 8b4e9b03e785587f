"""Are the right services first? The first three cards of situations against what a good navigator would give.

    bonneporte bench directory-ranking [--all]

bench/situations.yml names the services by hand, graded 3 to 1. The figure is nDCG@3 (Järvelin and Kekäläinen, 2002): what
the first three are worth, discounted by their place, of what the best possible three are. Beside it, in the same run, the
two orders that most directories use: nearest first, and by name.

A service that came into the directory after the grades were given is passed over (bench/situations_pool.txt lists those
that were there): nobody has said what it is worth. How often one stood among the first three is said.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import inf, log2
from pathlib import Path
from typing import Any

import yaml

from bot.directory.area import territory_of
from bot.directory.hours import TORONTO, Moment
from bot.directory.index import Index
from bot.directory.load import embedded_services
from bot.directory.ranking import Hit, Query, judge
from bot.directory.search import search
from bot.places import gazetteer

FOLDER = Path(__file__).parent
AT = datetime(2026, 11, 24, 10, 0, tzinfo=TORONTO)
LEAST = 0.9
FIRST = 3


@dataclass(frozen=True, slots=True)
class Situation:
    """What is said, what the assistant knows of it, and the grades of services: 3 first, 2 good, 1 better than nothing."""

    say: str
    query: Query
    best: dict[str, int]


@cache
def situations() -> list[Situation]:
    """All of situations.yml."""
    return [_situation(each) for each in yaml.safe_load((FOLDER / "situations.yml").read_text("utf-8"))]


def _situation(each: dict[str, Any]) -> Situation:
    at = datetime.fromisoformat(each["on"]).replace(tzinfo=TORONTO) if "on" in each else AT
    place = gazetteer().by_key(each["at"])
    return Situation(each["say"], Query(each["need"], place, each.get("language", "fr"), at, **each.get("for", {})), each["best"])


def pool() -> frozenset[str]:
    """Ids of the services that the grades were given among."""
    return frozenset((FOLDER / "situations_pool.txt").read_text("utf-8").split())


def ndcg(ranked: Iterable[str], grades: dict[str, int]) -> float:
    """nDCG of the first FIRST of `ranked`, gains 2^grade - 1: 0 to 1."""
    gained = [2 ** grades.get(each, 0) - 1 for each in ranked][:FIRST]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:FIRST]
    return sum(gain / log2(place + 2) for place, gain in enumerate(gained)) / sum(gain / log2(place + 2) for place, gain in enumerate(ideal))


def ours(index: Index, query: Query) -> list[str]:
    return [hit.service.id for hit in search(index, query).services]


def _everything(index: Index, query: Query) -> list[Hit]:
    territory, moment = territory_of(query.place), Moment(query.at)
    found = [judge(service, query, territory, moment) for service in index.by_id.values() if query.need in service.needs]
    return [hit for hit in found if hit is not None]


def nearest(index: Index, query: Query) -> list[str]:
    """The need's services by distance, lines last: what a map does."""
    hits = _everything(index, query)
    return [hit.service.id for hit in sorted(hits, key=lambda hit: (inf if hit.distance_km is None else hit.distance_km, hit.service.id))][:FIRST]


def by_name(index: Index, query: Query) -> list[str]:
    """The same services in the order of their names: what a printed directory does."""
    return [hit.service.id for hit in sorted(_everything(index, query), key=lambda hit: hit.service.name.best(query.language) or "")][:FIRST]


def measured(order: Callable[[Index, Query], list[str]], index: Index) -> list[float]:
    """nDCG@3 of each situation."""
    return [ndcg(order(index, each.query), each.best) for each in situations()]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bonneporte bench directory-ranking")
    parser.add_argument("--all", action="store_true", help="show every situation, not only those that fall short")
    options = parser.parse_args(arguments)
    services, judged = embedded_services(), pool()
    index = Index(service for service in services if service.id in judged)
    scores = measured(ours, index)
    for each, score in sorted(zip(situations(), scores, strict=True), key=lambda pair: pair[1]):
        if options.all or score < LEAST:
            print(f"{score:.2f}  {each.say}  [{each.query.need}]")
            for found in ours(index, each.query):
                print(f"        {each.best.get(found, 0)}  {found}")
    mean = sum(scores) / len(scores)
    print(f"\n{len(scores)} situations, nDCG@{FIRST}: ours {mean:.3f}", end="")
    for name, order in (("nearest first", nearest), ("by name", by_name)):
        found = measured(order, index)
        print(f"; {name} {sum(found) / len(found):.3f}", end="")
    whole = Index(services)
    new = sum(found not in judged for each in situations() for found in ours(whole, each.query))
    print(f"\nof {FIRST * len(scores)} cards with the whole directory, {new} are services that nobody has graded yet")
    print(f"at least {LEAST}: {'held' if mean >= LEAST else 'NOT held'}")
    return 0 if mean >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
