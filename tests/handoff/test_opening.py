"""When the desk is open: split shifts, exceptions, holidays, nights, daylight saving; and where it is written down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff import opening_hours
from bot.handoff.opening import (
    TORONTO,
    Closure,
    Hours,
    OpeningError,
    Shift,
    checked_shifts,
    closes_at,
    is_open,
    next_opening,
)
from bot.people import audit
from bot.store.engine import reading, writing
from tests.handoff.conftest import JOLIETTE, NOON, SOREL

# 9 to 12 and 13 to 17, Monday to Friday.
SPLIT = tuple(Shift(day, *span) for day in range(5) for span in ((540, 720), (780, 1020)))
WEEK = Hours(SPLIT)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TORONTO)


@pytest.mark.parametrize(("at", "expected"), [
    ("2026-11-23 08:59", False), ("2026-11-23 09:00", True), ("2026-11-23 11:59", True), ("2026-11-23 12:00", False),
    ("2026-11-23 12:59", False), ("2026-11-23 13:00", True), ("2026-11-23 17:00", False), ("2026-11-22 10:00", False),
])
def test_a_split_shift_is_closed_at_lunch_and_at_its_very_end(at, expected):
    assert is_open(WEEK, local(at)) is expected


@pytest.mark.parametrize("day", ["2026-12-25", "2027-01-01", "2026-06-24", "2026-07-01", "2026-10-12", "2026-09-07", "2026-05-18"])
def test_closed_on_a_statutory_holiday_of_quebec(day):
    assert is_open(WEEK, local(f"{day} 10:00")) is False


def test_an_exception_with_hours_opens_a_holiday_and_a_weekend():
    hours = Hours(SPLIT, (Closure(date(2026, 12, 25), date(2026, 12, 26), ((600, 720),)),))
    assert is_open(hours, local("2026-12-25 10:30")) and is_open(hours, local("2026-12-26 10:30"))
    assert not is_open(hours, local("2026-12-25 13:30"))


def test_a_vacation_closes_both_its_ends_and_the_next_opening_is_after_it():
    hours = Hours(SPLIT, (Closure(date(2026, 7, 20), date(2026, 7, 31)),))
    assert is_open(hours, local("2026-07-20 10:00")) is False and is_open(hours, local("2026-07-31 10:00")) is False
    assert next_opening(hours, local("2026-07-18 10:00")) == local("2026-08-03 09:00")


def test_a_day_at_work_within_a_vacation_is_the_narrower_exception():
    hours = Hours(SPLIT, (Closure(date(2026, 7, 22), date(2026, 7, 22), ((540, 600),)), Closure(date(2026, 7, 20), date(2026, 7, 31))))
    assert is_open(hours, local("2026-07-22 09:30")) is True


def test_next_opening_is_the_afternoon_the_next_day_or_after_the_weekend_and_holiday():
    assert next_opening(WEEK, local("2026-11-23 12:30")) == local("2026-11-23 13:00")
    assert next_opening(WEEK, local("2026-11-23 18:00")) == local("2026-11-24 09:00")
    assert next_opening(WEEK, local("2026-12-24 18:00")) == local("2026-12-28 09:00")
    assert next_opening(WEEK, local("2026-11-23 10:00")) is None, "it is open"


def test_without_any_hours_nothing_is_known():
    assert is_open(Hours(), NOON) is None and next_opening(Hours(), NOON) is None


def test_closed_for_longer_than_one_looks_ahead_promises_no_time():
    assert next_opening(Hours(SPLIT, (Closure(date(2026, 1, 1), date(2026, 12, 31)),)), local("2026-03-02 10:00")) is None


def test_a_night_shift_is_two_spans_that_meet_at_midnight():
    hours = Hours((Shift(0, 1320, 1440), Shift(1, 0, 360)))
    assert is_open(hours, local("2026-11-23 23:59")) and is_open(hours, local("2026-11-24 05:59"))
    assert closes_at(hours, local("2026-11-23 23:00")) == local("2026-11-24 06:00")


def test_hours_follow_the_clock_on_the_wall_across_daylight_saving():
    assert is_open(Hours((Shift(6, 540, 600),)), datetime(2026, 11, 1, 14, 30, tzinfo=UTC)) is True  # 9:30, winter time since 2:00


@pytest.mark.parametrize(("shifts", "field"), [
    ([Shift(7, 0, 60)], "weekday"), ([Shift(0, -1, 60)], "opens"), ([Shift(0, 60, 60)], "closes"), ([Shift(0, 60, 1441)], "closes"),
    ([Shift(0, 60, 120), Shift(0, 119, 180)], "overlap"),
])
def test_hours_that_cannot_be_are_refused_by_field(shifts, field):
    with pytest.raises(OpeningError) as refused:
        checked_shifts(shifts)
    assert refused.value.field == field


shifts = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 24)), max_size=12)


@given(shifts, st.integers(0, 60 * 24 * 20))
def test_open_or_an_opening_to_come_but_never_both(drawn, minutes):
    hours = Hours(tuple(Shift(day, opens * 60, closes * 60) for day, opens, closes in drawn if opens < closes))
    at = local("2026-11-02 00:00") + timedelta(minutes=minutes)
    following = next_opening(hours, at)
    if is_open(hours, at):
        assert following is None and (closes_at(hours, at) is None or closes_at(hours, at) > at)
    elif following is not None:
        assert following > at and is_open(hours, following)
        assert not is_open(hours, following - timedelta(seconds=1))
    else:
        assert not hours.week


# Written down


def test_a_territory_has_its_own_week_or_everybody_s_and_both_exceptions(house):
    with writing(house.engine) as connection:
        opening_hours.set_week(connection, None, SPLIT, by=None, now=NOON)
        opening_hours.set_week(connection, SOREL, [Shift(0, 600, 660)], by=None, now=NOON)
        opening_hours.add_exception(connection, None, date(2026, 12, 24), date(2027, 1, 4), kind="vacation", by=None, now=NOON)
        opening_hours.add_exception(connection, SOREL, date(2026, 12, 24), date(2027, 1, 4), [(600, 660)], kind="hours", by=None, now=NOON)
    with reading(house.engine) as connection:
        sorel, joliette = opening_hours.read(connection, SOREL), opening_hours.read(connection, JOLIETTE)
        assert sorel.week == (Shift(0, 600, 660),) and joliette.week == SPLIT
        assert set(opening_hours.weeks(connection)) == {None, SOREL}
    assert is_open(sorel, local("2026-12-29 10:30")) is True, "the territory's own exception wins over everybody's"
    assert is_open(joliette, local("2026-12-29 10:30")) is False


def test_emptying_a_territory_s_week_gives_it_everybody_s_back(house):
    with writing(house.engine) as connection:
        opening_hours.set_week(connection, None, SPLIT, by=None, now=NOON)
        opening_hours.set_week(connection, SOREL, [Shift(0, 600, 660)], by=None, now=NOON)
        opening_hours.set_week(connection, SOREL, [], by=None, now=NOON)
        assert opening_hours.read(connection, SOREL).week == SPLIT


def test_an_exception_is_refused_removed_and_noted_in_the_audit_log(house):
    with writing(house.engine) as connection:
        for wrong, field in (({"kind": "party"}, "kind"), ({"last": date(2026, 1, 1)}, "last_day"), ({"territory": "9999"}, "territory")):
            values = {"territory": None, "first": date(2026, 12, 24), "last": date(2026, 12, 25), "kind": "closure", **wrong}
            with pytest.raises(OpeningError) as refused:
                opening_hours.add_exception(connection, values["territory"], values["first"], values["last"], kind=values["kind"], by=None, now=NOON)
            assert refused.value.field == field
        made = opening_hours.add_exception(connection, None, date(2026, 12, 24), date(2026, 12, 25), by=None, now=NOON)
        assert [one.id for one in opening_hours.exceptions(connection)] == [made]
        assert opening_hours.exceptions(connection, since=date(2026, 12, 26)) == []
        assert opening_hours.remove_exception(connection, made, by=None, now=NOON) and opening_hours.exceptions(connection) == []
        assert not opening_hours.remove_exception(connection, made, by=None, now=NOON)
        assert [row.action for row in audit.entries(connection)] == ["hours_exception_added", "hours_exception_removed"]
