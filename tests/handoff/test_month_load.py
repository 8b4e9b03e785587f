"""What the tables see of waits and of the navigators' load: from a reply at the desk to the published page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from bot.channels.people_middleware import PeopleMiddleware
from bot.demand.labels import label, words
from bot.demand.publish import publish
from bot.demand.tables import demand_events
from bot.handoff.month_load import BANDS, FEWEST, navigators_of, per_navigator
from bot.store.engine import reading
from bot.web import demand_page
from tests.handoff.conftest import NOON, PASSWORD

NEXT_MONTH = NOON + timedelta(days=10)


def answered(house, person, minutes: int):
    """A request answered after so many minutes, closed; each is somebody else's."""
    request_id = house.ask(house.talk(), now=NOON)
    house.desk.claim(person, request_id, now=NOON + timedelta(minutes=1))
    house.desk.say(person, request_id, "Bonjour", now=NOON + timedelta(minutes=minutes))
    house.desk.close(person, request_id, "informed", now=NOON + timedelta(hours=1))


def page_of(house, language: str) -> str:
    app = Starlette(routes=demand_page.routes(house.engine), middleware=[Middleware(PeopleMiddleware)])
    app.state.services = type("Services", (), {"people": house.people, "settings": house.settings})
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    token = house.people.log_in("table@example.org", PASSWORD)
    client.cookies.set("bonneporte", token)
    return client.get(f"/table?lang={language}").text


@pytest.mark.parametrize("navigators", [2, 3])
def test_replies_after_four_seven_and_forty_minutes_are_published_in_their_classes_and_a_few_are_withheld(house, navigators):
    staff = [house.navigator(f"n{number}") for number in range(navigators)]
    house.people.add("table@example.org", PASSWORD, ("table",), name="Table", now=NOON)
    for number, minutes in enumerate([4] * 8 + [7] * 13 + [40] * 3):
        answered(house, staff[number % navigators], minutes)
    with reading(house.engine) as connection:
        waits = list(connection.scalars(select(demand_events.c.wait)))
    assert {wait: waits.count(wait) for wait in waits} == {"under_5": 8, "under_30": 13, "over_30": 3}
    publish(house.engine, "2026-11", now=NEXT_MONTH)
    for language, withheld in (("fr", "masqué"), ("en", "withheld")):
        page = page_of(house, language)
        assert words(language, "page.waits_help") in page
        section = page[page.index('id="waits"'):page.index('id="oriented"')]
        assert label(language, "wait", "under_30", {}) in section and ">15<" in section.replace(" ", "") and ">10<" in section.replace(" ", "")
        band = words(language, "page.load_under", high=10) if navigators >= FEWEST else words(language, "page.load_withheld")
        assert band in section and (withheld in section)


def test_navigators_are_those_who_answered_in_the_month_of_quebec(house, anne, ben):
    answered(house, anne, 4)
    request_id = house.ask()
    house.desk.claim(ben, request_id, now=NOON)  # a claim is no answer
    with reading(house.engine) as connection:
        assert navigators_of(connection, "2026-11") == 1
        assert navigators_of(connection, "2026-10") == navigators_of(connection, "2026-12") == 0


cells = st.lists(st.one_of(st.none(), st.integers(2, 400).map(lambda number: number * 5)), min_size=3, max_size=3)


@given(cells, st.integers(0, 300))
def test_a_band_never_tells_of_more_requests_than_are_published_and_holds(published, navigators):
    band = per_navigator(published, navigators)
    shown = [one for one in published if one is not None]
    if navigators < FEWEST or not shown:
        assert band is None
        return
    low, high = band
    each = sum(shown) / navigators
    assert low <= each and (high is None or each < high)
    # What it tells of how many answered, at most, is less than what is published already.
    least = sum(shown) / (high or float("inf"))
    assert least <= sum(shown) / BANDS[0] < sum(shown)
