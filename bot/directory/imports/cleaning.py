"""Texts, telephone numbers, times and weekdays as directories really write them.

    ValueError          a number, a time or a day that nobody can read; the text says which
"""

from __future__ import annotations

import html
import re

from bot.directory.forms import minutes

__all__ = ["clean", "days", "display_of", "phones_of", "time_of"]

_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^<>]{0,500}>", re.IGNORECASE)
_ITEM = re.compile(r"<\s*li\b[^<>]{0,500}>", re.IGNORECASE)
_SCRIPT = re.compile(r"<\s*(script|style)\b.*?(?:<\s*/\s*\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,1000}>")
_ESCAPED_BREAK = re.compile(r"\\r\\n|\\n|\\r")
# Most cells of most files have none of this, and are left as they are.
_UNTIDY = re.compile(r"[<&\\\r\n\t\u00a0\u00ad\u200b]|\s\s")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


def clean(text: object) -> str | None:
    """Plain text of a cell: without HTML tags and entities, escaped newlines made real, spaces tidied; null when empty."""
    if text is None:
        return None
    plain = str(text).strip()
    if not _UNTIDY.search(plain):
        return plain or None
    found = _ESCAPED_BREAK.sub("\n", plain).replace("\\t", " ").replace("\r", "\n")
    # Twice: exports often escape what was escaped already (&amp;eacute;, &lt;br&gt;).
    for _ in range(2):
        found = _SCRIPT.sub(" ", found)
        found = _TAG.sub(" ", _ITEM.sub("\n• ", _BREAK.sub("\n", found)))
        found = html.unescape(found)
    found = _TAG.sub(" ", _ITEM.sub("\n• ", _BREAK.sub("\n", found))).replace("\u00ad", "").replace("\u200b", "")
    found = "\n".join(line for line in _LINES.sub("\n", _SPACES.sub(" ", found)).split("\n") if line.strip(" •"))
    return found.strip() or None


_PHONE = re.compile(
    r"(?<!\d)(?:\+?1[\s.\-]*)?\(?([2-9]\d{2})\)?[\s.\-–]*([2-9]\d{2})[\s.\-–]*(\d{4})(?!\d)"
    r"(?:[\s,;(]*(?:poste|post|p\.|extension|ext\.?|x|#|option)[\s:.#]*(\d{1,8}))?",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?:\*)?(\d{3})|(\d{5,6})")
_ABROAD = re.compile(r"\+[2-9](?:[\s.\-]?\d){7,13}")
_VANITY = re.compile(r"\b[A-Z]{4,7}\b")
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_TOLL_FREE = {"800", "833", "844", "855", "866", "877", "888"}


def phones_of(text: str) -> list[tuple[str, str | None]]:
    """(number in E.164 or a short code, extension) of each North American number in a cell, in their order."""
    text = text.strip()
    short = _SHORT.fullmatch(text)
    if short:
        return [(short[1] or short[2], None)]
    for candidate in (text, _VANITY.sub(lambda word: word[0].translate(_KEYS), text)):
        found = {f"+1{area}{exchange}{line}": extension or None for area, exchange, line, extension in _PHONE.findall(candidate)}
        if found:
            return list(found.items())
    abroad = text.strip("\"' ")
    if _ABROAD.fullmatch(abroad):
        return [("+" + re.sub(r"\D", "", abroad), None)]
    raise ValueError(f"{text[:40]!r} is not a telephone number")


def display_of(number: str) -> str:
    """A number as people read it in Quebec: 450 555-0100, 1 800 463-5060."""
    if not number.startswith("+1") or len(number) != 12:
        return number
    area, exchange, line = number[2:5], number[5:8], number[8:]
    return f"{'1 ' if area in _TOLL_FREE else ''}{area} {exchange}-{line}"


_TIME = re.compile(r"(?:\d{4}-\d\d-\d\dT)?(\d{1,2})\s*(?::|h|H|\.)?\s*(\d{2})?(?::\d{2}(?:\.\d+)?)?\s*([ap]\.?\s?m\.?)?\s*(?:Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


def time_of(text: str) -> int:
    """Minutes from midnight of 8:30, 08:30:00, 8h30, 8 h, 8:30 PM, noon, midi."""
    plain = text.strip().lower()
    if plain in ("noon", "midi"):
        return 12 * 60
    if plain in ("midnight", "minuit"):
        return 24 * 60
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text[:40]!r} is not a time as 08:30")
    hour, half = int(found[1]), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text[:40]!r} is not a time as 08:30")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return minutes(f"{hour:02d}:{found[2] or '00'}")


_DAY_NAMES = (
    ("mo", "mon", "monday", "lundi", "lun", "1"), ("tu", "tue", "tues", "tuesday", "mardi", "mar", "2"),
    ("we", "wed", "wednesday", "mercredi", "mer", "3"), ("th", "thu", "thur", "thurs", "thursday", "jeudi", "jeu", "4"),
    ("fr", "fri", "friday", "vendredi", "ven", "5"), ("sa", "sat", "saturday", "samedi", "sam", "6"),
    ("su", "sun", "sunday", "dimanche", "dim", "7"),
)
_DAYS = {name: number for number, names in enumerate(_DAY_NAMES) for name in names}
_RANGE = re.compile(r"\s*(?:-|–|\bto\b|\bau\b|\bà\b)\s*")


def days(text: str) -> tuple[int, ...]:
    """Weekdays (0: Monday) of MO,TU or Monday - Friday or lundi au vendredi or 1 (ISO: Monday)."""
    found: set[int] = set()
    for part in re.split(r"[,;/&]|\bet\b|\band\b", text.lower()):
        if not part.strip(" ."):
            continue
        ends = [_DAYS.get(end.strip(" .")) for end in _RANGE.split(part.strip())]
        if None in ends or len(ends) > 2:
            raise ValueError(f"{text[:40]!r} is not a list of weekdays as MO,TU")
        first, last = ends[0], ends[-1]
        assert first is not None and last is not None
        found |= {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
    if not found:
        raise ValueError("no weekday is named")
    return tuple(sorted(found))
