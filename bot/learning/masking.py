"""What may be kept of a sentence: everything that could name somebody or somewhere becomes "…".

    mask("chu à Tracy, mon proprio Ti-Guy veut me mettre dehors, 450 555-0199")
        -> Masked("chu à …, mon proprio … veut me mettre dehors, …", doubt=False)

It does not look for what to hide: it looks for what may stay. A word stays only when it is among some 7,000 ordinary ones
(data/words.txt), in small letters or at the start of a sentence; numbers, addresses, links and anything else are hidden, and so
is an ordinary word where it is likely a name (after "je m'appelle", "rue", "voisine"). A name that is in no list is hidden for
that very reason. `doubt`: too much was hidden, or what is left is too long a story; then nobody should be asked to let it be kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.places import place_spans
from bot.places.text import fold, word_set

__all__ = ["HIDDEN", "Masked", "mask"]

HIDDEN = "…"
# Fewer words left say too little to learn from; more are a life by which somebody could be known.
WORDS_AT_LEAST, WORDS_AT_MOST = 3, 40
# Signs for what is hidden, as a share of them and the words left; beyond it nobody can tell what was meant, nor whether enough
# was hidden. Nor may more words be hidden than are left.
HIDDEN_AT_MOST = 0.34

_WORDS = Path(__file__).with_name("data") / "words.txt"
# A word that holds a digit, an address or a link goes as a whole.
_WHOLE = re.compile(r"\S*[\d@#/\\]\S*|\S*www\.\S*|\S*\w\.(?:com|ca|org|net|info|qc|gouv|fr|io|me)\b\S*", re.IGNORECASE)
_PIECE = re.compile(r"(?P<word>[A-Za-zÀ-ÖØ-öø-ÿŒœ]+)|(?P<hidden>…)|(?P<space>\s+)|(?P<mark>[.,;:?!'-])|(?P<else>.)", re.DOTALL)
_ENDS_SENTENCE = frozenset(".?!…")
# Someone spells an address out: what is hidden then is not sure to be all of it.
_SPELT_OUT = word_set("arobase arobas gmail hotmail yahoo outlook icloud videotron sympatico courriel facebook messenger instagram tiktok snapchat")
_FUNCTION = word_set("""a au aux avec c ce cette ces d dans de depuis des du elle elles en est et eux j je ma me mes moi mon n ne ni nos notre
    nous on ou par pas pis plus pour pus qu que qui s sa sans se ses si son sont sur t ta te tes ton tu un une vos votre vous y il ils la
    le les l mais parce quand c comme chez and or but the an i my me we our you your he she they it its his her their them to for of in
    at on with without from by is are was be been am not no this that so if because when who what where how im m ve re ll don""")
_BEGINS = _FUNCTION | word_set("bonjour bonsoir salut allo hello hi hey good please merci thanks svp est can could do does j jai ok oui non yes")
# Where an ordinary word is likely a name, it goes too: the next words up to this many, a small word that is no part of a name ends it.
_NAME_AFTER = [(re.compile(r"\b(?:(?:m|t|s|l|se) ?appell?e[sz]?|nommee?|surnommee?|prenomm?ee?|nom est|nom c est|moi c est|dr|dre|docteure?|doctor|monsieur|madame"
                           r"|mme|mlle|mr|mrs|ms|miss|maitre|my name is|name s|named|called|i am called|signe|signed) $"), 3),
               (re.compile(r"\b(?:rue|avenue|av|boul|boulevard|chemin|rang|montee|ruelle|impasse|autoroute|apt|appartement|coin|parc|corner|station"
                           r"|ecole|eglise|hopital|clinique|cegep|college|universite|residence|manoir|garderie|hotel|motel|restaurant|bar)"
                           r"(?: (?:de|du|des|d|la|le|les|l|saint|sainte|st|ste|notre|of))* $"), 2),
               (re.compile(r"\b(?:voisine?|amie?s?|chum|blonde|proprio|proprietaire|patron|patronne|boss|cousine?|soeur|frere|oncle|tante|fils|fille|mere"
                           r"|pere|mari|femme|conjointe?|niece|neveu|neighbou?r|friend|landlord|landlady|brother|sister|uncle|aunt|son|daughter|husband"
                           r"|wife|boyfriend|girlfriend|mother|father|nephew|client|cliente|intervenante?|worker) $"), 0)]
# In English the name stands before: "king street", "maple road".
_ENGLISH_STREETS = word_set("street avenue road drive boulevard crescent lane court rd blvd ave terrace highway")
_NUMBERS = word_set("""zero un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts trente quarante
    cinquante soixante cent cents mille one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand oh double""")
NUMBERS_AT_MOST = 2  # in a row: "deux enfants", "twenty three"; three are an age or a part of a telephone number


@dataclass(frozen=True, slots=True)
class Masked:
    """The sentence as it would be kept, on one line, and whether it had better not be."""

    text: str
    doubt: bool


@lru_cache(maxsize=1)
def _plain_words() -> tuple[frozenset[str], frozenset[str]]:
    """The words that may stay, and those of them that are names of people too."""
    lines = [line.split("\t") for line in _WORDS.read_text("utf-8").splitlines()]
    return frozenset(line[0] for line in lines), frozenset(line[0] for line in lines if len(line) > 1)


def mask(text: str) -> Masked:
    """What may be kept of `text`. Never raises on a str."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("…", " ")
    pieces = _pieces(_without_places(_WHOLE.sub(HIDDEN, text)))
    spoken = [piece for piece in pieces if piece.kind == "word"]
    shouted = len(spoken) > 1 and all(piece.text.isupper() for piece in spoken)
    for place, piece in enumerate(spoken):
        piece.kept = _may_stay(spoken, place, shouted)
    _hide_runs_of_numbers(spoken)
    said = _joined(pieces, shouted)
    kept, holes = sum(piece.kept for piece in spoken), said.count(HIDDEN)
    doubt = (kept < WORDS_AT_LEAST or len(spoken) > WORDS_AT_MOST or holes > HIDDEN_AT_MOST * (kept + holes) or len(spoken) > 2 * kept
             or any(fold(piece.text) in _SPELT_OUT for piece in spoken) or any(piece.foreign for piece in pieces))
    return Masked(said, doubt)


def _without_places(text: str) -> str:
    for start, end in reversed(place_spans(text)):
        text = f"{text[:start]}{HIDDEN}{text[end:]}"
    return text


class _Piece:
    """A word, a mark, a space or something already hidden, with whether it stays and whether a sentence begins with it."""

    __slots__ = ("first", "foreign", "kept", "kind", "text")

    def __init__(self, kind: str, text: str, first: bool) -> None:
        self.kind, self.text, self.first = kind, text, first
        self.kept = kind == "mark"
        self.foreign = kind == "else" and text.isalpha()  # letters of another alphabet


def _pieces(text: str) -> list[_Piece]:
    made: list[_Piece] = []
    first = True
    for found in _PIECE.finditer(text):
        kind = str(found.lastgroup)
        made.append(_Piece(kind, found[0], first))
        if kind == "word":
            first = False
        elif (kind == "mark" and found[0] in _ENDS_SENTENCE) or (kind == "space" and "\n" in found[0]):
            first = True
    return made


def _may_stay(spoken: list[_Piece], place: int, shouted: bool) -> bool:
    words, names = _plain_words()
    piece = spoken[place]
    word = fold(piece.text)
    if word not in words:
        return False
    capital = piece.text[0].isupper() and not shouted
    acronym = piece.text.isupper() and 1 <= len(piece.text) <= 5 and word not in names
    if capital and not acronym and not (word in _BEGINS or (piece.first and word not in names)):
        return False
    if word in _FUNCTION:
        return True
    return not _likely_a_name(spoken, place, word, names)


def _likely_a_name(spoken: list[_Piece], place: int, word: str, names: frozenset[str]) -> bool:
    if place + 1 < len(spoken) and fold(spoken[place + 1].text) in _ENGLISH_STREETS:
        return True
    before = " ".join(fold(piece.text) for piece in spoken[max(0, place - 6):place])
    for pattern, reach in _NAME_AFTER:
        if reach == 0 and word not in names:
            continue
        said = before.split()
        for back in range(max(1, reach)):
            tail = said[len(said) - back:]
            if any(one in _FUNCTION for one in tail):
                break
            if pattern.search(" ".join(said[:len(said) - back]) + " "):
                return True
    return False


def _hide_runs_of_numbers(spoken: list[_Piece]) -> None:
    run: list[_Piece] = []
    for piece in [*spoken, None]:
        if piece is not None and (fold(piece.text) in _NUMBERS or (run and fold(piece.text) in ("et", "and"))):
            run.append(piece)
            continue
        if sum(fold(one.text) in _NUMBERS for one in run) > NUMBERS_AT_MOST:
            for one in run:
                one.kept = False
        run = []


def _joined(pieces: list[_Piece], shouted: bool) -> str:
    """The kept pieces on one line; what is hidden in a row is one sign."""
    said = []
    for piece in pieces:
        if piece.kind == "word":
            said.append((piece.text.lower() if shouted else piece.text) if piece.kept else HIDDEN)
        else:
            said.append({"mark": piece.text, "hidden": HIDDEN}.get(piece.kind, " "))
    text = re.sub(r"\s+", " ", "".join(said)).strip()
    text = re.sub(rf"{HIDDEN}(?:[\s'.-]*{HIDDEN})+", HIDDEN, text)
    return text.strip(" -'")
