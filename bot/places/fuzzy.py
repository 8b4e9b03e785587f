"""Names with typos: "jolliette", "soreltracy", "st michel dessaint".

Compared without spaces, by edits with neighbouring letters swapped counted as one. A reading is given only when it is
clearly nearer than any other, and never for an ordinary word that happens to look like a name (ordinary.txt, made
by scripts/make_gazetteer.py from word frequencies).
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.places.gazetteer import DATA, PLAIN, SAINT, Gazetteer, gazetteer

__all__ = ["nearest_names", "with_typos"]

SHORTEST = 5
#: Below this population an ordinary word as near as the name is what was meant ("sallut" is no Salluit).
SMALL = 10_000
#: As many letters typed right settle a name of several words.
MOST_OF_A_NAME = 12
_LINKS = frozenset({"d", "de", "des", "du", "la", "le", "les", "l"})


def edits_allowed(length: int) -> int:
    """How many edits a name of `length` letters may be away: 1 up to 7, 2 up to 13, then 3."""
    return 1 if length < 8 else 2 if length < 14 else 3


def edits_after_saint(word: str) -> int:
    """Saints are many and near one another: none below 5 letters (Mary is not Marc), then 1, then 2 from 9 on."""
    return 0 if len(word) < 5 else 1 if len(word) < 9 else 2


def nearest_names(known: Gazetteer, squashed: str) -> list[tuple[int, str]]:
    """(edits, name) of the names within reach of `squashed`, nearest first."""
    most = edits_allowed(len(squashed))
    found = []
    for length in range(max(SHORTEST, len(squashed) - most), len(squashed) + most + 1):
        names = known.squashed.get(length, {})
        for squashed_name, edits, _ in process.extract(
            squashed, names.keys(), scorer=OSA.distance, score_cutoff=min(most, edits_allowed(length)), limit=4
        ):
            if squashed_name[0] == squashed[0] or length > 9:
                found.append((edits, names[squashed_name]))
    return sorted(found)


def with_typos(known: Gazetteer, norms: list[str]) -> str | None:
    """The name that the words stand for, or None when nothing or more than one thing is near."""
    squashed = "".join(norms)
    if len(squashed) < SHORTEST or not squashed.isalpha() or " ".join(norms) in known.index:
        return None
    exact = known.squashed.get(len(squashed), {}).get(squashed)
    if exact is not None:
        return exact if len(norms) == 1 or _differ_oddly(norms, exact.split()) else None
    if len(norms) == 1 and squashed in _ordinary():
        return None
    near = [(edits, name) for edits, name in nearest_names(known, squashed) if _plausible(known, norms, name, edits)]
    if not near:
        return None
    edits, name = near[0]
    if _size(known, name) < SMALL and _nearer_word(squashed, edits):
        return None
    rivals = [other for other_edits, other in near[1:]
              if other_edits <= edits and not set(known.index[name]) & set(known.index[other])]
    if not rivals:
        return name
    # Of names equally near, a city is meant rather than a village a tenth of its size.
    first, second = sorted([name, *rivals], key=lambda other: -_size(known, other))[:2]
    return first if _size(known, first) >= 10 * _size(known, second) else None


def _plausible(known: Gazetteer, norms: list[str], name: str, edits: int) -> bool:
    if known.level[name] not in (PLAIN, SAINT) and edits > 1:
        return False
    if norms[0] in ("saint", "sainte") and len(norms) == 2 and edits > edits_after_saint(max(norms[1], name.split()[-1], key=len)):
        return False
    if len(norms) == 1:
        return True
    if len(norms) == name.count(" ") + 1 and any(_another_word(norm, part) for norm, part in zip(norms, name.split(), strict=True)):
        return False
    # "sorel tracey": what is typed right names the place by itself.
    right = " ".join(norm for norm, part in zip(norms, name.split()) if norm == part)
    return _differ_oddly(norms, name.split()) or bool(set(known.index.get(right, ())) & set(known.index[name]))


def _another_word(norm: str, part: str) -> bool:
    """"Saint-Barnabé pis" is not Saint-Barnabé-Sud: more than half of a word's letters differ."""
    return not {norm, part} <= _LINKS and OSA.distance(norm, part) > max(1, len(part) // 2)


def _differ_oddly(norms: list[str], name: list[str]) -> bool:
    """Whether what differs from the name is no ordinary word, or only lacks its final s ("trois riviere")."""
    if len(norms) != len(name):
        # Cut or glued otherwise than the name: "val dor", "repen tigny", "notredame des prairies".
        return not any(norm in _ordinary() for norm in norms if norm not in name and len(norm) > 2)
    same = sum(len(norm) for norm, part in zip(norms, name, strict=True) if norm == part)
    letters = sum(map(len, norms))
    for norm, part in zip(norms, name, strict=True):
        if norm == part or {norm, part} <= _LINKS:
            continue
        singular = norm + "s" == part or norm == part + "s"
        # The rest of a long name carries one wrong word ("st gabrielle de brandon").
        carried = same >= MOST_OF_A_NAME or (singular and letters >= 10) or part in ("saint", "sainte")
        if not carried and (len(norm) < 3 or norm in _ordinary()):
            return False
    return True


def _nearer_word(squashed: str, edits: int) -> bool:
    return process.extractOne(squashed, _ordinary_of_length(len(squashed), edits), scorer=OSA.distance,
                              score_cutoff=edits) is not None


@lru_cache(maxsize=64)
def _ordinary_of_length(length: int, edits: int) -> tuple[str, ...]:
    """Ordinary words of about this length that are no place's name."""
    names = gazetteer().index
    return tuple(word for word in _ordinary() if abs(len(word) - length) <= edits and word not in names)


def _size(known: Gazetteer, name: str) -> int:
    return max(known.places[key].population or 20_000 for key in known.index[name])


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    path = DATA / "ordinary.txt"
    return frozenset(path.read_text(encoding="utf-8").split()) if path.exists() else frozenset()
