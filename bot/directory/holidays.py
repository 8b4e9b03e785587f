"""Quebec's statutory holidays.

Act respecting labour standards (CQLR c. N-1.1), section 60, and the National Holiday Act (CQLR c. F-1.1).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

__all__ = ["easter", "holiday", "holidays"]

MONDAY, SUNDAY = 0, 6


def easter(year: int) -> date:
    """Easter Sunday (Gregorian), by the anonymous algorithm of Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(MONDAY - first.weekday()) % 7 + 7 * (nth - 1))


@cache
def holidays(year: int) -> dict[date, str]:
    """The statutory holidays of `year`: day -> key of words.yml (holiday.<key>)."""
    sunday = easter(year)
    patriots = date(year, 5, 24)
    found = {
        date(year, 1, 1): "new_year",
        # The employer chooses Good Friday or Easter Monday; public offices close on both, so both count.
        sunday - timedelta(days=2): "good_friday",
        sunday + timedelta(days=1): "easter_monday",
        # The Monday that precedes 25 May.
        patriots - timedelta(days=(patriots.weekday() - MONDAY) % 7): "patriots",
        date(year, 6, 24): "national",
        _monday(year, 9, 1): "labour",
        _monday(year, 10, 2): "thanksgiving",
        date(year, 12, 25): "christmas",
    }
    # National Holiday Act, s. 2 and 4: on a Sunday, 25 June as well for whoever does not normally work on Sundays.
    if date(year, 6, 24).weekday() == SUNDAY:
        found[date(year, 6, 25)] = "national"
    # 1 July, or 2 July when the 1st is a Sunday.
    canada = date(year, 7, 1)
    found[canada + timedelta(days=1) if canada.weekday() == SUNDAY else canada] = "canada"
    return found


def holiday(day: date) -> str | None:
    """Key of the statutory holiday on `day`, null on any other day."""
    return holidays(day.year).get(day)
