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

from bot.safety.recogniser import listen
from bot.safety.second_net import KINDS, WEIGHTS, features

HERE = Path(__file__).parent
NLU = HERE.parents[1] / "nlu"
ROUNDS, RATE, DECAY = 14, 0.25, 2e-5
#: A look-alike is worth this many ordinary needs, a message of danger this many.
LOOK_ALIKE, POSITIVE = 6, 5
#: The line is set where this share of ordinary messages passes it.
PASSING = 0.01
#: Points smaller than this are left out of the table.
LEAST = 0.15

Example = tuple[frozenset[str], str | None]


def written() -> Iterator[dict]:
    for language in ("fr", "en"):
        for line in (HERE / f"messages_{language}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def ordinary() -> Iterator[str]:
    """The assistant's examples of what people ask, without its annotations."""
    for text, _, _ in ordinary_with_intent():
        yield text


def ordinary_with_intent() -> Iterator[tuple[str, str, str]]:
    """The same, each with its intent and language."""
    for path in sorted(NLU.glob("??/*.yml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ()):
            for line in str(item.get("examples", "")).splitlines():
                if line.strip().startswith("- "):
                    text = re.sub(r"\[([^\]]*)\](\([^)]*\)|\{[^}]*\})", r"\1", line.strip()[2:])
                    yield text, item["intent"], path.parent.name


def seen(text: str) -> frozenset[str]:
    reading = listen(text)
    return frozenset(features(reading.words, reading.names()))


def learn(examples: list[tuple[frozenset[str], float, int]]) -> dict[str, float]:
    """Logistic regression by stochastic gradient (AdaGrad). Examples: features, 1 or 0, how many times it counts."""
    chance = random.Random(0)
    weights: dict[str, float] = {"": 0.0}
    slopes: dict[str, float] = {}
    examples = list(examples)
    for _ in range(ROUNDS):
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
    """The points for one kind; "" holds what is taken off, so that 0 is the line.

    One need in five is kept from learning and sets the line: words learned by heart would set it too low.
    """
    positives = [seen(r["text"]) for r in rows if r["kind"] == kind]
    alikes = [seen(r["text"]) for r in rows if r["kind"] is None]
    aside, needs = needs[::5], [n for i, n in enumerate(needs) if i % 5]
    often = Counter(f for found in (*positives, *alikes, *needs) for f in found)
    kept = {f for f, n in often.items() if n > 1 + (" " in f)}
    examples = [(p & kept, 1.0, POSITIVE) for p in positives] + [(a & kept, 0.0, LOOK_ALIKE) for a in alikes]
    examples += [(n & kept, 0.0, 1) for n in needs]
    weights = rounded(learn(examples), LEAST)
    totals = sorted(sum(weights.get(f, 0.0) for f in n) for n in aside)
    return {"": round(-totals[int(len(totals) * (1 - PASSING)) - 1] - 0.01, 2), **weights}


def situation_table(situation: str, rows: list[dict]) -> dict[str, float]:
    """The points that tell one situation from the others of danger, once a message is worth asking about."""
    dangers = [(seen(r["text"]), r["situation"]) for r in rows if r["kind"]]
    often = Counter(f for found, _ in dangers for f in found)
    kept = {f for f, n in often.items() if n > 1}
    return rounded(learn([(f & kept, 1.0 if s == situation else 0.0, 4 if s == situation else 1) for f, s in dangers]), 2 * LEAST)


def rounded(weights: dict[str, float], least: float) -> dict[str, float]:
    """Best points first, what weighs next to nothing left out."""
    return {f: round(w, 2) for f, w in sorted(weights.items(), key=lambda kv: (-kv[1], kv[0])) if abs(w) >= least and f}


def main() -> None:
    rows, needs = list(written()), [seen(text) for text in ordinary()]
    tables = {kind: table(kind, rows, needs) for kind in KINDS}
    tables.update({s: situation_table(s, rows) for s in sorted({r["situation"] for r in rows if r["kind"]})})
    WEIGHTS.write_text(json.dumps(tables, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
