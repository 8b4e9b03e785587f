"""Learns the third voice: `python -m tests.safety.learn_meaning` (a few minutes; embeddings are kept in .models/cache).

It learns from the same messages as the second net (learn.py), read as the encoder reads them (bot/meaning.py). Each is
also put between everyday words (around.yml) and beside an ordinary need, so that what matters is heard in a long message.
A small network with one hidden layer tells "no danger" from each situation; then a logistic regression weighs the voices
(meaning, words, signals) on messages that neither had learned from. Only numpy; the same result each time.

    python -m tests.safety.learn_meaning           writes bot/safety/signals/_meaning.npz
"""
from __future__ import annotations

import hashlib
import os
import random
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot import meaning
from bot.safety import voices
from bot.safety.meaning import WEIGHTS, as_read, as_typed
from bot.safety.recogniser import heard, listen, rules
from bot.safety.second_net import features
from tests.safety import learn

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".models" / "cache" / "danger.npz"
NONE = "none"
HIDDEN, ROUNDS, BATCH, RATE, DECAY = 320, 20, 256, 1.5e-3, 1e-3
DROPPED_IN, DROPPED = 0.15, 0.5
#: Networks that began differently err differently.
NETWORKS = 4
#: What a message of this folder, an ordinary need and one of violence count. Many needs of violence do speak of danger.
WRITTEN, NEED, VIOLENCE = 1.5, 0.7, 0.1
FOLDS = 4
#: How much the weights that choose the situation are held back.
HELD = 1.0
#: Messages next to each other in the files were written in one breath, often in both languages: they stay in one fold.
BLOCKS = 40


def vectors(texts: list[str]) -> np.ndarray:
    """Their vectors, those of the words as read and of the text as typed side by side; kept by the hash of what is read."""
    known = dict(zip(*(np.load(CACHE)[k] for k in ("keys", "rows")))) if CACHE.exists() else {}
    forms = [[as_read(rules().speller.words(t)) for t in texts], [as_typed(t) for t in texts]]
    missing = {k: t for form in forms for t in form if (k := key(t)) not in known}
    nothing = np.zeros(meaning.DIMENSIONS, np.float16)
    for name, text in missing.items():
        found = meaning.embed(text)
        known[name] = nothing if found is None else np.asarray(found, np.float16)
    if missing:
        CACHE.parent.mkdir(parents=True, exist_ok=True)
        np.savez(CACHE, keys=np.array(list(known)), rows=np.stack(list(known.values())))
    return np.hstack([np.stack([known[key(t)] for t in form]) for form in forms]).astype(np.float32)


def key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def wrapped(text: str, language: str, chance: random.Random, around: dict) -> str:
    """The text between everyday words."""
    before, after = chance.choice(around[language]["before"]), chance.choice(around[language]["after"])
    how = chance.random()
    if how < 0.4:
        return before + text
    bare = text.rstrip(".!? ")
    return bare + after if how < 0.75 else before + bare + after


def beside(text: str, need: str, chance: random.Random) -> str:
    """The text with an ordinary need before or after it."""
    one, two = (text, need) if chance.random() < 0.5 else (need, text)
    return one.rstrip(".!? ") + ". " + two


def network(x: np.ndarray, y: np.ndarray, weight: np.ndarray, kinds: int, seed: int) -> list[np.ndarray]:
    """One hidden layer, cross-entropy, Adam, units dropped at random. x: (n, inputs); y: classes; the four tables."""
    chance = np.random.default_rng(seed)
    n, inputs = x.shape
    tables = [chance.normal(0, inputs ** -0.5, (inputs, HIDDEN)).astype("f4"), np.zeros(HIDDEN, "f4"),
              chance.normal(0, HIDDEN ** -0.5, (HIDDEN, kinds)).astype("f4"), np.zeros(kinds, "f4")]
    first, second = [np.zeros_like(t) for t in tables], [np.zeros_like(t) for t in tables]
    steps, step = ROUNDS * -(-n // BATCH), 0
    weight = (weight / weight.mean()).astype("f4")
    for _ in range(ROUNDS):
        order = chance.permutation(n)
        for start in range(0, n, BATCH):
            some = order[start:start + BATCH]
            seen = x[some] * (chance.random((len(some), inputs), dtype="f4") > DROPPED_IN) / (1 - DROPPED_IN)
            hidden = np.maximum(seen @ tables[0] + tables[1], 0)
            kept = (chance.random(hidden.shape, dtype="f4") > DROPPED).astype("f4") / (1 - DROPPED)
            hidden *= kept
            out = hidden @ tables[2] + tables[3]
            out = np.exp(out - out.max(1, keepdims=True))
            out /= out.sum(1, keepdims=True)
            out[np.arange(len(some)), y[some]] -= 1
            out *= (weight[some] / len(some))[:, None]
            back = (out @ tables[2].T) * kept * (hidden > 0)
            slopes = [seen.T @ back, back.sum(0), hidden.T @ out, out.sum(0)]
            step += 1
            rate = RATE * (1 - step / steps) + 1e-5
            for i, slope in enumerate(slopes):
                first[i] = 0.9 * first[i] + 0.1 * slope
                second[i] = 0.999 * second[i] + 0.001 * slope ** 2
                move = first[i] / (1 - 0.9 ** step) / (np.sqrt(second[i] / (1 - 0.999 ** step)) + 1e-8)
                tables[i] -= rate * (move + (DECAY * tables[i] if tables[i].ndim == 2 else 0))
    return tables


class Corpus:
    """The written messages and the ordinary needs, with their vectors and those of their longer forms."""

    def __init__(self) -> None:
        around = yaml.safe_load((HERE / "around.yml").read_text(encoding="utf-8"))
        self.rows = list(learn.written())
        self.situations = [NONE, *sorted({r["situation"] for r in self.rows if r["situation"]})]
        self.y = np.array([self.situations.index(r["situation"] or NONE) for r in self.rows])
        needs = list(learn.ordinary_with_intent())
        self.needs = [text for text, _, _ in needs]
        self.violence = np.array([intent == "need/violence" for _, intent, _ in needs])
        plain = {language: [t for t, i, at in needs if at == language and i.startswith("need/") and i != "need/violence"]
                 for language in ("fr", "en")}
        texts, self.of = [], []
        for i, row in enumerate(self.rows):
            language, chance = row["id"][:2], random.Random(row["id"])
            for text in (row["text"], wrapped(row["text"], language, chance, around), wrapped(row["text"], language, chance, around),
                         beside(row["text"], chance.choice(plain[language]), chance)):
                texts.append(text)
                self.of.append(i)
        self.of = np.array(self.of)
        chance = random.Random(0)
        longer = [wrapped(t, at, chance, around) if chance.random() < 0.6 else beside(t, chance.choice(plain[at]), chance)
                  for t, intent, at in needs[::4] if intent.startswith("need/")]
        self.longer_violence = np.array([i == "need/violence" for _, i, _ in needs[::4] if i.startswith("need/")])
        all_ = vectors(texts + self.needs + longer)
        self.x, self.xn, self.xl = all_[:len(texts)], all_[len(texts):len(texts) + len(self.needs)], all_[len(texts) + len(self.needs):]
        self.mean, self.spread = self.x.mean(0), self.x.std(0) + 1e-6
        place = {language: [i for i, r in enumerate(self.rows) if r["id"].startswith(language)] for language in ("fr", "en")}
        self.fold = np.zeros(len(self.rows), int)
        for where in place.values():
            for n, i in enumerate(where):
                self.fold[i] = int(BLOCKS * n / len(where)) % FOLDS
        self.need_fold = np.arange(len(self.needs)) % FOLDS

    def normal(self, x: np.ndarray) -> np.ndarray:
        return ((x - self.mean) / self.spread).astype("f4")

    def fit(self, but: int | None = None, networks: int = NETWORKS) -> list[list[np.ndarray]]:
        """The networks, learned from everything but one fold."""
        rows = self.fold[self.of] != (-1 if but is None else but)
        needs = self.need_fold != (-1 if but is None else but)
        x = np.vstack([self.normal(self.x[rows]), self.normal(self.xn[needs]), self.normal(self.xl)])
        y = np.concatenate([self.y[self.of[rows]], np.zeros(needs.sum() + len(self.xl), int)])
        copies = len(self.of) / len(self.rows)
        weight = np.concatenate([np.full(rows.sum(), 2 * WRITTEN / copies), np.where(self.violence, VIOLENCE, NEED)[needs],
                                 np.where(self.longer_violence, VIOLENCE, NEED)])
        return at_once(lambda seed: network(x, y, weight, len(self.situations), seed), range(networks))


def at_once(learn_one: Callable[[int], Any], numbers: range) -> list[Any]:
    """The results in order, as many at a time as there are processors: numpy computes outside Python's lock."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(learn_one, numbers))


def chances(networks: list[list[np.ndarray]], x: np.ndarray) -> np.ndarray:
    """Probabilities of each class, the mean of the networks."""
    out = []
    for a, b, c, d in networks:
        z = np.maximum(x @ a + b, 0) @ c + d
        z = np.exp(z - z.max(1, keepdims=True))
        out.append(z / z.sum(1, keepdims=True))
    return np.mean(out, 0)


def logistic(x: np.ndarray, y: np.ndarray, weight: np.ndarray, hold: float = 1.0) -> np.ndarray:
    """Weights of a logistic regression, the last for the constant (Newton's method, held back a little)."""
    x = np.hstack([x, np.ones((len(x), 1))])
    w = np.zeros(x.shape[1])
    keep = np.full(len(w), hold)
    keep[-1] = 0
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        slope = x.T @ (weight * (p - y)) + keep * w
        curve = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(keep + 1e-9)
        w -= np.linalg.solve(curve, slope)
    return w


class Folds:
    """What each voice says of every message when it has learned from the others: rows of the corpus first, then needs."""

    def __init__(self, corpus: Corpus) -> None:
        n, names = len(corpus.rows), corpus.situations
        own = np.array([np.flatnonzero(corpus.of == i)[0] for i in range(n)])
        texts = [r["text"] for r in corpus.rows] + corpus.needs
        fold = np.concatenate([corpus.fold, corpus.need_fold])
        self.said = np.zeros((len(texts), len(names)))
        self.points = [dict.fromkeys([*learn.KINDS, *names[1:]], 0.0) for _ in texts]
        self.readings = [listen(t) for t in texts]
        found = [frozenset(features(r.words, r.names())) for r in self.readings]
        vectors_ = np.vstack([corpus.x[own], corpus.xn])
        for out, networks in enumerate(at_once(lambda out: corpus.fit(but=out, networks=1), range(FOLDS))):
            here = np.flatnonzero(fold == out)
            self.said[here] = chances(networks, corpus.normal(vectors_[here]))
            rows = [r for r, f in zip(corpus.rows, corpus.fold) if f != out]
            needs = [f for f, at in zip(found[n:], corpus.need_fold) if at != out]
            points = {kind: learn.table(kind, rows, needs) for kind in learn.KINDS}
            points.update({name: learn.situation_table(name, rows) for name in names[1:]})
            for i in here:
                for name, table in points.items():
                    self.points[i][name] = sum(table.get(f, 0.0) for f in found[i]) + table.get("", 0.0)
            print("fold", out, file=sys.stderr)

    def voices(self) -> np.ndarray:
        """Their part in the sum (voices.weighed), a row a message."""
        return np.array([voices.weighed(heard(rules(), r), said[0], {k: points[k] for k in learn.KINDS})
                         for r, said, points in zip(self.readings, self.said, self.points)])


def placing(corpus: Corpus, folds: Folds) -> np.ndarray:
    """Weights of voices.placed, then one number a situation: a logistic regression among the situations of each message
    of danger, whose rarer ones count more."""
    danger = np.flatnonzero(corpus.y > 0)
    x = np.array([[voices.placing(folds.said[i, k] / folds.said[i, 1:].sum(), folds.readings[i].scores.get(name, 0), folds.points[i][name])
                   for k, name in enumerate(corpus.situations) if k] for i in danger])
    y = corpus.y[danger] - 1
    often = np.bincount(y, minlength=x.shape[1])
    weight = 1 / np.sqrt(often[y])
    weight /= weight.mean()
    x = np.concatenate([x, np.broadcast_to(np.eye(x.shape[1]), (len(x), x.shape[1], x.shape[1]))], 2)
    w, best = np.zeros(x.shape[2]), -np.inf
    for _ in range(20):
        p = np.exp((z := x @ w) - z.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        mean = np.einsum("nk,nkf->nf", p, x)
        slope = np.einsum("nk,nkf->f", weight[:, None] * (np.eye(x.shape[1])[y] - p), x) - HELD * w
        flat = x.reshape(-1, len(w))
        curve = (flat * (weight[:, None] * p).reshape(-1, 1)).T @ flat - (mean * weight[:, None]).T @ mean + HELD * np.eye(len(w))
        step, length = np.linalg.solve(curve, slope), 1.0
        # Newton's step, halved until it is one upwards.
        while length > 1e-3 and goodness(x, y, weight, w + length * step) <= best:
            length /= 2
        if length <= 1e-3:
            break
        w = w + length * step
        best = goodness(x, y, weight, w)
    return w


def goodness(x: np.ndarray, y: np.ndarray, weight: np.ndarray, w: np.ndarray) -> float:
    """Logarithm of the likelihood of the right situations, held back."""
    z = x @ w
    most = z.max(1)
    return float(weight @ (z[np.arange(len(y)), y] - most - np.log(np.exp(z - most[:, None]).sum(1))) - HELD / 2 * w @ w)


def write(corpus: Corpus, folds: Folds, networks: list[list[np.ndarray]]) -> None:
    y = np.concatenate([corpus.y > 0, np.zeros(len(corpus.needs))]).astype(float)
    weight = np.concatenate([np.full(len(corpus.rows), 2 * WRITTEN), np.where(corpus.violence, VIOLENCE, NEED)])
    together, placed = logistic(folds.voices(), y, weight), placing(corpus, folds)
    shared = len(voices.PLACING)
    np.savez_compressed(
        WEIGHTS, situations=np.array(corpus.situations), mean=corpus.mean.astype("f2"), spread=corpus.spread.astype("f2"),
        together=together.astype("f4"), placing=placed[:shared].astype("f4"), leaning=placed[shared:].astype("f4"),
        **{f"{name}{i}": t.astype("f2") for i, n in enumerate(networks) for name, t in zip("abcd", n)})
    print("weights of the voices:", dict(zip([*voices.VOICES, "constant"], together.round(2).tolist())),
          "of the situation:", dict(zip([*voices.PLACING, *corpus.situations[1:]], placed.round(2).tolist())),
          WEIGHTS.stat().st_size, "bytes", file=sys.stderr)


def main() -> None:
    corpus = Corpus()
    print(len(corpus.rows), "messages,", len(corpus.of), "with their longer forms,", len(corpus.needs), "ordinary ones", file=sys.stderr)
    write(corpus, Folds(corpus), corpus.fit())


if __name__ == "__main__":
    main()
