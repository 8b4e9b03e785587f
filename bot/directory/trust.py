"""How long ago a record was verified. The date is the source's own, never the date of an import."""

from __future__ import annotations

import re
from datetime import date

__all__ = ["STALE_DAYS", "earliest", "is_stale"]

# After this many days (a setting; this is its default) a record is shown with a caution and ranked lower, never dropped.
STALE_DAYS = 180

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def earliest(partial: str | None) -> date | None:
    """The first day that an ISO date of any precision can mean (2020-08: 1 August 2020); null when it is none."""
    found = _DATE.fullmatch(partial or "")
    if not found:
        return None
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def is_stale(partial: str | None, today: date, days: int = STALE_DAYS) -> bool:
    """Verified more than `days` days before `today`, or on an unknown date."""
    verified = earliest(partial)
    return verified is None or (today - verified).days > days
