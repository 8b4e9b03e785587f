"""How a person reaches a service: nearby, further away, by a line from anywhere, or only as somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.directory.distance import km_between
from bot.directory.records import Location, Service

if TYPE_CHECKING:
    from bot.places import Place

__all__ = ["RADIUS_KM", "WIDER_KM", "nearest", "reach_of"]

RADIUS_KM = 25.0  # nearby: half an hour by car
WIDER_KM = 60.0  # as far as it makes sense to look when nothing is nearby


def nearest(service: Service, place: Place | None) -> tuple[Location | None, float | None]:
    """The location nearest to `place` and its distance. An approximate one in the same municipality has no distance
    to speak of; a service of several locations without coordinates has its first one."""
    first = service.locations[0] if service.locations else None
    if place is None or place.lat is None or place.lon is None:
        return first, None
    known = [
        (km_between(place.lat, place.lon, spot.lat, spot.lon), number, spot)
        for number, spot in enumerate(service.locations)
        if spot.lat is not None and spot.lon is not None
    ]
    if not known:
        return first, None
    km, _, spot = min(known)
    return spot, km


def reach_of(service: Service, served: bool | None, km: float | None, place: Place | None) -> str | None:
    """near, far, line or elsewhere (near, but for another territory); null when it does not serve the person at all.

    served, km: whether its territory includes `place`, and how far it is, null where not known.
    """
    remote = "phone" in service.modes or "online" in service.modes
    if service.wide and served is not False and (km is None or km > RADIUS_KM):
        if remote:
            return "line"
        return "far" if km is not None and km <= WIDER_KM else None
    if place is None:
        return None
    if served is False:
        # What a municipality offers is for its own people; another territory's may still help or know who does.
        local_only = service.area is not None and service.area.kind == "municipality"
        return "elsewhere" if km is not None and km <= RADIUS_KM and not local_only else None
    if km is None:
        return "near" if served or (service.area is not None and not service.locations) else None
    # A person does not travel for what comes to them: at home, online, or by phone only.
    comes = "at_home" in service.modes or "online" in service.modes or ("phone" in service.modes and "on_site" not in service.modes)
    if km <= RADIUS_KM or (served and comes):
        return "near"
    return "far" if served or km <= WIDER_KM else None
