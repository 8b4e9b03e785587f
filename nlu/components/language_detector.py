"""Language of the message, as the entity `language` (fr or en): what the conversation core decided, else detected here.

The core decides before Rasa is called, since it must answer in the resident's language when Rasa is down; it sends
its decision in the message's metadata. In `rasa shell` and `bonneporte understand` there is no core: we detect.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.language import detect
from nlu.components.entities import add_entity

__all__ = ["LanguageDetector"]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageDetector(GraphComponent):
    """Adds the entity `language` and, on the message, `language` and `other_language`."""

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> LanguageDetector:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            metadata = message.get("metadata") or {}
            found = detect(message.get("text") or "", previous=metadata.get("previous_language"))
            message.set("language", found.language, add_to_output=True)
            message.set("other_language", found.other, add_to_output=True)
            decided = metadata.get("language") or found.language
            if decided:
                add_entity(message, "language", decided, self.__class__.__name__)
        return messages
