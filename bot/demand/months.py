"""Months ("2026-09"), quarters ("2026-Q3") and half-years ("2026-H2") as text, on Quebec's clock: that is the month a table member means."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

__all__ = ["QUEBEC", "current_month", "half_of", "is_month", "months_of", "next_month", "parse_month", "quarter_of"]

QUEBEC = ZoneInfo("America/Toronto")
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def is_month(text: object) -> bool:
    """Whether it is a month written YYYY-MM, from 2000-01 to 2099-12."""
    return isinstance(text, str) and _MONTH.fullmatch(text) is not None


def parse_month(text: str) -> str:
    """The month itself. Raises ValueError when it is not written YYYY-MM."""
    if not is_month(text):
        raise ValueError(f"{text!r} is not a month written YYYY-MM")
    return text


def current_month(now: datetime) -> str:
    """The month of an aware time in Quebec."""
    return now.astimezone(QUEBEC).strftime("%Y-%m")


def next_month(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + 1}-01" if number == 12 else f"{year}-{number + 1:02}"


def quarter_of(month: str) -> str:
    """The calendar quarter that a month is in: "2026-Q3"."""
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def half_of(month: str) -> str:
    """The calendar half-year that a month is in: "2026-H2"."""
    return f"{month[:4]}-H{(int(month[5:]) + 5) // 6}"


def months_of(period: str) -> tuple[str, ...]:
    """The months of a period, in order: three for a quarter, six for a half-year, itself for a month."""
    length = {"Q": 3, "H": 6}.get(period[5])
    if length is None:
        return (period,)
    first = (int(period[-1]) - 1) * length + 1
    return tuple(f"{period[:4]}-{number:02}" for number in range(first, first + length))
