"""What is passed on to a navigator: shown to the resident field by field before it goes, and to the navigator after.

The language always goes: it decides who can answer. Every other field of FIELDS may be left out, one by one.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import bot.conversation
from bot.needs import need_label
from bot.places import gazetteer
from bot.words import load_words

__all__ = ["FIELDS", "age_label", "card_text", "field_name", "may_be_left_out", "passed_on", "place_name", "preview",
           "structured", "summary"]

# What a resident may leave out, and the keys of what is known (bot/conversation/known.py) that go with it.
FIELDS: dict[str, tuple[str, ...]] = {
    "need": ("needs",), "place": ("place", "territory"), "for_whom": ("for_other", "age_band"), "shown": ("shown",), "messages": (),
}

_words = load_words(Path(__file__).with_name("words.yml"))
# The resident's side of the words is the conversation's.
_said = load_words(Path(bot.conversation.__file__).with_name("words.yml"))


def passed_on(known: dict[str, Any], withheld: Collection[str] = ()) -> dict[str, Any]:
    """What goes into a request: what is known without the fields left out, which are named under `withheld`."""
    left_out = [field for field in FIELDS if field in withheld]
    gone = {key for field in left_out for key in FIELDS[field]}
    kept = {key: value for key, value in known.items() if key not in gone}
    return {**kept, "withheld": left_out} if left_out else kept


def may_be_left_out(known: dict[str, Any]) -> list[str]:
    """The fields that hold something to leave out."""
    return [field for field, keys in FIELDS.items() if field == "messages" or any(known.get(key) for key in keys)]


def field_name(field: str, language: str) -> str:
    """A field as a button names it."""
    return _words(language, f"fields.{field}")


def preview(known: dict[str, Any], language: str, withheld: Collection[str] = ()) -> str:
    """What would be passed on, one field a line, in the resident's language. Every field that goes is here, and those that
    are left out are said to be."""
    needs = ", ".join(need_label(need, language) for need in known.get("needs") or ())
    unknown = _said(language, "packet.unknown")
    whom = "for_whom"
    rows = [
        ("need", _said(language, "packet.need"), needs or unknown),
        ("place", _said(language, "packet.place"), place_name(known.get("place"), language) or unknown),
        (None, _said(language, "packet.language"), _said(language, f"languages.{language}")),
        (whom, _said(language, "packet.for_other"), _said(language, "packet.somebody" if known.get("for_other") else "packet.self")),
    ]
    if known.get("age_band"):
        rows.append((whom, _words(language, "age"), age_label(known["age_band"], language)))
    shown = len(known.get("shown") or ())
    rows.append(("shown", _said(language, "packet.shown"), str(shown) if shown else _words(language, "none")))
    left_out = _words(language, "left_out")
    lines = [_words(language, "field", name=name, value=left_out if field in withheld else value) for field, name, value in rows]
    messages = _said(language, "packet.messages")
    lines.append(_words(language, "field", name=messages, value=left_out) if "messages" in withheld else _words(language, "line", name=messages))
    return "\n".join(lines)


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
    withheld = known.get("withheld") or ()
    parts = [
        needs or _words(language, "summary.need_kept" if "need" in withheld else "summary.no_need"),
        place_name(known.get("place"), language) or _words(language, "summary.place_kept" if "place" in withheld else "summary.no_place"),
        _words(language, "summary.for_other") if known.get("for_other") else "",
        age_label(known["age_band"], language) if known.get("age_band") else "",
    ]
    text = " · ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def structured(known: dict[str, Any], language: str, urgency: str, reader: str) -> dict[str, Any]:
    """The packet for the desk: codes, and the place's name and a summary in the reader's language.

    {needs, place, place_name, territory, language, for_other, age_band, shown, urgency, withheld, summary}; `language` is the
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
        "withheld": list(known.get("withheld") or ()),
        "summary": summary(known, reader),
    }
