"""The maintainers' pages in a real browser without a script of ours: axe, 320 px, the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.directory import reports
from bot.directory.imports.apply import apply
from bot.directory.imports.batch import Batch
from bot.store.engine import writing
from tests.browser import serving
from tests.directory.samples import make
from tests.web.directory_house import PASSWORD, DirectoryHouse, build
from tests.web.test_accessibility import SMALL, faults

pytestmark = pytest.mark.browser
PAGES = ("/directory", "/directory?show=reports", "/directory/frigo", "/directory/frigo/edit")


@pytest.fixture
def directory(tmp_path) -> DirectoryHouse:
    """A record with everything that can wait: reports, a source that says otherwise, a closure, changes."""
    house = build(tmp_path)
    maintenance = house.maintenance
    maintenance.edit("ben@example.org", "frigo", {"min_age": 18}, maintenance.sheet("frigo", date(2026, 11, 28)).seen)
    maintenance.close("ben@example.org", "frigo", date(2026, 11, 1), None, {"fr": "rénovations", "en": "renovations"})
    apply(house.engine, Batch("211", [make("frigo", min_age=21, name={"fr": "Frigo du quartier", "en": "Neighbourhood fridge"}, description={"fr": "Des repas."})]))
    with writing(house.engine) as connection:
        reports.report(connection, "frigo", "phone", date(2026, 11, 20))
    house.client(name="anne")
    return house


@pytest.fixture
def origin(directory: DirectoryHouse) -> Iterator[str]:
    with serving(directory.app) as address:
        yield address


@pytest.fixture
def tab(origin: str, open_tab):
    page = open_tab(origin, height=800)
    page.goto("/login?next=/directory")
    page.fill("#email", "anne@example.org")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{origin}/directory")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_has_a_fault_that_axe_sees(tab, language: str, scheme: str) -> None:
    tab.emulate_media(color_scheme=scheme)
    for path in PAGES:
        tab.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert faults(tab) == [], path


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_runs_out_of_the_page_and_every_target_is_large_enough(tab, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 640})
    for path in PAGES:
        tab.goto(path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
        assert tab.evaluate(SMALL) == [], path


def test_by_keyboard_alone_from_the_list_to_a_saved_change(tab, directory: DirectoryHouse) -> None:
    def to(selector: str) -> None:
        for _ in range(150):
            if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            tab.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector}")

    to("#q")
    tab.keyboard.type("frigo")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**q=frigo**")
    to(".records a")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/directory/frigo*")
    to("a[href*='/edit']")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/edit*")
    to("#notes")
    tab.keyboard.type("Au clavier.")
    to("form[action*='/edit'] button")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**done=edited*")
    assert tab.locator("[role=status]").inner_text() == "La fiche est enregistrée."
    assert directory.maintenance.sheet("frigo", date(2026, 11, 28)).service.notes == "Au clavier."


def test_what_cannot_be_read_is_reached_from_the_summary(tab) -> None:
    tab.goto("/directory/frigo/edit")
    tab.fill("#phones", "appelez-nous")
    tab.click("form[action*='/edit'] button")
    tab.wait_for_selector("[role=alert]")
    assert faults(tab) == []
    tab.click("[role=alert] a")
    tab.wait_for_function("() => document.querySelector(':target')?.id === 'phones'")
