"""When to go on with the first guess, when to ask, and when a message holds two needs. Plain rules, no framework.

The thresholds were chosen on the held-out set by `bonneporte bench understanding` (docs/decisions/0004-understanding.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["ASK_AT_MOST", "SEVERAL_AT_LEAST", "TAKE_AT_LEAST", "TWO_AT_LEAST", "choices_offered", "decide"]

# Go on with the first guess from this confidence on (confidences are calibrated: four in five of the least sure are right).
TAKE_AT_LEAST = 0.80
# Two needs are told by three voices together: the network's own chance that there are two, which has read how people say two
# things at once; the parts, which name them: cut in two somewhere, the message points, each part this surely, to different
# needs; and how much of the whole message its second need has. "My fridge is empty and payday is Thursday" is about food,
# whatever its end says alone. What is added up are log-odds, the parts' and the second need's counting less; below
# TWO_AT_LEAST nothing could make up for the network's no.
SEVERAL_AT_LEAST = -1.6
PARTS_COUNT = 0.5
SECOND_COUNTS = 0.3
TWO_AT_LEAST = 0.007
# How many guesses are offered as choices when unsure; a guess below the floor is not offered, two always are.
ASK_AT_MOST = 3
ASK_FLOOR = 0.03

Ranking = Sequence[tuple[str, float]]


def decide(needs: Ranking, two: float = 0.0, parts: Sequence[tuple[Ranking, Ranking]] = ()) -> tuple[str, list[str]]:
    """What to do with a need message: ("take", [id]), ("ask", two or three ids) or ("several", [id, id]).

    `needs` is the ranking for the whole message, best first, confidences that sum to 1; `two` the chance that the message
    holds two needs. `parts` holds, for each way of cutting the message in two, the rankings of both parts; their
    confidences are chances that the part is about the need, so that a part which is no need at all (a greeting) has low ones.
    """
    pairs = [(min(before[0][1], after[0][1]), before[0][0], after[0][0]) for before, after in parts if before[0][0] != after[0][0]]
    surest, first, second = max(pairs, default=(0.0, "", ""))
    if first and two >= TWO_AT_LEAST:
        voices = _log_odds(two) + PARTS_COUNT * _log_odds(surest) + SECOND_COUNTS * _log_odds(needs[1][1])
        if voices >= SEVERAL_AT_LEAST:
            return "several", [first, second]
    if needs[0][1] >= TAKE_AT_LEAST:
        return "take", [needs[0][0]]
    return "ask", choices_offered(needs)


def choices_offered(needs: Ranking) -> list[str]:
    """The two or three guesses worth offering."""
    return [need for place, (need, confidence) in enumerate(needs[:ASK_AT_MOST]) if place < 2 or confidence >= ASK_FLOOR]


def _log_odds(chance: float) -> float:
    """Of a chance, kept off 0 and 1."""
    kept = min(max(chance, 1e-5), 1 - 1e-5)
    return math.log(kept / (1 - kept))
