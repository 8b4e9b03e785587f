"""The domain, the actions and the contract's acts agree."""

from __future__ import annotations

import yaml

from tests.machine import ROOT

DOMAIN = yaml.safe_load((ROOT / "stories/domain/slots.yml").read_text("utf-8"))
ACTS = {
    "need", "greet", "goodbye", "thank", "affirm", "deny", "help", "human", "language_fr", "language_en", "restart", "more", "skip",
    "privacy", "delete_data", "bot_challenge", "place", "report_wrong", "frustrated", "out_of_scope",
}
BUTTONS_ONLY = {"handoff_send", "handoff_cancel", "about_person"}


def test_the_intents_are_the_contracts_acts_and_the_buttons() -> None:
    from bot.understanding import ACT_OF_INTENT

    assert {ACT_OF_INTENT.get(intent, intent) for intent in DOMAIN["intents"]} == ACTS | BUTTONS_ONLY


def test_every_act_has_examples_in_both_languages() -> None:
    for language in ("fr", "en"):
        found = set()
        for path in ROOT.glob(f"nlu/{language}/*.yml"):
            for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
                found.add(block["intent"].split("/")[0])
        assert found == set(DOMAIN["intents"]) - BUTTONS_ONLY


def test_every_action_of_the_domain_is_served_and_no_other() -> None:
    from unittest.mock import sentinel

    from actions import all_actions

    served = {action.name() for action in all_actions(sentinel.directory, sentinel.clock)}
    assert served == set(DOMAIN["actions"])


def test_only_the_application_keeps_trackers() -> None:
    endpoints = yaml.safe_load((ROOT / "stories/endpoints.yml").read_text("utf-8"))
    assert set(endpoints) == {"action_endpoint", "tracker_store"}
    assert endpoints["tracker_store"] == {"type": "nlu.turn_trackers.TurnTrackers"}, "it holds a tracker for one turn"
    credentials = yaml.safe_load((ROOT / "stories/credentials.yml").read_text("utf-8"))
    assert set(credentials) == {"nlu.channel.BonnePorteInput"}
