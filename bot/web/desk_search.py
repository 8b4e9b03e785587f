"""Looking for a service from inside a conversation, starting from all that the packet says: need, place, language, age; and
now, unless another time is asked for. Or by name, for a navigator who knows what they look for.

What is found is seen as from there: its distance, whether it is open then, why it fits, what to be careful about.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from starlette.requests import Request

from bot.conversation.known import place_by_key
from bot.directory.cards import card
from bot.directory.catalogue import Directory
from bot.directory.fit import AGE_BANDS
from bot.directory.hours import TORONTO
from bot.directory.ranking import Query
from bot.needs import all_needs
from bot.places import Place, gazetteer, normalise
from bot.store.base import utcnow
from bot.words import LANGUAGES

__all__ = ["SHOWN", "Found", "look", "seen_from"]

SHOWN = 5
MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for, as the form shows it again, and the cards found (null: nothing was looked for yet). `at` is the
    form's own time, empty for now. wrong: the fields that are not understood. more: the next page's number, null for none."""

    name: str
    need: str
    place: str
    language: str
    age: str
    at: str
    cards: list[dict[str, Any]] | None = None
    wrong: list[str] = field(default_factory=list)
    more: int | None = None

    @property
    def asked(self) -> dict[str, str]:
        """The fields that make the same search again."""
        return {"name": self.name, "need": self.need, "place": self.place, "language": self.language, "age": self.age, "at": self.at}


def look(request: Request, row: dict[str, Any], limit: int = SHOWN) -> Found:
    """The search that the address asks for (?need=&place=&language=&age=&at=&name=&more=); else what the packet says, not
    looked for yet. `row` is what Desk.get gives."""
    packet, asked = row["packet"], request.query_params
    if "need" not in asked and "name" not in asked:
        return Found("", (packet["needs"] or [""])[0], packet["place_name"] or "", packet["language"], packet["age_band"] or "", "")
    text = {name: asked.get(name, "")[:100].strip() for name in ("name", "need", "place", "language", "age", "at")}
    if text["language"] not in LANGUAGES:
        text["language"] = packet["language"]
    if text["age"] not in AGE_BANDS:
        text["age"] = ""
    place, at = _place(text["place"], packet), _time(text["at"])
    wrong = [name for name, bad in (("place", bool(text["place"]) and place is None), ("at", at is None)) if bad]
    if text["need"] not in all_needs():
        text["need"] = ""
        wrong += [] if text["name"] else ["need"]
    looked = Found(text["name"], text["need"], text["place"], text["language"], text["age"], text["at"], wrong=wrong)
    if wrong or at is None:
        return looked
    page = min(int(asked.get("more", "0")) if asked.get("more", "0").isdigit() else 0, MOST_PAGES)
    query = Query(text["need"], place, text["language"], at, text["age"] or None, limit=limit, offset=page * limit)
    directory: Directory = request.app.state.services.directory
    cards, more = _by_name(directory, text["name"], query, row["spoken"]) if text["name"] else _by_need(directory, query, row["spoken"])
    return replace(looked, cards=cards, more=page + 1 if more and page < MOST_PAGES else None)


def seen_from(request: Request, context: dict[str, Any], service: str, place: str | None, age: str | None) -> dict[str, Any] | None:
    """A service's card as it is sent: from the place and for the age that it was found by, else the packet's; now. `context`
    is what Desk.context gives."""
    packet = context["packet"]
    found = place_by_key(packet["place"]) if place is None else _place(place[:100].strip(), packet)
    band = packet["age_band"] if age is None else age
    return request.app.state.services.directory.get(service, context["spoken"], None, found, band if band in AGE_BANDS else None)


def _by_need(directory: Directory, query: Query, reader: str) -> tuple[list[dict[str, Any]], bool]:
    found = directory.search(query)
    return [card(hit, reader, query.at) for hit in found.services], found.more


def _by_name(directory: Directory, name: str, query: Query, reader: str) -> tuple[list[dict[str, Any]], bool]:
    """Every word in the service's or its organization's name, whatever the accents; those of the need first."""
    words = normalise(name).split()
    named = []
    for service in directory.all():
        names = normalise(" ".join(text for each in (service.name, service.organization.name) for text in (each.fr, each.en) if text))
        if all(word in names for word in words):
            named.append((query.need not in service.needs, names, service.id))
    page = sorted(named)[query.offset:query.offset + query.limit]
    cards = [directory.get(service, reader, query.at, query.place, query.age_band) for _, _, service in page]
    return [one for one in cards if one is not None], len(named) > query.offset + query.limit


def _place(text: str, packet: dict[str, Any]) -> Place | None:
    if not text:
        return None
    if text == packet["place_name"]:  # a borough or a prefix, which its name alone may not find again
        return gazetteer().by_key(packet["place"])
    found = gazetteer().lookup(text).places
    return found[0] if found else None


def _time(text: str) -> datetime | None:
    """A form's time on Quebec's clock; now when it is empty, null when it is none."""
    if not text:
        return utcnow()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=TORONTO)
    except ValueError:
        return None
