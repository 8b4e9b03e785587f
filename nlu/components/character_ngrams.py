"""Character n-grams of the whole message as a Rasa featurizer: spelling, where the sentence embedding reads meaning.

Rasa's own CountVectorsFeaturizer also makes a feature for each token, which no part of this pipeline reads: on our
examples it takes a minute of training and two milliseconds a message more.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

__all__ = ["CharacterNgrams", "plain"]


def plain(text: str) -> str:
    """Lower case without accents: residents type both ways."""
    return "".join(char for char in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(char))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CharacterNgrams(SparseFeaturizer, GraphComponent):
    """Adds one sparse sentence feature of length 1 to each message: log counts of n-grams inside words."""

    def __init__(self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource,
                 vocabulary: dict[str, int] | None = None) -> None:
        super().__init__(name, config)
        self.model_storage = model_storage
        self.resource = resource
        self.vectorizer = self._vectorizer(config, vocabulary)

    @staticmethod
    def _vectorizer(config: dict[str, Any], vocabulary: dict[str, int] | None) -> CountVectorizer:
        return CountVectorizer(analyzer="char_wb", ngram_range=(config["min_ngram"], config["max_ngram"]), preprocessor=plain,
                               min_df=1 if vocabulary else config["min_df"], vocabulary=vocabulary)

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """n-grams of `min_ngram` to `max_ngram` characters that occur in at least `min_df` examples."""
        return {**SparseFeaturizer.get_default_config(), "min_ngram": 2, "max_ngram": 5, "min_df": 3}

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> CharacterNgrams:
        return cls(config, execution_context.node_name, model_storage, resource)

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        """The range must be one."""
        if not 1 <= config.get("min_ngram", 2) <= config.get("max_ngram", 5):
            raise ValueError("CharacterNgrams: min_ngram must be from 1 to max_ngram")

    def train(self, training_data: TrainingData) -> Resource:
        texts = [message.get(TEXT) for message in training_data.training_examples if message.get(TEXT)]
        if texts:
            self.vectorizer.fit(texts)
            with self.model_storage.write_to(self.resource) as folder:
                vocabulary = {ngram: int(index) for ngram, index in self.vectorizer.vocabulary_.items()}
                (folder / "vocabulary.json").write_text(json.dumps(vocabulary, ensure_ascii=False), "utf-8")
        return self.resource

    @classmethod
    def load(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> CharacterNgrams:
        with model_storage.read_from(resource) as folder:
            vocabulary = json.loads((folder / "vocabulary.json").read_text("utf-8"))
        return cls(config, execution_context.node_name, model_storage, resource, vocabulary)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self._add([message for message in training_data.training_examples if message.get(TEXT)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        self._add([message for message in messages if message.get(TEXT)])
        return messages

    def _add(self, messages: list[Message]) -> None:
        if not messages:
            return
        counts = csr_matrix(self.vectorizer.transform([message.get(TEXT) for message in messages]), dtype=np.float64)
        counts.data = np.log1p(counts.data)
        rows = normalize(counts)
        for number, message in enumerate(messages):
            message.add_features(Features(rows[number], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
