"""How a card's and a line's fields read, in French and English. Pure; draw.js says the same words (tests compare)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bot.directory.phrases import kilometres
from bot.words import MissingWords, load_words

__all__ = ["dial", "distance", "languages", "line_link", "phrases", "web"]

_words = load_words(Path(__file__).with_name("words.yml"))
_extension = re.compile(r"[,;]?\s*(?:poste|ext\.?|extension|option|#)\s*(\d+).*$", re.IGNORECASE)


def dial(phone: str) -> str | None:
    """The tel: address (RFC 3966) of a phone number as it is written, null when it holds no number."""
    extension = _extension.search(phone)
    digits = re.sub(r"\D", "", _extension.sub("", phone))
    if not digits:
        return None
    if len(digits) == 10:  # North American numbering plan, without the country
        digits = f"+1{digits}"
    elif len(digits) == 11 and digits.startswith("1"):
        digits = f"+{digits}"
    return f"tel:{digits};ext={extension[1]}" if extension and len(digits) > 3 else f"tel:{digits}"


def distance(language: str, km: float | None) -> str | None:
    """A straight line's length; null when it is not known."""
    return None if km is None else f"{kilometres(language, km)} km"


def line_link(line: dict[str, Any]) -> str:
    """Where a helpline's button leads: to the phone, to a text message, else to its site."""
    return str(line.get("dial") or web(line.get("url")) or "")


def languages(language: str, codes: list[str] | None) -> str:
    """Languages of service by name, in the resident's language; a code we have no name for stays a code."""
    return ", ".join(_named(language, code) for code in codes or ())


def _named(language: str, code: str) -> str:
    try:
        return _words(language, f"languages.{code}")
    except MissingWords:
        return code


def phrases(value: Any) -> list[str]:
    """A field that holds one phrase or several, as several."""
    if not value:
        return []
    return [value] if isinstance(value, str) else [str(one) for one in value]


def web(url: str | None) -> str | None:
    """The address when it leads to the web; null for any other scheme, which a directory could smuggle in."""
    return url if url and url.lower().startswith(("https://", "http://")) else None
