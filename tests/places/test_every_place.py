"""Every municipality and borough in the forms that people write, and texts that name none (bench/places.py)."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import places as bench
from bot.places import find_places, gazetteer

FOUND_AT_LEAST, INVENTED_AT_MOST = 0.97, 0.01
#: Of each form, this many names drawn anew by name of the form; `bonneporte bench places` runs over all.
SAMPLE = 400
#: Names that are everyday words or first names are not taken from a bare word in small letters ("alma", "la pêche").
EVERYDAY_FORM, EVERYDAY_AT_LEAST = "lower case, nothing else", 0.92


def sample(form: str) -> list[str]:
    return random.Random(form).sample(list(bench.names()), SAMPLE)


def test_all_are_there() -> None:
    assert len(bench.names()) > 1_150


@pytest.mark.parametrize("form", bench.FORMS)
def test_places_are_found_in_each_form(form: str) -> None:
    count, wrong = bench.missed(form, sample(form))
    least = EVERYDAY_AT_LEAST if form == EVERYDAY_FORM else FOUND_AT_LEAST
    assert len(wrong) <= (1 - least) * count, wrong


@pytest.mark.parametrize("template", ["{}", "j'habite à {}", "my mom lives in {} and needs a ride"])
def test_places_with_one_typo_are_found(template: str) -> None:
    count, wrong = bench.mistyped_missed(template, sample(template), seed=7)
    assert len(wrong) <= 0.04 * count, wrong


@given(st.integers())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_typo_never_gives_a_place_for_sure_that_is_not_near_in_spelling(seed: int) -> None:
    rng = random.Random(seed)
    name = rng.choice(list(bench.names()))
    typed = bench.mistyped(name, rng)
    if typed is None or not (found := find_places(typed).places):
        return
    near = {word[:2] for word in typed.lower().replace("–", "-").split("-")}
    assert any(bench.found(name, typed) or {word[:2] for word in (place.part or place.name).lower().split("-")} & near
               for place in found), (typed, [place.name for place in found])


def test_postal_codes_of_the_pilot_territories() -> None:
    count, wrong = bench.postal_missed()
    assert count > 100
    assert wrong == []


@pytest.mark.parametrize("title", bench.without_place())
def test_none_is_invented(title: str) -> None:
    texts = bench.without_place()[title]
    texts = random.Random(title).sample(texts, min(len(texts), 6_000))
    wrong = [text for text, _ in bench.invented(texts)]
    assert len(wrong) <= INVENTED_AT_MOST / 4 * len(texts), wrong


@pytest.mark.parametrize("name", sorted({p.name for p in gazetteer().places.values() if p.kind == "municipality" and p.note != ("", "")}))
def test_two_of_one_name_are_both_offered(name: str) -> None:
    same = {p.code for p in gazetteer().places.values() if p.name == name and p.kind == "municipality" and p.population > 0}
    found = find_places(f"j'habite à {name}").places
    assert same <= {place.code for place in found}
    assert len({place.display("fr") for place in found}) == len(found)


@pytest.mark.parametrize(
    ("text", "name"),
    [("Tracy", "Sorel-Tracy"), ("j'habite a tracy", "Sorel-Tracy"), ("Sorel", "Sorel-Tracy"), ("Cartierville", "Bordeaux-Cartierville"),
     ("I live on the Plateau", "Le Plateau-Mont-Royal"), ("jsuis sur le Plateau", "Le Plateau-Mont-Royal"), ("Lachenaie", "Terrebonne"),
     ("J'habite à La Plaine", "Terrebonne"), ("Legardeur", "Repentigny"), ("je reste à Berthier", "Berthierville"), ("St-Mich", "Saint-Michel"),
     ("mtl north", "Montréal-Nord"), ("Mtl-Nord", "Montréal-Nord"), ("i'm in ndg", "Notre-Dame-de-Grâce"), ("NDG H4A", "Notre-Dame-de-Grâce"),
     ("VSL", "Saint-Laurent"), ("HoMa", "Hochelaga-Maisonneuve"), ("Villeray", "Villeray"), ("Parc-Ex", "Parc-Extension"),
     ("RDP", "Rivière-des-Prairies"), ("near the hospital in Joliette", "Joliette"), ("proche du Cégep à Joliette", "Joliette"),
     ("close to the hospital in Sorel", "Sorel-Tracy"), ("à côté de l'école à Saint-Donat", "Saint-Donat"),
     ("Sault au Recollet", "Ahuntsic"), ("la Pointe St-Charles", "Le Sud-Ouest"), ("Ste-Béa", "Sainte-Béatrix"), ("Ste-Émélie", "Sainte-Émélie-de-l'Énergie"),
     ("looking for a food bank near alma please", "Alma"), ("i live in la tuque", "La Tuque"), ("jreste a fermont", "Fermont"),
     ("Noorth Hatley", "North Hatley"), ("Côte-Siant-Luc", "Côte-Saint-Luc"), ("nore dame des prairies", "Notre-Dame-des-Prairies"),
     ("Terasse-Vaudreuil", "Terrasse-Vaudreuil")],
)
def test_nicknames_old_names_and_landmarks(text: str, name: str) -> None:
    assert name in {part for place in find_places(text).places for part in (place.name, place.part)}


@pytest.mark.parametrize(
    "text",
    ["je suis sage", "saint", "la pêche", "Val", "Je m'appelle Maria", "près de la salle", "autour de la chapelle", "I live in hope",
     "i live in low income housing", "à la conception du projet", "ma fille est à la garderie", "proche de ma grand mère", "mon ami Laurent",
     "Saint-ciboire d'ordinateur", "un devoir sur la Nouvelle-France", "parti travailler à la Baie-James", "à côté de l'hôpital Pierre-Le Gardeur",
     "près du métro Henri-Bourassa", "the West Island"],
)
def test_what_only_looks_like_a_place(text: str) -> None:
    assert find_places(text).places == ()


def test_a_long_name_mistyped_costs_little() -> None:
    texts = [bench.FORMS["French sentence"](name) for name in sample("time")]
    find_places("à jolliette")
    start = time.process_time()
    for text in texts:
        find_places(str(text))
    assert (time.process_time() - start) / len(texts) < 0.005
