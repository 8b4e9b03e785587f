"""Places: spaCy's PhraseMatcher over the gazetteer proposes spans, the gazetteer's own rules decide what they are.

One reading becomes the entity `place` (its value is the place's key); several of one name become `place_candidate`
each, for the dialogue to ask which.
"""

from __future__ import annotations

from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from bot.places import find_places, gazetteer, normalise
from nlu.components.entities import add_entity

__all__ = ["PlaceExtractor"]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceExtractor(GraphComponent):
    """Adds entities `place` or `place_candidate` and, on the message, `places` (the contract's objects)."""

    def __init__(self) -> None:
        # A blank pipeline: the names are known, only their boundaries are looked for. Both the names and the text
        # are normalised by the same function first (accents, St-, hyphens), so tokens are what spaces separate.
        self.language = spacy.blank("xx")
        self.matcher = PhraseMatcher(self.language.vocab)
        self.matcher.add("place", [self._doc(name) for name in gazetteer().names()])

    def _doc(self, normalised: str) -> Doc:
        return Doc(self.language.vocab, words=normalised.split())

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> PlaceExtractor:
        return cls()

    def spans(self, text: str) -> list[str]:
        """Names of the gazetteer in `text`, normalised, longest first where they overlap, in the order of the text."""
        doc = self._doc(normalise(text))
        matched = filter_spans([doc[start:end] for _, start, end in self.matcher(doc)])
        return [(span.start, span.end) for span in matched]

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get("text") or ""
            found = find_places(text, spans=self.spans(text))
            message.set("places", [place.as_dict() for place in found.places], add_to_output=True)
            message.set("only_place", found.only_place)
            name = "place" if len(found.places) == 1 else "place_candidate"
            for place in found.places:
                add_entity(message, name, place.key, self.__class__.__name__)
        return messages
