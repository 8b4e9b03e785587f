"""When to go on with the first guess, when to ask, and when a message holds two needs. Plain rules, no framework.

The thresholds were chosen on the held-out set by `bonneporte bench understanding` (docs/decisions/0004-understanding.md).
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["ASK_AT_MOST", "SEVERAL_BOTH", "SEVERAL_EACH", "TAKE_AT_LEAST", "choices_offered", "decide"]

# Go on with the first guess from this confidence on (confidences are calibrated: four in five of the least sure are right).
TAKE_AT_LEAST = 0.80
# Two needs: cut in two somewhere, the message's parts point, each this surely, to different needs; and the whole message
# leaves each at least this little room. "My fridge is empty and payday is Thursday" is about food, whatever its end says alone.
SEVERAL_BOTH = 0.92
SEVERAL_EACH = 0.002
# How many guesses are offered as choices when unsure; a guess below the floor is not offered, two always are.
ASK_AT_MOST = 3
ASK_FLOOR = 0.03

Ranking = Sequence[tuple[str, float]]


def decide(needs: Ranking, parts: Sequence[tuple[Ranking, Ranking]] = ()) -> tuple[str, list[str]]:
    """What to do with a need message: ("take", [id]), ("ask", two or three ids) or ("several", [id, id]).

    `needs` is the ranking for the whole message, best first, confidences that sum to 1. `parts` holds, for each way of
    cutting the message in two, the rankings of both parts; their confidences are chances that the part is about the need,
    so that a part which is no need at all (a greeting) has low ones.
    """
    pairs = [(min(before[0][1], after[0][1]), before[0][0], after[0][0]) for before, after in parts if before[0][0] != after[0][0]]
    surest, first, second = max(pairs, default=(0.0, "", ""))
    if surest >= SEVERAL_BOTH and min(dict(needs)[first], dict(needs)[second]) >= SEVERAL_EACH:
        return "several", [first, second]
    if needs[0][1] >= TAKE_AT_LEAST:
        return "take", [needs[0][0]]
    return "ask", choices_offered(needs)


def choices_offered(needs: Ranking) -> list[str]:
    """The two or three guesses worth offering."""
    return [need for place, (need, confidence) in enumerate(needs[:ASK_AT_MOST]) if place < 2 or confidence >= ASK_FLOOR]
