"""What is known of a resident's situation, from the dialogue's slots: for the packet, the crisis lines and the demand."""

from __future__ import annotations

from typing import Any

from bot.places import Place, gazetteer

__all__ = ["AGE_BANDS", "known_from", "place_by_key"]

AGE_BANDS = ("child", "youth", "adult", "senior")


def known_from(slots: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """{needs, place (key), territory (RLS or null), for_other, age_band, shown (service ids)}."""
    place = place_by_key(slots.get("place"))
    band = slots.get("for_whom")
    return {
        "needs": slots.get("need") or [],
        "place": place.key if place else None,
        "territory": place.rls if place else None,
        "for_other": slots.get("for_other") == "yes",
        "age_band": band if band in AGE_BANDS else None,
        "shown": slots.get("shown") or before.get("shown") or [],
    }


def place_by_key(key: Any) -> Place | None:
    """The place of a key, null when it is none: a slot can be skipped, or hold what a modified client sent."""
    try:
        return gazetteer().by_key(key) if isinstance(key, str) else None
    except KeyError:
        return None
