"""What is passed on to a navigator: shown to the resident field by field before it goes, and to the navigator after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bot.conversation
from bot.needs import need_label
from bot.places import gazetteer
from bot.words import load_words

__all__ = ["age_label", "card_text", "place_name", "preview", "structured", "summary"]

_words = load_words(Path(__file__).with_name("words.yml"))
# The resident's side of the words is the conversation's.
_said = load_words(Path(bot.conversation.__file__).with_name("words.yml"))


def preview(known: dict[str, Any], language: str) -> str:
    """What would be passed on, one field a line, in the resident's language. Every field that goes is here."""
    needs = ", ".join(need_label(need, language) for need in known.get("needs") or ())
    unknown = _said(language, "packet.unknown")
    fields = [
        (_said(language, "packet.need"), needs or unknown),
        (_said(language, "packet.place"), place_name(known.get("place"), language) or unknown),
        (_said(language, "packet.language"), _said(language, f"languages.{language}")),
        (_said(language, "packet.for_other"), _said(language, "packet.somebody" if known.get("for_other") else "packet.self")),
    ]
    if known.get("age_band"):
        fields.append((_words(language, "age"), age_label(known["age_band"], language)))
    shown = len(known.get("shown") or ())
    fields.append((_said(language, "packet.shown"), str(shown) if shown else _words(language, "none")))
    lines = [_words(language, "field", name=name, value=value) for name, value in fields]
    return "\n".join([*lines, _words(language, "line", name=_said(language, "packet.messages"))])


def place_name(key: str | None, language: str) -> str | None:
    """The place as people say it; null when it is not known (any more)."""
    if not key:
        return None
    try:
        return gazetteer().by_key(key).display(language)
    except KeyError:
        return None


def age_label(band: str, language: str) -> str:
    """An age band as people read it."""
    return _words(language, f"ages.{band}")


def card_text(language: str) -> str:
    """What stands above a card that a navigator sends without a word, in the resident's language."""
    return _words(language, "card")


def summary(known: dict[str, Any], language: str) -> str:
    """One line for the queue, in the navigator's language, made of codes only: none of the resident's words."""
    needs = ", ".join(need_label(need, language) for need in known.get("needs") or ())
    parts = [
        needs or _words(language, "summary.no_need"),
        place_name(known.get("place"), language) or _words(language, "summary.no_place"),
        _words(language, "summary.for_other") if known.get("for_other") else "",
        age_label(known["age_band"], language) if known.get("age_band") else "",
    ]
    text = " · ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def structured(known: dict[str, Any], language: str, urgency: str, reader: str) -> dict[str, Any]:
    """The packet for the desk: codes, and the place's name and a summary in the reader's language.

    {needs, place, place_name, territory, language, for_other, age_band, shown, urgency, summary}; `language` is the
    resident's.
    """
    return {
        "needs": list(known.get("needs") or ()),
        "place": known.get("place"),
        "place_name": place_name(known.get("place"), reader),
        "territory": known.get("territory"),
        "language": language,
        "for_other": bool(known.get("for_other")),
        "age_band": known.get("age_band"),
        "shown": list(known.get("shown") or ()),
        "urgency": urgency,
        "summary": summary(known, reader),
    }
