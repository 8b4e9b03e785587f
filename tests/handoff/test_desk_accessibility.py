"""The desk and a partner's form for everybody: by keyboard alone, at every width, with no fault that axe sees."""

from __future__ import annotations

import pytest

from bot.channels.floods import Floods
from bot.demand.doors import add_door
from bot.handoff import canned, referrals
from bot.store.engine import writing
from bot.web.refer_page import words as refer_words
from bot.web.staff_pages import words
from tests.browser import serving
from tests.handoff.conftest import NOON, application, opened, sqlite_engine

pytestmark = pytest.mark.browser
engine = sqlite_engine


def test_keyboard_takes_writes_searches_sends_and_notes_without_leaving_the_page(house, tab):
    canned.seed(house.engine)
    house.navigator()
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    page = tab()
    page.locator(f"#claim-{request_id}").wait_for()
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible() and page.get_by_text(words("fr", "keys.claim")).is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == f"claim-{request_id}"
    page.keyboard.press("c")
    page.wait_for_url(f"**/desk/{request_id}")
    page.evaluate("window.sameP = true")
    page.keyboard.press("n")
    page.keyboard.type("à rappeler")
    page.get_by_role("button", name=words("fr", "notes.add")).press("Enter")
    page.locator("#notes .said", has_text="à rappeler").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.locator("#place").fill("Sorel-Tracy")
    page.keyboard.press("Enter")
    page.locator("#search [data-card='1']").wait_for()
    page.locator("#text").fill("une phrase commencée")
    page.locator("#text").press("Alt+1")
    page.locator("#log .navigator", has_text="Comptoir d’essai").wait_for()
    assert page.locator("#text").input_value() == "une phrase commencée" and page.evaluate("window.sameP")
    page.locator("#text").fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("ecrit")  # a word in it, without its accent
    page.keyboard.press("Enter")
    assert page.locator("#text").input_value() == canned._FIRST("fr", "merci")
    page.keyboard.press("Enter")
    page.locator("#log .navigator", has_text=canned._FIRST("fr", "merci")).wait_for()
    page.locator("#text").press("Escape")
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.id") == "outcome"


def test_single_letters_can_be_turned_off_and_are_only_letters_in_a_field(house, tab):
    house.navigator()
    page, _ = opened(house, tab)
    page.locator("#text").press_sequentially("jkcwmasnde?")
    assert page.locator("#text").input_value() == "jkcwmasnde?" and not page.locator("#keys").is_visible()
    page.locator("#text").press("Escape")
    page.locator("#keys-open").click()
    page.locator("#keys-single").uncheck()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert not page.locator("#keys").is_visible()


def test_on_a_wide_screen_the_page_is_one_screen_and_the_reply_stays_while_something_is_looked_up(house, tab):
    house.navigator()
    for _ in range(9):
        house.ask()
    conversation_id = house.talk()
    for number in range(30):
        house.resident_says(conversation_id, f"message {number}")
    page, request_id = opened(house, tab, conversation_id)
    for width, height in ((1280, 800), (960, 720)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"/desk/{request_id}?status=all&need=food&place=Sorel-Tracy")
        assert page.evaluate("document.documentElement.scrollHeight") <= height and page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("#outcome").scroll_into_view_if_needed()
        box = page.locator("#reply button").bounding_box()
        assert box["y"] + box["height"] <= height and page.locator("#log .resident").last.is_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_accessibility_and_no_sideways_scrolling(house, tab, width):
    from axe_playwright_python.sync_playwright import Axe

    house.navigator()
    house.ask(urgency="crisis")
    request_id = house.ask()
    page = tab(width=width)
    canned.seed(house.engine)
    house.desk.claim(house.people_by("anne"), ended := house.ask(house.talk(said="Le poêle est brisé")))
    house.desk.close(house.people_by("anne"), ended, "not_met", "too_far")
    for path in ("/login", "/desk", "/desk?status=ended", f"/desk/{ended}", "/desk/me", f"/desk/{request_id}"):
        if path.endswith(request_id):
            page.goto("/desk")
            page.locator(f"#claim-{request_id}").click()
            page.wait_for_url(f"**{path}")
            page.locator("#text").fill("/")
            page.keyboard.press("ArrowDown")
        else:
            page.goto(path)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    page.locator("#text").fill("")
    page.locator("#keys-open").click()
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_partner_s_form_is_accessible_and_works_by_keyboard(house, browser, width, language):
    from axe_playwright_python.sync_playwright import Axe

    with writing(house.engine) as connection:
        add_door(connection, "pharmacie", "Pharmacie d’essai")
        referrals.allow(connection, "pharmacie", True, by=None, now=NOON)
    app = application(house)
    app.state.services.floods = Floods(house.engine, "s" * 32, {"conversations": 50})
    with serving(app) as origin:
        context = browser.new_context(base_url=origin, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(f"/d/pharmacie/refer?lang={language}")
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.get_by_label(refer_words(language, "need"), exact=True).select_option("food")
        page.get_by_label(refer_words(language, "contact"), exact=True).fill("demain")
        page.get_by_label(refer_words(language, "agreed")).check()
        page.keyboard.press("Enter")
        page.get_by_text(refer_words(language, "wrong.contact")).first.wait_for()
        assert Axe().run(page).response["violations"] == []
        page.get_by_label(refer_words(language, "contact"), exact=True).fill("450-555-0199")
        page.keyboard.press("Enter")
        page.get_by_text(refer_words(language, "done")).wait_for()
        assert Axe().run(page).response["violations"] == []
        context.close()
    assert len(house.desk.queue(house.navigator())) == 1
