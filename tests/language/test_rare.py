"""Languages outside our tables, by langdetect: recognised as other, the same each time, never at the cost of ours."""

from __future__ import annotations

import pytest

from bot.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich brauche Hilfe um meine Miete zu bezahlen bitte", "de"),
        ("Potrzebuję pomocy w znalezieniu mieszkania dla rodziny", "pl"),
        ("ninahitaji msaada wa chakula kwa watoto wangu", "sw"),
        ("segítségre van szükségem a lakbér kifizetéséhez", "hu"),
    ],
)
def test_a_sentence_in_a_rarer_language_is_other_and_always_the_same(text: str, language: str) -> None:
    assert {detect(text).other for _ in range(5)} == {language}


@pytest.mark.parametrize("text", ["chu ds marde jsp koi fer la", "wesh frr jpp de ste job la", "smh cant evn afford ramen rn lol", "brrr asdf qwerty zxcv hjkl"])
def test_phone_spelling_and_noise_are_not_another_language(text: str) -> None:
    assert detect(text).other is None
