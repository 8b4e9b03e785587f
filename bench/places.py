"""Places: every municipality of Quebec and borough of Montréal, in each form that people write; and what is invented.

    bonneporte bench places [--errors]

tests/places/test_every_place.py holds the thresholds over a sample of the same forms.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from bench.understanding import HELD_OUT, interval
from bot.places import find_places, gazetteer, normalise
from bot.places.gazetteer import GUARDED
from bot.places.place import Place

ROOT = Path(__file__).resolve().parents[1]
#: The territories of the pilot: Lanaudière north and south, Pierre-De Saurel, and Montréal's north with its two RLS.
PILOT = ("1411", "1412", "1623", "0641", "0642")
SHORTEST_MISTYPED_NAME, SHORTEST_MISTYPED_WORD = 7, 5
#: Everyday words that are municipalities too need a capital, a preposition or the question "where?" (aliases.yml).
_BARE = "lower case, nothing else"
Form = Callable[[str], str | None]


@lru_cache(maxsize=1)
def names() -> dict[str, frozenset[str]]:
    """Inhabited municipality or borough of Montréal -> the codes or keys that it may mean."""
    found: dict[str, set[str]] = {}
    for place in gazetteer().places.values():
        if place.kind == "municipality" and place.population > 0:
            found.setdefault(place.name, set()).add(place.code)
    for borough in gazetteer().boroughs("66023"):
        found.setdefault(borough.name, set()).add(borough.key)
    return {name: frozenset(keys) for name, keys in sorted(found.items())}


def _plain(name: str) -> str:
    """Without accents; hyphens, capitals and apostrophes stay."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))


def _spaced(name: str) -> str:
    return name.replace("-", " ").replace("–", " ")


def _short(name: str) -> str | None:
    """Saint and Sainte abbreviated; None for a name without them."""
    short = re.sub(r"\bSainte-", "Ste-", re.sub(r"\bSaint-", "St-", name))
    return short if short != name else None


def _short_spaced(name: str) -> str | None:
    short = _short(name)
    return short and re.sub(r"\b(Ste?)-", r"\1 ", short)


def _contracted(name: str) -> str:
    """The name after "à", as grammar has it: au Bic, aux Cèdres."""
    for article, contraction in (("Les ", "aux "), ("Le ", "au ")):
        if name.startswith(article):
            return contraction + name.removeprefix(article)
    return f"à {name}"


FORMS: dict[str, Form] = {
    "official name": lambda name: name,
    "without accents": _plain,
    "without hyphens": _spaced,
    "St-, Ste-": _short,
    "St, Ste": _short_spaced,
    "st, ste, small letters": lambda name: (short := _short_spaced(name)) and _spaced(_plain(short)).lower(),
    _BARE: str.lower,
    "answer to where?, small letters": lambda name: _plain(name).lower(),
    "j'habite à …": lambda name: f"j'habite {_contracted(name)}",
    "jreste a …, small letters": lambda name: f"jreste a {_spaced(_plain(name)).lower()} pis j'ai pu d'char",
    "French sentence": lambda name: f"Bonjour, ma mère de 80 ans vit à {name} et elle a besoin d'aide pour se laver",
    "English sentence": lambda name: f"my mom lives in {name} and needs a ride",
    "near the hospital in …": lambda name: f"I need a room near the hospital in {name}",
    "proche du cégep à …": lambda name: f"je cherche un logement proche du cégep à {name}",
}


def found(name: str, text: str, answer: bool = False) -> bool:
    places = find_places(text, answer=answer).places
    return any({place.code, place.key} & names()[name] for place in places) or any(place.name == name for place in places)


def missed(form: str, among: list[str]) -> tuple[int, list[str]]:
    """(how many names have the form, the texts that were not found)."""
    wrong, count = [], 0
    for name in among:
        text = FORMS[form](name)
        if text is not None:
            count += 1
            if not found(name, text, answer=form.startswith("answer")):
                wrong.append(text)
    return count, wrong


def mistyped(name: str, rng: random.Random) -> str | None:
    """One letter dropped, doubled, swapped or replaced in a word of five letters or more, after its first letter.

    None for short names and for those that are everyday words, first names or surnames, which are never guessed at.
    """
    if len(name) < SHORTEST_MISTYPED_NAME or gazetteer().level[normalise(name)] >= GUARDED:
        return None
    spans = [match.span() for match in re.finditer(r"[^\W\d_]+", name) if len(match.group()) >= SHORTEST_MISTYPED_WORD]
    own = [span for span in spans if name[slice(*span)] not in ("Saint", "Sainte")] or spans
    if not own:
        return None
    start, end = rng.choice(own)
    at, kind = rng.randrange(start + 1, end), rng.choice(("dropped", "doubled", "swapped", "replaced"))
    if kind == "dropped":
        return name[:at] + name[at + 1:]
    if kind == "doubled":
        return name[:at] + name[at] + name[at:]
    if kind == "swapped" and at + 1 < end:
        return name[:at] + name[at + 1] + name[at] + name[at + 2:]
    return name[:at] + rng.choice("aeiourstnl") + name[at + 1:]


def mistyped_missed(template: str, among: list[str], seed: int) -> tuple[int, list[str]]:
    rng = random.Random(seed)
    wrong, count = [], 0
    for name in among:
        typed = mistyped(name, rng)
        if typed is None:
            continue
        count += 1
        if not found(name, template.format(typed)):
            wrong.append(typed)
    return count, wrong


def postal_codes() -> Iterator[tuple[str, frozenset[str]]]:
    """Texts with a postal code or prefix of the pilot territories that lies in one town, and the codes it may mean."""
    known = gazetteer()
    for prefix, row in known.prefixes.items():
        if row["rls"] in PILOT and prefix[1] != "0":
            codes = frozenset(pair.partition(":")[0] for pair in row["municipalities"].split())
            for text in (f"{prefix} 1A1", f"{prefix}1A1".lower(), f"j'habite dans le {prefix}", f"my postal code is {prefix}-2b2"):
                yield text, codes


def postal_missed() -> tuple[int, list[str]]:
    texts = list(postal_codes())
    return len(texts), [text for text, codes in texts if not {place.code for place in find_places(text).places} & codes]


def without_place() -> dict[str, list[str]]:
    """Texts that name no place, by where they come from."""
    held_out = [json.loads(line) for path in sorted(HELD_OUT.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    general = [line.split("\t")[2] for line in (ROOT / "bench/data/general.tsv").read_text("utf-8").splitlines()]
    known = gazetteer()
    words = (ROOT / "bot/places/data/ordinary.txt").read_text("utf-8").split()
    return {
        "held-out messages without a place": [row["text"] for row in held_out if "place" in row and not row["place"]],
        "general text": general,
        "everyday words, alone": [word for word in words if word not in known.index],
    }


def invented(texts: list[str]) -> list[tuple[str, list[Place]]]:
    return [(text, list(places)) for text in texts if (places := find_places(text).places)]


def show(title: str, count: int, wrong: list[str]) -> None:
    print(f"{title:48}{interval(count - len(wrong), count)}")
    if "--errors" in sys.argv:
        print("    " + "; ".join(wrong[:60]))


def main() -> None:
    every = list(names())
    print(f"{len(every)} names: inhabited municipalities and boroughs of Montréal. Found:")
    began, texts = time.perf_counter(), 0
    for form in FORMS:
        count, wrong = missed(form, every)
        texts += count
        show(form, count, wrong)
    for seed, template in enumerate(("{}", "j'habite à {}", "my mom lives in {} and needs a ride")):
        count, wrong = mistyped_missed(template, every, seed)
        texts += count
        show(f"one typo: {template}", count, wrong)
    show("postal codes of the pilot territories", *postal_missed())
    print(f"{(time.perf_counter() - began) / texts * 1000:.2f} ms each\nInvented:")
    for title, without in without_place().items():
        read = invented(without)
        print(f"{title:48}{interval(len(read), len(without))}")
        if "--errors" in sys.argv:
            print("    " + "; ".join(f"{text} -> {places[0].name}" for text, places in read[:60]))


if __name__ == "__main__":
    main()
