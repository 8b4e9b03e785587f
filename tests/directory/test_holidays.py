from datetime import date

import pytest

from bot.directory.holidays import easter, holiday, holidays


@pytest.mark.parametrize(
    ("year", "day"),
    # Dates of the Gregorian Easter published by the US Census Bureau and the Observatoire de Paris.
    [(2019, "04-21"), (2024, "03-31"), (2025, "04-20"), (2026, "04-05"), (2027, "03-28"), (2038, "04-25"), (2285, "03-22")],
)
def test_easter(year, day):
    assert easter(year).isoformat() == f"{year}-{day}"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "new_year"),
        ("2026-04-03", "good_friday"),
        ("2026-04-06", "easter_monday"),
        ("2026-05-18", "patriots"),
        ("2026-06-24", "national"),
        ("2026-07-01", "canada"),
        ("2026-09-07", "labour"),
        ("2026-10-12", "thanksgiving"),
        ("2026-12-25", "christmas"),
        ("2027-05-24", "patriots"),  # 25 May is a Tuesday: the Monday before it
        ("2026-05-25", None),  # 25 May is a Monday: the Monday that precedes it is the 18th
        ("2026-11-23", None),
        ("2026-09-30", None),  # a federal holiday, not a Quebec one
        ("2026-12-26", None),
    ],
)
def test_holidays_of_a_year(day, name):
    assert holiday(date.fromisoformat(day)) == name


def test_the_national_holiday_on_a_sunday_counts_the_monday_too():
    assert holiday(date(2029, 6, 24)) == holiday(date(2029, 6, 25)) == "national"


def test_canada_day_on_a_sunday_moves_to_the_monday():
    assert holiday(date(2029, 7, 1)) is None
    assert holiday(date(2029, 7, 2)) == "canada"


def test_nine_holidays_unless_one_falls_on_a_sunday():
    assert len(holidays(2026)) == 9
