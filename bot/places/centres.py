"""The nearest place to a location that somebody shared."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.places.gazetteer import Gazetteer

__all__ = ["nearest_key"]

#: Nobody lives farther than this from the nearest centre we know, the far north included.
FARTHEST_KM = 250.0


def nearest_key(known: Gazetteer, lat: float, lon: float) -> str | None:
    """The key of the place whose centre is nearest, in degrees; None when all are over 250 km away."""
    key, at = min(_centres(known), key=lambda centre: _kilometres(lat, lon, *centre[1]))
    return key if _kilometres(lat, lon, *at) <= FARTHEST_KM else None


@lru_cache(maxsize=1)
def _centres(known: Gazetteer) -> tuple[tuple[str, tuple[float, float]], ...]:
    """Inhabited municipalities, parts of Montréal, and urban prefixes that lie in one municipality, with their centre."""
    split = {place.code for place in known.places.values() if place.kind in ("district", "sector", "borough")}
    centres = [
        (place.key, (place.lat, place.lon)) for place in known.places.values()
        if (place.population > 0 and place.code not in split) or place.kind == "district"
        or (place.kind == "borough" and place.key in known.part_prefixes)
    ]
    for prefix, row in known.prefixes.items():
        codes = row["municipalities"].split()
        if prefix[1] != "0" and len(codes) == 1 and row["lat"]:
            place = known.in_prefix(codes[0].partition(":")[0], prefix)
            centres.append((place.key, (float(row["lat"]), float(row["lon"]))))
    return tuple(centres)


def _kilometres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance on a sphere of 6,371 km."""
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    a = (math.sin((other_phi - phi) / 2) ** 2
         + math.cos(phi) * math.cos(other_phi) * math.sin(math.radians(other_lon - lon) / 2) ** 2)
    return 2 * 6371.0 * math.asin(math.sqrt(a))
