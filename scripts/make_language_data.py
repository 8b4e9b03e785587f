"""Makes the tables of bot/language/data from the word frequencies of the `wordfreq` package (large and small lists).

    python scripts/make_language_data.py

words.tsv    word, a hundred times log10(frequency in French / frequency in English), sorted for a binary search
ngrams.tsv   piece of a word, a hundred times its weight (above 0: French), for words that are in no list
others.tsv   common words of other languages in Latin letters: word, then language and ten times its zipf frequency
             (log10 of occurrences per thousand million words), sorted for a binary search

The tables are made once and packaged, so that the same message has the same answer in every environment, whatever
version of wordfreq it holds, and nothing large is loaded at run time. Attribution: bot/language/data/README.md.
"""

from __future__ import annotations

import math
import random
import sys
from collections import defaultdict
from pathlib import Path

import wordfreq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATA = ROOT / "bot" / "language" / "data"

from bot.language.pieces import pieces  # noqa: E402
from bot.places.text import fold  # noqa: E402

#: Words rarer than this in both languages (zipf: log10 per thousand million) are left to their letters.
LEAST_ZIPF = 2.3
#: The frequency given to a word that a list does not hold.
FLOOR = 10**1.2
#: Each corpus holds some of the other language: this share of a word's frequency there is taken off.
FOREIGN_SHARE = 0.012
#: How often French is typed without accents.
NO_ACCENTS = 0.03
#: Languages in Latin letters that wordfreq lists (fil is shown as tl), French and English for comparison.
OTHERS = (
    "fr", "en", "es", "pt", "it", "ro", "vi", "tr", "fil", "de", "pl", "nl", "id",
    "cs", "hu", "sh", "lt", "sv", "da", "nb", "fi", "ca", "sk", "sl", "lv", "is",
)
#: Words kept of each.
WORDS_OF_OTHERS = 3000


def frequencies(language: str) -> dict[str, float]:
    """Word -> occurrences per thousand million."""
    return {word: f * 1e9 for word, f in wordfreq.get_frequency_dict(language, "large").items()}


def log_odds() -> dict[str, float]:
    """Word -> log10(French / English), for words of Latin letters, with and without accents."""
    french, english = frequencies("fr"), frequencies("en")
    bare: dict[str, float] = defaultdict(float)
    for word, count in french.items():
        plain = fold(word)
        if plain != word:
            bare[plain] += count
    odds = {}
    for word in sorted({*french, *english, *bare}):
        if not all(letter.isalpha() for letter in word) or fold(word) != "".join(c for c in fold(word) if c.isascii()):
            continue
        fr, en = french.get(word, 0.0), english.get(word, 0.0)
        fr, en = fr - FOREIGN_SHARE * en, en - FOREIGN_SHARE * fr
        fr += NO_ACCENTS * bare.get(word, 0.0)
        if max(fr, en) < 10**LEAST_ZIPF:
            continue
        odds[word] = math.log10(max(fr, FLOOR) / max(en, FLOOR))
    return odds


def weights(odds: dict[str, float]) -> dict[str, float]:
    """Weights of pieces, by logistic regression on the words that are clearly of one language."""
    rng = random.Random(20261123)
    words = [(word, 1.0 if value > 0 else 0.0) for word, value in odds.items() if abs(value) >= 1.0 and len(word) > 2]
    unaccented = [(fold(word), label) for word, label in words if fold(word) != word]
    examples = [(pieces(word), label) for word, label in [*words, *unaccented]]
    weight: dict[str, float] = defaultdict(float)
    for epoch in range(4):
        rng.shuffle(examples)
        rate = 0.25 / (1 + epoch)
        for found, label in examples:
            score = sum(weight[piece] for piece in found)
            error = label - 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
            for piece in found:
                weight[piece] += rate * error - rate * 1e-4 * weight[piece]
    return weight


def common_words() -> dict[str, dict[str, int]]:
    """Word, with and without its accents -> language -> ten times its zipf frequency."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    bare: dict[str, dict[str, int]] = defaultdict(dict)
    for name in OTHERS:
        language = "tl" if name == "fil" else name
        kept = 0
        for word, count in wordfreq.get_frequency_dict(name, "small").items():
            if not word.isalpha() or fold(word) != "".join(c for c in fold(word) if c.isascii()):
                continue
            zipf = round(10 * math.log10(count * 1e9))
            found[word][language] = zipf
            if fold(word) != word:
                # French without accents is commoner here than a rare word of another language.
                bare[fold(word)].setdefault(language, zipf - (5 if language == "fr" else 0))
            kept += 1
            if kept == WORDS_OF_OTHERS:
                break
    for word, known in bare.items():
        found[word] = {**known, **found.get(word, {})} if word in found else dict(known)
    return found


def main() -> None:
    odds = log_odds()
    lines = [f"{word}\t{round(100 * value)}" for word, value in odds.items()]
    lines.sort(key=lambda line: line.encode())
    (DATA / "words.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    weight = {piece: round(100 * value) for piece, value in weights(odds).items() if abs(value) >= 0.12}
    (DATA / "ngrams.tsv").write_text(
        "".join(f"{piece}\t{value}\n" for piece, value in sorted(weight.items())), encoding="utf-8")
    common = [f"{word}\t{' '.join(f'{language}{zipf}' for language, zipf in sorted(known.items()))}"
             for word, known in common_words().items()]
    common.sort(key=lambda line: line.encode())
    (DATA / "others.tsv").write_text("\n".join(common) + "\n", encoding="utf-8")
    print(f"words.tsv: {len(lines)}; ngrams.tsv: {len(weight)}; others.tsv: {len(common)}")


if __name__ == "__main__":
    main()
