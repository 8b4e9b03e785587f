"""A question is asked only when its answers would change the first services; the one that changes most comes first."""

from dataclasses import replace

import pytest

from bot.directory.index import Index
from bot.directory.questions import QUESTIONS, WORTH_ASKING, next_question, worth
from bot.directory.search import Query, search

from .samples import at, make, place

NOW = at("2026-11-24T10:00")
LINE = {"location": None, "area": {"kind": "province"}, "modes": ["phone"]}
MONTREAL = "66023"


class Asked:
    """A directory of these services, and somebody in Joliette who needs food."""

    def __init__(self, *services, need="food", where="61025", **known):
        self.index = Index(services)
        self.query = Query(need, place(where) if where else None, "fr", NOW, **known)

    def find(self, query):
        return search(self.index, query)

    def worth(self, question):
        return worth(self.find, self.index.has_local, self.query, question)

    def next(self, *answered, asked_personal=False, also=()):
        unanswered = [question for question in QUESTIONS if question not in answered]
        queries = [self.query, *(replace(self.query, need=need) for need in also)]
        return next_question(self.find, self.index.has_local, queries, unanswered, asked_personal)


FOR_ALL = [make(f"all-{n}") for n in range(4)]
SENIORS, YOUNG = make("seniors", min_age=65), make("young", min_age=12, max_age=24)
WOMEN, MEN = make("women", sex="female"), make("men", sex="male")


def test_a_directory_where_age_matters_asks_for_it():
    general = [make(f"all-{n}", needs=["income", "food"]) for n in range(3)]
    asked = Asked(SENIORS, *general)
    assert asked.worth("for_whom") == pytest.approx(0.75)  # all but seniors: the first of the three is another
    assert asked.next("place") == "for_whom"


def test_a_directory_where_it_does_not_asks_nothing():
    asked = Asked(*FOR_ALL)
    assert [asked.worth(question) for question in QUESTIONS] == [0.0] * len(QUESTIONS)
    assert asked.next() is None


def test_the_same_three_whoever_it_is_for_is_no_reason_to_ask():
    assert Asked(SENIORS, *FOR_ALL[:2]).next("place") is None


def test_what_is_known_is_not_asked():
    general = [make(f"all-{n}", needs=["income", "food"]) for n in range(3)]
    assert Asked(SENIORS, *general, age_band="adult").next("place") is None
    assert Asked(SENIORS, *general, age=40).next("place") is None
    assert Asked(SENIORS, *general).next("place", "for_whom") is None  # skipped


def test_of_two_the_one_that_changes_more_is_asked():
    asked = Asked(WOMEN, MEN, make("young-2", needs=["income", "food"], max_age=13), *[make(f"all-{n}", needs=["income", "food"]) for n in range(3)])
    assert asked.worth("sex") > asked.worth("for_whom")
    assert asked.next("place") == "sex"


def test_a_second_question_about_the_person_must_change_a_whole_card():
    asked = Asked(SENIORS, *[make(f"all-{n}", needs=["income", "food"]) for n in range(3)])
    assert WORTH_ASKING < asked.worth("for_whom") < 1.0
    assert asked.next("place", "sex", asked_personal=True) is None
    both = Asked(WOMEN, MEN, *[make(f"all-{n}", needs=["income", "food"]) for n in range(3)])
    assert both.next("place", "for_whom", asked_personal=True) == "sex"


def test_families_are_asked_for_where_services_are_for_them_only():
    asked = Asked(*[make(f"family-{n}", family=True) for n in range(3)], *[make(f"all-{n}", needs=["income", "food"]) for n in range(3)])
    assert asked.next("place") == "family"


def test_where_comes_first_and_only_when_something_is_for_some_places():
    assert Asked(*FOR_ALL, SENIORS, where=None).next() == "place"
    assert Asked(make("line", **LINE), where=None).next() is None


def test_the_borough_only_where_it_changes_something():
    north = make("nord", location=None, area={"kind": "rls", "codes": ["0642"]}, modes=["at_home"])
    lines = [make(f"line-{n}", **LINE) for n in range(3)]
    assert Asked(north, *lines, where=MONTREAL).next() == "borough"
    assert Asked(*lines, where=MONTREAL).next() is None
    region = [make(f"r-{n}", location=None, area={"kind": "region", "codes": ["06"]}, modes=["phone"]) for n in range(3)]
    assert Asked(*region, *lines, where=MONTREAL).next() is None


def test_a_question_for_either_of_two_needs_is_asked():
    asked = Asked(*FOR_ALL, make("seniors", needs=["transport"], min_age=65),
                  *[make(f"t-{n}", needs=["income", "transport"]) for n in range(3)])
    assert asked.next("place") is None
    assert asked.next("place", also=["transport"]) == "for_whom"
