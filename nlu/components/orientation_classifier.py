"""What the resident wants (the act) and which need it is about, from embeddings and character n-grams.

One multinomial logistic regression over all labels: each act other than `need`, and each `need/<id>` (Rasa's
retrieval-intent notation, so that a need is data: an entry and its examples). The act's confidence for `need` is the sum over
needs. A second, binary regression tells whether the writer asks for somebody else; its examples are the training
messages, positive where the words that name the person are annotated `for_other`.

Confidences are calibrated by one temperature, fitted on out-of-fold predictions at training.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from nlu.components.decision import decide
from nlu.components.entities import add_entity
from nlu.components.sentence_embeddings import vectors

__all__ = ["OrientationClassifier", "clauses_of"]

NEED = "need"
PREFIX = "need/"
PLACE_INSTEAD = ("affirm", "deny", "skip")
CLAUSES = re.compile(r"[.;!?\n]+|,|\b(?:pis|puis|et|aussi|en plus|and|also|plus|ainsi que|as well as)\b", re.IGNORECASE)


def clauses_of(text: str) -> list[str]:
    """The parts of a message that can each hold a need; empty when it is one part."""
    clauses = [clause.strip() for clause in CLAUSES.split(text) if clause and len(clause.split()) >= 3]
    return clauses if len(clauses) > 1 else []


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class OrientationClassifier(IntentClassifier, GraphComponent):
    """Sets the intent (the act) and adds entities `need`, `guess` and `for_other`; sets `needs` and `decision`."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.config = config
        self.model_storage = model_storage
        self.resource = resource
        self.labels: list[str] = []
        self.weights = np.zeros((0, 0))
        self.bias = np.zeros(0)
        self.temperature = 1.0
        self.other_weights = np.zeros(0)
        self.other_bias = 0.0

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`C`, `sparse_scale`: strength of the fit and weight of the n-grams beside the embedding, by measurement."""
        return {"C": 8.0, "dense_scale": 3.0, "sparse_scale": 3.0, "max_iter": 60, "folds": 5}

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> OrientationClassifier:
        return cls(config, model_storage, resource)

    # Features

    def _row(self, message: Message) -> csr_matrix:
        sparse = message.get_sparse_features(attribute=TEXT)[1]
        dense = message.get_dense_features(attribute=TEXT)[1]
        parts = []
        if dense is not None:
            parts.append(csr_matrix(dense.features * self.config["dense_scale"]))
        if sparse is not None:
            parts.append(csr_matrix(sparse.features) * self.config["sparse_scale"])
        return hstack(parts).tocsr()

    # Training

    def train(self, training_data: TrainingData) -> Resource:
        examples = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        if not examples:
            return self.resource
        rows = vstack([self._row(message) for message in examples]).tocsr()
        names = [message.get(INTENT_RESPONSE_KEY) or message.get(INTENT) for message in examples]
        other = np.array([any(e["entity"] == "for_other" for e in m.get(ENTITIES) or []) for m in examples])
        self.labels = sorted(set(names))
        index = {label: number for number, label in enumerate(self.labels)}
        targets = np.array([index[name] for name in names])
        self.temperature = self._fit_temperature(rows, targets)
        model = self._regression().fit(rows, targets)
        self.weights, self.bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
        # Only needs (and asking for a person) are ever for somebody; the other acts would only teach it their words.
        about = np.array([name.startswith(PREFIX) or name == "human" for name in names])
        if other[about].any():
            binary = LogisticRegression(C=4.0, max_iter=500, class_weight="balanced").fit(rows[about], other[about])
            self.other_weights, self.other_bias = binary.coef_[0].astype(np.float32), float(binary.intercept_[0])
        self._persist()
        return self.resource

    def _regression(self) -> LogisticRegression:
        return LogisticRegression(C=self.config["C"], max_iter=self.config["max_iter"], tol=1e-2)

    def _fit_temperature(self, rows: csr_matrix, targets: np.ndarray) -> float:
        """The temperature that makes out-of-fold confidences true (least log loss)."""
        folds = int(self.config["folds"])
        counts = np.bincount(targets)
        if folds < 2 or counts.min() < folds:
            return 1.0
        assigned = np.random.RandomState(20).permutation(len(targets)) % folds
        held_out = assigned == 0  # one fold is enough for one number, and keeps training short
        model = self._regression().fit(rows[~held_out], targets[~held_out])
        scores = model.decision_function(rows[held_out])
        truth = targets[held_out]
        candidates = np.geomspace(0.3, 3.0, 60)

        def loss(temperature: float) -> float:
            chances = softmax(scores / temperature, axis=1)
            return float(-np.log(chances[np.arange(len(truth)), truth] + 1e-12).mean())

        return float(min(candidates, key=loss))

    # Use

    def _chances(self, rows: csr_matrix) -> np.ndarray:
        return softmax((rows @ self.weights.T + self.bias) / self.temperature, axis=1)

    def _split(self, chances: np.ndarray) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
        """The ranking of acts and that of needs (given that it is a need), best first."""
        acts: dict[str, float] = {}
        needs: list[tuple[str, float]] = []
        for label, chance in zip(self.labels, chances):
            act = NEED if label.startswith(PREFIX) else label
            acts[act] = acts.get(act, 0.0) + float(chance)
            if act == NEED:
                needs.append((label[len(PREFIX):], float(chance)))
        total = sum(chance for _, chance in needs) or 1.0
        by_chance = lambda pair: -pair[1]  # noqa: E731
        return sorted(acts.items(), key=by_chance), sorted(((n, c / total) for n, c in needs), key=by_chance)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if not self.labels or not message.get(TEXT):
                continue
            self._process(message)
        return messages

    def _process(self, message: Message) -> None:
        row = self._row(message)
        acts, needs = self._split(self._chances(row)[0])
        # "no, in Tracy instead": with a place in it, a plain yes, no or unknown wish is about the place.
        if message.get("only_place") or (message.get("places") and acts[0][0] in PLACE_INSTEAD):
            acts = [("place", 1.0), *[(act, 0.0) for act, _ in acts if act != "place"]]
        act, confidence = acts[0]
        message.set(INTENT, {"name": act, "confidence": confidence}, add_to_output=True)
        message.set("intent_ranking", [{"name": a, "confidence": c} for a, c in acts[:5]], add_to_output=True)
        for_other = self._for_other(row)
        message.set("for_other", for_other, add_to_output=True)
        if act != NEED:
            message.set("needs", [], add_to_output=True)
            message.set("decision", None, add_to_output=True)
            return
        decision, chosen = decide(needs, self._parts(message))
        message.set("needs", [{"id": n, "confidence": round(c, 4)} for n, c in needs[:5]], add_to_output=True)
        message.set("decision", decision, add_to_output=True)
        add_entity(message, "for_other", "yes" if for_other else "no", self.__class__.__name__)
        for need in chosen:
            add_entity(message, "guess" if decision == "ask" else "need", need, self.__class__.__name__)

    def _for_other(self, row: csr_matrix) -> bool:
        if not len(self.other_weights):
            return False
        return bool((row @ self.other_weights)[0] + self.other_bias > 0)

    def _parts(self, message: Message) -> list[list[tuple[str, float]]]:
        """Rankings of the clauses of the message, by embedding alone; empty when it is one clause."""
        clauses = clauses_of(message.get(TEXT))
        if not clauses:
            return []
        dense = vectors(clauses) * self.config["dense_scale"]
        width = dense.shape[1]
        scores = (dense @ self.weights[:, :width].T + self.bias) / self.temperature
        rankings = []
        for chances in softmax(scores, axis=1):
            acts, needs = self._split(chances)
            if acts[0][0] == NEED:
                rankings.append(needs)
        return rankings

    # Keeping

    def _persist(self) -> None:
        with self.model_storage.write_to(self.resource) as folder:
            np.savez(folder / "weights.npz", weights=self.weights, bias=self.bias, other_weights=self.other_weights)
            facts = {"labels": self.labels, "temperature": self.temperature, "other_bias": self.other_bias}
            (folder / "facts.json").write_text(json.dumps(facts), "utf-8")

    @classmethod
    def load(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> OrientationClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            facts = json.loads((folder / "facts.json").read_text("utf-8"))
            stored = np.load(folder / "weights.npz")
            component.weights, component.bias = stored["weights"], stored["bias"]
            component.other_weights = stored["other_weights"]
        component.labels = facts["labels"]
        component.temperature = facts["temperature"]
        component.other_bias = facts["other_bias"]
        return component

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing after the classifier needs its predictions on the training examples."""
        return training_data

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        """The scales must be positive."""
        for name in ("C", "dense_scale", "sparse_scale"):
            if config.get(name, 1) <= 0:
                raise ValueError(f"OrientationClassifier: {name} must be positive")
