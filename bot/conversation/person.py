"""What a message says plainly of the person who needs help: an age, and a few facts that change which services fit.

Plain rules for French and English, on the side of saying nothing: an age counts when it is said of a person and only one
is said; a sex only of whom the help is for. Nothing here is stored but by the dialogue, as what is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["ANSWER_WORDS", "OLDEST", "Said", "read_person", "read_sex"]

OLDEST = 115
# A message this short, where a question about the person was asked, answers it and says nothing else.
ANSWER_WORDS = 8


@dataclass(frozen=True, slots=True)
class Said:
    """Null or false: the message does not say. band: an age band, where only about how old is said ("in her 80s").
    only: the message is about this and nothing else."""

    age: int | None = None
    band: str | None = None
    sex: str | None = None
    family: bool | None = None
    wheelchair: bool = False
    stays_home: bool = False
    only: bool = False


_FR_UNITS = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
             "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"]
_FR_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "quatre-vingt": 80, "quatre-vingts": 80}
_EN_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
             "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def _number_words() -> dict[str, int]:
    """The numbers from 1 to 99 in words, hyphens as spaces, in both languages."""
    words = {word: number for number, word in enumerate(_FR_UNITS)} | {word: number for number, word in enumerate(_EN_UNITS)}
    for tens, value in _FR_TENS.items():
        words[tens] = value
        for unit in range(1, 20 if value in (60, 80) else 10):
            for link in ("-", " et ", "-et-"):
                words[f"{tens}{link}{_FR_UNITS[unit]}"] = value + unit
                if unit == 1:
                    words[f"{tens}{link}une"] = value + 1
    for place, tens in enumerate(_EN_TENS, 2):
        words[tens] = place * 10
        for unit in range(1, 10):
            words[f"{tens}-{_EN_UNITS[unit]}"] = place * 10 + unit
    return {word.replace("-", " "): number for word, number in words.items() if number}


_WORDS = _number_words()
_NUMBER = r"(\d{1,3}|" + "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)) + r")"

_FR_PERSON = r"(?:m[eè]re|p[eè]re|fille|fils|gar[cç]on|gars|femme|homme|m[oô]man|maman|papa|mari|conjointe?|chum|blonde|s(?:oe|œ)ur|fr[eè]re|voisine?|tante|oncle|grand m[eè]re|grand p[eè]re|mamie|papi|cliente?|amie?|dame|monsieur|personne|jeune|ado|adolescente?|enfant|b[eé]b[eé]|neveu|ni[eè]ce|a[iî]n[eé]e?)"
_EN_PERSON = r"(?:mother|father|mom|mum|dad|daughter|son|boy|girl|man|woman|wife|husband|partner|sister|brother|neighbou?r|aunt|uncle|grandmother|grandfather|grandma|grandpa|client|friend|lady|person|kid|child|teen|teenager|baby|nephew|niece|senior)"
_NO_UNIT = r"(?!\s*(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|times|km|kilomet\w+|miles?|blocks?|percent|%|\$|dollars?|degrees?|of\b|kids?|children|[ap]\.?m\b|o.clock|[:.,h]\s?\d))"
_AGE = [
    # j'ai 16 ans, elle a 82 ans; not: il y a 5 ans
    re.compile(rf"(?<!\by )(?<!\bça )\b(?:a|ai|as|avais|avait|aura|aurai|aurais|avoir|ont)\s+(?:environ |presque |bientôt |à peine |juste )?{_NUMBER}\s*ans\b"),
    re.compile(rf"\bâg[ée]e?s? de\s+{_NUMBER}\s*ans\b"),
    re.compile(rf"\b{_FR_PERSON}\s+(?:de|d|qui a|a|,)\s*{_NUMBER}\s*ans\b"),
    # she's 14, I am 34 years old, my son is 8
    re.compile(rf"\b(?:i|he|she|they|who|{_EN_PERSON})\s?(?:'?s|'?m|'?re|is|am|are|was|just turned|turned|turns)\s+(?:about |almost |around |only |just |turning )?{_NUMBER}\b{_NO_UNIT}"),
    re.compile(rf"\b{_NUMBER}\s*(?:-|\s)?(?:years?(?:-|\s)old|yrs? old|y/?o\b|year old)"),
    re.compile(rf"\b(?:aged?|age is|age of)\s+{_NUMBER}\b{_NO_UNIT}"),
]
# The whole message: « 82 ans », "82", « seize ans ».
_BARE = re.compile(rf"(?:(?:non|oui|no|yes|actually|en fait|plutôt|euh|uh|um)[ ,]+)*{_NUMBER}(?:\s*(?:ans|years?|years? old|yrs?))?")
_DECADES = {"vingt": "youth", "trent": "adult", "quarant": "adult", "cinquant": "adult", "soixant": "senior", "septant": "senior"}
_ABOUT = [
    (re.compile(r"\bdans l[ae] (vingt|trent|quarant|cinquant|soixant)aine\b"), None),
    (re.compile(r"\bin (?:her|his|their|my|the) (?:early |mid |late |mid-)?(?:70|80|90|seventies|eighties|nineties)(?:'?s)?\b"), "senior"),
    (re.compile(r"\bin (?:her|his|their|my|the) (?:early |mid |late |mid-)?(?:30|40|50|thirties|forties|fifties)(?:'?s)?\b"), "adult"),
    (re.compile(r"\b(?:une? |notre |mon |ma )?(?:ado|adolescente?)\b|\b(?:a |our |my )?(?:teen|teenager)\b"), "youth"),
    (re.compile(r"\bpersonnes? [âa]g[ée]es?\b|\b(?:une? |est )a[îi]n[ée]e?\b|\bretrait[ée]e?\b|\b(?:a senior|an elder|elderly|old lady|old man)\b"), "senior"),
]

_WOMAN = re.compile(r"\b(?:je suis|suis) une (?:femme|fille|mère)|\b(?:i am|i'm) a (?:woman|girl|mother|mom|lady)\b|\bpour (?:ma |une )(?:mère|fille|femme|sœur|soeur|voisine|tante|amie|grand mère|cliente|dame)\b|\bfor (?:my |a )(?:mother|mom|mum|daughter|wife|sister|aunt|grandmother|grandma|woman|lady)\b")
_MAN = re.compile(r"\b(?:je suis|suis) un (?:homme|gars|garçon|père)|\b(?:i am|i'm) a (?:man|guy|father|dad|boy)\b|\bpour (?:mon |un )(?:père|fils|mari|frère|voisin|oncle|ami|grand père|client|homme)\b|\bfor (?:my |a )(?:father|dad|son|husband|brother|uncle|grandfather|grandpa|man)\b")
_SHE, _HE = re.compile(r"\b(?:elle|she|her)\b"), re.compile(r"\b(?:il|he|him)\b")
_FAMILY = re.compile(r"\benceinte\b|\bpregnant\b|\bmes (?:enfants|petits|flots|jumeaux)\b|\bmon bébé\b|\bnotre bébé\b|\bmy (?:kids|children|baby|newborn|twins)\b|monoparental|\bsingle (?:mom|mother|dad|father|parent)\b")
_WHEELCHAIR = re.compile(r"\b(?:fauteuil|chaise) roulant|\bwheelchair\b")
_STAYS = re.compile(
    r"\b(?:peux|peut|pouvons|pouvoir|suis|est) (?:pas|plus|pus) (?:me |se |nous )?(?:sortir|déplacer|capable de sortir|capable de me déplacer)|\bcloué\w* (?:au lit|chez|à la maison)"
    r"|\b(?:can'?t|cannot|can not|unable to) (?:leave (?:the |my |her |his )?(?:house|home|apartment|bed)|go out|get out of the house)\b|\bhome ?bound\b|\bhouse ?bound\b|\bbedridden\b")
_WOMEN = frozenset([
    "femme", "fille", "dame", "elle", "madame", "mère", "maman", "soeur", "sœur", "tante", "blonde", "woman", "girl",
    "lady", "female", "she", "her", "mother", "mom", "mum", "sister", "aunt", "daughter", "wife",
])
_MEN = frozenset([
    "homme", "garçon", "gars", "monsieur", "père", "papa", "fils", "frère", "oncle", "chum", "lui", "mari", "man",
    "boy", "guy", "male", "he", "him", "father", "dad", "son", "brother", "uncle", "husband",
])
# Words that add nothing to an age: a message of these and an age is about the age only.
_FILLER = frozenset([
    "elle", "il", "he", "she", "they", "i", "je", "j", "moi", "me", "ma", "mon", "my", "m", "s", "est", "is", "am",
    "are", "a", "ai", "as", "an", "ans", "years", "year", "old", "y", "de", "d", "et", "and", "c", "ce", "c'est",
    "cest", "it", "its", "la", "le", "the", "oui", "yes", "non", "no", "ok", "okay", "well", "bon", "ben", "alors",
    "so", "en", "fait", "actually", "now", "maintenant", "just", "juste", "only", "seulement", "environ", "about",
    "almost", "presque", "bientôt", "around", "euh", "uh", "hum", "age", "âge", "âgé", "âgée", "aged", "her", "his",
    "son", "sa", "leur", "their", "person", "personne", "mère", "mere", "mother", "mom", "maman", "moman", "père",
    "pere", "father", "dad", "papa", "fille", "daughter", "fils", "garçon", "boy", "girl", "qui", "who", "désolé",
    "désolée", "sorry", "oh", "ah", "mais", "but", "pour", "for", "turned", "ont", "plutôt", "rather", "pardon", "un",
    "une", "va",
])


def read_person(text: str) -> Said:
    """What `text` says of the person; a Said that holds nothing when it says nothing plainly."""
    plain = " ".join(re.sub(r"[’`´]", "'", text.lower()).replace("-", " ").split()).strip(" .!?,;")
    spans = [found for pattern in _AGE for found in pattern.finditer(plain)]
    ages = {age for found in spans if (age := _years(found[1])) is not None}
    if not ages and (bare := _BARE.fullmatch(plain)) and (plain != bare[1] or bare[1].isdigit()):
        spans, ages = [bare], {age for age in [_years(bare[1])] if age is not None}
    age = next(iter(ages)) if len(ages) == 1 else None
    band, about = (None, None) if ages else _about(plain)
    rest = plain
    for found in [*spans, *([about] if about else [])]:
        rest = rest.replace(found[0], " ")
    words = re.findall(r"[^\W_]+", rest)
    only = (age is not None or band is not None) and all(word in _FILLER for word in words)
    return Said(
        age=age, band=band, sex=_sex(plain, only), family=True if _FAMILY.search(plain) else None,
        wheelchair=bool(_WHEELCHAIR.search(plain)), stays_home=bool(_STAYS.search(plain)), only=only,
    )


def read_sex(text: str) -> str | None:
    """female or male, where a short answer to "a woman or a man?" says one of them; else null."""
    words = set(re.findall(r"[^\W_]+", text.lower()))
    if not 0 < len(text.split()) <= ANSWER_WORDS:
        return None
    woman, man = bool(words & _WOMEN), bool(words & _MEN)
    return None if woman == man else "female" if woman else "male"


def _years(number: str) -> int | None:
    years = int(number) if number.isdigit() else _WORDS[number]
    return years if years <= OLDEST else None


def _about(plain: str) -> tuple[str | None, re.Match[str] | None]:
    for pattern, band in _ABOUT:
        found = pattern.search(plain)
        if found:
            return band or _DECADES[found[1]], found
    return None, None


def _sex(plain: str, only: bool) -> str | None:
    """Of whom the help is for. "My husband…" says nothing: he may be the one that the writer fears."""
    woman, man = bool(_WOMAN.search(plain)), bool(_MAN.search(plain))
    if only and not (woman or man):
        woman, man = bool(_SHE.search(plain)), bool(_HE.search(plain))
    return None if woman == man else "female" if woman else "male"
