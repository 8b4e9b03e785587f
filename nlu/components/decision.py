"""When to go on with the first guess, when to ask, and when a message holds two needs. Plain rules, no framework.

The thresholds were chosen on the held-out set by `bonneporte bench` (docs/decisions/0004-understanding.md).
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["ASK_AT_MOST", "SEVERAL_BOTH", "TAKE_AT_LEAST", "TAKE_MARGIN", "choices_offered", "decide"]

# Go on with the first guess from this confidence on, or when it leads the second by the margin.
TAKE_AT_LEAST = 0.60
TAKE_MARGIN = 0.35
# Two needs: the parts of the message point, each this surely, to different needs.
SEVERAL_BOTH = 0.60
# How many guesses are offered as choices when unsure; a guess below the floor is not offered, two always are.
ASK_AT_MOST = 3
ASK_FLOOR = 0.08

Ranking = Sequence[tuple[str, float]]


def decide(needs: Ranking, parts: Sequence[Ranking] = ()) -> tuple[str, list[str]]:
    """What to do with a need message: ("take", [id]), ("ask", two or three ids) or ("several", [id, id]).

    `needs` is the ranking for the whole message, best first, confidences that sum to 1; `parts` the same for each of
    its clauses when it has several.
    """
    sure = [part[0][0] for part in parts if part and part[0][1] >= SEVERAL_BOTH]
    distinct = list(dict.fromkeys(sure))
    if len(distinct) == 2 and all(need in dict(list(needs)[:3]) for need in distinct):
        return "several", distinct
    first, second = needs[0], needs[1]
    if first[1] >= TAKE_AT_LEAST or first[1] - second[1] >= TAKE_MARGIN:
        return "take", [first[0]]
    return "ask", choices_offered(needs)


def choices_offered(needs: Ranking) -> list[str]:
    """The two or three guesses worth offering."""
    return [need for place, (need, confidence) in enumerate(needs[:ASK_AT_MOST]) if place < 2 or confidence >= ASK_FLOOR]
