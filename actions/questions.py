"""The questions of the orientation form: which response asks, and which choices come with it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.tracker import guesses_of, language_of, place_by_key, place_of
from bot.needs import all_needs
from bot.places import gazetteer

__all__ = ["AskBorough", "AskFamily", "AskForWhom", "AskNeed", "AskPlace", "AskSex"]

# Candidates of one name that fit on a phone's screen.
CANDIDATES_AT_MOST = 6
BANDS = {
    "child": ("Un enfant (0 à 13 ans)", "A child (0 to 13)"),
    "youth": ("Un jeune (14 à 24 ans)", "A young person (14 to 24)"),
    "adult": ("Un adulte (25 à 64 ans)", "An adult (25 to 64)"),
    "senior": ("65 ans et plus", "65 or older"),
}

SEXES = {"female": ("Une femme ou une fille", "A woman or a girl"), "male": ("Un homme ou un garçon", "A man or a boy")}
FAMILY = {"yes": ("Oui", "Yes"), "no": ("Non", "No")}


def button(title: str, choice: str) -> dict[str, str]:
    return {"title": title, "payload": choice}


class AskNeed(Action):
    """The best guesses when there are some, else the list of needs; after a miss also a person."""

    def name(self) -> str:
        return "action_ask_need"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        language = language_of(tracker)
        guesses = guesses_of(tracker)
        needs = [all_needs()[guess] for guess in guesses[:3]] or list(all_needs().values())
        buttons = [button(need.label(language), f"need:{need.id}") for need in needs]
        human = button("Parler à une personne" if language == "fr" else "Talk to a person", "human")
        if guesses:
            other = button("Autre chose" if language == "fr" else "Something else", "need:other")
            dispatcher.utter_message(response="utter_ask_need_guess", buttons=[*buttons, other, human])
        elif tracker.get_slot("tries"):
            dispatcher.utter_message(response="utter_ask_need_list", buttons=[*buttons, human])
        else:
            dispatcher.utter_message(response="utter_ask_need", buttons=buttons)
        return []


class AskPlace(Action):
    """Where; or which, when several places share the name."""

    def name(self) -> str:
        return "action_ask_place"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        language = language_of(tracker)
        candidates = [place_by_key(key) for key in tracker.get_slot("place_candidates") or []]
        if candidates:
            buttons = [button(place.display(language), f"place:{place.key}") for place in candidates[:CANDIDATES_AT_MOST] if place]
            dispatcher.utter_message(response="utter_ask_place_which", buttons=buttons)
        elif tracker.get_slot("tries"):
            dispatcher.utter_message(response="utter_ask_place_again")
        else:
            dispatcher.utter_message(response="utter_ask_place")
        return []


class AskBorough(Action):
    """Which borough, in a city with several local networks."""

    def name(self) -> str:
        return "action_ask_borough"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        place = place_of(tracker)
        boroughs = gazetteer().boroughs(place.key) if place else []
        buttons = [button(borough.name, f"place:{borough.key}") for borough in boroughs]
        dispatcher.utter_message(response="utter_ask_borough", buttons=buttons)
        return []


class AskForWhom(Action):
    """How old the person is; asked only when it changes which services are shown."""

    def name(self) -> str:
        return "action_ask_for_whom"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        which = 0 if language_of(tracker) == "fr" else 1
        buttons = [button(labels[which], f"for_whom:{band}") for band, labels in BANDS.items()]
        dispatcher.utter_message(response="utter_ask_for_whom", buttons=buttons)
        return []


class AskSex(Action):
    """Whether it is for a woman or a man; asked only when it changes which services are shown."""

    def name(self) -> str:
        return "action_ask_sex"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        which = 0 if language_of(tracker) == "fr" else 1
        buttons = [button(labels[which], f"sex:{sex}") for sex, labels in SEXES.items()]
        dispatcher.utter_message(response="utter_ask_sex", buttons=buttons)
        return []


class AskFamily(Action):
    """Whether the person has children or expects one; asked only when it changes which services are shown."""

    def name(self) -> str:
        return "action_ask_family"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        which = 0 if language_of(tracker) == "fr" else 1
        buttons = [button(labels[which], f"family:{answer}") for answer, labels in FAMILY.items()]
        dispatcher.utter_message(response="utter_ask_family", buttons=buttons)
        return []
