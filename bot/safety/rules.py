"""The signals a clinician can review, read from signals/*.yml into rules ready to be looked for.

A file of a situation holds ``situation``, ``kind``, ``rank`` and two lists:

signals
    name, ``level`` (certain, unsure, hint), the phrases ``fr`` and ``en``. A hint says nothing alone. ``firm`` signals
    are said so openly that no context (a film, a course…) lowers them. ``longest`` bounds the words of a message in
    which the signal counts ("j'en peux plus", alone, is a cry; in a letter about respite it is not).
combine
    name, level, ``all`` (each item one signal, or several separated by ``|``) found ``within`` so many words.

``two_hints`` and ``two_unsure`` say what two different ones amount to. common.yml holds concepts without a level, and
contexts.yml what makes a signal mean something else.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.safety.normalise import Speller
from bot.safety.phrases import Phrase, Reader

SIGNALS = Path(__file__).parent / "signals"
LEVELS = {"hint": 1, "unsure": 2, "certain": 3}
#: Words between two combined signals when a rule does not say.
WITHIN = 14
LANGUAGES = ("fr", "en")

#: Every scalar a string: "on" and "no" are words here, not booleans.
_loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Signal:
    """Something said. ``level`` is 0 for a concept that only counts in combinations."""

    name: str
    situation: str | None
    level: int
    firm: bool
    longest: int | None


@dataclass(frozen=True)
class Combination:
    """Signals that together say more than each."""

    name: str
    situation: str
    level: int
    items: tuple[frozenset[str], ...]
    within: int


@dataclass(frozen=True)
class Context:
    """What changes the meaning of what it covers (an idiom) or stands beside (a film, a course, a loss of years ago).

    ``spoils`` names situations or signals ("all" for every one); ``to`` is the level that is left (0: none);
    ``near`` is how many words away it still counts, 0 for covering only.
    """

    name: str
    spoils: frozenset[str]
    to: int
    near: int
    breaks_firm: bool


@dataclass(frozen=True)
class Situation:
    """A key of safety.yml: what kind of danger it is, and its rank when a message holds several (1 first)."""

    name: str
    kind: str
    rank: int
    two_hints: int
    two_unsure: int


class Rules:
    """All the data files, read once. Raises PhraseError, KeyError or yaml.YAMLError on a broken file."""

    def __init__(self, folder: Path = SIGNALS) -> None:
        words = _read(folder / "_words.yml")
        self.speller = Speller(words["phone"], words["fillers"], words["real_words"])
        self._reader = Reader({k: v.split(" / ") for k, v in words["lists"].items()}, self.speller.words, frozenset(words["common"]))
        self.signals: dict[str, Signal] = {}
        self.combinations: list[Combination] = []
        self.contexts: dict[str, Context] = {}
        self.situations: dict[str, Situation] = {}
        self.phrases: list[tuple[str, str, Phrase]] = []  # name, language, phrase
        for path in sorted(folder.glob("*.yml")):
            if path.name not in ("_words.yml", "contexts.yml"):
                self._situation(_read(path))
        for row in _read(folder / "contexts.yml"):
            self._context(row)
        self._check()
        self._index: dict[str, list[int]] = defaultdict(list)
        self._starts: dict[str, list[int]] = defaultdict(list)
        for i, (_, _, phrase) in enumerate(self.phrases):
            for word in phrase.needs:
                (self._starts if word.endswith("*") else self._index)[word.rstrip("*")].append(i)
        lengths = sorted({len(w) for w in self._starts})
        self._lengths = lengths
        vocabulary = {w for _, _, p in self.phrases for w in p.words}
        self.speller.learn(vocabulary, words["keys"])

    def phrase(self, source: str) -> Phrase:
        """One more phrase, with the same lists and spelling. Raises PhraseError."""
        return self._reader.phrase(source)

    def candidates(self, words: list[str]) -> Iterator[tuple[str, Phrase]]:
        """The phrases that may match a text of these words, with the names of their signals."""
        found: set[int] = set()
        for word in set(words):
            found.update(self._index.get(word, ()))
            for n in self._lengths:
                if n > len(word):
                    break
                found.update(self._starts.get(word[:n], ()))
        for i in sorted(found):
            name, _, phrase = self.phrases[i]
            yield name, phrase

    def warm(self) -> None:
        """Compile every phrase now, so that the first messages are as quick as the others."""
        for _, _, phrase in self.phrases:
            phrase.regex  # noqa: B018 - compiled and kept

    def _situation(self, data: dict[str, Any]) -> None:
        situation = data.get("situation")
        if situation:
            self.situations[situation] = Situation(
                situation, data["kind"], int(data["rank"]),
                LEVELS.get(data.get("two_hints", ""), 0), LEVELS.get(data.get("two_unsure", ""), 0))
        for row in data.get("signals", ()):
            self._add(row["name"], row)
            self.signals[row["name"]] = Signal(row["name"], situation, LEVELS[row["level"]] if situation else 0,
                                               row.get("firm") == "true",
                                               int(row["longest"]) if "longest" in row else None)
        for row in data.get("combine", ()):
            self.combinations.append(Combination(
                row["name"], data["situation"], LEVELS[row["level"]],
                tuple(frozenset(str(item).split("|")) for item in row["all"]), int(row.get("within", WITHIN))))

    def _context(self, row: dict[str, Any]) -> None:
        self._add(row["name"], row)
        self.contexts[row["name"]] = Context(row["name"], frozenset(row["spoils"]), LEVELS.get(row.get("to", ""), 0),
                                             int(row.get("near", 0)), row.get("breaks_firm") == "true")

    def _add(self, name: str, row: dict[str, Any]) -> None:
        if name in self.signals or name in self.contexts:
            raise KeyError(f"two signals are named {name}")
        for language in LANGUAGES:
            for source in row[language]:
                self.phrases.append((name, language, self._reader.phrase(str(source))))

    def _check(self) -> None:
        known = set(self.signals)
        for rule in self.combinations:
            known.add(rule.name)
            unknown = {name for item in rule.items for name in item} - known
            if unknown:
                raise KeyError(f"{rule.name} combines unknown signals: {sorted(unknown)}")
        for context in self.contexts.values():
            unknown = set(context.spoils) - known - set(self.situations) - {"all", "second_net"}
            if unknown:
                raise KeyError(f"{context.name} spoils unknown signals: {sorted(unknown)}")


def _read(path: Path) -> Any:
    with path.open(encoding="utf-8") as lines:
        return yaml.load(lines, _loader)
