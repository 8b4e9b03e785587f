"""Adding an entity to a message, in the form that Rasa's slot mappings read."""

from __future__ import annotations

from typing import Any

from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

__all__ = ["add_entity"]


def add_entity(message: Message, entity: str, value: Any, extractor: str, start: int = 0, end: int = 0) -> None:
    """Add one entity; `start` and `end` are character offsets in the text, 0 and 0 when it is about the whole message."""
    found = {"entity": entity, "value": value, "start": start, "end": end, "extractor": extractor}
    message.set(ENTITIES, [*(message.get(ENTITIES) or []), found], add_to_output=True)
