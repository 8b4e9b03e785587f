"""Showing services: one message a need, at most three cards, and one anonymous event each (an effect)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.tracker import language_of, needs_of, place_of
from bot.directory.cards import card
from bot.directory.catalogue import Directory
from bot.directory.fit import AGE_BANDS
from bot.directory.questions import next_question
from bot.directory.records import SEXES
from bot.directory.search import Query, Result
from bot.needs import need_label
from bot.places import Place
from bot.safety import lines_by_id

__all__ = ["MoreServices", "Orientation", "ShowServices"]

CARDS_AT_MOST = 3
# Info-Social answers day and night, everywhere but in Nunavik and the Cree lands.
LINES_WHEN_NOTHING = ("811-2",)


class Orientation:
    """Searches the directory with what the tracker knows."""

    def __init__(self, directory: Directory, clock: Callable[[], datetime]) -> None:
        self.directory = directory
        self.clock = clock

    def query(self, tracker: Tracker, need: str, exclude: list[str] | None = None) -> Query:
        """What is looked for, with what is known of the person."""
        band, age, sex = (tracker.get_slot(name) for name in ("for_whom", "age", "sex"))
        access = tracker.get_slot("access") or []
        return Query(
            need=need, place=place_of(tracker), language=language_of(tracker), at=self.clock(),
            age_band=band if band in AGE_BANDS else None, age=None if age is None else int(age), sex=sex if sex in SEXES else None,
            family={"yes": True, "no": False}.get(tracker.get_slot("family") or ""), wheelchair="wheelchair" in access,
            stays_home="stays_home" in access, limit=CARDS_AT_MOST, exclude=tuple(exclude or ()),
        )

    def search(self, tracker: Tracker, need: str, exclude: list[str] | None = None) -> Result:
        """What the directory has for one need."""
        return self.directory.search(self.query(tracker, need, exclude))

    def next_question(self, tracker: Tracker, unanswered: list[str], asked_personal: bool) -> str | None:
        """The question that would most change the first services, null when none would."""
        queries = [self.query(tracker, need) for need in needs_of(tracker)]
        return next_question(self.directory.search, self.directory.has_local, queries, unanswered, asked_personal)

    def say(self, dispatcher: CollectingDispatcher, tracker: Tracker, need: str, result: Result, counted: bool) -> list[str]:
        """Say what was found for one need; the ids shown."""
        language = language_of(tracker)
        cards = [card(hit, language, self.clock()) for hit in result.services]
        met = bool(cards) and result.reason is None
        response = response_for(result, bool(cards), met)
        custom: dict[str, Any] = {"kind": "services", "services": cards, "effects": []}
        if not met and not any(hit.reach == "line" for hit in result.services):
            # Nothing found is never the end: where no service of the directory can be called, a line always can.
            custom["helplines"] = [line.as_dict(language) for line in lines_by_id(LINES_WHEN_NOTHING)]
        if counted:
            first = cards[0]["id"] if cards else None
            custom["effects"] = [{"effect": "oriented", "need": need, "met": met,
                                  "reason": None if met else result.reason or "other", "oriented_to": first if met else None}]
        dispatcher.utter_message(response=response, json_message=custom, need_label=need_label(need, language),
                                 place_label=place_label(place_of(tracker), language))
        return [shown["id"] for shown in cards]


def response_for(result: Result, any_cards: bool, met: bool) -> str:
    """Which response tells it: fitting, near but not fitting, far or province-wide only, or nothing."""
    if not any_cards:
        return "utter_services_none"
    if met:
        return "utter_services"
    return "utter_services_but" if result.outcome == "near" else "utter_services_far"


def place_label(place: Place | None, language: str) -> str:
    """"près de Rawdon", "near Rawdon"; without a place, the whole province."""
    if place is None:
        return "partout au Québec" if language == "fr" else "anywhere in Quebec"
    return f"près de {place.name}" if language == "fr" else f"near {place.name}"


class ShowServices(Action):
    """All is known: the services, for each need in hand."""

    def __init__(self, orientation: Orientation) -> None:
        self.orientation = orientation

    def name(self) -> str:
        return "action_show_services"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        shown: list[str] = []
        for need in needs_of(tracker):
            shown += self.orientation.say(dispatcher, tracker, need, self.orientation.search(tracker, need, shown), counted=True)
        return [SlotSet("shown", shown), SlotSet("guesses", None)]


class MoreServices(Action):
    """Others than those already shown."""

    def __init__(self, orientation: Orientation) -> None:
        self.orientation = orientation

    def name(self) -> str:
        return "action_more_services"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        shown = list(tracker.get_slot("shown") or [])
        if not shown:
            dispatcher.utter_message(response="utter_more_what")
            return []
        before = len(shown)
        for need in needs_of(tracker):
            result = self.orientation.search(tracker, need, shown)
            if result.services:
                shown += self.orientation.say(dispatcher, tracker, need, result, counted=False)
        if len(shown) == before:
            dispatcher.utter_message(response="utter_no_more")
        return [SlotSet("shown", shown)]
