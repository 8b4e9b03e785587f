"""No held-out message is among the training examples: what is measured was never learned."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.machine import ROOT, read_jsonl

HELD_OUT = Path(__file__).with_name("heldout")
SETS = (HELD_OUT, HELD_OUT / "second", HELD_OUT / "third", HELD_OUT / "fourth")
# Two messages are the same for a reader when they share this much of their words; of fewer words that says nothing.
NEAR, LONG_ENOUGH = 0.75, 5


def same(text: str) -> str:
    """Equal for messages that differ in accents, case, punctuation or spacing only."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", bare))


@cache
def training() -> set[str]:
    examples = set()
    for path in [*ROOT.glob("nlu/fr/*.yml"), *ROOT.glob("nlu/en/*.yml")]:
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                examples.add(same(re.sub(r"\[([^\]]+)\]\(\w+\)", r"\1", line.strip().removeprefix("- "))))
    return examples


@pytest.mark.parametrize("folder", SETS, ids=["first", "second", "third", "fourth"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_danger_held_out_is_learned_from(language: str, folder: Path) -> None:
    """Nor anything next to it: a held-out message that shares nearly all its words with a learned one is a leak."""
    learned = [same(row["text"]).split() for row in read_jsonl(ROOT / f"tests/safety/messages_{language}.jsonl")]
    known, bags = {" ".join(words) for words in learned}, [set(words) for words in learned if len(set(words)) >= LONG_ENOUGH]
    leaked = []
    for row in read_jsonl(folder / f"{language}_crisis.jsonl"):
        words = set(same(row["text"]).split())
        near = any(len(words & bag) >= NEAR * len(words | bag) for bag in bags)
        if same(row["text"]) in known or near:
            leaked.append(row["id"])
    assert leaked == []


# The short set measures the language alone, which is not learned from the examples.
@pytest.mark.parametrize("name", ["fr_needs", "en_needs", "fr_acts", "en_acts"])
@pytest.mark.parametrize("folder", SETS, ids=["first", "second", "third", "fourth"])
def test_nothing_held_out_is_trained_on(name: str, folder: Path) -> None:
    learned = training()
    path = folder / f"{name}.jsonl"
    if not path.exists():
        pytest.skip("the third set has acts and danger only")
    leaked = [row["text"] for row in read_jsonl(path) if same(row["text"]) in learned]
    assert leaked == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_need_has_at_least_sixty_examples_in_each_language(language: str) -> None:
    from bot.needs import all_needs

    counts: dict[str, int] = dict.fromkeys(all_needs(), 0)
    for path in ROOT.glob(f"nlu/{language}/*need_*.yml"):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            counts[block["intent"].removeprefix("need/")] += len(block["examples"].splitlines())
    assert {need: count for need, count in counts.items() if count < 60} == {}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_example_stands_under_two_intents(language: str) -> None:
    seen: dict[str, str] = {}
    twice = []
    for path in sorted(ROOT.glob(f"nlu/{language}/*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                text = same(re.sub(r"\[([^\]]+)\]\(\w+\)", r"\1", line.strip().removeprefix("- ")))
                if text and seen.setdefault(text, block["intent"]) != block["intent"]:
                    twice.append((text, seen[text], block["intent"]))
    assert twice == []
