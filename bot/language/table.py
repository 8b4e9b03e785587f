"""Words and letters of French and English: how much each speaks for one or the other.

A value is a log10 of odds: above 0 for French, below for English. Words come from a sorted table searched where it
lies (words.tsv), words in no list from their letters (ngrams.tsv), phone spelling and joual from hand-written lists
(chat.yml). See data/README.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import yaml

from bot.language.pieces import pieces
from bot.language.sorted_file import SortedFile
from bot.places.text import fold

__all__ = ["Table", "table"]

DATA = Path(__file__).parent / "data"
#: What a hand-listed word says, as log10 of odds.
LISTED = 1.6
#: Letters alone never say more than this.
LETTERS_AT_MOST = 1.2
#: Added to what letters say: rare English words and names are spelt like French ones more often than the reverse.
LETTERS_BIAS = -0.3
#: A word of at least so many letters may be a known one mistyped; only words that speak clearly are compared (log10 odds).
SHORTEST_MISTYPED, CLEAR = 6, 0.8
#: Endings that sound alike in French: "journer" for "journée".
_ENDINGS = ("er", "ee", "ez", "es", "ée", "és")
_RUN = re.compile(r"(.)\1{2,}")
#: Unknown words of so many letters without a vowel say nothing.
NOISE = 6
_VOWEL = re.compile(r"[aeiouy]")


class Table:
    """Read once; `value` is cached by word."""

    def __init__(self) -> None:
        lists = yaml.load((DATA / "chat.yml").read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        # YAML reads bare yes, no, on, off as booleans only outside strings; these are folded strings.
        self.listed = {**dict.fromkeys(_words(lists["en"]), -LISTED), **dict.fromkeys(_words(lists["fr"]), LISTED)}
        for word in _words(lists["en"]) & _words(lists["fr"]):
            del self.listed[word]
        self.frame = _words(lists["frame_fr"]) | _words(lists["frame_en"])
        self.neutral = frozenset(lists["neutral"].split())
        self.courtesy = frozenset(lists["courtesy"].split())
        self._borrowed: dict[str, list[list[str]]] = defaultdict(list)  # first word -> names, longest first
        for name in sorted(lists["borrowed"].split(","), key=len, reverse=True):
            parts = fold(name).replace("-", " ").split()
            self._borrowed[parts[0]].append(parts)
        self._lines = SortedFile(DATA / "words.tsv")
        self._ngrams = dict(_pairs((DATA / "ngrams.tsv").read_text(encoding="utf-8")))
        self.value = lru_cache(maxsize=20_000)(self._value)

    def carries(self, word: str) -> bool:
        """Whether a lower-case word carries a sentence, its accents as typed or left out."""
        return word in self.frame or fold(word) in self.frame

    def borrowed_at(self, words: list[str]) -> set[int]:
        """Positions, among words folded by bot.places.text, of names and words that speakers of the other language borrow."""
        found: set[int] = set()
        for at, word in enumerate(words):
            for parts in self._borrowed.get(word, ()):
                if words[at:at + len(parts)] == parts:
                    found.update(range(at, at + len(parts)))
                    break
        return found

    def pronounceable(self, word: str) -> bool:
        """False for what a hand struck at random or drew out: "zzzzz", "dfgdfg". Phone spelling has fewer letters or is listed."""
        return len(word) < NOISE or (len(set(word)) > 1 and _VOWEL.search(fold(word)) is not None)

    def _value(self, word: str) -> tuple[float, bool]:
        """(log10 odds, whether the word itself is known) of a lower-case word without apostrophe."""
        plain = fold(word)
        known = self.find(word)
        if known is None and plain != word:
            known = self.find(plain)
            known = known + 0.5 if known is not None else None
        listed = self.listed.get(plain)
        if listed is not None:
            if known is not None and known * listed < -1.0:
                return 0.5 * (known + listed), True
            return (listed if known is None else max(listed, known, key=abs) if known * listed > 0 else listed), True
        if known is None:
            calm = _RUN.sub(r"\1", word)
            if calm != word:
                return self._value(calm)
            return self._mistyped(word), False
        return known, True

    def _mistyped(self, word: str) -> float:
        """What an unknown word's letters say, and the known words that it may stand for: a letter or a vowel too many or too few,
        two swapped, an ending that sounds the same."""
        letters = self.letters(word)
        if len(word) < SHORTEST_MISTYPED:
            return letters
        near = {word[:at] + word[at + 1:] for at in range(len(word))}
        near |= {word[:at] + word[at + 1] + word[at] + word[at + 2:] for at in range(len(word) - 1)}
        near |= {word[:at] + word[at] + word[at:] for at in range(len(word))}  # "recomencer"
        near |= {word[:at] + vowel + word[at:] for at in range(1, len(word)) for vowel in "aeiou"}  # "dentst"
        near |= {word[:-2] + ending for ending in _ENDINGS if word.endswith(_ENDINGS)}
        if "k" in word:  # "kestion", "kartié": French sounds on a phone
            near |= {word.replace("k", "qu"), word.replace("k", "c")}
        values = [value for value in map(self.find, near) if value is not None and abs(value) >= CLEAR]
        if not values or min(values) < 0 < max(values):
            return letters
        return letters + max(values, key=abs)

    def letters(self, word: str) -> float:
        """What the letters of an unknown word say."""
        score = sum(self._ngrams.get(piece, 0) for piece in pieces(word)) / 230.0 + LETTERS_BIAS  # natural to base-10 logarithm
        return max(-LETTERS_AT_MOST, min(LETTERS_AT_MOST, score))

    def find(self, word: str) -> float | None:
        """The value of a word of words.tsv."""
        rest = self._lines.find(word)
        return None if rest is None else int(rest) / 100


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word).replace("'", "").replace("-", "") for word in text.split())


def _pairs(text: str) -> list[tuple[str, int]]:
    return [(piece, int(value)) for piece, _, value in (line.partition("\t") for line in text.splitlines())]


@lru_cache(maxsize=1)
def table() -> Table:
    """The one table, read at the first call."""
    return Table()
