import pytest

from bot.directory.index import Index
from bot.directory.search import Query, search

from .samples import at, make, place

NOW = at("2026-11-24T10:00")
LINE = {"location": None, "area": {"kind": "province"}, "modes": ["phone"]}
FAR = {"location": {"municipality": "62085", "lat": 46.68, "lon": -73.9}, "area": {"kind": "rls", "codes": ["1411"]}}


def find(*services, need="food", where="61025", language="fr", **fields):
    spot = place(where) if where else None
    return search(Index(services), Query(need, spot, language, NOW, **fields))


def ids(result):
    return [hit.service.id for hit in result.services]


def test_near_then_lines_three_at_most_and_more():
    result = find(*(make(f"local-{n}") for n in range(3)), make("line", **LINE))
    assert ids(result) == ["local-0", "local-1", "local-2"]
    assert (result.outcome, result.reason, result.more) == ("near", None, True)


def test_the_next_page_by_offset_or_by_what_was_shown():
    services = [*(make(f"local-{n}") for n in range(4)), make("line", **LINE)]
    assert ids(find(*services, offset=3)) == ["local-3", "line"]
    assert ids(find(*services, exclude=("local-0", "local-2"))) == ["local-1", "local-3", "line"]
    assert find(*services, offset=3).more is False


def test_the_service_whose_first_need_it_is_comes_first():
    general, special = make("a-general", needs=["income", "housing", "food"]), make("b-special", needs=["food"])
    assert ids(find(general, special)) == ["b-special", "a-general"]


def test_nothing_near_shows_the_far_one_and_a_line():
    result = find(make("far", **FAR), *(make(f"line-{n}", **LINE) for n in range(4)))
    assert (result.outcome, result.reason) == ("far", "too_far")
    assert "far" in ids(result) and len(ids(result)) == 3


def test_only_lines():
    result = find(make("line", **LINE))
    assert (ids(result), result.outcome, result.reason) == (["line"], "province", "none_exists")


def test_nothing_at_all():
    result = find(make("s"), need="legal")
    assert (ids(result), result.outcome, result.reason, result.more) == ([], "none", "none_exists", False)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"languages": ["fr"]}, "wrong_language"),
        ({"closed_from": "2026-11-01"}, "closed"),
        ({"min_age": 65}, "not_eligible"),
    ],
)
def test_the_reason_when_the_nearby_one_does_not_fit_and_it_is_still_shown(fields, reason):
    result = find(make("s", **fields), language="en", age_band="youth")
    assert (ids(result), result.outcome, result.reason) == (["s"], "near", reason)


def test_the_reason_is_of_the_service_that_came_closest():
    both = make("both", languages=["fr"], min_age=65)
    one = make("one", closed_from="2026-11-01")
    assert find(both, one, language="en", age_band="youth").reason == "closed"


def test_english_lines_and_the_french_only_local_share_the_first_page():
    lines = [make(f"line-{n}", **LINE, languages=["fr", "en"]) for n in range(5)]
    local = make("local", languages=["fr"], needs=["income", "housing", "food"],
                 location={"municipality": "61025", "lat": 46.15, "lon": -73.44})
    result = find(*lines, local, language="en")
    assert "local" in ids(result) and any(name.startswith("line") for name in ids(result))
    assert result.reason == "wrong_language"


def test_another_territorys_service_is_shown_only_when_there_is_nothing_else():
    elsewhere = make("elsewhere", area={"kind": "mrc", "codes": ["52"]})
    assert ids(find(elsewhere, make("line", **LINE))) == ["line"]
    alone = find(elsewhere)
    assert (ids(alone), alone.outcome, alone.reason) == (["elsewhere"], "far", "not_eligible")


def test_without_a_place_lines_answer_and_nothing_local_is_guessed():
    result = find(make("local"), make("line", **LINE), where=None)
    assert (ids(result), result.outcome, result.reason) == (["line"], "province", None)
    alone = find(make("local"), where=None)
    assert (ids(alone), alone.outcome, alone.reason) == ([], "none", "other")


def test_an_undecided_city_sees_its_networks_services():
    clsc = make("clsc", location=None, area={"kind": "rls", "codes": ["0642"]}, modes=["at_home"])
    other = make("other", location=None, area={"kind": "rls", "codes": ["1411"]}, modes=["at_home"])
    assert ids(find(clsc, other, where="66023")) == ["clsc"]
    assert ids(find(clsc, where="66023:ahuntsic")) == ["clsc"]
    assert ids(find(clsc, where="66023:bordeaux-cartierville")) == []


def test_unverified_and_inactive_services_are_never_found():
    assert ids(find(make("a", status="unverified"), make("b", status="inactive"), make("c"))) == ["c"]


def test_an_age_that_does_not_suit_goes_last_with_its_fault():
    result = find(make("a-seniors", min_age=65), make("b-all"), age_band="youth")
    assert ids(result) == ["b-all", "a-seniors"]
    assert result.services[1].faults == ("not_eligible",)


def test_the_order_does_not_depend_on_the_order_of_the_directory():
    services = [make(f"s{n}") for n in range(6)]
    assert ids(find(*services)) == ids(find(*reversed(services)))


def test_the_index_finds_what_looking_at_every_service_finds():
    """Against the plain way: judge all services, whatever the index says."""
    spots = [(45.6, -73.6), (46.02, -73.44), (46.2, -73.1), (46.6, -73.9), (48.4, -71.0), (45.4, -71.9)]
    areas = [None, {"kind": "mrc", "codes": ["61"]}, {"kind": "rls", "codes": ["1411"]}, {"kind": "region", "codes": ["14"]},
             {"kind": "province"}]
    services = [
        make(f"s-{a}-{b}", location={"lat": lat, "lon": lon}, area=area, modes=["on_site", "phone"])
        for a, (lat, lon) in enumerate(spots) for b, area in enumerate(areas)
    ]
    index = Index(services)

    class Everything(Index):
        def candidates(self, *_):
            return list(self.by_id.values())

    for key in ("61025", "53052", "66023", "94068"):
        query = Query("food", place(key), "fr", NOW, limit=100)
        assert ids(search(index, query)) == ids(search(Everything(services), query)), key
