"""What the resident wants (the act), which need it is about, and for whom: Rasa's intent classifier for this assistant.

One network over all labels: each act other than `need`, and each `need/<id>` (Rasa's retrieval-intent notation, so that a
need is data: an entry and its examples). The act's confidence for `need` is the sum over needs. The same network tells
whether the writer asks for somebody else; its examples are the training messages, positive where the words that name
the person are annotated `for_other`. It also tells whether there are two needs: its examples stand under
`need/<id>+<id>`. Confidences are calibrated by one temperature, chosen on the held-out set.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.clauses import cuts
from nlu.components.decision import TWO_AT_LEAST, decide
from nlu.components.entities import add_entity
from nlu.components.message_features import PARTS, MessageFeatures
from nlu.components.orientation_network import OrientationNetwork

__all__ = ["OrientationClassifier"]

NEED = "need"
PREFIX = "need/"
# Chosen on the held-out set: what it misses are people told of without a word of kin, more often than it invents any.
FOR_OTHER_AT_LEAST = 0.4
BOTH = "+"  # between the two ids of a message of two needs: `need/food+housing`
Ranking = list[tuple[str, float]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class OrientationClassifier(IntentClassifier, GraphComponent):
    """Sets the intent (the act) and adds entities `need`, `guess` and `for_other`; sets `needs` and `decision`."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.config = config
        self.model_storage = model_storage
        self.resource = resource
        self.labels: list[str] = []
        self.features: MessageFeatures | None = None
        self.network: OrientationNetwork | None = None

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`features`: some of message_features.PARTS. `hidden`, `epochs`: size and patience of each network; `networks`: how
        many are averaged. `temperature`: scores are divided by it before they become confidences."""
        return {"features": list(PARTS), "hidden": 128, "epochs": 10, "networks": 3, "temperature": 0.6}

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> OrientationClassifier:
        return cls(config, model_storage, resource)

    # Training

    def train(self, training_data: TrainingData) -> Resource:
        examples = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        if not examples:
            return self.resource
        names = [message.get(INTENT_RESPONSE_KEY) or message.get(INTENT) for message in examples]
        texts = [message.get(TEXT) for message in examples]
        wanted = [_labels(name) for name in names]
        self.labels = sorted({label for labels in wanted for label in labels})
        targets = np.array([[labels.count(label) / len(labels) for label in self.labels] for labels in wanted], dtype=np.float32)
        other = np.array([any(e["entity"] == "for_other" for e in m.get(ENTITIES) or []) for m in examples], dtype=float)
        two = np.array([len(labels) == 2 for labels in wanted], dtype=float)
        need = np.array([name.startswith(PREFIX) for name in names], dtype=float)
        # Only needs (and asking for a person) are ever for somebody; the other acts would only teach it their words.
        somebody = np.maximum(need, [name == "human" for name in names])
        self.features = MessageFeatures(self.config["features"]).fit(texts)
        kept = os.environ.get("BONNEPORTE_KEPT_VECTORS")  # where bot/runtime/model.py keeps them
        self.network = OrientationNetwork.fit(self.features.rows(texts, Path(kept) if kept else None), targets, other, two, (somebody, need),
                                              hidden=self.config["hidden"], epochs=self.config["epochs"],
                                              networks=self.config["networks"])
        with self.model_storage.write_to(self.resource) as folder:
            self.features.save(folder / "features.json")
            self.network.save(folder / "network.npz")
            (folder / "labels.json").write_text(json.dumps(self.labels), "utf-8")
        return self.resource

    # Use

    def _understand(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Chances of each label, of for_other and of two needs, for each text."""
        assert self.features is not None and self.network is not None
        return self.network.predict(self.features.rows(texts), self.config["temperature"])

    def _split(self, chances: np.ndarray) -> tuple[Ranking, Ranking]:
        """The ranking of acts and that of needs (chances of each among all labels), best first."""
        acts: dict[str, float] = {}
        needs: Ranking = []
        for label, chance in zip(self.labels, chances):
            act = NEED if label.startswith(PREFIX) else label
            acts[act] = acts.get(act, 0.0) + float(chance)
            if act == NEED:
                needs.append((label[len(PREFIX):], float(chance)))
        by_chance = lambda pair: -pair[1]  # noqa: E731
        return sorted(acts.items(), key=by_chance), sorted(needs, key=by_chance)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if self.network is not None and message.get(TEXT):
                self._process(message)
        return messages

    def _process(self, message: Message) -> None:
        chances, others, twos = self._understand([message.get(TEXT)])
        acts, needs = self._split(chances[0])
        # "no, in Tracy instead" says where and nothing else, as does "hello, Rawdon"; "hello from Rawdon" greets.
        if message.get("only_place") and acts[0][0] != "greet":
            acts = [("place", 1.0), *[(act, 0.0) for act, _ in acts if act != "place"]]
        act, confidence = acts[0]
        message.set(INTENT, {"name": act, "confidence": confidence}, add_to_output=True)
        message.set("intent_ranking", [{"name": a, "confidence": c} for a, c in acts[:5]], add_to_output=True)
        for_other = bool(others[0] > FOR_OTHER_AT_LEAST)
        message.set("for_other", for_other, add_to_output=True)
        if act != NEED:
            message.set("needs", [], add_to_output=True)
            message.set("decision", None, add_to_output=True)
            return
        total = sum(chance for _, chance in needs)
        needs = [(need, chance / total) for need, chance in needs]
        decision, chosen = decide(needs, float(twos[0]), self._parts(message.get(TEXT)) if twos[0] >= TWO_AT_LEAST else [])
        if decision == "several":
            needs = _first(chosen, needs)
        message.set("needs", [{"id": n, "confidence": round(c, 4)} for n, c in needs[:5]], add_to_output=True)
        message.set("decision", decision, add_to_output=True)
        add_entity(message, "for_other", "yes" if for_other else "no", self.__class__.__name__)
        for need in chosen:
            add_entity(message, "guess" if decision == "ask" else "need", need, self.__class__.__name__)

    def _parts(self, text: str) -> list[tuple[Ranking, Ranking]]:
        """For each way of cutting the message in two, the rankings of both parts: one call, since a batch costs little more."""
        pairs = cuts(text)
        if not pairs:
            return []
        rankings = [self._split(row)[1] for row in self._understand([part for pair in pairs for part in pair])[0]]
        return list(zip(rankings[::2], rankings[1::2]))

    # Keeping

    @classmethod
    def load(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> OrientationClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.features = MessageFeatures.load(folder / "features.json")
            component.network = OrientationNetwork.load(folder / "network.npz")
            component.labels = json.loads((folder / "labels.json").read_text("utf-8"))
        component._understand(["bonjour"])  # the encoder's second of loading is not the first resident's
        return component

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing after the classifier needs its predictions on the training examples."""
        return training_data

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        """The features must be known, the numbers positive."""
        MessageFeatures(config.get("features", PARTS))
        for name in ("hidden", "epochs", "networks", "temperature"):
            if config.get(name, 1) <= 0:
                raise ValueError(f"OrientationClassifier: {name} must be positive")


def _labels(name: str) -> list[str]:
    """The one or two labels of an example's intent: `need/food+housing` has two."""
    return [PREFIX + need for need in name[len(PREFIX):].split(BOTH)] if name.startswith(PREFIX) else [name]


def _first(chosen: list[str], needs: Ranking) -> Ranking:
    """The needs with the two that the parts named in front, the surer one first, and every confidence kept in order."""
    ranked = sorted(chosen, key=lambda need: -dict(needs)[need])
    order = [*ranked, *(need for need, _ in needs if need not in ranked)]
    confidences = sorted((chance for _, chance in needs), reverse=True)
    return list(zip(order, confidences))
