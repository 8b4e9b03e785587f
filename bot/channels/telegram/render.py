"""A message of the contract as Telegram shows it: HTML in parts, with buttons under the last one. Pure.

Everything that is said is escaped, so that nothing a resident, a navigator or a directory wrote becomes markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from typing import Any

from bot.channels.telegram.limits import PART_CHARACTERS
from bot.channels.telegram.parts import Group, Line, Span, pack, paragraphs
from bot.directory.phrases import kilometres, language_names, partial_date
from bot.words import load_words

__all__ = ["LOCATION", "Part", "after_tap", "plain", "render", "words"]

words = load_words(Path(__file__).with_name("words.yml"))

# The button that brings up Telegram's own location button. It is the channel's, not a choice of the core.
LOCATION = "tg:location"
TICK = "✓"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Part:
    """One Telegram message. buttons: (label, choice); keyboard: "location" opens the location button, "remove" closes it."""

    html: str
    buttons: list[tuple[str, str]] = field(default_factory=list)
    keyboard: str | None = None
    language: str = "fr"


def render(message: dict[str, Any], keyboard_open: bool = False) -> list[Part]:
    """The message's parts in order, at least one."""
    language = message["language"]
    texts = pack(_groups(message), PART_CHARACTERS) or ["…"]
    parts = [Part(text, language=language) for text in texts[:-1]]
    keyboard = "location" if message["asks"] == "location" else "remove" if keyboard_open else None
    buttons = [] if keyboard == "location" else _buttons(message)
    return [*parts, Part(texts[-1], buttons, None if buttons else keyboard, language)]


def after_tap(message: dict[str, Any], part: int, tapped: list[str]) -> Part:
    """The part once buttons of it were tapped: a line says which, and what is settled can no longer be tapped.

    A question is settled by one answer, except that a person can still be asked for, and a line left; elsewhere only what
    was tapped goes.
    """
    before = render(message)[part]
    done = [label for label, choice in before.buttons if choice in tapped]
    settled = message["kind"] in ("question", "handoff")
    stays = {"human"} if message["asks"] else {"human", "handoff:cancel"}
    left = [(label, choice) for label, choice in before.buttons
            if choice not in tapped and (not settled or choice in stays)]
    ticks = "\n".join(Span(f"{TICK} {label}", bold=True).html() for label in done)
    return Part(f"{before.html}\n\n{ticks}" if ticks else before.html, left, None, before.language)


def plain(part: Part) -> Part:
    """The same words without any layout or buttons."""
    return Part(escape(unescape(_TAG.sub("", part.html)), quote=False), language=part.language)


def _buttons(message: dict[str, Any]) -> list[tuple[str, str]]:
    buttons = [(one["label"], one["choice"]) for one in message["choices"]]
    # Only where a place is to be said, not where one of several is to be picked.
    if message["asks"] == "place" and not any(choice.startswith("place:") for _, choice in buttons):
        buttons.insert(0, (words(message["language"], "location.button"), LOCATION))
    return buttons


def _groups(message: dict[str, Any]) -> list[Group]:
    language = message["language"]
    groups = paragraphs(message["text"])
    if message["from"] == "navigator":
        groups.insert(0, [[Span(words(language, "who.navigator"), bold=True)]])
    if message["helplines"]:
        groups.append([_line(language, line) for line in message["helplines"]])
    groups += [_card(language, card) for card in message["services"]]
    return groups


def _line(language: str, line: dict[str, Any]) -> Line:
    """A helpline, with its number as text: Telegram makes it one to tap."""
    name = "text" if line["kind"] == "text" else "chat" if line["kind"] == "chat" else "voice"
    reach = words(language, f"line.{name}", display=line["display"])
    url = line.get("url") if name == "chat" else None
    shown = [Span(line["name"], bold=True), Span(", "), Span(reach, url=_web(url))]
    if line.get("hours"):
        hours = words(language, "line.always") if line["hours"] == "24/7" else line["hours"]
        shown.append(Span(" " + words(language, "line.hours", hours=hours)))
    return shown


def _card(language: str, card: dict[str, Any]) -> Group:
    """A service: its name, how to reach it, then what matters before going there."""
    lines: Group = [[Span(card["name"], bold=True)]]
    if card.get("organization") and card["organization"] != card["name"]:
        lines.append([Span(card["organization"])])
    why, cautions = _phrases(card.get("why")), _phrases(card.get("cautions"))
    address = ", ".join(part for part in (card.get("address"), card.get("municipality")) if part)
    km = card.get("distance_km")
    said = " ".join([*why, *cautions])
    facts: dict[str, dict[str, Any]] = {
        "card.phone": {"phone": card.get("phone")},
        "card.address": {"address": address},
        # The reasons say the distance already, as a rule.
        "card.distance": {"km": kilometres(language, km) if km is not None and " km" not in said else None},
        "card.hours": {"hours": card.get("hours")},
        "card.why": {"why": "; ".join(why)},
        "card.caution": {"cautions": "; ".join(cautions)},
        "card.cost": {"cost": card.get("cost")},
        "card.eligibility": {"eligibility": card.get("eligibility")},
        "card.bring": {"bring": card.get("bring")},
        "card.languages": {"languages": language_names(language, codes) if (codes := card.get("languages")) else None},
        "card.accessibility": {"accessibility": card.get("accessibility")},
    }
    for name, values in facts.items():
        if all(values.values()):
            lines.append([Span(words(language, name, **values))])
    links = [Span(words(language, name), url=url) for name, url in
             (("card.map", _web(card.get("map_url"))), ("card.site", _web(card.get("url")))) if url]
    if links:
        lines.append([links[0]] if len(links) == 1 else [links[0], Span(" · "), links[1]])
    if card.get("source"):
        date = card.get("verified_on")
        name = "card.verified" if date else "card.verified_unknown"
        lines.append([Span(words(language, name, source=card["source"], date=partial_date(language, date) if date else None))])
    return lines


def _phrases(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(one) for one in value or ()]


def _web(url: str | None) -> str | None:
    """The address when it leads to the web; null for any other scheme."""
    return url if url and url.lower().startswith(("https://", "http://")) else None
