"""Does a service serve a territory: municipality, MRC, RLS, region or the whole province."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.directory.records import Area

if TYPE_CHECKING:
    from bot.places import Place

__all__ = ["Territory", "serves", "territory_of"]


@dataclass(frozen=True, slots=True)
class Territory:
    """Official codes of where a person is; null where it is not known or not settled (a city with several RLS)."""

    municipality: str | None = None
    mrc: str | None = None
    rls: str | None = None
    region: str | None = None


def territory_of(place: Place | None) -> Territory:
    """The codes of a place of the gazetteer. Without an MRC code of its own it has its municipality's first two
    digits, which are the MRC in ISQ's geographic code; an RLS code begins with its region's (1411: region 14)."""
    if place is None:
        return Territory()
    code, rls = place.code or None, place.rls or None
    mrc = place.mrc if place.mrc and str(place.mrc).isdigit() else (code[:2] if code else None)
    region = place.rss if place.rss and str(place.rss).isdigit() else (rls[:2] if rls else None)
    return Territory(code, mrc, rls, region)


def serves(area: Area | None, territory: Territory) -> bool | None:
    """Whether `area` includes `territory`; null when what is known of either does not settle it."""
    if area is None:
        return None
    if area.kind == "province":
        return True
    code = getattr(territory, area.kind)
    if code is not None:
        return code in area.codes
    if area.kind == "rls" and territory.region is not None and not any(c.startswith(territory.region) for c in area.codes):
        return False
    return None
