"""How a request ends, and the class of its wait, at their edges."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.handoff.outcome import OUTCOMES, REASONS, OutcomeError, checked, met_and_reason, wait_of


@pytest.mark.parametrize(("seconds", "wait"), [
    (0, "under_5"), (299, "under_5"), (300, "under_30"), (1799, "under_30"), (1800, "over_30"), (86_400, "over_30"),
])
def test_wait_at_its_edges(seconds, wait):
    assert wait_of(timedelta(seconds=seconds)) == wait


def test_nobody_came_is_never():
    assert wait_of(None) == "never"


@pytest.mark.parametrize("reason", REASONS)
def test_not_met_has_a_reason(reason):
    assert checked("not_met", reason) == ("not_met", reason)


@pytest.mark.parametrize("reason", [None, "", "rain", 3, ["closed"]])
def test_not_met_without_a_known_reason_is_refused(reason):
    with pytest.raises(OutcomeError) as error:
        checked("not_met", reason)
    assert error.value.field == "reason"


@pytest.mark.parametrize("outcome", [None, "", "done", {}])
def test_unknown_outcome_is_refused(outcome):
    with pytest.raises(OutcomeError) as error:
        checked(outcome, "closed")
    assert error.value.field == "outcome"


@pytest.mark.parametrize("outcome", [one for one in OUTCOMES if one != "not_met"])
def test_reason_is_dropped_for_every_other_outcome(outcome):
    assert checked(outcome, "closed") == (outcome, None)


def test_an_event_is_met_or_has_a_reason():
    assert met_and_reason("connected", None) == met_and_reason("informed", None) == (True, None)
    assert met_and_reason("not_met", "too_far") == (False, "too_far")
    assert met_and_reason("left", None) == met_and_reason("other", None) == (False, "other")
