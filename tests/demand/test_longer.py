"""Where a month says little, the pages say how much of it is shown, and what longer periods and regions say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demand.longer import (
    by_region,
    coverage,
    newcomers,
    over_the_year,
    trended,
    unserved,
    year_of,
)
from bot.demand.report import Filters, report
from tests.demand.conftest import SignedIn
from tests.demand.pages import PERSON, demand_routes


@pytest.fixture
def few(demonstration):
    """Two quarters of few requests: none of a month's cells is large, a quarter's are."""
    months = [f"2026-{number:02}" for number in range(4, 10)]
    return demonstration(
        *((6, {"month": month}) for month in months), *((5, {"month": month, "territory": "1412", "need": "housing"}) for month in months),
        *((4, {"month": month, "need": "transport", "met": False, "reason": "too_far", "oriented_to": None, "door": "clsc", "asked_before": False})
          for month in months),
        *((4, {"month": month, "need": "transport", "door": "clsc", "asked_before": True}) for month in months), publish=tuple(months),
    )


def test_how_much_of_a_month_is_shown_is_said_from_published_figures_alone(few):
    shown = report(few)
    assert coverage(shown) == (10, 20)  # transport, 8 shown as 10; doors: 8 shown as 10 and 11 shown as 10
    assert coverage(replace(shown, filters=Filters(theme="housing"))) is None


def test_a_quarter_by_region_and_a_year_show_what_a_month_withholds(few):
    shown = report(few)
    assert shown.needs.total("food") is None and shown.needs.total("housing") is None
    quarter, year = by_region(shown), over_the_year(shown)
    assert quarter.values["food", "16"] == 20 and quarter.values["housing", "14"] == 15
    assert year.total("food") == 40 and year.total("housing") == 30
    assert year_of(shown) == ("2026-Q2", "2026-Q3", 2)
    assert "housing" not in by_region(replace(shown, filters=Filters(territory="1623"))).rows
    assert by_region(replace(shown, filters=Filters(theme="housing"))).rows == ("housing",)


def test_a_need_is_drawn_over_the_year_only_when_half_of_its_months_are_published(few):
    assert trended(report(few)) == ("transport",)


def test_requests_that_led_to_no_service_are_said_beside_all_of_the_quarter(few):
    assert unserved(report(few)) is None  # 12 in a quarter: as few as a sensitive need's


def test_the_doors_that_bring_people_who_had_not_asked_are_said_with_how_many_answered(few):
    assert newcomers(report(few)) == [("clsc", 10, 20)]


def test_where_french_is_left_out_english_alone_does_not_pass_for_a_need(few):
    shown = report(few)
    view = shown.views["language_by_need_by_region"]
    without = replace(view.last, rows=[row for row in view.last.rows if row[0] != "fr"] + [["en", "food", "16", 10]])
    shown.views["language_by_need_by_region"] = replace(view, publications=(without,))
    assert by_region(shown).rows == ()


@pytest.mark.parametrize(("language", "said"), [
    ("fr", ["Besoins par région, juillet à septembre 2026", "Dont montrées par besoin", "n’avaient rien demandé ailleurs"]),
    ("en", ["Needs by region, July to September 2026", "Of these, shown by need", "had not asked anywhere before"]),
])
def test_the_page_and_the_brief_say_it(few, language, said):
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    client = TestClient(SignedIn(Starlette(routes=demand_routes(few)), PERSON))
    page, brief = (client.get(f"{address}?lang={language}").text for address in ("/table", "/table/brief"))
    assert all(words in page for words in said)
    assert ("10 sur 20 qui ont répondu" if language == "fr" else "10 of 20 who answered") in brief
