"""Other languages in Latin letters: Spanish, Haitian Creole, Portuguese, Vietnamese, Arabic as typed on a phone, …

Each has its commonest words: from word frequencies (others.tsv) or by hand (others.yml). A text is in another
language only when that language explains most of its words, and clearly better than French and English do.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import yaml

from bot.language.sorted_file import SortedFile
from bot.language.table import table
from bot.places.text import fold

__all__ = ["other_language"]

DATA = Path(__file__).parent / "data"
#: Zipf frequencies (log10 per thousand million words) given to hand-listed words and to unknown ones.
OWN, SHARED, UNKNOWN = 5.8, 5.8, 2.6
#: A word of the large French and English table that is none of their commonest.
RARE = 3.4
#: A hand-listed word of ours: joual, phone spelling, or one that carries the sentence.
COMMON = 5.5
#: Below this frequency in French and English a word is typical of the other language that has it.
TYPICAL = 4.3
#: A word in no list with a letter that a language writes and French and English do not.
LETTER = 4.0
#: How much better than French and English, on average a word (log10), and how much of the text must be its own words.
MARGIN, COVERED = 0.6, 0.4
#: A text of fewer words is in another language only when all of them are its own.
FEWEST_WORDS = 3


def other_language(words: list[str]) -> str | None:
    """The ISO 639-1 code of the language the lower-case words are surely in, None for French, English or unsure."""
    if len(words) < 5:
        words = list(dict.fromkeys(words))
    if len(words) < 2:
        return None
    known = [_common(word) for word in words]
    scores: dict[str, float] = defaultdict(float)
    covered: dict[str, int] = defaultdict(int)
    for languages in known:
        for language, zipf in languages.items():
            if language not in ("fr", "en"):
                scores[language] += zipf - UNKNOWN
                covered[language] += 1
    if not scores:
        return None
    best = max(scores, key=scores.__getitem__)
    ours = [_ours(word, languages) for word, languages in zip(words, known, strict=True)]
    own = sum(best in languages and our < TYPICAL for languages, our in zip(known, ours, strict=True))
    least = COVERED if len(words) >= 5 else 0.6 if len(words) >= FEWEST_WORDS else 1.0
    if covered[best] < least * len(words) or own < max(2, 0.25 * len(words)):
        return None
    return best if scores[best] + UNKNOWN * len(words) - sum(ours) >= MARGIN * len(words) else None


def _ours(word: str, known: dict[str, float]) -> float:
    """The zipf frequency of a word in French or English, whichever is higher."""
    best = max(known.get("fr", 0.0), known.get("en", 0.0))
    if best:
        return best
    ours = table()
    if word in ours.listed or word in ours.frame:
        return COMMON
    return RARE if ours.find(word) is not None else UNKNOWN


def _letters() -> dict[str, tuple[str, ...]]:
    """Letter that neither French nor English writes -> languages that do."""
    written = {
        "es": "ñíóáú¡¿", "pt": "ãõíóáú", "it": "òì", "ht": "ò", "ro": "ăâțșţş", "tr": "ığşöü", "pl": "łżźąęśćńó", "de": "ßöüä",
        "cs": "čšžěřůýíáú", "hu": "őűöüóíáú", "sh": "čšžćđ", "lt": "čšžąęėįųū", "sv": "åäö", "da": "åø", "nb": "åø", "fi": "äö",
        "sk": "čšžľťďýíáú", "sl": "čšž", "lv": "āēīūčšžņļķ", "is": "ðþæöáíóúý", "ca": "òóíú", "tl": "ñ",
        "kab": "ɣɛεγḍṭṛẓḥṣčǧ",
        "vi": "đơưăãõ" + "".join(map(chr, range(0x1EA0, 0x1EFA))),
    }
    found: dict[str, list[str]] = defaultdict(list)
    for language, letters in written.items():
        for letter in letters:
            found[letter].append(language)
    return {letter: tuple(languages) for letter, languages in found.items()}


_FOREIGN_LETTERS = _letters()


@lru_cache(maxsize=20_000)
def _common(word: str) -> dict[str, float]:
    """Language -> zipf frequency of a word, accents as typed or left out."""
    listed, hand = _lists()
    known: dict[str, float] = {}
    for form in (fold(word), word):
        rest = listed.find(form)
        if rest is not None:
            known.update((pair[:2], int(pair[2:]) / 10) for pair in rest.split(" ")
                         if form == word or pair[:2] not in ("fr", "en"))
        known.update(hand.get(form, {}))
    if not word.isalpha():
        known.setdefault("ar", LETTER)  # digits for letters
    if not known.keys() & {"fr", "en"}:
        for letter in set(word) & _FOREIGN_LETTERS.keys():
            for language in _FOREIGN_LETTERS[letter]:
                known.setdefault(language, LETTER)
    return known


@lru_cache(maxsize=1)
def _lists() -> tuple[SortedFile, dict[str, dict[str, float]]]:
    hand: dict[str, dict[str, float]] = defaultdict(dict)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for language, lists in yaml.load((DATA / "others.yml").read_text(encoding="utf-8"), Loader=loader).items():
        for kind, zipf in (("shared", SHARED), ("words", OWN)):
            for word in lists.get(kind, "").split():
                hand[word][language] = zipf
                hand[fold(word)].setdefault(language, zipf)
    return SortedFile(DATA / "others.tsv"), dict(hand)
