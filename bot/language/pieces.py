"""Pieces of a word whose letters tell French from English: sequences of one to four, with the word's ends marked."""

from __future__ import annotations

__all__ = ["pieces"]


def pieces(word: str) -> list[str]:
    """The distinct sequences of 1 to 4 characters of "^word$", longest first."""
    marked = f"^{word}$"
    found: dict[str, None] = {}
    for length in (4, 3, 2, 1):
        for start in range(len(marked) - length + 1):
            piece = marked[start:start + length]
            if piece not in ("^", "$"):
                found[piece] = None
    return list(found)
