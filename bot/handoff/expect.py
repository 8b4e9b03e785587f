"""What can honestly be said of a wait: who is there, when the desk is open, and how long others waited these days.

No time is promised. Of recent waits, the one that four of five did not exceed is told, and those who gave up or still
wait count as longer than any: a desk that leaves people waiting cannot look fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, select

from bot import safety
from bot.directory.phrases import until, when
from bot.handoff import opening, opening_hours
from bot.handoff.duty import on_duty
from bot.handoff.outcome import reply_after
from bot.handoff.tables import handoffs
from bot.words import load_words

__all__ = ["BANDS", "ENOUGH", "Expectation", "expectation", "fitting_lines", "four_of_five", "said"]

_words = load_words(Path(__file__).with_name("words.yml"))
_LINES = yaml.safe_load(Path(__file__).with_name("waiting_lines.yml").read_text("utf-8"))
# After danger, these come first whatever the need.
CRISIS_LINES = {"suicide": ("appelle", "appelle-text", "988"), "danger": ("911", "811-2")}
LINES_AT_MOST = 4
RECENT = timedelta(days=7)
ENOUGH = 5  # fewer waits say nothing
BANDS = (5, 15, 30, 60, 120, 240)  # minutes, as told


@dataclass(frozen=True, slots=True)
class Expectation:
    """present: a navigator who can take it is at the desk. is_open: null when no hours are known; opens_at, closes_at: in
    America/Toronto, null when not known. within: minutes of BANDS that four of five waited at most these days, null
    when too few are known; 0 when most waited longer than any band."""

    present: bool
    is_open: bool | None
    opens_at: datetime | None
    closes_at: datetime | None
    within: int | None


def expectation(connection: Connection, territory: str | None, language: str, now: datetime) -> Expectation:
    """For somebody of the territory and language who would wait from now on."""
    hours = opening_hours.read(connection, territory)
    return Expectation(
        on_duty(connection, territory, language, now), opening.is_open(hours, now), opening.next_opening(hours, now),
        opening.closes_at(hours, now), four_of_five(_recent(connection, territory, now)),
    )


def _recent(connection: Connection, territory: str | None, now: datetime) -> list[timedelta | None]:
    """How long those who asked in the last days waited for a first reply; null: nobody answered. Whoever still waits counts
    once they have waited as long as the smallest band."""
    rows = connection.execute(select(handoffs).where(handoffs.c.territory == territory, handoffs.c.created_at > now - RECENT))
    waits: list[timedelta | None] = []
    for row in rows:
        waited = reply_after(row, row.ended_at, row.outcome)
        if waited is not None or (row.ended_at or now) - row.created_at >= timedelta(minutes=BANDS[0]):
            waits.append(waited)
    return waits


def four_of_five(waits: list[timedelta | None]) -> int | None:
    """The smallest band that at least four of five waits fit in; 0 when none does; null for fewer waits than ENOUGH."""
    if len(waits) < ENOUGH:
        return None
    ordered = sorted(wait for wait in waits if wait is not None)
    needed = ceil(len(waits) * 4 / 5)
    if len(ordered) < needed:
        return 0
    return next((band for band in BANDS if ordered[needed - 1] <= timedelta(minutes=band)), 0)


def said(language: str, expected: Expectation, ahead: int, now: datetime) -> str:
    """The expectation in words, with the place in line: only what is true now."""
    parts = [_there(language, expected, now), _words(language, "expect.ahead", ahead=ahead) if ahead else _words(language, "expect.first")]
    if expected.within is not None and (expected.present or expected.is_open):
        parts.append(_waited(language, expected.within))
    return " ".join(parts)


def _there(language: str, expected: Expectation, now: datetime) -> str:
    if expected.present:
        return _words(language, "expect.present")
    if expected.is_open:
        closes = expected.closes_at
        return _words(language, "expect.open_until", until=until(language, closes, now.astimezone(opening.TORONTO))) if closes else \
            _words(language, "expect.open")
    if expected.is_open is None:
        return _words(language, "expect.nobody")
    if expected.opens_at is None:
        return _words(language, "expect.closed")
    return _words(language, "expect.opens", when=when(language, expected.opens_at, now.astimezone(opening.TORONTO)))


def _waited(language: str, within: int) -> str:
    if within == 0:
        return _words(language, "expect.long")
    if within < 60:
        return _words(language, "expect.within", minutes=within)
    return _words(language, "expect.within_hour") if within == 60 else _words(language, "expect.within_hours", hours=within // 60)


def fitting_lines(needs: list[str], territory: str | None, language: str, crisis: str | None = None) -> list[dict[str, Any]]:
    """The lines for somebody who waited in vain, as the contract's helplines: never empty, at most LINES_AT_MOST."""
    ids = [*CRISIS_LINES.get(crisis or "", ())]
    for need in needs:
        ids += _LINES["need"].get(need, ())
    ids += [*_LINES["region"].get((territory or "")[:2], ()), *_LINES["always"]]
    lines = [line for line in safety.lines_by_id(dict.fromkeys(ids)) if language in line.languages]
    return [line.as_dict(language) for line in lines[:LINES_AT_MOST]]
