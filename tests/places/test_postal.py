"""Postal codes: urban prefixes settle the municipality or the borough, rural ones only few candidates."""

from __future__ import annotations

import pytest

from bot.places import find_places


@pytest.mark.parametrize("text", ["J3P 2N4", "j3p2n4", "J3P-2N4", "j3p  2n4", "mon code c'est j3p2n4.", "J3P"])
def test_a_code_in_any_spelling(text: str) -> None:
    assert [place.name for place in find_places(text).places] == ["Sorel-Tracy"]


def test_the_letter_o_typed_for_zero_in_a_full_code() -> None:
    assert find_places("JOL 1AO").only_place
    assert [place.key for place in find_places("h2m 1ao").places] == ["66023:ahuntsic"]


@pytest.mark.parametrize(
    ("code", "key", "rls"),
    [("H2M 1A4", "66023:ahuntsic", "0642"), ("H4J", "66023:bordeaux-cartierville", "0641"),
     ("H1G 2R4", "66023:montreal-nord", "0642"), ("G1K", "23027:G1K", "0312"), ("J7J", "74005:J7J", "1516")],
)
def test_a_prefix_settles_the_rls_of_a_city_with_several(code: str, key: str, rls: str) -> None:
    place, = find_places(code).places
    assert (place.key, place.rls) == (key, rls)


@pytest.mark.parametrize("code", ["J0K 1S0", "J0G", "G0A 1A0"])
def test_a_rural_prefix_of_many_municipalities_gives_none_but_is_a_place(code: str) -> None:
    found = find_places(code)
    assert (found.places, found.only_place) == ((), True)


def test_a_rural_prefix_of_few_municipalities_gives_them() -> None:
    assert 1 < len(find_places("J0N 1A0").places) <= 6


def test_a_rural_code_beside_a_name_leaves_the_name() -> None:
    assert [place.name for place in find_places("Rawdon, J0K 1S0").places] == ["Rawdon"]


@pytest.mark.parametrize("text", ["vaccin H1N1", "H1B visa", "g2g", "M5V 2T6", "A1B", "la salle J2 au fond", "J3P2N45"])
def test_what_only_looks_like_a_code(text: str) -> None:
    assert find_places(text).places == ()
