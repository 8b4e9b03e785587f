import pytest

from bot.directory.distance import EARTH_KM, km_between


def test_one_degree_of_latitude():
    assert km_between(45, -73, 46, -73) == pytest.approx(111.195, abs=0.01)


def test_joliette_to_sorel_tracy_in_a_straight_line():
    assert km_between(46.0164, -73.4236, 46.0410, -73.1130) == pytest.approx(24.1, abs=0.2)


def test_a_point_and_its_antipode():
    assert km_between(46, -73, 46, -73) == 0
    assert km_between(90, 0, -90, 0) == pytest.approx(EARTH_KM * 3.14159265, rel=1e-6)
