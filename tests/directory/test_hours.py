from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directory.hours import Moment, opening

from .samples import at, make

OFFICE = [{"byday": "MO,TU,WE,TH,FR", "opens_at": "08:30", "closes_at": "16:30"}]
SPLIT = [
    {"byday": "MO,TU,WE,TH,FR", "opens_at": "08:30", "closes_at": "12:00"},
    {"byday": "MO,TU,WE,TH,FR", "opens_at": "13:00", "closes_at": "16:30"},
]
ALWAYS = [{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}]
EVENINGS = [{"byday": "FR,SA", "opens_at": "22:00", "closes_at": "02:00"}]
DAILY = [{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "08:00", "closes_at": "20:00"}]


@pytest.mark.parametrize(
    ("schedules", "when", "open_now", "opens_at"),
    [
        (OFFICE, "2026-11-23T08:29", False, "2026-11-23T08:30-05:00"),
        (OFFICE, "2026-11-23T08:30", True, None),
        (OFFICE, "2026-11-23T16:29", True, None),
        (OFFICE, "2026-11-23T16:30", False, "2026-11-24T08:30-05:00"),  # closing time is closed
        (OFFICE, "2026-11-27T17:00", False, "2026-11-30T08:30-05:00"),  # Friday evening: Monday
        (SPLIT, "2026-11-23T12:30", False, "2026-11-23T13:00-05:00"),
        (SPLIT, "2026-11-23T12:00", False, "2026-11-23T13:00-05:00"),
        (ALWAYS, "2026-12-25T03:00", True, None),
        (EVENINGS, "2026-11-28T01:59", True, None),  # Friday's evening, past midnight
        (EVENINGS, "2026-11-29T02:00", False, "2026-12-04T22:00-05:00"),
        (OFFICE, "2026-12-25T10:00", False, "2026-12-28T08:30-05:00"),  # Christmas, a Friday
        (OFFICE, "2026-04-02T17:00", False, "2026-04-07T08:30-04:00"),  # over Good Friday and Easter Monday
        (DAILY, "2026-12-25T10:00", True, None),  # "every day" is kept on holidays
        ([], "2026-11-23T10:00", None, None),
        # Clocks go forward at 2:00 on 8 March 2026 and back at 2:00 on 1 November 2026.
        (OFFICE, "2026-03-06T18:00", False, "2026-03-09T08:30-04:00"),
        (OFFICE, "2026-10-30T18:00", False, "2026-11-02T08:30-05:00"),
        ([{"byday": "SA", "opens_at": "22:00", "closes_at": "04:00"}], "2026-03-08T03:30", True, None),
        ([{"byday": "SU", "opens_at": "02:00", "closes_at": "03:00"}], "2026-03-08T03:30", False, "2026-03-15T02:00-04:00"),
    ],
)
def test_open_now_and_opens_at(schedules, when, open_now, opens_at):
    state = opening(make("s", schedules=schedules), at(when))
    assert state.open_now is open_now
    assert (state.opens_at.isoformat() if state.opens_at else None) == (opens_at and opens_at[:16] + ":00" + opens_at[16:])


def test_hours_that_touch_are_one_and_close_at_the_end_of_the_last():
    touching = [{"byday": "MO", "opens_at": "08:00", "closes_at": "12:00"}, {"byday": "MO", "opens_at": "12:00", "closes_at": "17:00"}]
    assert opening(make("s", schedules=touching), at("2026-11-23T11:00")).closes_at == at("2026-11-23T17:00")


def test_the_hour_that_occurs_twice_is_open_both_times():
    night = make("s", schedules=[{"byday": "SU", "opens_at": "00:00", "closes_at": "06:00"}])
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 1:30, daylight time
    assert opening(night, first).open_now and opening(night, first + timedelta(hours=1)).open_now
    assert opening(night, first).closes_at == datetime(2026, 11, 1, 11, 0, tzinfo=UTC)


def test_what_the_source_says_of_holidays_wins():
    assert opening(make("s", schedules=OFFICE, holidays="open"), at("2026-12-25T10:00")).open_now is True
    assert opening(make("s", schedules=DAILY, holidays="closed"), at("2026-12-25T10:00")).open_now is False


def test_a_holiday_is_named_so_that_the_card_can_warn():
    assert opening(make("s", schedules=DAILY), at("2026-12-25T10:00")).holiday == "christmas"
    assert opening(make("s", schedules=ALWAYS), at("2026-12-25T10:00")).holiday is None


def test_seasonal_hours_hold_on_their_first_and_last_day():
    summer = make("s", schedules=[{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "09:00", "closes_at": "17:00",
                                   "valid_from": "2026-06-01", "valid_to": "2026-08-31"}])
    for day, expected in (("2026-05-31", False), ("2026-06-01", True), ("2026-08-31", True), ("2026-09-01", False)):
        assert opening(summer, at(f"{day}T10:00")).open_now is expected


def test_a_temporary_closure_reopens_after_its_last_day():
    closed = make("s", schedules=OFFICE, closed_from="2026-11-20", closed_until="2027-03-01")
    state = opening(closed, at("2026-11-23T10:00"))
    assert state.open_now is False
    assert state.opens_at == at("2027-03-02T08:30")


def test_a_closure_without_an_end_has_no_next_opening():
    state = opening(make("s", schedules=ALWAYS, closed_from="2026-11-20"), at("2026-11-23T10:00"))
    assert (state.open_now, state.opens_at) == (False, None)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        opening(make("s", schedules=OFFICE), datetime(2026, 11, 23, 10, 0))


minute = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
schedule = st.fixed_dictionaries(
    {"byday": st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1).map(",".join),
     "opens_at": minute, "closes_at": minute}
)
# Any time of two years but the nights when clocks change, where the wall clock and the instant may differ.
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).filter(
    lambda when: when.date() not in {date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7)}
)


@given(st.lists(schedule, max_size=3), moments)
def test_both_ways_of_asking_agree_and_the_next_opening_is_open(schedules, naive):
    service, now = make("s", schedules=schedules), at(naive.isoformat())
    state = opening(service, now)
    assert Moment(now).open_now(service) is state.open_now
    if state.opens_at:
        assert state.opens_at > now
        assert opening(service, state.opens_at).open_now is True
        assert opening(service, state.opens_at - timedelta(seconds=1)).open_now is False
    if state.closes_at:
        assert opening(service, state.closes_at).open_now is False
        assert opening(service, state.closes_at - timedelta(seconds=1)).open_now is True
