"""Names, in French or English, of what the tables hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.demand.months import months_of
from bot.demand.plan import NO_DOOR, NO_SERVICE, UNKNOWN
from bot.demand.territories import regions, territories
from bot.needs import need_label
from bot.words import load_words

__all__ = ["label", "number", "period_label", "words"]

words = load_words(Path(__file__).with_name("words.yml"))


def label(language: str, dimension: str, value: str, names: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """The name of a dimension's value for people; `names`: {"door": public names by code, "service": names by id}."""
    if value == UNKNOWN:
        return words(language, "unknown")
    if dimension in ("month", "quarter", "half"):
        return period_label(language, value)
    if dimension == "need":
        return need_label(value, language)
    if dimension == "territory":
        return territories()[value]
    if dimension == "region":
        return regions()[value]
    if (dimension == "door" and value != NO_DOOR) or (dimension == "service" and value != NO_SERVICE):
        return (names or {}).get(dimension, {}).get(value, value)
    return words(language, f"values.{dimension}.{value}")


def period_label(language: str, period: str) -> str:
    """"octobre 2026", "July to September 2026"."""
    months = months_of(period)
    first, last = (words(language, f"months.{month[5:]}") for month in (months[0], months[-1]))
    if len(months) == 1:
        return f"{first} {period[:4]}"
    return words(language, "quarter", first=first, last=last, year=period[:4])


def number(language: str, value: int) -> str:
    """A count as each language writes thousands: 1 250 (narrow no-break space), 1,250."""
    text = f"{value:,}"
    return text if language == "en" else text.replace(",", "\u202f")
