"""What can be asked at any moment."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.questions import AskNeed, button
from actions.tracker import intent_of, language_of
from bot.conversation.wrong import kind_named

__all__ = ["AskErase", "NotUnderstood", "OutOfScope", "Privacy", "ReportWrong", "SetLanguage", "StartOver"]

Events = list[dict[str, Any]]


class SetLanguage(Action):
    """An explicit request: it wins over detection from then on."""

    def name(self) -> str:
        return "action_set_language"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        language = "en" if intent_of(tracker) == "language_en" else "fr"
        dispatcher.utter_message(json_message={"effects": [{"effect": "language", "language": language}]})
        return [SlotSet("language", language)]


class StartOver(Action):
    """Forget what was said, keep the language."""

    def name(self) -> str:
        return "action_start_over"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        dispatcher.utter_message(response="utter_started_over")
        cleared = ("need", "guesses", "place", "place_candidates", "borough", "for_other", "for_whom", "sex", "family", "age",
                   "access", "shown", "handoff_consent")
        return [*(SlotSet(slot, None) for slot in cleared), SlotSet("tries", 0)]


class AskErase(Action):
    """Words may be misread: erasing what cannot be brought back takes the button."""

    def name(self) -> str:
        return "action_ask_erase"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        title = "Effacer" if language_of(tracker) == "fr" else "Erase"
        dispatcher.utter_message(response="utter_ask_erase", buttons=[button(title, "erase")])
        return []


class Privacy(Action):
    """The core holds the notice: it names the operator."""

    def name(self) -> str:
        return "action_privacy"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        dispatcher.utter_message(json_message={"effects": [{"effect": "privacy"}]})
        return []


class ReportWrong(Action):
    """Something shown is not right: the core asks which service and what is wrong with it, and notes only that."""

    def name(self) -> str:
        return "action_report_wrong"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        if not tracker.get_slot("shown"):
            dispatcher.utter_message(response="utter_report_wrong")
            return []
        kind = kind_named(str(tracker.latest_message.get("text") or ""))
        dispatcher.utter_message(json_message={"effects": [{"effect": "report", "kind": kind}]})
        return []


class OutOfScope(Action):
    """What no service of ours is about, or nothing at all."""

    def name(self) -> str:
        return "action_out_of_scope"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        return _said_once("utter_out_of_scope", dispatcher, tracker, domain)


class NotUnderstood(Action):
    """Asks for other words."""

    def name(self) -> str:
        return "action_not_understood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        return _said_once("utter_not_understood", dispatcher, tracker, domain)


def _said_once(response: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
    """The response; the second time the list of needs and a person, never a loop."""
    tries = int(tracker.get_slot("tries") or 0) + 1
    if tries > 1:
        return [*AskNeed().run(dispatcher, tracker, domain), SlotSet("tries", tries)]
    dispatcher.utter_message(response=response)
    return [SlotSet("tries", tries)]
