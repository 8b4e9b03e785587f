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
#: Beyond this many words a message is a letter: points would add up by length alone.
LONGEST = 60


def features(words: list[str]) -> set[str]:
    """What is counted in normalised words: stems, neighbours, and pairs two apart."""
    stems = [w[:STEM] for w in words[:LONGEST] if w != "."]
    found = set(stems)
    found.update(f"{a} {b}" for a, b in zip(stems, stems[1:]))
    found.update(f"{a} _ {b}" for a, b in zip(stems, stems[2:]))
    return found


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, float]]:
    return json.loads(WEIGHTS.read_text(encoding="utf-8")) if WEIGHTS.exists() else {}


def score(kind: str, found: Iterable[str]) -> float:
    """Points of a message for one kind of danger, its line taken off: 0 or more is worth asking."""
    table = _table().get(kind, {})
    return sum(table.get(f, 0.0) for f in found) + table.get("", -1e9)
