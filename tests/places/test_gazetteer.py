"""The gazetteer by key, by territory and by location, and what it says to the rest of the project."""

from __future__ import annotations

import random
import time
from dataclasses import FrozenInstanceError

import pytest

from bot.places import find_places, gazetteer, normalise

SPLIT = {"Montréal", "Québec", "Saguenay", "Longueuil", "Mirabel", "Gatineau"}


def test_cities_with_several_rls_have_none_until_something_settles_it() -> None:
    unsettled = {p.name for p in gazetteer().places.values() if p.kind == "municipality" and p.rls is None}
    assert unsettled == SPLIT


@pytest.mark.parametrize(
    ("text", "rls"),
    [("Ahuntsic", "0642"), ("Cartierville", "0641"), ("Ahuntsic-Cartierville", None), ("Montréal-Nord", "0642"),
     ("Ville-Marie à Montréal", None), ("Chicoutimi", "0215"), ("Jonquière", "0214"), ("Buckingham", "0715"),
     ("Hull", "0714"), ("Saint-Hubert, Longueuil", "1611"), ("Saint-Lin", "1411"), ("Sorel", "1623")],
)
def test_a_part_of_a_city_settles_its_rls_where_it_lies_in_one(text: str, rls: str | None) -> None:
    place, = find_places(text).places
    assert place.rls == rls


def test_a_borough_has_its_city_s_code_and_its_own_name() -> None:
    place, = find_places("Ahuntsic").places
    assert place.as_dict() == {"code": "66023", "name": "Ahuntsic-Cartierville", "mrc": "Montréal", "rls": "0642"}
    assert place.display("fr") == "Ahuntsic (Montréal)"
    assert place.rss == "06"


def test_placeholders_are_left_out_doubles_merged_and_double_hyphens_shown_as_dashes() -> None:
    names = [place.name for place in gazetteer().places.values() if place.kind == "municipality"]
    assert not any("Toponyme" in name or "--" in name for name in names)
    assert names.count("Chisasibi") == names.count("Kuujjuaq") == names.count("Kawawachikamach") == 1
    assert "Saint-Lin–Laurentides" in names


def test_every_key_that_is_given_is_understood_again() -> None:
    for text in ("Joliette", "Ahuntsic", "Villeray–Saint-Michel–Parc-Extension", "G1K", "H3X 1A1", "Hull", "St-Donat"):
        for place in find_places(text).places:
            assert gazetteer().by_key(place.key) == place
    with pytest.raises(KeyError):
        gazetteer().by_key("00000")
    with pytest.raises(KeyError):
        gazetteer().by_key("66023:nowhere")


def test_places_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        gazetteer().by_key("61025").name = "?"  # type: ignore[misc]


def test_the_nineteen_boroughs_of_montreal() -> None:
    boroughs = gazetteer().boroughs("66023")
    assert len(boroughs) == 19
    assert next(place.name for place in boroughs) == "Ahuntsic-Cartierville"
    assert gazetteer().boroughs("61025") == []


def test_a_territory_holds_its_municipalities_and_parts() -> None:
    names = {place.part or place.name for place in gazetteer().in_territory("0642")}
    assert names == {"Ahuntsic", "Montréal-Nord"}
    assert "Saint-Lin–Laurentides" in {place.name for place in gazetteer().in_territory("1411")}
    assert {"Sorel-Tracy", "Yamaska"} <= {place.name for place in gazetteer().in_territory("1623")}


@pytest.mark.parametrize(
    ("lat", "lon", "name"),
    [(46.0232, -73.4426, "Joliette"), (46.0442, -73.1113, "Sorel-Tracy"), (45.555, -73.655, "Ahuntsic-Cartierville"),
     (45.600, -73.632, "Montréal-Nord"), (58.10, -68.40, "Kuujjuaq")],
)
def test_the_nearest_place_to_a_location(lat: float, lon: float, name: str) -> None:
    place = gazetteer().nearest(lat, lon)
    assert place is not None and place.name == name


def test_a_location_far_from_quebec_has_no_place() -> None:
    assert gazetteer().nearest(48.85, 2.35) is None


@pytest.mark.parametrize(
    ("argument", "name"),
    [("joliette", "Joliette"), ("St-Lin", "Saint-Lin–Laurentides"), ("hope", "Hope"), ("racine", "Racine"),
     ("l'avenir", "L'Avenir"), ("jolliette", "Joliette"), ("J6E 3Z2", "Joliette"), ("perce", "Percé")],
)
def test_lookup_takes_a_whole_answer_everyday_words_included(argument: str, name: str) -> None:
    assert [place.name for place in gazetteer().lookup(argument).places] == [name]


@pytest.mark.parametrize("argument", ["", "xyzzy", "nulle part", "??", "12"])
def test_lookup_of_what_is_no_place(argument: str) -> None:
    assert gazetteer().lookup(argument).places == ()


@pytest.mark.parametrize(
    ("typed", "normal"),
    [("St-Jean-de-Matha", "saint jean de matha"), ("Ste. Julienne", "sainte julienne"), ("STE-MÉLANIE", "sainte melanie"),
     ("L’Assomption", "l assomption"), ("Contrecœur", "contrecoeur"), ("  À   Joliette!! ", "a joliette"),
     ("Saint-Lin–Laurentides", "saint lin laurentides"), ("", ""), ("🙂", "")],
)
def test_normalise(typed: str, normal: str) -> None:
    assert normalise(typed) == normal


def test_every_name_given_to_a_matcher_is_in_normal_spelling() -> None:
    assert all(name == normalise(name) for name in gazetteer().names())


def test_any_text_is_read_without_an_error() -> None:
    rng = random.Random(3)
    alphabet = "aàeéiosx' -.,!?\n0123JKHo’œ½ﬁ́🙂مرحبا中̸‍" + "Saint de la à in "
    for _ in range(1500):
        text = "".join(rng.choice(alphabet) for _ in range(rng.randrange(60)))
        find_places(text)
        gazetteer().lookup(text)


def test_a_message_takes_less_than_three_milliseconds() -> None:
    messages = ["Bonjour, je cherche une popote roulante pour ma mère qui reste à Saint-Jean-de-Matha, merci",
                "st michel dessaint", "my landlord in notre dame de prairys wont fix the heating", "à la maison"]
    find_places("à jolliette")
    start = time.thread_time()
    for _ in range(50):
        for message in messages:
            find_places(message)
    assert (time.thread_time() - start) / 200 < 0.003


def test_a_very_long_message_is_read_at_both_ends() -> None:
    text = "j'ai besoin d'aide. " * 800 + "J'habite à Rawdon."
    start = time.thread_time()
    assert [place.name for place in find_places(text).places] == ["Rawdon"]
    assert time.thread_time() - start < 0.25


@pytest.mark.parametrize("repeated", ["j3p ", "à jolliette ", "saint ", "a saint xqzt de ", "x", "½", "pas à Sorel, "])
def test_a_very_long_message_of_one_thing_is_read_in_time(repeated: str) -> None:
    start = time.thread_time()
    find_places(repeated * 900)
    assert time.thread_time() - start < 0.5
