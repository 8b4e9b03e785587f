"""Learns the second net's table from written examples: `python -m tests.safety.learn`.

Positives: the messages of this folder. Negatives: its look-alikes, counted several times, and the assistant's own
examples of ordinary needs (nlu/). Plain logistic regression, no dependency, same result each time; half a minute.
"""
from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.safety.recogniser import rules
from bot.safety.second_net import WEIGHTS, features

HERE = Path(__file__).parent
NLU = HERE.parents[1] / "nlu"
KINDS = ("suicide", "danger")
ROUNDS, RATE, DECAY = 14, 0.25, 2e-5
#: A look-alike is worth this many ordinary needs, a message of danger this many.
LOOK_ALIKE, POSITIVE = 6, 5
#: The line is set where this share of ordinary messages passes it.
PASSING = {"suicide": 0.008, "danger": 0.006}

Example = tuple[frozenset[str], str | None]


def written() -> Iterator[dict]:
    for language in ("fr", "en"):
        for line in (HERE / f"messages_{language}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def ordinary() -> Iterator[str]:
    """The assistant's examples of what people ask, without its annotations."""
    for path in sorted(NLU.glob("??/*.yml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ()):
            for line in str(item.get("examples", "")).splitlines():
                if line.strip().startswith("- "):
                    yield re.sub(r"\[([^\]]*)\](\([^)]*\)|\{[^}]*\})", r"\1", line.strip()[2:])


def seen(text: str) -> frozenset[str]:
    return frozenset(features(rules().speller.words(text)))


def learn(examples: list[tuple[frozenset[str], float, int]], rounds: int = ROUNDS) -> dict[str, float]:
    """Logistic regression by stochastic gradient (AdaGrad). Examples: features, 1 or 0, how many times it counts."""
    chance = random.Random(0)
    weights: dict[str, float] = {"": 0.0}
    slopes: dict[str, float] = {}
    examples = list(examples)
    for _ in range(rounds):
        chance.shuffle(examples)
        for found, wanted, times in examples:
            total = weights[""] + sum(weights.get(f, 0.0) for f in found)
            slope = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - wanted) * times
            if abs(slope) < 1e-3:
                continue
            for f in ("", *found):
                g = slope + DECAY * weights.get(f, 0.0)
                slopes[f] = slopes.get(f, 0.0) + g * g
                weights[f] = weights.get(f, 0.0) - RATE * g / math.sqrt(slopes[f] + 1.0)
    return weights


def table(kind: str, rows: list[dict], needs: list[frozenset[str]]) -> dict[str, float]:
    """The points for one kind; "" holds what is taken off, so that 0 is the line."""
    positives = [seen(r["text"]) for r in rows if r["kind"] == kind]
    alikes = [seen(r["text"]) for r in rows if r["kind"] is None]
    often = Counter(f for found in (*positives, *alikes, *needs) for f in found)
    kept = {f for f, n in often.items() if n > 1}
    examples = [(p & kept, 1.0, POSITIVE) for p in positives] + [(a & kept, 0.0, LOOK_ALIKE) for a in alikes]
    examples += [(n & kept, 0.0, 1) for n in needs]
    weights = learn(examples)
    totals = sorted(sum(weights.get(f, 0.0) for f in n) for n in needs)
    line = totals[int(len(totals) * (1 - PASSING[kind])) - 1] if totals else 0.0
    rounded = {f: round(w, 2) for f, w in weights.items() if f and abs(w) >= 0.05}
    return {"": round(-line, 2), **dict(sorted(rounded.items(), key=lambda kv: (-kv[1], kv[0])))}


def main() -> None:
    rows, needs = list(written()), [seen(text) for text in ordinary()]
    WEIGHTS.write_text(json.dumps({k: table(k, rows, needs) for k in KINDS}, ensure_ascii=False, indent=0) + "\n",
                       encoding="utf-8")


if __name__ == "__main__":
    main()
