"""Everything the dialogue says exists in French, in English and bilingually, with the same buttons."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.machine import ROOT

RESPONSES: dict[str, list[dict[str, Any]]] = yaml.safe_load((ROOT / "stories/domain/responses.yml").read_text("utf-8"))["responses"]


def of(variations: list[dict[str, Any]], language: str | None) -> dict[str, Any]:
    return next(one for one in variations if ((one.get("condition") or [{}])[0].get("value")) == language)


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_has_its_three_variations_and_no_channel(name: str) -> None:
    variations = RESPONSES[name]
    french, english, both = of(variations, "fr"), of(variations, "en"), of(variations, None)
    assert len(variations) == 3
    assert not any("channel" in one for one in variations), "Rasa prefers a channel's variation to the language's"
    assert both["text"] == f"{french['text']}\n\n{english['text']}"
    payloads = [[button["payload"] for button in one.get("buttons", [])] for one in (french, english, both)]
    assert payloads[0] == payloads[1] == payloads[2]
    places = [set(re.findall(r"\{(\w+)\}", one["text"])) for one in (french, english)]
    assert places[0] == places[1]


def test_every_response_is_said_somewhere_and_every_one_said_exists() -> None:
    sources = [*ROOT.glob("actions/*.py"), *ROOT.glob("stories/rules/*.yml"), *ROOT.glob("stories/detours/*.yml")]
    said = {name for path in sources for name in re.findall(r"utter_\w+", path.read_text("utf-8"))} - {"utter_message"}
    assert said == set(RESPONSES)


def test_every_button_of_the_dialogue_becomes_a_choice_and_comes_back_as_its_payload() -> None:
    from bot.conversation.choices import from_payload, to_payload

    for variations in RESPONSES.values():
        for one in variations:
            for button in one.get("buttons", []):
                choice = from_payload(button["payload"])
                payload = to_payload(choice, "fr")
                assert payload is not None and payload.startswith(button["payload"].split("{")[0])
