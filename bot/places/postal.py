"""Postal codes and their first three characters, anywhere in a message.

    "j3p 2n4", "J3P-2N4", "h2m1a4", "JOK 1SO" (the letter O typed for zero), "J3P"

An urban prefix names a municipality or a part of one. A rural one (second character 0) covers up to 58 of them and is
kilometres off: it gives candidates only when they are few, else nothing, and the dialogue asks for the municipality.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.places.gazetteer import Gazetteer
from bot.places.place import Place

__all__ = ["PostalCode", "find_postal_codes"]

#: More municipalities than this behind a rural prefix would not be a question to ask.
MOST_RURAL = 6
#: Below this share of a prefix's postal codes a municipality is not offered as a candidate.
LEAST_SHARE = 0.1
#: At this share of a prefix's postal codes its first municipality is taken without asking.
SURE_SHARE = 0.8

_FULL = re.compile(r"(?<![^\W_])([ghj][0-9o][a-z])[\s.\-–]{0,2}([0-9o][a-z][0-9o])(?![^\W_])", re.IGNORECASE)
_PREFIX = re.compile(r"(?<![^\W_])([ghj][0-9][a-z])(?![^\W_])", re.IGNORECASE)
#: What looks like a prefix and is phone spelling ("got to go").
_PHONE_SPELLING = frozenset({"g2g"})
#: "H1B visa" and the like name no place.
_NOT_A_PREFIX = re.compile(r"\s*(visa|permit)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PostalCode:
    """A postal code in a text (offsets start, end) and the places it can mean; none when rural or unknown."""

    prefix: str
    start: int
    end: int
    places: tuple[Place, ...]
    codes: frozenset[str]


def find_postal_codes(text: str, known: Gazetteer) -> list[PostalCode]:
    """Postal codes of Quebec in `text`, in order."""
    found = []
    taken = -1
    for match in sorted([*_FULL.finditer(text), *_PREFIX.finditer(text)], key=lambda m: (m.start(), -m.end())):
        if match.start() < taken or (match.re is _PREFIX and _NOT_A_PREFIX.match(text, match.end())):
            continue
        prefix = match.group(1).upper()
        prefix = prefix[0] + prefix[1].replace("O", "0") + prefix[2]
        row = known.prefixes.get(prefix)
        if match.re is _PREFIX and (row is None or match.group() in _PHONE_SPELLING):
            continue
        counts = _counts(row["municipalities"]) if row else {}
        found.append(PostalCode(prefix, match.start(), match.end(), _places(prefix, counts, known), frozenset(counts)))
        taken = match.end()
    return found


def _counts(municipalities: str) -> dict[str, int]:
    return {code: int(count) for code, _, count in (pair.partition(":") for pair in municipalities.split())}


def _places(prefix: str, counts: dict[str, int], known: Gazetteer) -> tuple[Place, ...]:
    if not counts:
        return ()
    if prefix[1] == "0":
        if len(counts) > MOST_RURAL:
            return ()
        rural = [known.places[code] for code in counts]
        return tuple(sorted(rural, key=lambda place: -place.population))
    total = sum(counts.values())
    likely = [code for code, count in counts.items() if count >= LEAST_SHARE * total]
    places = [known.in_prefix(code, prefix) for code in likely]
    # Neighbours within one prefix and one RLS see the same services: asking which would change nothing.
    if counts[likely[0]] >= SURE_SHARE * total or len({place.rls for place in places}) == 1:
        return (places[0],)
    return tuple(places)
