"""Places in a message: which of the names in it are places here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.places.choice import SAID_NOT_TO_BE, Mention, choose, names_region
from bot.places.context import CORRECTED, FUNCTION_WORDS, Context, after_a_first_name, read_context
from bot.places.fuzzy import with_typos
from bot.places.gazetteer import EVERYDAY, GUARDED, SAINT, Gazetteer, gazetteer
from bot.places.place import Found, Place
from bot.places.postal import PostalCode, find_postal_codes
from bot.places.text import Word, word_set, words

__all__ = ["find_places", "name_spans", "place_spans"]

LONGEST_NAME = 8
#: Messages of at most this many words are read for typos even where no preposition introduces the name.
SHORT_MESSAGE = 4
#: Of longer messages the start and the end are read, where people name the place.
FIRST_WORDS, LAST_WORDS = 250, 150
QUEBEC = "quebec"
_COMPASS = word_set("nord sud est ouest")
#: First words of long names that are looked for anywhere in a message, however they go on.
_GENERIC = word_set("saint sainte notre cote riviere pointe mont cap baie sault havre grosse grande petit lac")
_FUNCTION_WORDS_IN_NAMES = word_set("la le les l notre montreal ville centre cote")
#: What tells "a Québec" from the province, and "de Québec" too.
_LINKS = word_set("de du des d sur")
_LIVING = word_set("habite reste demeure suis chu vis")
_FROM = tuple(f"{being} {of}" for being in ("suis", "chu", "chus", "jsuis") for of in ("de", "d"))
_PREPOSITIONS = word_set("a au aux de d du in at from near")
_OF_THE_CITY = word_set("ville region pres hopital banlieue")


def find_places(text: str, spans: Iterable[tuple[int, int]] | None = None, answer: bool = False) -> Found:
    """The places a message names.

    spans: (start, end) token offsets over normalise(text).split() that a matcher over gazetteer().names() found;
    None looks them up here. answer: the text answers "where?", so that a bare everyday word may be a place.
    One place when there is one reading; several when two share the name; empty when none. Never raises on a str.
    """
    known = gazetteer()
    text = unicodedata.normalize("NFC", text)
    found = words(text)
    if len(found) > FIRST_WORDS + LAST_WORDS:
        found, spans = _ends(found), None
    codes = find_postal_codes(text, known)
    mentions = _mentions(known, found, spans, codes, answer)
    chosen = choose(known, mentions, codes, found)
    covered = _covered(found, mentions, codes)
    only = bool(mentions or codes) and all(
        position in covered or word.norm in FUNCTION_WORDS for position, word in enumerate(found)
    )
    return Found(chosen, only)


def place_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) character offsets of the names and postal codes of places in an NFC text, in order."""
    known = gazetteer()
    found = _ends(words(text))
    codes = find_postal_codes(text, known)
    mentions = [mention for mention in _mentions(known, found, None, codes, False) if not mention.postal]
    spans = [(found[m.start].start, found[m.end - 1].start + len(found[m.end - 1].raw)) for m in mentions]
    return sorted([*spans, *((code.start, code.end) for code in codes)])


def _ends(found: list[Word]) -> list[Word]:
    return found if len(found) <= FIRST_WORDS + LAST_WORDS else found[:FIRST_WORDS] + found[-LAST_WORDS:]


def name_spans(known: Gazetteer, found: list[Word]) -> list[tuple[int, int]]:
    """Longest names of the gazetteer in the words, left to right, without overlap."""
    spans, start = [], 0
    norms = [word.norm for word in found]
    while start < len(norms):
        for end in range(min(len(norms), start + LONGEST_NAME), start, -1):
            name = " ".join(norms[start:end])
            if name in known.index or name in known.not_places:
                spans.append((start, end))
                start = end
                break
        else:
            start += 1
    return spans


def _mentions(known: Gazetteer, found: list[Word], spans: Iterable[tuple[int, int]] | None, codes: list[PostalCode],
              answer: bool) -> list[Mention]:
    in_code = _words_in(found, codes)
    spans = name_spans(known, found) if spans is None else sorted(spans)
    mentions, taken = _long_typos(known, found, spans, set(in_code))
    for start, end in spans:
        if any(position in taken for position in range(start, end)):
            continue
        name = " ".join(word.norm for word in found[start:end])
        if name not in known.index or name in known.not_places:
            taken.update(range(start, end))
            continue
        several = known.level[name] < EVERYDAY or end - start > 1
        longer = _longest_typo(known, found, start, taken, least=end - start + 1) if several else None
        if longer is not None and longer[1] != name:
            end, name = longer  # "st michel dessaint" is more than "st michel"
        context = read_context(found, start, end, saint=_named_after_saint(known, name))
        if mentions:
            context = _after_another(found, mentions[-1], start, context)
        if _is_place(known, found, start, end, name, context, answer, in_code):
            mentions.append(Mention(start, end, _places(known, name), context))
            taken.update(range(start, end))
        elif known.level[name] != EVERYDAY:
            taken.update(range(start, end))  # read and refused: not a typo of another name either
    mentions.extend(_typos(known, found, taken, answer))
    for code in codes:
        if code.places:
            at = [position for position in in_code if code.start <= found[position].start < code.end]
            if not at:
                continue  # in the middle of a very long message, which is not read
            mentions.append(Mention(at[0], at[-1] + 1, code.places, Context(True, False, 2.5, False), postal=True))
    return sorted(mentions, key=lambda mention: mention.start)


def _long_typos(known: Gazetteer, found: list[Word], spans: list[tuple[int, int]],
                taken: set[int]) -> tuple[list[Mention], set[int]]:
    """Long names mistyped before a part that is a name by itself: "saint alxeandre de kamouraska"."""
    mentions = []
    starts = {start for start, _ in spans}
    for start, word in enumerate(found):
        if start in starts or start in taken:
            continue
        if _like_generic(word.norm) or _like_saint(word.norm):
            least = 3
        elif word.capital and (word.norm in known.first_words or _like_first(known, word.norm)):
            least = 2  # "Noorth Hatley", "Terasse-Vaudreuil"
        else:
            continue
        longest = _longest_typo(known, found, start, taken, least)
        if longest is not None:
            end, name = longest
            mentions.append(Mention(start, end, _places(known, name), read_context(found, start, end, saint=False)))
            taken.update(range(start, end))
    return mentions, taken


def _places(known: Gazetteer, name: str) -> tuple[Place, ...]:
    return tuple(known.places[key] for key in known.index[name])


def _is_place(known: Gazetteer, found: list[Word], start: int, end: int, name: str, context: Context,
              answer: bool, in_code: list[int]) -> bool:
    alone = all(
        start <= position < end or word.norm in FUNCTION_WORDS or position in in_code for position, word in enumerate(found)
    )
    if context.rejected and not (alone and answer):
        return False
    if name == QUEBEC:
        return _is_quebec_city(found, start, alone)
    level = known.level[name]
    capital = found[start].capital or found[end - 1].capital
    text = " " + " ".join(word.norm for word in found[:start] + found[end:]) + " "
    if level in (GUARDED, EVERYDAY) and capital and any(names_region(known, p, text) for p in _places(known, name)):
        return True
    if level == EVERYDAY:
        if alone and (answer or capital):
            return True
        if context.residence and start and found[start - 1].norm == "a":
            return True  # "j'habite à racine"; "I live in hope" has another preposition
        if name not in known.ordinary and (context.near or (context.residence and start and found[start - 1].norm == "in")):
            return True  # "near alma", "i live in la tuque"
        if name not in known.ordinary and " ".join(word.norm for word in found[:start]).endswith(_FROM):
            return True  # "chu d'la tuque"
        return context.introduced and capital and not found[start].after_break
    if after_a_first_name(found, start) and level in (SAINT, GUARDED) and not context.introduced:
        return False
    if level == GUARDED:
        shouting = capital or not any(word.capital for word in found[1:])
        return alone or (context.introduced and shouting) or (context.residence and shouting)
    return True


def _is_quebec_city(found: list[Word], start: int, alone: bool) -> bool:
    """Quebec without more is the province, unless it is the whole answer, "à Québec" or "région de Québec"."""
    if alone and not any(word.norm in ("in", "from", "au", "du", "canada", "province") for word in found):
        return True
    before = [word.norm for word in found[max(0, start - 3):start]]
    if not before or found[start].after_break:
        return False
    last = found[start - 1].raw.lower()
    if last == "à" or before[-1] == "vieux":
        return True
    if last == "a":  # the preposition typed without its accent
        return bool(_LIVING & set(before))
    return before[-1] == "de" and len(before) > 1 and before[-2] in _OF_THE_CITY


def _after_another(found: list[Word], previous: Mention, start: int, context: Context) -> Context:
    """What a name right before says of the next one."""
    between = [word.norm for word in found[previous.end:start]]
    denied = previous.context.weight < SAID_NOT_TO_BE
    if not context.introduced and len(between) == 1 and between[0] in ("ou", "or", "et", "and"):
        return replace(context, introduced=True, weight=previous.context.weight)  # "à Repentigny ou Charlemagne"
    if denied and not between:
        return replace(context, introduced=True)  # "not Laval, Amos"
    if between and between[0] in ("no", "non", "nope") and set(between[1:]) <= FUNCTION_WORDS | {"wait", "attends"}:
        return replace(context, introduced=True, weight=context.weight + CORRECTED)  # "Joliette? Non, Berthier"
    if denied and len(between) == 2 and between[0] in ("ou", "or", "ni", "nor") and between[1] in _PREPOSITIONS:
        return replace(context, weight=previous.context.weight)  # "pas à Laval ou à Brossard"
    return context


def _named_after_saint(known: Gazetteer, name: str) -> bool:
    """Whether streets, schools, feasts and hospitals bear the name too."""
    return name.startswith("saint") and (name.count(" ") <= 1 or known.level[name] == EVERYDAY)


def _typos(known: Gazetteer, found: list[Word], taken: set[int], answer: bool) -> list[Mention]:
    mentions: list[Mention] = []
    short = len(found) <= SHORT_MESSAGE or answer
    start = 0
    while start < len(found):
        best = None
        if start not in taken:
            before = read_context(found, start, start + 1, saint=False, weigh=False)
            introduced = before.introduced and (start == 0 or not found[start].after_break)
            if short or introduced:
                lives = introduced and (before.near or (before.residence and found[start - 1].norm in ("a", "in")))
                best = _longest_typo(known, found, start, taken, lives=lives)
        if best is None:
            start += 1
            continue
        end, name = best
        context = read_context(found, start, end, saint=_named_after_saint(known, name))
        if not context.rejected:
            mentions.append(Mention(start, end, _places(known, name), context))
            taken.update(range(start, end))
        start = end
    return mentions


def _longest_typo(known: Gazetteer, found: list[Word], start: int, taken: set[int],
                  least: int = 1, lives: bool = False) -> tuple[int, str] | None:
    """The longest run of words from `start` that a name mistyped explains. lives: "j'habite à" or "near" stands before,
    so that an everyday name may be meant too."""
    if found[start].norm in FUNCTION_WORDS:
        if found[start].norm not in _FUNCTION_WORDS_IN_NAMES:
            return None
        least = max(least, 2)
    for end in range(min(len(found), start + LONGEST_NAME), start + least - 1, -1):
        span = range(start, end)
        if any(position in taken or (position > start and found[position].after_break) for position in span):
            continue
        norms = [found[position].norm for position in span]
        if len(norms) > 1 and ((norms[-1] in FUNCTION_WORDS and norms[-1] not in _COMPASS) or not _could_begin(known, norms)):
            continue
        name = with_typos(known, norms)
        if name is not None and (known.level[name] != EVERYDAY or (lives and name not in known.ordinary)):
            return end, name
    return None


def _like_saint(norm: str) -> bool:
    return norm[0] == "s" and 3 <= len(norm) <= 7 and OSA.distance(norm, "saint" if norm[-1] == "t" else "sainte") <= 1


@lru_cache(maxsize=4_000)
def _like_first(known: Gazetteer, norm: str) -> bool:
    """One letter away from the first word of a name of several words: "riviree", "nottre", "ponte"."""
    return len(norm) >= 4 and process.extractOne(norm, known.first_words, scorer=OSA.distance, score_cutoff=1) is not None


@lru_cache(maxsize=4_000)
def _like_generic(norm: str) -> bool:
    if norm in _GENERIC or len(norm) < 4:
        return norm in _GENERIC
    return process.extractOne(norm, _GENERIC, scorer=OSA.distance, score_cutoff=1) is not None


def _could_begin(known: Gazetteer, norms: list[str]) -> bool:
    """Several words are compared only when they begin like a name of several words, or are a name cut in two."""
    if norms[0] in known.first_words or _like_saint(norms[0]) or _like_first(known, norms[0]) or (len(norms) > 2 and norms[1] in _LINKS):
        return True
    return (len(norms) == 2 and len("".join(norms)) >= 8 and min(map(len, norms)) >= 3)


def _words_in(found: list[Word], codes: list[PostalCode]) -> list[int]:
    return [position for position, word in enumerate(found)
            if any(code.start <= word.start < code.end for code in codes)]


def _covered(found: list[Word], mentions: list[Mention], codes: list[PostalCode]) -> set[int]:
    covered = set(_words_in(found, codes))
    for mention in mentions:
        covered.update(range(mention.start, mention.end))
    return covered
