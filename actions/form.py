"""The orientation form: what an answer means, and which questions are still worth asking."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.services import Orientation
from actions.tracker import UNKNOWN, entities, intent_of, needs_of, place_by_key
from bot.conversation.person import OLDEST, Said, read_person, read_sex
from bot.directory.fit import AGE_BANDS, band_of
from bot.directory.questions import PERSONAL, QUESTIONS
from bot.directory.records import SEXES
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
        self._read_person(tracker, filled, changed)
        for slot in ("need", "place", "borough", "for_whom", "sex", "family"):
            if slot in filled and filled[slot] is not None:
                result = getattr(self, f"validate_{slot}")(filled[slot], tracker)
                changed |= result
                tracker.slots.update(result)
        # Rasa takes a form that sets nothing for one that rejects the message: it does so only for the rules' sake.
        if not changed and intent_of(tracker) in ASIDE and tracker.active_loop_name:
            return []
        changed["requested_slot"] = self.next_slot(tracker)
        return [SlotSet(name, value) for name, value in changed.items()]

    def next_slot(self, tracker: Tracker) -> str | None:
        """The question to ask now: the need; then the one that would most change the first services, if any would."""
        if not needs_of(tracker):
            return "need"
        if tracker.get_slot("place_candidates") and tracker.get_slot("place") is None:
            return "place"  # they named one: which it is, is asked whatever it changes
        unanswered = [slot for slot in QUESTIONS if tracker.get_slot(slot) is None]
        if tracker.get_slot("for_whom") == "child":
            unanswered = [slot for slot in unanswered if slot not in PERSONAL]  # nobody under 14 is asked about themselves
        return self.orientation.next_question(tracker, unanswered, bool(PERSONAL - set(unanswered)))

    def _read_person(self, tracker: Tracker, filled: Slots, changed: Slots) -> None:
        """What the message says in passing: "my mother, who is 82", "je suis en fauteuil roulant"."""
        text = str(tracker.latest_message.get("text") or "")
        said = Said() if text.startswith("/") else read_person(text)
        for age in [*entities(tracker, "age"), *([] if said.age is None else [said.age])][:1]:
            changed |= {"age": float(age), "for_whom": band_of(int(age)), "shown": None}
        if said.band and "for_whom" not in changed:
            changed |= {"age": None, "for_whom": said.band, "shown": None}
        if said.sex:
            changed["sex"] = said.sex
        if said.family:
            changed["family"] = "yes"
        access = [name for name in ("wheelchair", "stays_home") if getattr(said, name)]
        if access:
            changed["access"] = sorted({*access, *(tracker.get_slot("access") or [])})
        for slot in ("for_whom", "sex", "family"):
            if slot in changed:
                filled.pop(slot, None)
        tracker.slots.update(changed)

    def validate_need(self, value: Any, tracker: Tracker) -> Slots:
        named = [need for need in (value if isinstance(value, list) else [value]) if need in all_needs()]
        if named:
            return {"need": named[:2], "guesses": None, "shown": None, "tries": 0}
        # None of the guesses: the list, not the same guesses again.
        return {"need": None, "guesses": None, "tries": self._again(tracker)}

    def validate_place(self, value: Any, tracker: Tracker) -> Slots:
        known = place_by_key(value)
        if known is not None or value == UNKNOWN:
            return {"place": value, "place_candidates": None, "shown": None, "tries": 0}
        if intent_of(tracker) == "deny" and entities(tracker, "place"):
            return {"place": None, "tries": 0}  # "no, not Laval": where, then?
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
        if value in AGE_BANDS or value == UNKNOWN:
            return {"for_whom": value, "age": None, "shown": None, "tries": 0}
        age = age_in(str(value))
        if age is not None:
            return {"for_whom": band_of(age), "age": float(age), "shown": None, "tries": 0}
        return self._one_of("for_whom", None, tracker)

    def validate_sex(self, value: Any, tracker: Tracker) -> Slots:
        return self._one_of("sex", value if value in SEXES else read_sex(str(value)), tracker)

    def validate_family(self, value: Any, tracker: Tracker) -> Slots:
        said = {"affirm": "yes", "deny": "no"}.get(intent_of(tracker) or "")
        return self._one_of("family", value if value in ("yes", "no") else said, tracker)

    def _one_of(self, slot: str, value: str | None, tracker: Tracker) -> Slots:
        """The answer, or that it is skipped; asked again once when it is neither."""
        if value is not None or intent_of(tracker) in ("skip", "deny"):
            return {slot: value or UNKNOWN, "shown": None, "tries": 0}
        tries = self._again(tracker)
        return {slot: UNKNOWN if tries >= TRIES_AT_MOST else None, "tries": tries % TRIES_AT_MOST}

    @staticmethod
    def _again(tracker: Tracker) -> int:
        return int(tracker.get_slot("tries") or 0) + 1


def age_in(text: str) -> int | None:
    """The age in years of an answer to "how old": the one number in it, whatever stands around it."""
    digits = "".join(char if char.isdigit() else " " for char in text).split()
    return int(digits[0]) if len(digits) == 1 and int(digits[0]) <= OLDEST else None
