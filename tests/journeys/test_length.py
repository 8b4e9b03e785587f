"""How many messages until services that fit are shown: the median is at most 3, over scripted openings of every need."""

from __future__ import annotations

import statistics
from typing import Any

import pytest
import yaml

from tests.machine import ROOT, Machine

pytestmark = pytest.mark.rasa

OPENINGS = yaml.safe_load((ROOT / "tests/journeys/openings.yml").read_text("utf-8"))
MOST = 8  # who is not served by then is counted as this many
MEDIAN_AT_MOST = 3


def messages_until_served(machine: Machine, opening: dict[str, Any]) -> tuple[int, list[str]]:
    """How many messages the resident sent, and what was asked on the way."""
    resident, asked = machine.resident(), []
    answers = resident.say(opening["say"])
    for sent in range(1, MOST):
        if any(opening["need"] in card["needs"] for message in answers for card in message["services"]):
            return sent, asked
        question = next((message["asks"] for message in reversed(answers) if message["asks"]), None)
        asked.append(str(question))
        offered = [one["choice"] for message in answers for one in message["choices"]]
        if question == "need" and f"need:{opening['need']}" in offered:
            answers = resident.tap(f"need:{opening['need']}")
            continue
        reply = opening.get({"place": "where", "for_whom": "age"}.get(question or "", question or ""))
        answers = resident.say(reply) if reply else resident.tap("skip")
    return MOST, asked


def test_the_median_conversation_shows_fitting_services_within_three_messages(machine: Machine) -> None:
    found = [(*messages_until_served(machine, opening), opening["say"]) for opening in OPENINGS]
    for sent, asked, said in sorted(found, key=lambda each: -each[0]):
        print(sent, said, asked)
    lengths = [sent for sent, _, _ in found]
    print("median", statistics.median(lengths), "mean", round(statistics.mean(lengths), 2), {number: lengths.count(number) for number in sorted(set(lengths))})
    assert len(lengths) >= 30
    assert statistics.median(lengths) <= MEDIAN_AT_MOST
    assert sum(length < MOST for length in lengths) >= 0.95 * len(lengths)
