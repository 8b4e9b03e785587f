"""What is said to somebody in danger."""
from __future__ import annotations

import pytest

from bot.safety import Finding, crisis_text, reviewed
from bot.safety.recogniser import rules

LANGUAGES = ("fr", "en")
SITUATIONS = sorted(rules().situations)
#: Never: a means, a diagnosis, a promise of secrecy.
FORBIDDEN = ("corde", "pilule", "fusil", "pont", "rope", "pill", "gun", "bridge", "confidenti", "anonym", "dépression", "depression",
             "vous êtes suicidaire", "you are suicidal", "promet", "promise", "calmez", "calm down")


def said(situation: str, language: str, *, level: str = "certain", other: bool = False, duty: bool | None = None) -> str:
    found = Finding(rules().situations[situation].kind, level, situation, ("test",))  # type: ignore[arg-type]
    return crisis_text(found, language, for_other=other, navigator_on_duty=duty)


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", ["certain", "unsure"])
@pytest.mark.parametrize("other", [False, True])
def test_every_situation_has_short_and_careful_words(situation: str, language: str, level: str, other: bool) -> None:
    text = said(situation, language, level=level, other=other)
    assert 60 <= len(text) <= 450
    assert "911" in text or situation == "self_harm"
    assert not any(word in text.lower() for word in FORBIDDEN)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_two_languages_differ_and_so_do_self_and_other(situation: str) -> None:
    assert said(situation, "fr") != said(situation, "en")
    assert said(situation, "fr") != said(situation, "fr", other=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_not_certain_is_asked(situation: str, language: str) -> None:
    assert "?" in said(situation, language, level="unsure")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_is_offered_only_when_on_duty(language: str) -> None:
    nothing, offered, nobody = (said("suicide_thought", language, duty=d) for d in (None, True, False))
    assert offered.startswith(nothing) and nobody.startswith(nothing)
    assert len({nothing, offered, nobody}) == 3
    assert offered.count("?") == nothing.count("?") + 1
    assert "?" not in nobody


@pytest.mark.parametrize("level", ["certain", "unsure"])
def test_a_partner_may_be_watching(level: str) -> None:
    assert "quittez vite" in said("partner_violence", "fr", level=level)
    assert "leave the page quickly" in said("partner_violence", "en", level=level)


def test_another_language_is_answered_in_french() -> None:
    assert said("medical", "es") == said("medical", "fr")


def test_french_typography() -> None:
    for situation in SITUATIONS:
        for level in ("certain", "unsure"):
            text = said(situation, "fr", level=level, duty=False)
            assert "'" not in text and " :" not in text and " ?" not in text and " !" not in text


def test_no_clinician_has_signed_yet() -> None:
    assert reviewed() is False
