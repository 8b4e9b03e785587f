from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.directory.holidays import holiday
from bot.directory.hours import (
    TORONTO,
    Moment,
    Opening,
    closed_for_a_while,
    closed_on_holidays,
    opening,
    out_of_season,
)

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
    assert state.open_now is Moment(at(when)).open_now(make("s", schedules=schedules)) is open_now
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


def test_a_closed_day_and_other_hours_stand_in_place_of_the_weekly_ones():
    special = [{"first": "2026-11-23"}, {"first": "2026-11-24", "last": "2026-11-25", "opens_at": "10:00", "closes_at": "12:00"},
               {"first": "2026-11-25", "opens_at": "13:00", "closes_at": "14:00"}]
    service = make("s", schedules=OFFICE, special_hours=special)
    for when, open_now, opens_at in (
        ("2026-11-23T10:00", False, "2026-11-24T10:00"),  # closed that Monday
        ("2026-11-24T09:00", False, "2026-11-24T10:00"),  # later than on other Tuesdays
        ("2026-11-24T11:59", True, None),
        ("2026-11-25T12:30", False, "2026-11-25T13:00"),  # a day of its own with a split shift
        ("2026-11-25T14:00", False, "2026-11-26T08:30"),  # and the week goes on
    ):
        state = opening(service, at(when))
        assert (state.open_now, state.opens_at) == (open_now, opens_at and at(opens_at)), when


def test_with_special_days_and_no_weekly_hours_nothing_is_said_of_other_days():
    service = make("s", special_hours=[{"first": "2026-12-24"}, {"first": "2026-12-31", "opens_at": "10:00", "closes_at": "15:00"}])
    assert opening(service, at("2026-11-24T10:00")) == Opening() and Moment(at("2026-11-24T10:00")).open_now(service) is None
    assert opening(service, at("2026-12-24T10:00")) == Opening(False, None, special=True)
    assert opening(service, at("2026-12-31T09:00")) == Opening(False, at("2026-12-31T10:00"), special=True)
    assert opening(service, at("2026-12-31T11:00")).open_now is True


def test_special_hours_win_over_a_holiday_and_then_no_holiday_is_said():
    service = make("s", schedules=OFFICE, special_hours=[{"first": "2026-12-25", "opens_at": "10:00", "closes_at": "14:00"}])
    state = opening(service, at("2026-12-25T11:00"))
    assert (state.open_now, state.holiday, state.special) == (True, None, True)


def test_day_and_night_but_for_one_closed_day():
    service = make("s", schedules=ALWAYS, special_hours=[{"first": "2026-12-25"}])
    assert opening(service, at("2026-12-25T03:00")).opens_at == at("2026-12-26T00:00")
    before = opening(service, at("2026-12-24T03:00"))
    assert (before.open_now, before.closes_at, before.always) == (True, at("2026-12-25T00:00"), False)


def test_day_and_night_but_closed_on_holidays():
    assert opening(make("s", schedules=ALWAYS, holidays="closed"), at("2026-12-25T03:00")).opens_at == at("2026-12-26T00:00")


def test_a_closure_begins_at_midnight_even_in_the_middle_of_a_night():
    service = make("s", schedules=EVENINGS, closed_from="2026-11-28", closed_until="2026-12-03")  # a Saturday
    assert opening(service, at("2026-11-27T23:00")).closes_at == at("2026-11-28T00:00")
    assert opening(service, at("2026-11-28T01:00")).open_now is False
    assert opening(service, at("2026-11-28T01:00")).opens_at == at("2026-12-04T22:00")


def test_a_tax_clinic_in_november_opens_in_february():
    clinic = make("s", schedules=[{"byday": "TU", "opens_at": "09:00", "closes_at": "12:00", "valid_from": "2027-02-01", "valid_to": "2027-04-30"}])
    assert opening(clinic, at("2026-11-23T10:00")).opens_at == at("2027-02-02T09:00")
    assert out_of_season(clinic, date(2026, 11, 23))
    assert not out_of_season(clinic, date(2027, 1, 15))  # it opens soon
    assert not out_of_season(clinic, date(2027, 4, 30))
    assert out_of_season(clinic, date(2027, 5, 1))
    assert opening(clinic, at("2027-05-01T10:00")).opens_at is None  # the next season is not known


def test_hours_of_the_whole_year_are_never_out_of_season():
    assert not out_of_season(make("s", schedules=OFFICE), date(2026, 11, 23))
    assert not out_of_season(make("s"), date(2026, 11, 23))


def test_a_skipped_hour_is_shortened_and_an_hour_that_occurs_twice_opens_twice():
    early = make("s", schedules=[{"byday": "SU", "opens_at": "02:30", "closes_at": "05:00"}])
    assert opening(early, at("2026-03-08T00:00")).opens_at == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)  # 3:00, after the jump
    twice = make("s", schedules=[{"byday": "SU", "opens_at": "01:00", "closes_at": "01:30"}])
    assert in_utc(opening(twice, datetime(2026, 11, 1, 5, 45, tzinfo=UTC)).opens_at) == datetime(2026, 11, 1, 6, 0, tzinfo=UTC)


# Everything below is in quarters of an hour, so that looking at each quarter is looking at each minute.
QUARTER = timedelta(minutes=15)
minute = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
schedule = st.fixed_dictionaries(
    {"byday": st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1).map(",".join),
     "opens_at": minute, "closes_at": minute}
)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
# Around both changes of clocks as often as on any other day of two years.
moments = st.one_of(
    st.integers(0, 2 * 365 * 96).map(lambda quarter: FIRST + quarter * QUARTER),
    st.tuples(st.sampled_from([datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)]), st.integers(0, 3 * 96)).map(
        lambda pair: pair[0] + pair[1] * QUARTER),
)


def in_utc(local):
    """Python compares no local time of an hour that occurs twice with UTC (PEP 495)."""
    return local and local.astimezone(UTC)


def plus(now, days):
    return (now + timedelta(days=days)).date().isoformat()


@st.composite
def situations(draw):
    """(service, instant): any hours with seasons, special days, holidays and closures around the instant."""
    now, near = draw(moments), st.integers(-3, 8)
    rows = draw(st.lists(schedule, max_size=3))
    for row in rows:
        if draw(st.booleans()):
            row["valid_from"] = plus(now, draw(near))
        if draw(st.booleans()):
            row["valid_to"] = plus(now, draw(near))
    special = []
    for _ in range(draw(st.integers(0, 3))):
        first = draw(near)
        special.append({"first": plus(now, first), "last": plus(now, first + draw(st.integers(0, 2)))})
        if draw(st.booleans()):
            special[-1] |= {"opens_at": draw(minute), "closes_at": draw(minute)}
    fields = {"schedules": rows, "special_hours": special, "holidays": draw(st.sampled_from([None, "open", "closed"]))}
    if draw(st.booleans()):
        first = draw(near)
        fields |= {"closed_from": plus(now, first), "closed_until": plus(now, first + draw(st.integers(0, 4)))}
    return make("s", **fields), now


def shows_open(service, now):
    """The rule by looking at the clock on the wall, written apart from hours.py."""
    wall = now.astimezone(TORONTO)
    clock = wall.hour * 60 + wall.minute

    def closed(day):
        return service.closed_from is not None and service.closed_from <= day <= service.closed_until

    if closed(wall.date()):
        return False
    for back in (0, 1):
        day, at_clock = wall.date() - timedelta(days=back), clock + 1440 * back
        special = [each for each in service.special_hours if each.first <= day <= each.last]
        weekly = [each for each in service.schedules if day.weekday() in each.byday and (each.valid_from or day) <= day <= (each.valid_to or day)]
        if special:
            rows = [(each.opens_at, each.closes_at) for each in special if each.opens_at is not None]
        elif holiday(day) and closed_on_holidays(service):
            rows = []
        else:
            rows = [(each.opens_at, each.closes_at) for each in weekly]
        for opens, closes in rows if not closed(day) else ():
            if opens <= at_clock < (closes if closes > opens else closes + 1440):
                return True
    return False


@settings(max_examples=300, deadline=None)
@given(situations())
def test_open_now_and_opens_at_agree_with_looking_at_every_quarter_of_an_hour(situation):
    service, now = situation
    state = opening(service, now)
    if not service.schedules and not service.special_hours:
        assert state.open_now is None and Moment(now).open_now(service) is None
        return
    today = now.astimezone(TORONTO).date()
    told = any(each.first <= today <= each.last for each in service.special_hours) or closed_for_a_while(service, today)
    if not (service.schedules or told or shows_open(service, now)):
        assert state == Opening() and Moment(now).open_now(service) is None
        return
    assert state.open_now is Moment(now).open_now(service) is shows_open(service, now)
    ahead = [now + number * QUARTER for number in range(96 * 20)]
    if state.open_now:
        closes = next((instant for instant in ahead if not shows_open(service, instant)), None)
        assert closes is None or in_utc(state.closes_at) == closes
    else:
        opens = next((instant for instant in ahead if shows_open(service, instant)), None)
        if not service.schedules and opens is not None and opens.astimezone(TORONTO).date() != today:
            opens = None
            assert state.opens_at is None
        assert opens is None or in_utc(state.opens_at) == opens
        assert state.opens_at is None or (in_utc(state.opens_at) > now and shows_open(service, state.opens_at))
