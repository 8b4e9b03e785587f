"""A second, coarser net under the signals: how much a message's words, taken together, resemble those of danger.

The signals hear what is said in known ways; people find others. Each word, and each pair of neighbours, carries points
learned from written examples (tests/safety/learn.py, reproducible); what passes the line is asked about, gently: this
net never says more than ``unsure``. The table is signals/_weights.json, sorted, and can be read and corrected.
"""
from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

WEIGHTS = Path(__file__).parent / "signals" / "_weights.json"
#: Words are compared by their beginning, so that "mourir" and "mourrai", "jump" and "jumping" share what they mean.
STEM = 6
#: Said to be polite, they weigh nothing: a fire told politely is a fire.
POLITE = frozenset(["bonjour", "bonsoir", "salut", "allo", "hello", "hi", "hey", "merci", "thanks", "thank", "you", "excusez", "moi", "deranger", "desole", "desolee", "sorry", "to", "bother", "bonne", "journee", "soiree", "have", "a", "nice", "day", "ok", "okay"])
KINDS = ("suicide", "danger")
#: Beyond this many words a message is a letter: points would add up by length alone.
LONGEST = 60


def features(words: list[str], names: Iterable[str] = ()) -> set[str]:
    """What is counted: stems of normalised words, neighbours, pairs two apart, and the names (with an @) of the signals
    and contexts that were seen, so that an idiom or a course weighs against."""
    stems = [w[:STEM] for w in words[:LONGEST] if w != "." and w not in POLITE]
    found = {f"@{name}" for name in names}
    found.update(stems)
    found.update(f"{a} {b}" for a, b in zip(stems, stems[1:]))
    found.update(f"{a} _ {b}" for a, b in zip(stems, stems[2:]))
    return found


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, float]]:
    return json.loads(WEIGHTS.read_text(encoding="utf-8")) if WEIGHTS.exists() else {}


def score(table: str, found: Iterable[str]) -> float:
    """Points of a message in one table (a kind of danger: 0 or more is worth asking; or a situation)."""
    points = _table().get(table)
    if points is None:
        return float("-inf")
    return sum(points.get(f, 0.0) for f in found) + points.get("", 0.0)


def guess(found: set[str], situations: dict[str, str]) -> tuple[str, str] | None:
    """The kind and the likeliest situation of a message worth asking about, or None. ``situations``: kind of each."""
    best = max(KINDS, key=lambda kind: score(kind, found))
    if score(best, found) < 0:
        return None
    return best, max((s for s, kind in situations.items() if kind == best), key=lambda s: (score(s, found), s))
