"""One spelling for what people type: lower case, no accents, contractions opened, typos of key words mended.

The result is a string of words separated by single spaces, with a space at each end and a lone ``.`` where a
sentence ends, so that a phrase of the data files is found by a plain regular expression. The phrases of the data
files go through the same door, which is why a clinician may write them as people speak ("j'ai plus l'goût").
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

#: Telegram's own limit is 4,096 characters; what is longer is read at both ends, where people put what matters.
HEAD, TAIL = 4_096, 2_048
#: Words shorter than this are never mended: too many real words lie one letter away.
SHORTEST_MENDED = 5

#: Every apostrophe that phones type, made straight.
QUOTES = dict.fromkeys(map(ord, "’‘ʼ`´′＇ʹ"), "'")
_LETTERS = {ord("œ"): "oe", ord("æ"): "ae", ord("ß"): "ss", ord("ø"): "o", ord("ł"): "l", ord("-"): " ",
            ord("‐"): " ", ord("‑"): " ", ord("–"): " ", ord("—"): " ", ord("/"): " ", ord("_"): " "}
_LAUGHS = dict.fromkeys(map(ord, "😂🤣💀😆😹☠"), " lol ")
_TABLE = {**QUOTES, **_LETTERS, **_LAUGHS}
_LEET = str.maketrans("013457@$!", "oieastasi")

_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}[a-z]?\b\.?")
_SPACED = re.compile(r"(?<![a-z0-9'])(?:[a-z] ){2,}[a-z](?![a-z0-9'])")
_MASKED = re.compile(r"(?<![a-z0-9])(?=[a-z0-9@$!*]*[a-z])(?=[a-z0-9@$!*]*[0-9@$!*])[a-z0-9@$*][a-z0-9@$!*]+[a-z0-9]")
_AGE = re.compile(r"^\d+(?:ans?|yrs?|yo|y|h|mg|mois|m|months?|min)?$")
_TOKEN = re.compile(r"[a-z0-9*]+(?:'+[a-z0-9*]*)*|\.{2,}|…|[.!?;\n]")
_RUN = re.compile(r"(.)\1{2,}")

_ELISIONS = {"j": "je", "m": "me", "t": "te", "s": "se", "d": "de", "l": "le", "c": "ce", "qu": "que", "n": "",
             "jusqu": "jusque", "lorsqu": "lorsque", "puisqu": "puisque", "quoiqu": "quoique", "v": "vous", "y": "y",
             "ch": "je", "pis": "pis", "p": "pas"}
_ENGLISH_ENDS = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would", "s": "is"}
#: After these, 's is "is" or "has"; after any other word it is a possessive and goes away.
_SUBJECTS = frozenset(["he", "she", "it", "that", "there", "what", "who", "where", "here", "how", "this", "everything", "nobody", "someone", "somebody", "he"])
#: "jveux", "jpeux", "jme": the pronoun glued to its verb, before a consonant.
_GLUED_JE = re.compile(r"^j([bcdfglmnprstvx][a-z']{1,})$")


def fold(text: str) -> str:
    """Lower case without accents, quotes made straight, invisible characters gone."""
    text = unicodedata.normalize("NFKD", text.translate(_TABLE)).casefold()
    text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf", "Me"))
    return text.translate(_TABLE)


class Speller:
    """Opens contractions and phone spelling, drops fillers, mends typos towards known words.

    ``phone`` maps a typed word to what it stands for ("" drops it); ``fillers`` are dropped; ``real`` are words that
    look like a key word and are not one ("respite" is no "respire").
    """

    def __init__(self, phone: Mapping[str, str], fillers: Iterable[str], real: Iterable[str]) -> None:
        self._phone = {fold(str(k)): fold(str(v)) for k, v in phone.items()}
        self._fillers = frozenset(fold(str(w)) for w in fillers)
        self._real = frozenset(fold(str(w)) for w in real)
        self._known: frozenset[str] = frozenset()
        self._near: dict[str, list[str]] = {}

    def learn(self, words: Iterable[str], keys: Iterable[str]) -> None:
        """``words``: those of the phrases, left as they are. ``keys``: the few that typos are mended towards."""
        keys = {fold(str(k)) for k in keys}
        self._known = frozenset(words) | self._real | keys
        for word in sorted(k for k in keys if len(k) >= SHORTEST_MENDED):
            for form in _one_less(word):
                self._near.setdefault(form, []).append(word)

    def words(self, text: str) -> list[str]:
        """The words of ``text``, ``.`` between sentences. Never raises on a str."""
        if len(text) > HEAD + TAIL:
            text = text[:HEAD] + "\n" + text[-TAIL:]
        text = fold(text)
        text = _DOTTED.sub(lambda m: self._joined(m, "."), text)
        text = _SPACED.sub(lambda m: self._joined(m, " "), text)
        text = _MASKED.sub(self._unmasked, text)
        out: list[str] = []
        for token in _TOKEN.findall(text):
            if token[0] in ".…!?;\n":
                # An ellipsis is a hesitation, not the end of what is being said.
                if len(token) == 1 and token != "…" and out and out[-1] != ".":
                    out.append(".")
                continue
            out.extend(self._opened(token))
        return out

    def _joined(self, match: re.Match[str], gap: str) -> str:
        whole = match.group().replace(gap, "")
        known = whole in self._phone or whole in self._known
        return whole + " " if known else match.group()

    def _unmasked(self, match: re.Match[str]) -> str:
        word = match.group()
        if _AGE.match(word) or word in self._phone:
            return word
        plain = word.translate(_LEET)
        if "*" not in plain:
            return plain if plain in self._known or plain in self._phone else word
        shape = re.compile(re.escape(plain).replace(r"\*", "[a-z]?") + r"\Z")
        return next((k for k in sorted(self._known) if len(k) > 2 and abs(len(k) - len(plain)) < 3 and shape.match(k)), word)

    def _opened(self, token: str, depth: int = 0) -> list[str]:
        """One typed word as the words it stands for."""
        if token.endswith("'") and token[:-1] in _ELISIONS:
            return [w for w in [_ELISIONS[token[:-1]]] if w]
        token = token.strip("'")
        if not token or depth > 3:
            return [token] if token else []
        if token in self._phone:
            return [w for w in self._phone[token].split() if w not in self._fillers]
        if "'" in token:
            return self._split(token, depth)
        if token in self._fillers:
            return []
        if token in self._known:
            return [token]
        if _RUN.search(token):
            return self._opened(self._calm(token), depth + 1)
        glued = _GLUED_JE.match(token)
        if glued and token not in ("jrs", "jr", "jpg"):
            return ["je", *self._opened(glued.group(1), depth + 1)]
        return [self._mended(token)]

    def _split(self, token: str, depth: int) -> list[str]:
        bare = token.replace("'", "")
        if bare in self._phone:
            return self._opened(bare, depth + 1)
        head, _, rest = token.partition("'")
        if rest == "t" and head.endswith("n"):
            stem = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}.get(head[:-1], head[:-1])
            return [stem, "not"]
        if head in _ELISIONS and rest:
            first = _ELISIONS[head]
            return ([first] if first else []) + self._opened(rest, depth + 1)
        if rest in _ENGLISH_ENDS and (rest != "s" or head in _SUBJECTS):
            return [*self._opened(head, depth + 1), _ENGLISH_ENDS[rest]]
        if rest == "s":
            return self._opened(head, depth + 1)
        return [w for part in token.split("'") for w in self._opened(part, depth + 1)]

    def _calm(self, token: str) -> str:
        """A stretched word ("mouriiir", "killlll") as its nearest spelling: with doubles, else without."""
        twice, once = _RUN.sub(r"\1\1", token), _RUN.sub(r"\1", token)
        return once if once in self._known or twice not in self._known else twice

    def _mended(self, token: str) -> str:
        """The key word at one slip of the finger (first letter kept), or the word itself."""
        if len(token) < SHORTEST_MENDED or not token.isalpha():
            return token
        for form in _one_less(token):
            for word in self._near.get(form, ()):
                if word[0] == token[0] and _one_slip(token, word):
                    return word
        return token


def _one_less(word: str) -> list[str]:
    return [word] + [word[:i] + word[i + 1:] for i in range(1, len(word))]


def _one_slip(a: str, b: str) -> bool:
    """One letter added, left out, changed, or two neighbours swapped."""
    if len(a) == len(b):
        diff = [i for i in range(len(a)) if a[i] != b[i]]
        return len(diff) == 1 or (len(diff) == 2 and diff[1] == diff[0] + 1
                                  and a[diff[0]] == b[diff[1]] and a[diff[1]] == b[diff[0]])
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(long[:i] + long[i + 1:] == short for i in range(len(long)))


#: How the phrases of the data files are read: the same opening of words, without mending.
Opener = Callable[[str], "list[str]"]
