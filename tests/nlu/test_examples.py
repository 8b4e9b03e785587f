"""Examples of two needs name two needs that exist, in one order, level in both languages."""

from __future__ import annotations

import pytest
import yaml

from bot.needs import all_needs
from tests.machine import ROOT


def pairs(language: str) -> dict[str, int]:
    blocks = yaml.safe_load((ROOT / f"nlu/{language}/two_needs.yml").read_text("utf-8"))["nlu"]
    return {block["intent"].removeprefix("need/"): len(block["examples"].splitlines()) for block in blocks}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_two_needs_are_two_known_needs_in_the_order_of_the_alphabet(language: str) -> None:
    for pair in pairs(language):
        first, second = pair.split("+")
        assert {first, second} <= set(all_needs())
        assert first < second


def test_two_needs_are_level_in_both_languages() -> None:
    french, english = sum(pairs("fr").values()), sum(pairs("en").values())
    assert min(french, english) >= 250
    assert abs(french - english) <= 0.05 * max(french, english)
