"""The third voice: what a message means, whatever its words, beside the signals and the second net.

A small network reads the encoder's numbers (bot/meaning.py) and gives a probability to "no danger" and to each situation.
It reads a message twice: its normalised words, for which accents, capitals and phone spelling change nothing, and what was
typed, whose accents and turns the encoder knows. It was learned from the written messages (tests/safety/learn_meaning.py,
reproducible). It never speaks alone: voices.py weighs it with the two others, and without the encoder they go on as they are.
"""
from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from bot import meaning
from bot.safety.normalise import QUOTES

WEIGHTS = Path(__file__).parent / "signals" / "_meaning.npz"
#: Words that are read; beyond, the beginning and the end count most.
HEAD, TAIL = 90, 40
NONE = "none"


def as_read(words: list[str]) -> str:
    """What the encoder is given: normalised words, so that accents, capitals and phone spelling change nothing."""
    if len(words) > HEAD + TAIL:
        words = [*words[:HEAD], ".", *words[-TAIL:]]
    return " ".join(words).replace(" .", ".")


def as_typed(text: str) -> str:
    """The other thing it is given: the text itself, in lower case, its quotes made straight."""
    words = text.translate(QUOTES).lower().split()
    return " ".join([*words[:HEAD], *words[-TAIL:]] if len(words) > HEAD + TAIL else words)


@lru_cache(maxsize=1)
def tables() -> dict[str, Any] | None:
    """The learned tables by name, or None without numpy or without the file."""
    try:
        import numpy as np

        with np.load(WEIGHTS) as stored:
            return {name: stored[name].astype("f4") if stored[name].dtype.kind == "f" else stored[name].tolist() for name in stored.files}
    except (ImportError, OSError, ValueError):
        return None


def opinion(words: list[str], text: str) -> dict[str, float] | None:
    """Probability of each situation and of "none" for a message, its normalised words and itself, or None when it cannot
    be told."""
    learned = tables()
    if learned is None or not words:
        return None
    read, typed = meaning.embed(as_read(words)), meaning.embed(as_typed(text))
    if read is None or typed is None:
        return None
    import numpy as np

    x = (np.concatenate([read, typed]).astype("f4") - learned["mean"]) / learned["spread"]
    total, networks = 0.0, 0
    while f"a{networks}" in learned:
        a, b, c, d = (learned[f"{table}{networks}"] for table in "abcd")
        z = np.maximum(x @ a + b, 0) @ c + d
        z = np.exp(z - z.max())
        total = total + z / z.sum()
        networks += 1
    chances = np.asarray(total) / networks
    return dict(zip(learned["situations"], map(float, chances))) if bool(np.isfinite(chances).all()) else None
