"""Looking for a service from inside a conversation: by need and place, starting from what the packet says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from bot.directory.ranking import Query
from bot.needs import all_needs
from bot.places import Place, gazetteer
from bot.store.base import utcnow

__all__ = ["Found", "look"]

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for, as the form shows it again, and the cards found (null: nothing was looked for yet)."""

    need: str
    place: str
    cards: list[dict[str, Any]] | None = None
    unknown_place: bool = False


def look(request: Request, row: dict[str, Any]) -> Found:
    """The search that the address asks for (?need=&place=), in the resident's language; else the packet's need and
    place, not looked for yet. `row` is what Desk.get gives."""
    packet = row["packet"]
    need, text = request.query_params.get("need"), request.query_params.get("place", "")[:100].strip()
    if need not in all_needs():
        return Found((packet["needs"] or [""])[0], packet["place_name"] or "")
    place = _place(text, packet)
    if text and place is None:
        return Found(need, text, unknown_place=True)
    directory, now, language = request.app.state.services.directory, utcnow(), row["packet"]["language"]
    hits = directory.search(Query(need, place, language, now, packet["age_band"], limit=SHOWN)).services
    cards = [directory.get(hit.service.id, language, now, place) for hit in hits]
    return Found(need, text, [card for card in cards if card is not None])


def _place(text: str, packet: dict[str, Any]) -> Place | None:
    if not text:
        return None
    if text == packet["place_name"]:  # a borough or a prefix, which its name alone may not find again
        return gazetteer().by_key(packet["place"])
    found = gazetteer().lookup(text).places
    return found[0] if found else None
