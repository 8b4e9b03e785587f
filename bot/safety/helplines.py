"""The help lines shown to somebody in danger: which, in which order, and in which words.

Facts are in helplines.yml, rules in lines.yml. Nothing here depends on a person's identity: only on what was
recognised, on what the message says of the person (an age, a nation, being hurt now), on the region and on the hour.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from bot.safety.phrases import Phrase
from bot.safety.recogniser import Finding, rules

_HERE = Path(__file__).parent
_DPJ = "dpj"
LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Helpline:
    """A number or a chat. ``names`` and ``hours`` are by language; hours None: not known well enough to be shown."""

    id: str
    names: dict[str, str]
    kind: str
    display: str
    dial: str | None
    url: str | None
    hours: dict[str, str] | None
    languages: tuple[str, ...]
    territory: str
    topics: tuple[str, ...]
    source: str
    source_date: str

    def as_dict(self, language: str) -> dict[str, str | None]:
        """The seven fields of a message's ``helplines``, in French unless the language is English."""
        language = language if language in LANGUAGES else "fr"
        return {"id": self.id, "name": self.names[language], "kind": self.kind, "display": self.display,
                "dial": self.dial, "url": self.url, "hours": self.hours[language] if self.hours else None}


@lru_cache(maxsize=1)
def all_helplines() -> dict[str, Helpline]:
    """Every line that may be shown, by id."""
    rows = yaml.safe_load((_HERE / "helplines.yml").read_text(encoding="utf-8"))
    return {row["id"]: Helpline(
        row["id"], row["name"], row["kind"], row["display"], row["dial"], row["url"], row["hours"],
        tuple(row["languages"]), row["territory"], tuple(row["topics"]), row["source"], row["source_date"],
    ) for row in rows}


def lines_by_id(ids: Iterable[str]) -> list[Helpline]:
    """The lines of these ids, in this order. Raises KeyError for an id that is not in helplines.yml."""
    return [all_helplines()[i] for i in ids]


@lru_cache(maxsize=1)
def _plan() -> tuple[dict[str, Any], dict[str, Any], dict[str, list[Phrase]]]:
    situations, regions, said = yaml.safe_load_all((_HERE / "lines.yml").read_text(encoding="utf-8"))
    return situations, regions, {k: [rules().phrase(p) for p in phrases] for k, phrases in said.items()}


def helplines_for(finding: Finding, *, text: str | None = None, language: str | None = None, rss: str | None = None,
                  now: Callable[[], datetime] | None = None) -> list[Helpline]:
    """The lines for what was recognised, best first, none twice. Never empty and never raises on any text.

    ``text``: the message, read for what it says of the person, never kept. ``rss``: the health region's two digits,
    for youth protection. ``now``: the clock (aware, or taken as Québec's time), for lines that close at night.
    """
    situations, regions, _ = _plan()
    plan = situations[finding.situation]
    lines = list(plan["lines"])
    for rule in plan.get("but", ()):
        if _holds(rule["when"], finding, text):
            lines = list(rule.get("first", ())) + list(rule.get("lines", lines)) + list(rule.get("add", ()))
    lines = _with_region(lines, regions, language, rss)
    hour = _quebec_hour(now)
    closed = {i for i, (opens, closes) in regions["open_hours"].items() if not opens <= hour < closes}
    return lines_by_id(dict.fromkeys(i for i in lines if i not in closed))


def _holds(condition: str, finding: Finding, text: str | None) -> bool:
    if condition in ("unsure", "not_now"):
        return finding.level == "unsure"
    if condition == "conscious":
        return not _said("not_conscious", text) and (finding.level == "unsure" or _said("conscious", text))
    return _said(condition, text)


def _said(what: str, text: str | None) -> bool:
    if not isinstance(text, str) or not text:
        return False
    line = " " + " ".join(rules().speller.words(text)) + " "
    return any(phrase.regex.search(line, 1) for phrase in _plan()[2][what])


def _with_region(lines: list[str], regions: dict[str, Any], language: str | None, rss: str | None) -> list[str]:
    """``dpj`` replaced by the region's line; with no line known for it, 911 comes first and then 811."""
    if _DPJ not in lines:
        return lines
    known = regions["dpj"].get(rss or "")
    if known is None:
        return [*regions["unknown_region"], *(i for i in lines if i != _DPJ)]
    both = [known[language]] if language in known else list(known.values())
    return [i for line in lines for i in (both if line == _DPJ else [line])]


def _quebec_hour(now: Callable[[], datetime] | None) -> int:
    moment = now() if now else datetime.now(timezone.utc)
    if moment.tzinfo is None:
        return moment.hour
    try:
        return moment.astimezone(ZoneInfo("America/Toronto")).hour
    except ZoneInfoNotFoundError:
        # A machine without a time zone database: Québec's own rule (second Sunday of March, first of November).
        utc = moment.astimezone(timezone.utc)
        return (utc - timedelta(hours=4 if _is_summer(utc) else 5)).hour


def _is_summer(utc: datetime) -> bool:
    def sunday(month: int, nth: int, hour: int) -> datetime:
        first = datetime(utc.year, month, 1, hour, tzinfo=timezone.utc)
        return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (nth - 1))

    return sunday(3, 2, 7) <= utc < sunday(11, 1, 6)
