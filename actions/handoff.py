"""Bringing in a person: the dialogue asks and understands the answer, the core shows the packet and does it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.tracker import status_of

__all__ = ["AskHandoffConsent", "HandoffDecided"]


class AskHandoffConsent(Action):
    """The core shows what would be passed on and asks; nothing is asked of somebody already in line."""

    def name(self) -> str:
        return "action_ask_handoff_consent"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        dispatcher.utter_message(json_message={"effects": [{"effect": "handoff_offer"}]})
        if status_of(tracker) == "waiting":
            return [ActiveLoop(None), SlotSet("requested_slot", None)]
        return []


class HandoffDecided(Action):
    """Yes or no, said or tapped."""

    def name(self) -> str:
        return "action_handoff_decided"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        effect = "handoff_send" if tracker.get_slot("handoff_consent") else "handoff_cancel"
        dispatcher.utter_message(json_message={"effects": [{"effect": effect}]})
        return [SlotSet("handoff_consent", None)]
