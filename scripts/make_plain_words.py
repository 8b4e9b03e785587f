"""Makes bot/learning/data/words.txt: the words that a sentence kept for learning may hold (see the README beside it).

    .envs/app/bin/python -m scripts.make_plain_words
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from bot.places import gazetteer
from bot.places.text import fold, word_set

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "bot" / "learning" / "data"
IN_AT_LEAST = 2  # examples
_EXAMPLE = re.compile(r"\s+- (?!intent:)(.*)")
_ANNOTATED = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_WORD = re.compile(r"[^\W\d_]+")
_ACRONYM = re.compile(r"[A-Z]{2,5}")
_START = re.compile(r"(^|[.?!:\n])[\s\"«]*$")

# Read one by one among the words that are names too. These are said far more often as words; some keep the mark, because a
# person is called so here.
WORDS_ALL_THE_SAME = word_set("""
    de le don comment sans sa day good mari house aller come said garde frere petit long weeks read grand real small little
    voisin bas winter cousin cook cote fall law pi aime gros page church love demi best close begin dos quartier company font
    snow summer ring vos park monte gagne line sol walker wall van barre parent sante clear forget price st loan amie short mur
    grande bridge neveu north early carry strong story black white judge hall case pages power clair walls glass bill aine fresh
    sacre blanc fair rice cross bravo aura ferry nee key lang pire field riviere flood cases masse rock pont moulin marry downs
    moon flowers grey ruelle frost winters""")
NAMES_ALL_THE_SAME = word_set("ben guy young brown grant porter green hill page cook price bill black white grey moon park hall love")


def main() -> None:
    examples: Counter[str] = Counter()
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for path in sorted((ROOT / "nlu").glob("??/*.yml")):
        for line in path.read_text("utf-8").splitlines():
            found = _EXAMPLE.match(line)
            if not found:
                continue
            text = _ANNOTATED.sub(r"\1", found[1])
            for word in _WORD.finditer(text):
                if word[0].islower() or _ACRONYM.fullmatch(word[0]):  # CLSC, HLM
                    small[fold(word[0])] += 1
                elif not word[0].isupper() and not _START.search(text[: word.start()]):
                    capital[fold(word[0])] += 1
            examples.update({fold(word) for word in _WORD.findall(text)})
    names = set((DATA / "names.txt").read_text("utf-8").split())
    places = {name for name in gazetteer().index if " " not in name}
    lines = []
    for word, count in examples.items():
        if count < IN_AT_LEAST or small[word] < 2 * capital[word] or not small[word] or word in places:
            continue
        if word in names and word not in WORDS_ALL_THE_SAME | NAMES_ALL_THE_SAME:
            continue
        lines.append(f"{word}\tname" if word in NAMES_ALL_THE_SAME else word)
    (DATA / "words.txt").write_text("\n".join(sorted(lines)) + "\n", "utf-8")
    print(f"{len(lines)} words")


if __name__ == "__main__":
    main()
