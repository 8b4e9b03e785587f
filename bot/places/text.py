"""One spelling for names of places and for what people type, and the words of a message as it was typed.

    normalise("À St-Jean-de-Matha, svp!")  ->  "a saint jean de matha svp"
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Word", "clause_after", "clause_before", "fold", "normalise", "word_set", "words"]

_WORD = re.compile(r"[^\W_]+")
_OPENED = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "ø": "o", "ß": "ss"})
#: What separates clauses; hyphens, apostrophes and slashes do not.
_BREAK = re.compile(r"[,;:.!?()\n…]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word: `norm` as in normalise(), `raw` as typed, and whether punctuation stands before it."""

    norm: str
    raw: str
    after_break: bool
    start: int

    @property
    def capital(self) -> bool:
        return self.raw[0].isupper()


def word_set(text: str) -> frozenset[str]:
    """The words of a list written with spaces."""
    return frozenset(text.split())


def fold(text: str) -> str:
    """Lower case without accents or ligatures; punctuation is left alone."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES).lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[Word]:
    """The words of `text` in order; normalise() is their `norm` joined by spaces."""
    text = unicodedata.normalize("NFC", text)
    found: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        raw = match.group()
        norm = "".join(letter for letter in fold(raw) if letter.isalnum())  # "½" folds to three signs
        between = text[end:match.start()]
        # The period of "St." abbreviates and separates nothing.
        abbreviated = between.startswith(".") and bool(found) and found[-1].raw.lower() in _OPENED
        after_break = bool(_BREAK.search(between[1:] if abbreviated else between))
        if norm:
            found.append(Word(_OPENED.get(norm, norm), raw, after_break, match.start()))
        end = match.end()
    return found


def clause_before(found: list[Word], start: int, most: int) -> list[str]:
    """The norms of at most so many words before `start`, within its clause."""
    first = start
    while first > 0 and not found[first].after_break and start - first < most:
        first -= 1
    return [word.norm for word in found[first:start]]


def clause_after(found: list[Word], end: int, most: int) -> list[str]:
    """The norms of at most so many words from `end` on, within the clause."""
    last = end
    while last < len(found) and not found[last].after_break and last - end < most:
        last += 1
    return [word.norm for word in found[end:last]]


def normalise(text: str) -> str:
    """Lower case, no accents, St/Ste opened, hyphens and apostrophes as spaces, no punctuation, single spaces."""
    return " ".join(word.norm for word in words(text))
