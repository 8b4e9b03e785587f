"""French or English? The language of a resident's message, or None when its words alone cannot tell.

What says nothing of the language is masked first: places, postal codes, addresses of pages, numbers, emoji. Each word
then speaks for French or English by its frequency in both, by its letters when it is in no list, and by joual and
phone spelling listed by hand. Words that carry a sentence (je, pour, the, with) weigh more than the others, so that
a French sentence full of English nouns is French. Words spelt alike in both, alone, decide nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.language.others import other_language
from bot.language.rare import rare_language
from bot.language.scripts import by_script
from bot.language.table import table
from bot.places import place_spans
from bot.places.text import fold, word_set

__all__ = ["Detection", "detect"]

#: Longer messages are read up to here; the language shows long before.
MOST_LETTERS = 2_000
#: The sum of log10 odds that decides, and the one that it takes to leave the language of the conversation so far.
ENOUGH, ENOUGH_TO_SWITCH = 0.03, 0.4
#: The most one word may say: one that carries the sentence, another, a name or an unknown word.
FRAME, CONTENT, UNKNOWN = 2.4, 1.5, 0.9
#: From here a word of the hand lists that carries the sentence says the most it may ("dont", French or English, does not).
CLEARLY = 1.5
#: How much more a word that carries the sentence weighs.
FRAME_WEIGHT = 1.3
#: Words of courtesy cross over: this is left of theirs when the rest of the message clearly is in the other language, by
#: as much as this. "Merci bien, you've been super" is English.
COURTESY_LEFT, THE_REST_DECIDES = 0.3, 1.5
#: Courtesies of both languages and nothing else decide nothing ("bonjour hi"). From here one is clearly of its language.
A_GREETING = 1.5
#: Likewise names of services and words that speakers of the other language borrow ("popote roulante", "job"): one clear word
#: beside them decides, and this is the most that they say then.
BORROWED_AT_MOST, A_WORD_DECIDES = 0.4, 1.3
#: An elision ("l'aide") and an English contraction ("Kim's"), as log10 odds.
ELISION, CONTRACTION = 1.5, -1.8

#: Public bodies and firms that have one name in both languages.
_MASKED = re.compile(
    r"\b(?:revenu|emploi|retraite|services?|hydro|investissement|soci[eé]t[eé]|urgences?)[- ]qu[eé]bec\b|"
    r"\bbonne porte\b|https?://\S+|www\.\S+|\S+@\S+\.\S+|@\w+|/\w+|\b[a-z]\d[a-z]\s?\d[a-z]\d\b|\b\w*\d\w*\b", re.IGNORECASE
)
#: Arabic typed on a phone writes three of its letters as digits ("3andi", "mra7ba", "9rib"); "3rd", "9h", "7ans" are not it.
_WITH_DIGITS = re.compile(
    r"\b(?!\d+(?:e|er|eme|ème|ieme|ième|nd|rd|th|h|am|pm|x|k|kg|km|min|ans?|yrs?|yo|jours?|days?|fois|mois|mo|sem|sec)\w{0,2}\b)"
    r"(?:[a-z]+[379][a-z]+|[379][a-z]{2,})\w*\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`´][^\W\d_]+)*['’]?")
_APOSTROPHES = str.maketrans("’ʼ`´", "''''")
_ELIDED = word_set("j l d c n m t s qu jusqu lorsqu puisqu quelqu presqu entr aujourd y p pt ptit b v ch")
_CONTRACTED = word_set("t m re ve ll d s em")


@dataclass(frozen=True, slots=True)
class Detection:
    """language: fr, en, or None when the text cannot tell; other: an ISO 639-1 code when it is surely neither;
    confidence: 0 to 1, of `language` or of `other`, 0 when both are None."""

    language: str | None
    other: str | None = None
    confidence: float = 0.0


def detect(text: str, previous: str | None = None) -> Detection:
    """The language of a message; `previous` is what the conversation was in, and only tips what is nearly undecided."""
    text = unicodedata.normalize("NFC", text[:MOST_LETTERS]).translate(_APOSTROPHES)
    other = by_script(text)
    if other is not None:
        return Detection(None, other, 0.99)
    masked = _MASKED.sub(" ", text)
    without_places = _WORD.findall(_MASKED.sub(" ", _without_places(masked)))
    if not without_places and not _WITH_DIGITS.search(text):
        return Detection(None)
    typed = _WORD.findall(masked)
    plain = [word.lower() for word in typed]
    plain += [word.lower() for word in _WITH_DIGITS.findall(text)]
    found = other_language([part for word in plain for part in word.split("'") if part])
    found = found or rare_language(text, [part for word in plain for part in word.split("'") if part])
    if found is not None:
        return Detection(None, found, 0.95)
    return _french_or_english(without_places, previous)


def _without_places(text: str) -> str:
    for start, end in reversed(place_spans(text)):
        text = f"{text[:start]} {text[end:]}"
    return text


def _french_or_english(typed: list[str], previous: str | None) -> Detection:
    known = table()
    words = [word.lower().strip("'") for word in typed]
    if all(word in known.neutral for word in words):
        return Detection(None)
    borrowed_at = known.borrowed_at([fold(word) for word in words])
    courtesy = borrowed = rest = 0.0
    greetings = {"fr": False, "en": False}
    carried: set[str] = set()  # languages of the words that carry a sentence, courtesy aside
    for position, word in enumerate(words):
        said = _speaks(word, alone=len(words) == 1, name=position > 0 and typed[position][0].isupper())
        if position in borrowed_at:
            borrowed += said
        elif word in known.courtesy:
            courtesy += said
            greetings["fr" if said > 0 else "en"] |= abs(said) >= A_GREETING
        else:
            rest += said
            if known.carries(word) or "'" in word:
                carried.add("fr" if said > 0 else "en")
    if borrowed * rest < 0 and abs(rest) >= A_WORD_DECIDES:
        borrowed = max(-BORROWED_AT_MOST, min(BORROWED_AT_MOST, borrowed))
    rest += borrowed
    crossed = courtesy * rest < 0 and abs(rest) >= THE_REST_DECIDES and ("fr" if rest > 0 else "en") in carried
    if greetings["fr"] and greetings["en"] and all(word in known.courtesy for word in words):
        return Detection(None)
    total = rest + (COURTESY_LEFT if crossed else 1.0) * courtesy
    language = "fr" if total > 0 else "en"
    if abs(total) < (ENOUGH if previous in (None, language) else ENOUGH_TO_SWITCH):
        return Detection(None)
    return Detection(language, None, round(1 - 1 / (1 + 10 ** min(abs(total), 6.0)), 4))


def _speaks(word: str, alone: bool, name: bool) -> float:
    """What one word says: above 0 for French, below for English."""
    known = table()
    if "'" in word:
        head, _, rest = word.partition("'")
        whole = known.listed.get(word.replace("'", ""))
        if whole is not None:
            return (FRAME if whole > 0 else -FRAME) * FRAME_WEIGHT
        if rest in _CONTRACTED and (head not in _ELIDED or head in ("i", "y")):
            return CONTRACTION * (0.6 if rest == "s" and head not in ("it", "he", "she", "that", "there", "what") else 1)
        if head in _ELIDED:
            return ELISION + 0.5 * _speaks(rest, False, name)
        return sum(_speaks(part, False, name) for part in word.split("'") if part)
    value, listed = known.value(word)
    if not listed:
        if not known.pronounceable(word):
            return 0.0
        return max(-UNKNOWN, min(UNKNOWN, value)) * (0.35 if name else 1.0)
    if known.carries(word) and word in known.listed and word not in known.courtesy and abs(value) >= CLEARLY:
        return (FRAME if value > 0 else -FRAME) * FRAME_WEIGHT  # "chu", "gonna": rarer in the tables than on a phone
    if known.carries(word) or (word in known.listed and not name):
        return max(-FRAME, min(FRAME, value)) * FRAME_WEIGHT
    if word in known.neutral:
        return 0.3 * max(-CONTENT, min(CONTENT, value))
    return max(-CONTENT, min(CONTENT, value)) * (0.6 if name else 1.0)
