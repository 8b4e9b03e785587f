"""What is passed on: shown field by field, in both languages, and summed up without a resident's word."""

from __future__ import annotations

import pytest

from bot.conversation.known import AGE_BANDS
from bot.handoff.packet import preview, structured, summary
from bot.needs import all_needs
from bot.places import gazetteer
from bot.words import LANGUAGES

SOREL_TRACY = gazetteer().lookup("Sorel-Tracy").places[0]
FULL = {"needs": ["food", "housing"], "place": SOREL_TRACY.key, "territory": SOREL_TRACY.rls, "for_other": True, "age_band": "senior",
        "shown": ["a", "b"]}


def test_preview_in_french():
    assert preview(FULL, "fr").splitlines() == [
        "- Besoin\u00a0: Alimentation, Logement", "- Endroit\u00a0: Sorel-Tracy", "- Langue\u00a0: français", "- Pour\u00a0: une autre personne",
        "- Âge\u00a0: 65 ans ou plus", "- Services déjà montrés\u00a0: 2", "- Vos messages de cette conversation",
    ]


def test_preview_in_english():
    assert preview(FULL, "en").splitlines() == [
        "- Need: Food, Housing", "- Place: Sorel-Tracy", "- Language: English", "- For: somebody else", "- Age: 65 or older",
        "- Services already shown: 2", "- Your messages in this conversation",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_preview_of_nothing_known_says_so(language):
    text = preview({}, language)
    unknown = {"fr": "pas encore dit", "en": "not said yet"}[language]
    assert text.count(unknown) == 2 and "None" not in text


def test_every_field_that_reaches_the_desk_is_in_the_preview():
    """territory comes with the place, urgency with the messages, summary with the rest."""
    for field, value in (("needs", ["transport"]), ("place", SOREL_TRACY.key), ("for_other", True), ("age_band", "child"), ("shown", ["a"])):
        assert preview({field: value}, "fr") != preview({}, "fr"), field
    assert set(structured(FULL, "fr", "normal", "fr")) == {
        "needs", "place", "place_name", "territory", "language", "for_other", "age_band", "shown", "urgency", "withheld", "summary"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_need_and_age_band_has_words(language):
    for need in all_needs():
        for band in (None, *AGE_BANDS):
            assert summary({"needs": [need], "age_band": band}, language)
            assert preview({"needs": [need], "age_band": band}, language)


def test_summary():
    assert summary(FULL, "fr") == "Alimentation, Logement · Sorel-Tracy · pour une autre personne · 65 ans ou plus"
    assert summary({}, "en") == "Need not said yet · place not said yet"


def test_place_that_the_gazetteer_no_longer_has_is_unknown_and_no_crash():
    assert "pas encore dit" in preview({"needs": ["food"], "place": "00000:gone"}, "fr")
