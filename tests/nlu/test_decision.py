"""When the first guess is taken, when it is asked about, and when a message holds two needs."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from nlu.components.decision import (
    SECOND_COUNTS,
    SEVERAL_AT_LEAST,
    TAKE_AT_LEAST,
    TWO_AT_LEAST,
    choices_offered,
    decide,
)

NEEDS = ("food", "housing", "income", "legal")


def ranking(*confidences: float) -> list[tuple[str, float]]:
    return list(zip(NEEDS, confidences))


def test_a_sure_guess_is_taken() -> None:
    assert decide(ranking(TAKE_AT_LEAST, 0.2, 0.1, 0.1)) == ("take", ["food"])


def test_below_the_threshold_it_asks_even_when_the_guess_is_far_ahead() -> None:
    assert decide(ranking(TAKE_AT_LEAST - 0.01, 0.1, 0.05, 0.01))[0] == "ask"


def test_close_guesses_are_asked_about_two_or_three_of_them() -> None:
    assert decide(ranking(0.4, 0.35, 0.2, 0.05)) == ("ask", ["food", "housing", "income"])
    assert decide(ranking(0.5, 0.45, 0.02, 0.01)) == ("ask", ["food", "housing"])


def test_two_parts_each_sure_of_another_need_are_two_needs_when_the_message_sounds_like_two() -> None:
    cut = ([("food", 0.95), ("income", 0.03)], [("housing", 0.95), ("legal", 0.04)])
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), 0.5, [cut]) == ("several", ["food", "housing"])
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), 0.004, [cut]) == ("take", ["food"])


def test_parts_that_are_less_sure_want_a_message_that_sounds_more_like_two() -> None:
    vague = ([("food", 0.2)], [("housing", 0.2)])
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), 0.1, [vague])[0] == "take"
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), 0.8, [vague])[0] == "several"


def test_no_parts_make_up_for_a_message_that_sounds_like_one() -> None:
    cut = ([("food", 1.0)], [("housing", 1.0)])
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), TWO_AT_LEAST, [cut])[0] == "several"
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), TWO_AT_LEAST / 2, [cut])[0] == "take"


def test_the_voices_add_up_to_the_threshold_named() -> None:
    even = ([("food", 0.5)], [("housing", 0.5)])  # log-odds of 0
    barely = 1 / (1 + math.exp(-(SEVERAL_AT_LEAST - SECOND_COUNTS * math.log(0.2 / 0.8))))
    assert decide(ranking(0.75, 0.2, 0.03, 0.02), barely + 0.001, [even])[0] == "several"
    assert decide(ranking(0.75, 0.2, 0.03, 0.02), barely - 0.001, [even])[0] != "several"


def test_of_several_cuts_the_one_whose_weaker_part_is_surest_counts() -> None:
    weak = ([("food", 0.99)], [("legal", 0.92)])
    strong = ([("food", 0.95)], [("housing", 0.95)])
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), 0.5, [weak, strong]) == ("several", ["food", "housing"])


def test_a_message_that_sounds_like_two_but_cannot_be_cut_is_taken_or_asked_about() -> None:
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), 0.99)[0] == "take"
    assert decide(ranking(0.5, 0.45, 0.03, 0.02), 0.99) == ("ask", ["food", "housing", "income"])


def test_two_parts_about_the_same_need_are_one_need() -> None:
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), 0.99, [([("food", 0.9)], [("food", 0.9)])])[0] == "take"


@given(st.lists(st.floats(0.001, 1), min_size=4, max_size=4))
def test_there_is_always_something_to_go_on_with(weights: list[float]) -> None:
    total = sum(weights)
    confidences = sorted((weight / total for weight in weights), reverse=True)
    decision, chosen = decide(ranking(*confidences))
    assert decision in ("take", "ask")
    assert chosen[0] == "food"
    assert len(chosen) == 1 if decision == "take" else 2 <= len(chosen) <= 3
    assert len(choices_offered(ranking(*confidences))) in (2, 3)
