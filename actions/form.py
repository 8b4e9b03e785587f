"""The orientation form: what an answer means, and which questions are still worth asking."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.services import Orientation
from actions.tracker import UNKNOWN, entities, intent_of, needs_of, place_by_key, place_of
from bot.needs import all_needs
from bot.places import gazetteer

__all__ = ["ValidateOrientationForm"]

# A question that is not understood this many times in a row is let go: never a loop.
TRIES_AT_MOST = 2
# These the rules answer (stories/rules, stories/detours): the form steps aside for them.
ASIDE = frozenset(
    ["greet", "thank", "help", "privacy", "bot_challenge", "out_of_scope", "language_fr", "language_en", "frustrated", "report_wrong", "delete_data", "more", "goodbye", "start_over", "human", "handoff_send", "handoff_cancel"]
)

Slots = dict[str, Any]


class ValidateOrientationForm(Action):
    """need, place, then only what would change which services are shown.

    A plain action instead of rasa-sdk's FormValidationAction: that one wants the whole domain with each call.
    """

    def __init__(self, orientation: Orientation) -> None:
        self.orientation = orientation

    def name(self) -> str:
        return "validate_orientation_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        filled = tracker.slots_to_validate()
        changed: Slots = {}
        if entities(tracker, "guess") and not entities(tracker, "need"):
            changed["need"] = tracker.slots["need"] = None  # a guess is not an answer: the need in hand is put aside
            filled.pop("need", None)
        for slot in ("need", "place", "borough", "for_whom"):
            if slot in filled and filled[slot] is not None:
                result = getattr(self, f"validate_{slot}")(filled[slot], tracker)
                changed |= result
                tracker.slots.update(result)
        # Rasa takes a form that sets nothing for one that rejects the message: it does so only for the rules' sake.
        if not changed and intent_of(tracker) in ASIDE and tracker.active_loop_name:
            return []
        changed["requested_slot"] = next((slot for slot in self.required(tracker) if tracker.get_slot(slot) is None), None)
        return [SlotSet(name, value) for name, value in changed.items()]

    def required(self, tracker: Tracker) -> list[str]:
        """The questions worth asking now, in their order."""
        slots = ["need", "place"]
        if not needs_of(tracker) or not tracker.get_slot("place"):
            return slots
        place = place_of(tracker)
        if place is not None and place.rls is None and gazetteer().boroughs(place.key):
            slots.append("borough")
            if tracker.get_slot("borough") is None:
                return slots
        if self.orientation.age_matters(tracker):
            slots.append("for_whom")
        return slots

    def validate_need(self, value: Any, tracker: Tracker) -> Slots:
        named = [need for need in (value if isinstance(value, list) else [value]) if need in all_needs()]
        if named:
            return {"need": named[:2], "guesses": None, "shown": None, "tries": 0}
        return {"need": None, "tries": self._again(tracker)}

    def validate_place(self, value: Any, tracker: Tracker) -> Slots:
        known = place_by_key(value)
        if known is not None or value == UNKNOWN:
            return {"place": value, "place_candidates": None, "shown": None, "tries": 0}
        if intent_of(tracker) in ("skip", "deny"):
            return {"place": UNKNOWN, "tries": 0}
        if entities(tracker, "place_candidate"):
            return {"place": None, "tries": 0}
        found = gazetteer().lookup(value).places
        if len(found) == 1:
            return {"place": found[0].key, "place_candidates": None, "shown": None, "tries": 0}
        if found:
            return {"place": None, "place_candidates": [place.key for place in found], "tries": 0}
        tries = self._again(tracker)
        return {"place": UNKNOWN if tries >= TRIES_AT_MOST else None, "place_candidates": None, "tries": tries % TRIES_AT_MOST}

    def validate_borough(self, value: Any, tracker: Tracker) -> Slots:
        if entities(tracker, "place"):
            return {"borough": None}  # the place itself was made more exact
        found = [] if intent_of(tracker) in ("skip", "deny") else gazetteer().lookup(value).places
        if len(found) == 1:
            return {"place": found[0].key, "borough": UNKNOWN, "shown": None, "tries": 0}
        tries = self._again(tracker)
        skipped = intent_of(tracker) in ("skip", "deny") or tries >= TRIES_AT_MOST
        return {"borough": UNKNOWN if skipped else None, "tries": 0 if skipped else tries}

    def validate_for_whom(self, value: Any, tracker: Tracker) -> Slots:
        if value in ("child", "youth", "adult", "senior", UNKNOWN):
            return {"for_whom": value, "shown": None, "tries": 0}
        band = age_band(str(value))
        if band or intent_of(tracker) in ("skip", "deny"):
            return {"for_whom": band or UNKNOWN, "shown": None, "tries": 0}
        tries = self._again(tracker)
        return {"for_whom": UNKNOWN if tries >= TRIES_AT_MOST else None, "tries": tries % TRIES_AT_MOST}

    @staticmethod
    def _again(tracker: Tracker) -> int:
        return int(tracker.get_slot("tries") or 0) + 1


def age_band(text: str) -> str | None:
    """The age band of an age in years written in digits: child to 13, youth to 24, adult to 64, senior from 65."""
    digits = "".join(char if char.isdigit() else " " for char in text).split()
    if len(digits) != 1 or int(digits[0]) > 120:
        return None
    age = int(digits[0])
    return "child" if age < 14 else "youth" if age < 25 else "adult" if age < 65 else "senior"
