"""The promise of the weights: a local service that fits comes before any line, whatever else is true of either."""

from hypothesis import given
from hypothesis import strategies as st

from bot.directory.area import territory_of
from bot.directory.fit import suits_age
from bot.directory.hours import Moment
from bot.directory.ranking import BEST_LINE, WORST_AT_HOME, Query, judge

from .samples import at, make, place

NOW = at("2026-11-24T10:00")
QUERY = Query("food", place("61025"), "fr", NOW)
ALWAYS = [{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}]
NEVER_NOW = [{"byday": "SU", "opens_at": "09:00", "closes_at": "10:00"}]


def hit(**fields):
    return judge(make("s", **fields), QUERY, territory_of(QUERY.place), Moment(NOW))


def test_the_worst_local_service_is_above_the_best_line():
    assert WORST_AT_HOME > BEST_LINE


@given(
    lat=st.floats(45.85, 46.2), lon=st.floats(-73.7, -73.2), hours=st.sampled_from([None, ALWAYS, NEVER_NOW]),
    dated=st.sampled_from([None, "2026-11-01", "2012"]), first=st.booleans(), reachable=st.booleans(),
)
def test_a_local_service_that_fits_is_above_the_best_possible_line(lat, lon, hours, dated, first, reachable):
    local = hit(
        location={"municipality": "61025", "lat": lat, "lon": lon}, schedules=hours, source={"name": "x", "date": dated},
        needs=["food"] if first else ["housing", "income", "food"], phones=[{"number": "211"}] if reachable else [],
    )
    line = hit(location=None, area={"kind": "province"}, modes=["phone"], schedules=ALWAYS)
    assert line.reach == "line" and line.score <= BEST_LINE
    if local.reach == "near" and local.fits:
        assert local.score >= WORST_AT_HOME and local.score > line.score


def test_reach():
    far = {"municipality": "62085", "lat": 46.68, "lon": -73.9}  # Saint-Michel-des-Saints, 80 km north
    quebec = {"municipality": "23027", "lat": 46.81, "lon": -71.21}
    assert hit().reach == "near"
    assert hit(location=far, area={"kind": "rls", "codes": ["1411"]}).reach == "far"
    assert hit(location=far, area={"kind": "rls", "codes": ["1411"]}, modes=["on_site", "at_home"]).reach == "near"
    assert hit(location=None, area={"kind": "mrc", "codes": ["61"]}).reach == "near"
    assert hit(location=quebec, area=None) is None
    assert hit(area={"kind": "mrc", "codes": ["52"]}).reach == "elsewhere"
    assert hit(area={"kind": "municipality", "codes": ["61030"]}) is None  # another town's own
    assert hit(location=None, area={"kind": "municipality", "codes": [str(61000 + n) for n in range(20)] + ["61025"]},
               modes=["phone"]).reach == "line"  # as 211 in Greater Montréal


def test_several_locations_the_nearest_counts():
    spots = [{"municipality": "64008", "lat": 45.70, "lon": -73.64}, {"municipality": "61025", "lat": 46.02, "lon": -73.44}]
    found = hit(location=None, locations=spots)
    assert found.location.municipality == "61025"
    assert found.distance_km < 5


def test_faults_are_the_contracts_reasons():
    assert hit(languages=["en"]).faults == ("wrong_language",)
    assert hit(languages=[]).faults == ()  # not known: not held against it
    assert hit(closed_from="2026-11-01", closed_until="2026-12-01").faults == ("closed",)
    assert hit(schedules=NEVER_NOW).faults == ()  # closed at this hour only: said, still fits
    assert hit(area={"kind": "mrc", "codes": ["52"]}).faults == ("not_eligible",)


def test_a_verified_service_is_above_the_same_one_verified_long_ago():
    assert hit(source={"name": "x", "date": "2026-10"}).score > hit(source={"name": "x", "date": "2024"}).score


def test_age_bands_overlap_at_their_edges():
    clinic = make("s", min_age=12, max_age=25)
    assert [band for band in ("child", "youth", "adult", "senior") if suits_age(clinic, band)] == ["child", "youth", "adult"]
    seniors = make("s", min_age=65)
    assert [band for band in ("child", "youth", "adult", "senior") if suits_age(seniors, band)] == ["senior"]
    assert suits_age(seniors, None)
