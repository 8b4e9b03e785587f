"""Places in imagined residents' messages (messages.jsonl: text, official names in order, whether nothing else is said)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.places import find_places, gazetteer, normalise

MESSAGES = [json.loads(line) for line in (Path(__file__).parent / "messages.jsonl").read_text("utf-8").splitlines()]
FOUND_AT_LEAST, INVENTED_AT_MOST = 0.97, 0.01


def names(text: str) -> list[str]:
    return [place.name for place in find_places(text).places]


def test_there_are_enough_messages_with_and_without_places() -> None:
    assert len(MESSAGES) >= 300
    assert sum(not message["places"] for message in MESSAGES) >= 100


def test_places_are_found_and_none_invented() -> None:
    some = [message for message in MESSAGES if message["places"]]
    none = [message for message in MESSAGES if not message["places"]]
    missed = [message["text"] for message in some if names(message["text"]) != message["places"]]
    invented = [message["text"] for message in none if names(message["text"])]
    assert len(missed) <= (1 - FOUND_AT_LEAST) * len(some), missed
    assert len(invented) <= INVENTED_AT_MOST * len(none), invented


def test_messages_that_are_only_a_place_are_told_from_the_others() -> None:
    wrong = [m["text"] for m in MESSAGES if find_places(m["text"]).only_place != m["only_place"]]
    assert len(wrong) <= 0.02 * len(MESSAGES), wrong


def test_a_matcher_s_spans_give_the_same_answer_as_our_own() -> None:
    """The Rasa component passes the longest matches of gazetteer().names() that do not overlap."""
    known = set(gazetteer().names())
    for message in MESSAGES:
        assert find_places(message["text"], spans=_longest(known, message["text"])) == find_places(message["text"])


def _longest(known: set[str], text: str) -> list[tuple[int, int]]:
    tokens = normalise(text).split()
    matches = [(start, end) for start in range(len(tokens)) for end in range(start + 1, min(start + 8, len(tokens)) + 1)
               if " ".join(tokens[start:end]) in known]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(matches, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= other_start or start >= other_end for other_start, other_end in kept):
            kept.append((start, end))
    return sorted(kept)


@pytest.mark.parametrize(
    "frame", ["{}", "j'habite à {}", "in {}", "Je cherche un médecin à {}, svp", "food bank near {}?"]
)
def test_every_inhabited_municipality_is_found(frame: str) -> None:
    known = [place for place in gazetteer().places.values() if place.kind == "municipality" and place.population]
    missed = [place.name for place in known
              if place.name != "Québec"  # in English, the province: see below
              and all(found.code != place.code for found in find_places(frame.format(place.name)).places)]
    assert missed == []


@pytest.mark.parametrize("frame", ["{}", "à {}", "I live in {}"])
def test_every_part_of_a_city_is_found_without_accents_and_abbreviated(frame: str) -> None:
    parts = [place for place in gazetteer().places.values() if place.kind != "municipality"]
    for place in parts:
        typed = normalise(place.part).replace("saint ", "st-").replace("sainte ", "ste-").title()
        assert place.key in [found.key for found in find_places(frame.format(typed)).places], typed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Québec", ["Québec"]), ("ville de Québec", ["Québec"]), ("j'habite à Québec", ["Québec"]),
        ("Quebec City please", ["Québec"]), ("au Québec depuis un mois", []), ("I live in Quebec", []),
        ("from Quebec", []), ("Revenu Québec m'écrit", []),
    ],
)
def test_quebec_alone_is_the_province_unless_the_city_is_meant(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pas Joliette, Rawdon", "Rawdon"), ("non, à Tracy plutôt", "Sorel-Tracy"),
        ("De Chertsey à l'hôpital de Joliette, sans auto", "Chertsey"), ("a ride from Rawdon to Joliette", "Rawdon"),
        ("I used to live in Montreal, now I'm in Rawdon", "Rawdon"), ("déménagée de Laval à Mascouche", "Mascouche"),
        ("ma mère reste à Rawdon, moi je suis à Joliette", "Rawdon"), ("Notre-Dame-de-Lourdes près de Joliette",
                                                                       "Notre-Dame-de-Lourdes"),
        ("un rendez-vous à Montréal, j'habite à Lanoraie", "Lanoraie"),
    ],
)
def test_of_two_places_the_one_where_the_person_is(text: str, expected: str) -> None:
    assert names(text) == [expected]


def test_two_of_one_name_are_both_given_the_most_populous_first() -> None:
    found = find_places("St-Donat").places
    assert [place.mrc for place in found] == ["Matawinie", "La Mitis"]
    assert [place.display("fr") for place in found] == ["Saint-Donat (Matawinie)", "Saint-Donat (La Mitis)"]


@pytest.mark.parametrize("hint", ["dans Lanaudière", "en Matawinie", "pas loin de Rawdon", "J0T 2C0 près de Chertsey"])
def test_a_hint_settles_which_of_the_two(hint: str) -> None:
    assert next(place.mrc for place in find_places(f"je reste à Saint-Donat, {hint}").places) == "Matawinie"


def test_neighbours_of_one_name_are_told_apart_by_what_they_are() -> None:
    found = find_places("Valcourt").places
    assert [place.display("fr") for place in found] == ["Valcourt (ville)", "Valcourt (canton)"]
    assert [place.display("en") for place in found] == ["Valcourt (city)", "Valcourt (township)"]
