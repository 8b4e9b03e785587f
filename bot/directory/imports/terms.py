"""From a directory's taxonomy terms to our needs, by the table terms.yml, which a maintainer reads and edits.

A term is tried as a whole, then its code from the longest beginning to the shortest, then the words that it holds.

    ImportFault         the table itself is wrong
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.directory.imports.batch import ImportFault
from bot.directory.imports.plain_yaml import read_yaml
from bot.needs import all_needs
from bot.places import normalise

__all__ = ["TERMS", "Terms", "read_terms"]

TERMS = Path(__file__).with_name("terms.yml")
_LISTS = ("terms", "codes", "words")
# A 211 code is two letters, then levels: BD, BD-1800, BD-1800.2000.
SHORTEST_CODE = 1


class Terms:
    """The table in memory. A term that must not be oriented on (an agency's own paperwork) maps to no need."""

    def __init__(self, whole: dict[str, str | None], codes: dict[str, str | None], words: dict[str, str]) -> None:
        self._whole, self._codes, self._words = whole, codes, words
        self._by_length = sorted(words, key=len, reverse=True)

    def needs(self, name: str | None, code: str | None = None) -> tuple[str, ...] | None:
        """The needs of a term, the surest first; empty for one that is left out on purpose, null for an unknown one."""
        for text in (name, code):
            key = normalise(text or "")
            if key and key in self._whole:
                return tuple(filter(None, [self._whole[key]]))
        for text in (code, name):
            squeezed = (text or "").strip().upper()
            if any(letter.isspace() for letter in squeezed):
                continue
            for length in range(len(squeezed), SHORTEST_CODE, -1):
                if squeezed[:length] in self._codes and (length == len(squeezed) or not squeezed[length].isalpha()):
                    return tuple(filter(None, [self._codes[squeezed[:length]]]))
        padded = f" {normalise(name or '')} "
        found = dict.fromkeys(self._words[word] for word in self._by_length if f" {word} " in padded)
        return tuple(found) or None


def read_terms(path: Path = TERMS) -> Terms:
    """The table of the file `path`. Raises ImportFault, with the entry that is wrong."""
    return _read(path, path.stat().st_mtime_ns if path.is_file() else 0)


@cache
def _read(path: Path, _modified: int) -> Terms:
    document = read_yaml(path)
    if not isinstance(document, dict):
        raise ImportFault(f"{path.name}: is not a table of needs")
    tables: dict[str, dict[str, str | None]] = {name: {} for name in _LISTS}
    for need, lists in document.items():
        if need != "none" and need not in all_needs():
            raise ImportFault(f"{path.name}: {need!r} is not a need")
        if not isinstance(lists, dict) or set(lists) - set(_LISTS):
            raise ImportFault(f"{path.name}, {need}: must have lists under {', '.join(_LISTS)}")
        for name, items in lists.items():
            for item in items or ():
                key = str(item).strip().upper() if name == "codes" else normalise(str(item))
                if tables[name].get(key, need) != need:
                    raise ImportFault(f"{path.name}, {need}: {item!r} is there for {tables[name][key]} already")
                tables[name][key] = None if need == "none" else str(need)
    for each in all_needs().values():  # our own names for them, unless the table says otherwise
        for name in (each.id, each.fr, each.en):
            tables["terms"].setdefault(normalise(name), each.id)
    return Terms(tables["terms"], tables["codes"], {word: need for word, need in tables["words"].items() if need})
