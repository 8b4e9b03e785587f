"""Places of Quebec: what residents call them, where they are, and which local service network (RLS) serves them.

Plain rules on packaged data (bot/places/data): no framework, no network.
"""

from __future__ import annotations

from bot.places.gazetteer import Gazetteer, gazetteer
from bot.places.mentions import find_places, place_spans
from bot.places.place import Found, Place
from bot.places.text import normalise

__all__ = ["Found", "Gazetteer", "Place", "find_places", "gazetteer", "normalise", "place_spans"]
