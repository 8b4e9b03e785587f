"""A message of the contract as Telegram shows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram import limits
from bot.channels.telegram.commands import COMMANDS, MENU, door_of, menu
from bot.channels.telegram.kept import data_for
from bot.channels.telegram.parts import Span, pack, paragraphs, split_text
from bot.channels.telegram.render import LOCATION, after_tap, plain, render, words
from bot.words import LANGUAGES
from tests.telegram.stand_in_text import read_html, utf16_length


def message(text: str = "Bonjour", **more: Any) -> dict[str, Any]:
    return {"seq": 1, "from": "assistant", "language": "fr", "kind": "text", "text": text, "asks": None, "choices": [],
            "services": [], "helplines": [], **more}


CARD: dict[str, Any] = {
    "id": "s", "name": "Popote <roulante> & cie", "organization": "Centre d'essai", "needs": ["food"], "phone": "450 555-0100",
    "address": "1, rue de l'Essai", "municipality": "Joliette", "distance_km": 3.2, "open_now": True, "opens_at": None,
    "hours": "Lundi à vendredi, 9 h à 16 h", "languages": ["fr", "en"], "cost": "Gratuit", "eligibility": "65 ans et plus",
    "bring": None, "accessibility": None, "url": "https://example.org/?a=1&b=2", "map_url": "https://example.org/map",
    "why": ["Service en français"], "cautions": ["Fermé le midi"], "verified_on": "2026-05", "source": "Essai",
}


def shown(html: str) -> str:
    return read_html(html).text


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=300))
def test_no_text_becomes_markup(text: str) -> None:
    for part in render(message(text)):
        assert read_html(part.html).entities == []


def test_a_card_says_all_that_matters_and_its_links_are_links() -> None:
    part = render(message("Voici :", kind="services", services=[CARD]))[0]
    formatted = read_html(part.html)
    for expected in ("Popote <roulante> & cie", "450 555-0100", "1, rue de l'Essai, Joliette", "3,2 km en ligne droite", "9 h à 16 h",
                     "Pourquoi : Service en français", "Attention : Fermé le midi", "Gratuit", "65 ans et plus",
                     "français et anglais", "Voir sur la carte", "Source : Essai (mai 2026)"):
        assert expected in formatted.text
    assert {"https://example.org/?a=1&b=2", "https://example.org/map"} <= {one.get("url") for one in formatted.entities}
    assert "None" not in formatted.text and "À apporter" not in formatted.text


def test_a_card_in_english() -> None:
    text = shown(render(message("Here:", language="en", services=[{**CARD, "verified_on": None}]))[0].html)
    assert "3.2 km away in a straight line" in text and "French and English" in text and "Source: Essai (date unknown)" in text


def test_a_link_that_does_not_lead_to_the_web_is_left_out() -> None:
    part = render(message(services=[{**CARD, "url": "javascript:alert(1)", "map_url": "tg://user?id=1"}]))[0]
    assert "javascript" not in part.html and "tg://" not in part.html


def test_helplines_have_their_numbers_as_text_in_the_same_message() -> None:
    lines = [
        {"id": "911", "name": "Urgence 911", "kind": "voice", "display": "911", "dial": "tel:911", "url": None, "hours": "24/7"},
        {"id": "t", "name": "Texto d'essai", "kind": "text", "display": "535353", "dial": "sms:535353", "url": None, "hours": None},
        {"id": "c", "name": "Essai", "kind": "chat", "display": "essai.example", "dial": None, "url": "https://essai.example", "hours": None},
    ]
    parts = render(message("Aide :", kind="crisis", helplines=lines))
    assert len(parts) == 1
    assert "Urgence 911, téléphone 911 (jour et nuit)\nTexto d'essai, texto au 535353\nEssai, clavardage sur essai.example" in shown(parts[0].html)


def test_a_navigator_is_told_apart_from_the_assistant() -> None:
    assert shown(render(message("Je peux vous appeler?", **{"from": "navigator"}))[0].html) == \
        "Une personne de l’équipe :\n\nJe peux vous appeler?"


@pytest.mark.parametrize("size", [limits.PART_CHARACTERS - 1, limits.PART_CHARACTERS, limits.PART_CHARACTERS + 1, 20_000])
def test_every_part_is_below_4096_at_any_length(size: int) -> None:
    text = "".join(("Une phrase assez longue & sûre. " * 700)[:size])
    parts = render(message(text, choices=[{"label": "Oui", "choice": "human"}]))
    assert all(0 < utf16_length(part.html) <= limits.PART_CHARACTERS for part in parts)
    assert "".join(shown(part.html) for part in parts).replace(" ", "") == text.replace(" ", "")
    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True]


def test_cuts_between_paragraphs_before_sentences_before_words() -> None:
    assert pack(paragraphs("aaaa aaaa\n\nbbbb bbbb"), 12) == ["aaaa aaaa", "bbbb bbbb"]
    assert split_text("Un deux. Trois quatre. Cinq.", 24) == ["Un deux. Trois quatre.", "Cinq."]
    assert split_text("mot mot mot", 8) == ["mot mot", "mot"]
    assert split_text("x" * 10, 4) == ["xxxx", "xxxx", "xx"]


@given(st.text(max_size=200), st.integers(min_value=6, max_value=50))
def test_splitting_loses_nothing_but_spaces(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_an_emoji_is_never_cut_in_two() -> None:
    assert "".join(split_text("🙂" * 9, 7)) == "🙂" * 9


def test_a_line_longer_than_a_message_loses_its_links_not_its_words() -> None:
    parts = pack([[[Span("mot " * 30, url="https://example.org")]]], 50)
    assert all("<a" not in part for part in parts) and sum(part.count("mot") for part in parts) == 30


def test_choices_are_buttons_and_long_ones_have_a_short_handle() -> None:
    long = "place:" + "très-long-" * 10
    part = render(message(choices=[{"label": "A", "choice": "need:food"}, {"label": "B", "choice": long}]))[0]
    assert next(data_for(choice) for _, choice in part.buttons) == "need:food"
    handle = data_for(long)
    assert len(handle.encode()) <= limits.CALLBACK_DATA_BYTES and handle == data_for(long) != data_for(long + "x")


def test_64_bytes_need_no_handle_and_65_do() -> None:
    assert data_for("x" * 64) == "x" * 64
    assert data_for("x" * 65).startswith("h:")


def test_a_question_about_the_place_offers_the_location_but_not_when_places_are_offered() -> None:
    ask = message("Où?", kind="question", asks="place", choices=[{"label": "Passer", "choice": "skip"}])
    assert render(ask)[0].buttons == [("📍 Envoyer ma position", LOCATION), ("Passer", "skip")]
    which = {**ask, "choices": [{"label": "Joliette", "choice": "place:61025"}]}
    assert render(which)[0].buttons == [("Joliette", "place:61025")]


def test_after_a_tap_a_question_is_settled_but_a_person_can_still_be_asked_for() -> None:
    ask = message("Pour?", kind="question", asks="need", choices=[
        {"label": "Manger", "choice": "need:food"}, {"label": "Loger", "choice": "need:housing"}, {"label": "Personne", "choice": "human"}])
    after = after_tap(ask, 0, ["need:food"])
    assert shown(after.html) == "Pour?\n\n✓ Manger" and after.buttons == [("Personne", "human")]


def test_after_a_tap_on_a_crisis_message_the_other_button_stays() -> None:
    crisis = message("Aide", kind="crisis", choices=[{"label": "Personne", "choice": "human"}, {"label": "Suite", "choice": "need:food"}])
    assert after_tap(crisis, 0, ["human"]).buttons == [("Suite", "need:food")]


def test_plain_keeps_the_words() -> None:
    part = render(message("a < b", services=[CARD]))[0]
    assert shown(plain(part).html) == shown(part.html) and plain(part).buttons == []


def test_every_word_is_in_both_languages_and_within_telegrams_limits() -> None:
    for name, texts in words.texts.items():
        assert set(texts) == set(LANGUAGES) and texts["fr"] and texts["en"], name
    for language in LANGUAGES:
        assert len(words(language, "about.description")) <= limits.DESCRIPTION
        assert len(words(language, "about.short")) <= limits.SHORT_DESCRIPTION
        assert all(len(command.description) <= limits.COMMAND_DESCRIPTION for command in menu(language))
        assert set(MENU[language]) <= set(COMMANDS)


@pytest.mark.parametrize(("argument", "door"), [("clinique-tracy", "clinique-tracy"), ("", None), ("a b", None), ("x" * 64, "x" * 64),
                                                ("x" * 65, None), ("é", None)])
def test_a_door_is_what_a_deep_link_can_carry(argument: str, door: str | None) -> None:
    assert door_of(argument) == door
