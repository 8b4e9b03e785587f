"""The orientation form on its own: what a message fills, and which question comes next, with a small directory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.form import ValidateOrientationForm
from actions.services import Orientation
from bot.directory.index import Index
from bot.directory.search import search
from tests.directory.samples import at, make

NOW = at("2026-11-24T10:00")
FOR_ALL = [make(f"all-{n}", needs=["income", "food"]) for n in range(3)]
AGES = [make("seniors", min_age=65), *FOR_ALL]
SEXES = [make("women", sex="female"), make("women-2", sex="female"), make("men", sex="male"), make("men-2", sex="male"), *FOR_ALL]


def run(services: list[Any], text: str = "", slots: dict[str, Any] | None = None, found: dict[str, Any] | None = None,
        intent: str = "need", filled: dict[str, Any] | None = None) -> dict[str, Any]:
    """The slots that the form sets after a message. found: entities of the message; filled: slots it just filled."""
    index = Index(services)
    directory = SimpleNamespace(search=lambda query: search(index, query), has_local=index.has_local)
    known = {"need": None, "place": None, "borough": None, "for_whom": None, "sex": None, "family": None, "age": None, "access": None,
             "language": "fr", "tries": 0, "place_candidates": None, "guesses": None, "shown": None, **(slots or {}), **(filled or {})}
    events = [{"event": "slot", "name": name, "value": value} for name, value in (filled or {}).items()]
    message = {"text": text, "intent": {"name": intent}, "entities": [{"entity": name, "value": value} for name, value in (found or {}).items()]}
    tracker = Tracker("t", known, message, events, False, None, {"name": "orientation_form"}, "action_listen")
    done = ValidateOrientationForm(Orientation(directory, lambda: NOW)).run(CollectingDispatcher(), tracker, {})
    return {event["name"]: event["value"] for event in done}


FOOD = {"need": ["food"], "place": "61025"}


def test_without_a_need_it_is_asked_first():
    assert run(AGES, "allo", intent="affirm")["requested_slot"] == "need"


def test_then_where_and_then_what_would_change_the_answer():
    assert run(AGES, "j'ai faim", filled={"need": ["food"]})["requested_slot"] == "place"
    assert run(AGES, "Joliette", {"need": ["food"]}, intent="place", filled={"place": "61025"})["requested_slot"] == "for_whom"
    assert run(FOR_ALL, "Joliette", {"need": ["food"]}, intent="place", filled={"place": "61025"})["requested_slot"] is None
    assert run(SEXES, "Joliette", {"need": ["food"]}, intent="place", filled={"place": "61025"})["requested_slot"] == "sex"


def test_an_age_in_passing_is_an_answer():
    said = run(AGES, "ma mère de 82 ans a faim", {"place": "61025"}, filled={"need": ["food"]})
    assert (said["age"], said["for_whom"], said["requested_slot"]) == (82.0, "senior", None)


def test_what_the_reading_of_an_age_alone_gives_corrects_what_was_known():
    said = run(AGES, '/about_person{"age": 14}', {**FOOD, "for_whom": "senior", "age": 82.0}, {"age": 14, "age_band": "youth"},
               "about_person", {"for_whom": "youth"})
    assert (said["age"], said["for_whom"], said["shown"], said["requested_slot"]) == (14.0, "youth", None, None)


def test_a_band_that_is_tapped_puts_an_age_aside():
    said = run(AGES, "/about_person", {**FOOD, "age": 82.0}, {"age_band": "adult"}, "about_person", {"for_whom": "adult"})
    assert (said["for_whom"], said["age"]) == ("adult", None)


def test_a_child_is_asked_nothing_more_about_themselves():
    assert run(SEXES, "j'ai 12 ans", {"place": "61025"}, filled={"need": ["food"]})["requested_slot"] is None
    assert run(SEXES, "j'ai 15 ans", {"place": "61025"}, filled={"need": ["food"]})["requested_slot"] == "sex"


@pytest.mark.parametrize(
    ("slot", "intent", "value", "kept"),
    [
        ("sex", "about_person", "female", "female"), ("sex", "affirm", "un homme", "male"), ("sex", "skip", "passer", "unknown"),
        ("sex", "need", "je ne comprends pas", None), ("family", "affirm", "oui", "yes"), ("family", "deny", "non", "no"),
        ("family", "skip", "passer", "unknown"), ("for_whom", "affirm", "elle a 40", "adult"), ("for_whom", "skip", "passer", "unknown"),
    ],
)
def test_answers_about_the_person(slot, intent, value, kept):
    assert run(SEXES, value, FOOD, intent=intent, filled={slot: value})[slot] == kept


def test_what_is_not_understood_twice_is_let_go():
    again = run(SEXES, "hein?", {**FOOD, "tries": 1}, intent="affirm", filled={"sex": "hein?"})
    assert (again["sex"], again["requested_slot"]) == ("unknown", None)


def test_other_facts_are_kept_for_the_search():
    said = run(FOR_ALL, "je suis en fauteuil roulant et je ne peux pas sortir", {"place": "61025"}, filled={"need": ["food"]})
    assert said["access"] == ["stays_home", "wheelchair"]


def test_of_places_of_one_name_which_is_asked_whatever_it_changes():
    lines = [make("line", location=None, area={"kind": "province"}, modes=["phone"])]
    assert run(lines, "à Saint-Paul", {"need": ["food"], "place_candidates": ["61005", "52017"]}, {"place_candidate": "61005"})["requested_slot"] == "place"
    assert run(lines, "j'ai faim", filled={"need": ["food"]})["requested_slot"] is None


@pytest.mark.parametrize("said", ['/need{"need": "other"}', "rien de tout ça"])
def test_none_of_the_guesses_puts_them_away_so_that_the_list_comes_and_not_the_same_guesses(said):
    done = run(AGES, said, {"guesses": ["legal", "housing"]}, intent="need" if said.startswith("/") else "affirm", filled={"need": ["other"]})
    assert (done["need"], done["guesses"], done["tries"], done["requested_slot"]) == (None, None, 1, "need")
