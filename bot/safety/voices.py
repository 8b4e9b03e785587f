"""Three voices on one message (signals, second net, meaning), weighed into one probability of danger.

The weights are learned on messages that none of the voices had learned from (tests/safety/learn_meaning.py) and kept with
the third voice's tables. What each voice says goes in as it is written in VOICES, so that a sum can be followed by hand.
"""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: meaning: log-odds of danger. words: the best of the second net's points. hint, unsure, certain: what the signals
#: amount to (0 or 1 each). firm: said openly. contexts: an idiom, a film, a course was seen. words_and_meaning: both
#: lean the same way, the weaker of the two.
VOICES = ("meaning", "words", "hint", "unsure", "certain", "firm", "contexts", "agree")
#: Which situation, once it is danger: the logarithm of the third voice's share, what the signals amount to (0 or 1 each),
#: the words' points for it; to their sum is added how the situation leans.
PLACING = ("meaning", "hint", "unsure", "certain", "words")
LEAST_SHARE, WORDS_LEAST, WORDS_MOST = 0.003, -4.0, 8.0
#: Points beyond which a voice says nothing more.
LOUDEST = 8.0
QUIETEST = -12.0


@dataclass(frozen=True)
class Heard:
    """What the signals amount to: the best level (0 none to 3 certain), said openly or not, and how many contexts."""

    level: int
    firm: bool
    contexts: int


def weighed(heard: Heard, none: float, points: Mapping[str, float]) -> list[float]:
    """The voices as numbers, in the order of VOICES. ``none``: the third voice's probability of no danger."""
    none = min(max(none, 1e-6), 1 - 1e-6)
    meant = min(max(math.log((1 - none) / none), -LOUDEST), LOUDEST)
    words = min(max(max(points.values()), QUIETEST), LOUDEST)
    return [meant, words, float(heard.level == 1), float(heard.level == 2), float(heard.level == 3), float(heard.firm),
            float(min(heard.contexts, 2)), min(meant, words)]


def together(numbers: Sequence[float], weights: Sequence[float]) -> float:
    """Probability of danger: a logistic regression's; ``weights`` end with the constant."""
    total = sum(n * w for n, w in zip(numbers, weights)) + weights[-1]
    return 1 / (1 + math.exp(-min(max(total, -30.0), 30.0)))


def placing(share: float, level: int, points: float) -> list[float]:
    """What the voices say of one situation, in the order of PLACING. ``share``: what the third voice gives it of all it
    gives to danger. ``level``: the signals' (0 none to 3 certain)."""
    return [math.log(share + LEAST_SHARE), float(level == 1), float(level == 2), float(level == 3),
            min(max(points, WORDS_LEAST), WORDS_MOST)]
