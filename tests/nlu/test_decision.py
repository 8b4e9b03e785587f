"""When the first guess is taken, when it is asked about, and when a message holds two needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlu.components.decision import SEVERAL_BOTH, SEVERAL_EACH, TAKE_AT_LEAST, choices_offered, decide

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


def test_two_parts_each_sure_of_another_need_are_two_needs() -> None:
    cut = ([("food", SEVERAL_BOTH), ("income", 0.1)], [("housing", 0.95), ("legal", 0.04)])
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), [cut]) == ("several", ["food", "housing"])


def test_of_several_cuts_the_one_whose_weaker_part_is_surest_counts() -> None:
    weak = ([("food", 0.99)], [("legal", SEVERAL_BOTH)])
    strong = ([("food", 0.95)], [("housing", 0.95)])
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), [weak, strong]) == ("several", ["food", "housing"])


def test_a_part_that_is_hardly_a_need_makes_no_second_one() -> None:
    greeting = ([("isolation", SEVERAL_BOTH - 0.01)], [("food", 0.99)])
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), [greeting])[0] == "take"


def test_a_second_need_that_the_whole_message_hardly_leaves_room_for_is_none() -> None:
    cut = ([("food", 0.99)], [("income", 0.99)])
    assert decide(ranking(0.95, 0.03, SEVERAL_EACH, 0.001), [cut]) == ("several", ["food", "income"])
    assert decide(ranking(0.95, 0.03, SEVERAL_EACH / 2, 0.001), [cut]) == ("take", ["food"])


def test_two_parts_about_the_same_need_are_one_need() -> None:
    assert decide(ranking(0.9, 0.05, 0.03, 0.02), [([("food", 0.9)], [("food", 0.9)])])[0] == "take"


@given(st.lists(st.floats(0.001, 1), min_size=4, max_size=4))
def test_there_is_always_something_to_go_on_with(weights: list[float]) -> None:
    total = sum(weights)
    confidences = sorted((weight / total for weight in weights), reverse=True)
    decision, chosen = decide(ranking(*confidences))
    assert decision in ("take", "ask")
    assert chosen[0] == "food"
    assert len(chosen) == 1 if decision == "take" else 2 <= len(chosen) <= 3
    assert len(choices_offered(ranking(*confidences))) in (2, 3)
