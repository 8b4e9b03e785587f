"""The small language the data files are written in, and its translation to regular expressions.

A phrase is words as people say them, with

    (a|b c)   one of these            [a|b]   one of these, or nothing
    {name}    a list of _words.yml    word*   any ending
    ~  ~6     up to 3 (6) other words of the same sentence
    !(a|b)    not followed by one of these

It is matched on normalised text (see normalise.py): spelling, accents and contractions do not matter.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

_LEX = re.compile(r"\s*(~\d*|!(?=\()|\{[a-z0-9_']+\}|[()\[\]|]|[^\s()\[\]|{}~!]+)")
#: A gap never crosses the end of a sentence.
_GAP = r"(?:[^ .][^ ]* ){0,%d}?"
DEFAULT_GAP = 3


class PhraseError(ValueError):
    """A phrase of a data file cannot be read; the message holds the phrase."""


@dataclass
class Phrase:
    """One phrase ready to be looked for. ``needs``: it cannot match unless one of these words (``word*``: one with
    this beginning) is in the text."""

    source: str
    pattern: str
    needs: frozenset[str]
    words: frozenset[str]
    _regex: re.Pattern[str] | None = field(default=None, repr=False)

    @property
    def regex(self) -> re.Pattern[str]:
        # Compiled when first needed: a thousand compilations would slow every start.
        if self._regex is None:
            self._regex = re.compile(self.pattern)
        return self._regex


@dataclass
class _Part:
    pattern: str
    firsts: frozenset[str]
    optional: bool


class Reader:
    """Reads phrases. ``open_word`` gives the normalised words of one written word; ``macros`` the named lists."""

    def __init__(self, macros: Mapping[str, list[str]], open_word: Callable[[str], list[str]],
                 common: frozenset[str]) -> None:
        self._macros = macros
        self._open = open_word
        self._common = common
        self._done: dict[str, tuple[str, frozenset[str], frozenset[str]]] = {}

    def phrase(self, source: str) -> Phrase:
        """The phrase as a regular expression. Raises PhraseError, never anything else."""
        words: set[str] = set()
        parts, rest = self._sequence(_lex(source), source, words)
        if rest:
            raise PhraseError(f"unbalanced bracket: {source!r}")
        fixed = [p for p in parts if not p.optional and p.firsts]
        if not fixed:
            raise PhraseError(f"nothing that must be present: {source!r}")
        needs = min((p.firsts for p in fixed), key=self._cost)
        return Phrase(source, r"(?<![^ ])" + "".join(p.pattern for p in parts), needs, frozenset(words))

    def _cost(self, firsts: Iterable[str]) -> float:
        return sum(50.0 if w in self._common else 1.0 for w in firsts)

    def _sequence(self, tokens: list[str], source: str, words: set[str]) -> tuple[list[_Part], list[str]]:
        parts: list[_Part] = []
        while tokens and tokens[0] not in ("|", ")", "]"):
            token, tokens = tokens[0], tokens[1:]
            if token in "([":
                part, tokens = self._group(token, tokens, source, words)
                parts.append(part)
            elif token == "!":
                part, tokens = self._group("(", tokens[1:], source, words)
                parts.append(_Part(f"(?!{part.pattern})", frozenset(), True))
            elif token[0] == "~":
                parts.append(_Part(_GAP % int(token[1:] or DEFAULT_GAP), frozenset(), True))
            elif token[0] == "{":
                parts.append(self._macro(token[1:-1], source, words))
            else:
                parts.extend(self._word(token, source, words))
        return parts, tokens

    def _group(self, opening: str, tokens: list[str], source: str, words: set[str]) -> tuple[_Part, list[str]]:
        closing = ")" if opening == "(" else "]"
        choices: list[list[_Part]] = []
        while True:
            parts, tokens = self._sequence(tokens, source, words)
            if parts:
                # A choice made of fillers is empty, and messages never hold it: it is no choice.
                choices.append(parts)
            if not tokens:
                raise PhraseError(f"bracket never closed: {source!r}")
            mark, tokens = tokens[0], tokens[1:]
            if mark == closing:
                break
            if mark != "|":
                raise PhraseError(f"brackets crossed: {source!r}")
        if not choices and opening == "(":
            raise PhraseError(f"brackets hold nothing that messages keep: {source!r}")
        part = self._choice(choices, optional=opening == "[") if choices else _Part("", frozenset(), True)
        return part, tokens

    def _macro(self, name: str, source: str, words: set[str]) -> _Part:
        if name not in self._macros:
            raise PhraseError(f"no list named {name!r}: {source!r}")
        if name not in self._done:
            found: set[str] = set()
            choices = []
            for line in self._macros[name]:
                parts, rest = self._sequence(_lex(str(line)), source, found)
                if rest:
                    raise PhraseError(f"unbalanced bracket in the list {name!r}")
                choices.append(parts)
            part = self._choice(choices, optional=False)
            self._done[name] = (part.pattern, part.firsts, frozenset(found))
        pattern, firsts, found_words = self._done[name]
        words.update(found_words)
        return _Part(pattern, firsts, False)

    def _choice(self, choices: list[list[_Part]], *, optional: bool) -> _Part:
        firsts: frozenset[str] = frozenset()
        for parts in choices:
            fixed = [p.firsts for p in parts if not p.optional and p.firsts]
            if fixed:
                firsts = firsts | min(fixed, key=self._cost)
            else:
                optional = True
        pattern = "(?:" + "|".join("".join(p.pattern for p in parts) for parts in choices) + ")"
        return _Part(pattern + "?" * optional, frozenset() if optional else firsts, optional)

    def _word(self, written: str, source: str, words: set[str]) -> list[_Part]:
        star = written.endswith("*")
        opened = self._open(written.rstrip("*"))
        if not opened:
            # "ne" and fillers are dropped from messages, so they are dropped here too.
            return []
        parts = []
        for i, word in enumerate(opened):
            last = star and i == len(opened) - 1
            parts.append(_Part(re.escape(word) + (r"[^ ]* " if last else " "),
                               frozenset({word + "*" if last else word}), False))
            if not last:
                words.add(word)
        return parts


def _lex(source: str) -> list[str]:
    tokens = _LEX.findall(source)
    if not tokens or "".join(tokens).replace(" ", "") != re.sub(r"\s+", "", source):
        raise PhraseError(f"cannot be read: {source!r}")
    return tokens
