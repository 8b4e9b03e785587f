"""The rule of disclosure control, at its edges and in general."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demand.disclosure import Rule, protect, protect_grid, total

RULE = Rule()
COUNTS = st.integers(min_value=0, max_value=100_000)


def shown(count: int) -> int | None:
    return protect(count, RULE, sensitive=False)


def shown_sensitive(count: int) -> int | None:
    return protect(count, RULE, sensitive=True)


def test_0_is_withheld_like_any_small_count():
    assert shown(0) is None


def test_7_is_withheld():
    assert shown(7) is None


def test_8_is_shown_as_10():
    assert shown(8) == 10


def test_12_is_shown_as_10():
    assert shown(12) == 10


def test_13_is_shown_as_15():
    assert shown(13) == 15


def test_17_is_withheld_when_sensitive_and_shown_as_15_when_not():
    assert shown_sensitive(17) is None
    assert shown(17) == 15


def test_18_is_shown_as_20_when_sensitive():
    assert shown_sensitive(18) == 20


def test_22_is_shown_as_20_and_23_as_25_when_sensitive():
    assert (shown_sensitive(22), shown_sensitive(23)) == (20, 25)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError):
        shown(-1)


@pytest.mark.parametrize("sensitive", [False, True])
def test_at_least_5_counts_stand_behind_each_published_value(sensitive):
    behind: dict[int | None, int] = {}
    for count in range(205):
        value = protect(count, RULE, sensitive=sensitive)
        behind[value] = behind.get(value, 0) + 1
    whole = {value: number for value, number in behind.items() if value is None or value <= 200}
    assert min(whole.values()) >= 5


@given(COUNTS, st.booleans())
def test_the_same_count_is_always_shown_the_same(count, sensitive):
    assert protect(count, RULE, sensitive=sensitive) == protect(count, Rule(), sensitive=sensitive)


@given(COUNTS, st.booleans())
def test_a_shown_count_is_within_2_of_the_truth(count, sensitive):
    value = protect(count, RULE, sensitive=sensitive)
    assert value is None or (abs(value - count) <= 2 and value % 5 == 0)


CELLS = [("food", "1623"), ("food", "1411"), ("violence", "1623"), ("violence", "1411")]
SENSITIVE = [False, False, True, True]


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4), st.sampled_from(CELLS))
def test_one_more_event_changes_only_its_own_cell_and_by_one_step(numbers, changed):
    counts = dict(zip(CELLS, numbers, strict=True))
    before = dict(protect_grid(CELLS, counts, RULE, SENSITIVE))
    after = dict(protect_grid(CELLS, counts | {changed: counts[changed] + 1}, RULE, SENSITIVE))
    for cell in CELLS:
        if cell != changed:
            assert after[cell] == before[cell]
    first = 20 if changed[0] == "violence" else 10
    assert after[changed] in (before[changed], first if before[changed] is None else before[changed] + 5)


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_the_grid_is_complete_whatever_was_counted(numbers):
    counts = {cell: number for cell, number in zip(CELLS, numbers, strict=True) if number}
    assert [cell for cell, _ in protect_grid(CELLS, counts, RULE, SENSITIVE)] == CELLS


def test_a_total_adds_published_cells_only():
    assert total([10, None, 15]) == 25


def test_a_total_of_withheld_cells_is_withheld_not_0():
    assert total([None, None]) is None
    assert total([]) is None


@pytest.mark.parametrize("weaker", [
    {"threshold": 6}, {"sensitive_threshold": 12}, {"rounding_base": 3}, {"rounding_base": 6}, {"threshold": 9}, {"threshold": 8},
])
def test_a_weaker_or_disagreeing_rule_is_refused(weaker):
    with pytest.raises(ValueError):
        Rule(**weaker)


def test_a_stricter_rule_that_agrees_is_taken():
    assert protect(13, Rule(threshold=12), sensitive=False) == 15
