"""Values of a record as a maintainer reads them on the page: one text a field, in French or English."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.demand.territories import territories
from bot.directory.hours import TORONTO
from bot.directory.load import city_name
from bot.directory.phrases import day_text, language_names
from bot.directory.records import SINCE_UNKNOWN, Service
from bot.needs import all_needs
from bot.web.directory_fields import hours_lines, phone_line, words

__all__ = ["closure_text", "shown_value", "when"]


def when(language: str, at: datetime) -> str:
    """An instant as a day and a time in Quebec."""
    local = at.astimezone(TORONTO)
    return f"{day_text(language, local.date())}, {local:%H:%M}"


def closure_text(language: str, service: Service) -> str | None:
    """The days of a temporary closure; null when there is none."""
    first, last = service.closed_from, service.closed_until
    if first is None and last is None:
        return None
    known = first is not None and first != SINCE_UNKNOWN
    since = day_text(language, first) if known and first else None
    if since and last:
        return words(language, "close.span", first=since, last=day_text(language, last))
    if since:
        return words(language, "close.since", first=since)
    return words(language, "close.until_day", last=day_text(language, last)) if last else words(language, "close.unknown")


def shown_value(language: str, name: str, value: Any) -> str:
    """The value of the field `name` of a record (forms.as_dict); empty for none. Lines are parted by newlines."""
    if value in (None, "", [], {}, False):
        return ""
    if name in ("name", "description", "cost", "eligibility", "bring", "accessibility", "closed_reason"):
        return _text(language, value)
    if name == "organization":
        return "\n".join(filter(None, (_text(language, value["name"]), value.get("url"))))
    if name == "phones":
        return "\n".join(phone_line(phone, language) for phone in value)
    if name == "schedules":
        return "\n".join(hours_lines(value, language))
    if name == "special_hours":
        return "\n".join(_special(language, each) for each in value)
    if name in ("sex", "capacity"):
        return words(language, f"{name}.{value}")
    if value is True:
        return words(language, f"yes.{name}")
    if name == "locations":
        return "\n".join(", ".join(filter(None, (place.get("address"), place.get("city"), place.get("postal_code")))) for place in value)
    if name == "needs":
        return ", ".join(all_needs()[need].label(language) for need in value if need in all_needs())
    if name == "languages":
        return language_names(language, value)
    if name == "area":
        return _area(language, value)
    if name in ("source", "second_source"):
        return "\n".join(filter(None, (value["name"], value.get("url"), value.get("date"))))
    if name == "modes":
        return ", ".join(words(language, f"mode.{mode}") for mode in value)
    if name in ("status", "holidays"):
        return words(language, f"{'state' if name == 'status' else name}.{value}")
    return str(value)


def _text(language: str, value: dict[str, str | None]) -> str:
    own, other = (value.get(code) for code in (language, "en" if language == "fr" else "fr"))
    if own:
        return own
    return words(language, "record.only_other", text=other) if other else ""


def _special(language: str, day: dict[str, str]) -> str:
    days = day["first"] if day["first"] == day["last"] else f"{day['first']} – {day['last']}"
    return f"{days} {day['opens_at']}-{day['closes_at']}" if day.get("opens_at") else words(language, "form.closed_on", days=days)


def _area(language: str, area: dict[str, Any]) -> str:
    kind = words(language, f"area.{area['kind']}")
    if not area["codes"]:
        return kind
    named = {"municipality": city_name, "rls": lambda code: territories().get(code)}.get(area["kind"], lambda code: None)
    return f"{kind}: " + ", ".join(f"{named(code)} ({code})" if named(code) else code for code in area["codes"])
