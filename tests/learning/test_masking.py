"""What may be kept of a sentence: nothing that could name somebody or somewhere survives, whatever its form."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.learning.masking import HIDDEN, _plain_words, mask
from bot.places import gazetteer
from bot.places.text import fold

ROOT = Path(__file__).resolve().parents[2]
NAMES = (ROOT / "bot" / "learning" / "data" / "names.txt").read_text("utf-8").split()
UNKNOWN = sorted(set(NAMES) - _plain_words()[0])
AROUND = [
    ("mon voisin", "veut me mettre dehors de mon loyer"), ("j'ai besoin d'un lit pour", "et je sais pas quoi faire"),
    ("bonjour", ", chu pu capable de payer mon loyer"), ("my landlord", "wants to kick us out of our place"),
    ("i need a ride to see", "and i have no car"), ("please help me, ", "is not eating any more"),
]


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", fold(text)))


@pytest.mark.parametrize(("said", "kept"), [
    ("chu à Tracy, mon proprio Ti-Guy veut me mettre dehors, 450 555-0199", "chu à …, mon proprio … veut me mettre dehors, …"),
    ("Bonjour, je m'appelle Rose Leblanc, j'ai plus rien à manger", "Bonjour, je m'appelle …, j'ai plus rien à manger"),
    ("je reste au 123 rue Principale app 4 à Sorel, j'ai besoin de linge", "je reste au … rue … à …, j'ai besoin de linge"),
    ("my neighbour brown on king street needs help bathing", "my neighbour … on … street needs help bathing"),
    ("écrivez-moi à jean.tremblay@exemple.qc.ca, j'ai besoin de linge", "écrivez-moi à … j'ai besoin de linge"),
    ("mon numéro c'est quatre cinq zéro cinq cinq cinq, appelez-moi pour mon loyer", "mon numéro c'est …, appelez-moi pour mon loyer"),
    ("je dors dans la rue depuis trois jours", "je dors dans la rue depuis trois jours"),
    ("I sleep on the street with my kids", "I sleep on the street with my kids"),
    ("JE SUIS MAL PRISE AVEC MON PROPRIO ROY", "je suis mal prise avec mon proprio …"),
    ("le CLSC me rappelle pas pour ma mère", "le CLSC me rappelle pas pour ma mère"),
    ("my name is will and I need a ride", "my name is … and I need a ride"),
    ("j'ai 82 ans pis je suis toute seule", "j'ai … ans pis je suis toute seule"),
    ("j'ai besoin de manger, J3P 1A1", "j'ai besoin de manger, …"),
    ("  trop   de\nlignes vides ici ", "trop de lignes vides ici"),
])
def test_names_numbers_and_places_are_hidden_and_the_rest_is_left(said: str, kept: str) -> None:
    assert mask(said).text == kept


@pytest.mark.parametrize("said", [
    "", "ok", "Sorel-Tracy", "Kevin Tremblay, 450 555-0199", "appelez ginette tremblay à joliette",  # too little is left
    "écrivez-moi, jean tremblay arobase gmail, pour le linge",  # an address spelt out
    "моя мама needs help at home with cooking",  # letters that we cannot judge
    "j'ai faim " * 20,  # a whole story
])
def test_in_doubt_nobody_should_be_asked(said: str) -> None:
    assert mask(said).doubt


@settings(max_examples=300, deadline=None)
@given(around=st.sampled_from(AROUND), name=st.sampled_from(UNKNOWN), second=st.sampled_from(UNKNOWN),
       case=st.sampled_from([str, str.title, str.upper]))
def test_a_name_never_survives_however_it_is_written(around: tuple[str, str], name: str, second: str, case) -> None:
    before, after = around
    kept = words_of(mask(f"{before} {case(name)} {case(second)} {after}").text)
    assert not {name, second} & (kept - words_of(before) - words_of(after))


@settings(max_examples=300, deadline=None)
@given(around=st.sampled_from(AROUND), name=st.sampled_from(sorted(_plain_words()[1])), who=st.sampled_from(
    ["je m'appelle", "mon nom est", "ma voisine", "mon chum", "my name is", "my friend", "my landlord", "monsieur", "Mrs"]))
def test_a_name_that_is_a_word_too_does_not_survive_after_a_word_for_a_person(around: tuple[str, str], name: str, who: str) -> None:
    assert name not in words_of(mask(f"{around[0]}. {who} {name}, {around[1]}").text)


@settings(max_examples=300, deadline=None)
@given(around=st.sampled_from(AROUND), place=st.sampled_from(sorted(key for key in gazetteer().index if " " not in key)),
       case=st.sampled_from([str, str.title, str.upper]))
def test_a_place_never_survives(around: tuple[str, str], place: str, case) -> None:
    assert place not in words_of(mask(f"{around[0]} {around[1]}, à {case(place)}").text)


DIGITS = st.text("0123456789", min_size=1, max_size=4)


@settings(max_examples=300, deadline=None)
@given(around=st.sampled_from(AROUND), parts=st.lists(DIGITS, min_size=1, max_size=4), between=st.sampled_from([" ", "-", ".", "", " - ", ") "]))
def test_no_digit_survives(around: tuple[str, str], parts: list[str], between: str) -> None:
    assert not re.search(r"\d", mask(f"{around[0]} {between.join(parts)} {around[1]}").text)


@settings(max_examples=300, deadline=None)
@given(around=st.sampled_from(AROUND), name=st.from_regex(r"[a-z][a-z0-9._]{1,12}", fullmatch=True), host=st.sampled_from(
    ["gmail.com", "aide.org", "exemple.qc.ca", "hotmail.fr"]), form=st.sampled_from(["{0}@{1}", "{0} @ {1}", "https://{1}/{0}", "www.{1}", "@{0}"]))
def test_no_address_survives(around: tuple[str, str], name: str, host: str, form: str) -> None:
    address = form.format(name, host)
    kept = mask(f"{around[0]} {address} {around[1]}").text
    assert "@" not in kept and "/" not in kept and host not in kept
    assert form == "{0} @ {1}" or address not in kept


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200))
def test_only_ordinary_words_and_marks_are_ever_left_whatever_is_written(text: str) -> None:
    kept = mask(text).text
    assert words_of(kept) <= _plain_words()[0] and not re.search(r"[^A-Za-zÀ-ÖØ-öø-ÿŒœ .,;:?!'…-]", kept)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_masking_again_hides_nothing_more(text: str) -> None:
    once = mask(text).text
    assume(once)
    assert words_of(mask(once).text) <= words_of(once)


def test_the_words_hold_no_name_that_was_not_read_and_no_place() -> None:
    from scripts.make_plain_words import NAMES_ALL_THE_SAME, WORDS_ALL_THE_SAME

    words, names = _plain_words()
    assert words & set(NAMES) <= WORDS_ALL_THE_SAME | NAMES_ALL_THE_SAME
    assert names == NAMES_ALL_THE_SAME & words
    assert not words & {name for name in gazetteer().index if " " not in name}


def test_most_of_what_residents_write_can_still_be_learnt_from() -> None:
    texts = [json.loads(line)["text"] for path in sorted((ROOT / "tests" / "understanding" / "heldout").glob("??_needs.jsonl"))
             for line in path.read_text("utf-8").splitlines()]
    masked = [mask(text) for text in texts]
    assert sum(not one.doubt for one in masked) >= 0.8 * len(masked)
    words = [len(text.split()) for text in texts]
    assert sum(one.text.count(HIDDEN) for one in masked) <= 0.08 * sum(words)
