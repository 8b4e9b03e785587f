"""Where a message may turn from one need to another: each way of cutting it in two."""

from __future__ import annotations

import re

__all__ = ["cuts"]

# Marks, words that join, and words that a second wish begins with when nothing joins it ("no doctor i need a lift too").
TURNS = re.compile(
    r"[.;!?\n:]+|,|\+|&|\b(?:pis|puis|et|aussi|en plus|en m[eê]me temps|en attendant|ainsi que|avec|mais|sinon|depuis|pour|o[uù]|comment"
    r"|je|j(?=['’])|il|elle|y|n(?!['’])"
    r"|and|also|plus|as well as|with|then|but|besides|on top of|while|meanwhile|until|till|since|where|how|to|i|w)\b", re.IGNORECASE)
WORDS_AT_LEAST = 2  # in each of the two parts
CUTS_AT_MOST = 6  # those nearest the middle: a long message is not cut at each comma


def cuts(text: str) -> list[tuple[str, str]]:
    """The pairs of parts that a message can be cut into, in the order of the text; none for a message of one breath."""
    found = []
    for turn in TURNS.finditer(text):
        before, after = text[:turn.start()].strip(), text[turn.end():].strip()
        if min(len(before.split()), len(after.split())) >= WORDS_AT_LEAST:
            found.append((abs(len(before) - len(after)), turn.start(), before, after))
    nearest = sorted(found)[:CUTS_AT_MOST]
    return [(before, after) for _, _, before, after in sorted(nearest, key=lambda cut: cut[1])]
