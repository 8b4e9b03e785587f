"""From a resident's "this is wrong" to the next resident's right card, through every process."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from tests.journeys.test_residents import asks, choices, reach_services, shown, words
from tests.machine import Machine

pytestmark = pytest.mark.rasa


def form_of(page: str) -> dict[str, Any]:
    """The fields of a record's form as a browser would send them untouched."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1] if value else ""))
    for name, value in re.findall(r'<textarea id="([^"]*)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[name] = [unescape(value)]
    for name, options in re.findall(r'<select id="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', options)[:1] or [""]
    return found


@pytest.mark.parametrize(("language", "need", "wrong", "which"), [
    ("fr", "j'ai besoin d'aide alimentaire à Joliette", "le numéro que vous m'avez donné est pas bon", "Pour quel service?"),
    ("en", "I need food help in Joliette", "the phone number you gave me is wrong", "Which service is it?"),
])
def test_a_wrong_number_said_in_words_is_corrected_for_the_next_resident(machine: Machine, language: str, need: str, wrong: str, which: str) -> None:
    resident = machine.resident(language)
    cards = shown(reach_services(resident, resident.say(need), "skip"))
    assert cards and "report" in choices(resident.heard)
    answers = resident.say(wrong)
    if len(cards) > 1:
        assert asks(answers) == "report" and which in words(answers)
        answers = resident.tap(f"report:{cards[0]['id']}:phone")
    else:
        answers = resident.tap(f"report:{cards[0]['id']}:phone")
    assert words(answers).startswith(("C'est noté", "Noted"))

    key, maintainer = cards[0]["id"], machine.administrator()
    assert key in maintainer.get("/directory?show=reports").text
    number = "450 555-0177" if language == "fr" else "450 555-0178"
    form = {**form_of(maintainer.get(f"/directory/{key}/edit").text), "phones": number, "verified": "yes", "how": "Essai"}
    assert maintainer.post(f"/directory/{key}/edit", data=form).status_code in (200, 303)
    report = re.search(r'name="fixed" value="(\d+)"', maintainer.get(f"/directory/{key}").text)
    assert report and maintainer.post(f"/directory/{key}/reports", data={"fixed": report[1]}).status_code in (200, 303)
    assert key not in maintainer.get("/directory?show=reports").text

    other = machine.resident(language)
    again = {card["id"]: card for card in shown(reach_services(other, other.say(need), "skip"))}
    assert again[key]["phone"] == number
    undo = re.search(r'name="change" value="(\d+)"', maintainer.get(f"/directory/{key}").text)
    assert undo and maintainer.post(f"/directory/{key}/undo", data={"change": undo[1]}).status_code in (200, 303)
