import pytest

from bot.directory.area import Territory, serves, territory_of
from bot.directory.records import Area

from .samples import place

JOLIETTE = Territory("61025", "61", "1411", "14")
MONTREAL = Territory("66023", "66", None, "06")  # several networks: undecided


@pytest.mark.parametrize(
    ("area", "territory", "expected"),
    [
        (Area("municipality", ("61025",)), JOLIETTE, True),
        (Area("municipality", ("61030",)), JOLIETTE, False),
        (Area("mrc", ("61", "62")), JOLIETTE, True),
        (Area("rls", ("1412",)), JOLIETTE, False),
        (Area("region", ("14",)), JOLIETTE, True),
        (Area("province"), JOLIETTE, True),
        (Area("province"), Territory(), True),
        (Area("rls", ("0641",)), MONTREAL, None),
        (Area("rls", ("1411",)), MONTREAL, False),  # undecided, but not in that region
        (Area("municipality", ("66023",)), Territory(), None),
        (None, JOLIETTE, None),
    ],
)
def test_serves(area, territory, expected):
    assert serves(area, territory) is expected


def test_the_territory_of_a_municipality_of_a_borough_and_of_an_undecided_city():
    assert territory_of(place("61025")) == JOLIETTE
    assert territory_of(place("66023:ahuntsic")) == Territory("66023", "66", "0642", "06")
    assert territory_of(place("66023")) == MONTREAL
    assert territory_of(None) == Territory()


def test_saint_lin_is_in_montcalm_and_lanaudiere_nord():
    assert territory_of(place("63048")) == Territory("63048", "63", "1411", "14")
