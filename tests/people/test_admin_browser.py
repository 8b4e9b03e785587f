"""The account's and administrator's pages in a real browser: what axe sees, 320 px, the keyboard alone, no JavaScript."""

from __future__ import annotations

import re

import pyotp
import pytest

from bot.handoff import canned
from bot.store.base import utcnow
from bot.store.engine import writing
from bot.web.security import protected
from tests.browser import holds, serving
from tests.people.house import PASSWORD
from tests.web.test_accessibility import SMALL, faults

pytestmark = pytest.mark.browser

PAGES = ("/account", "/admin", "/admin/people", "/admin/people/add", "/admin/people/ANNE", "/admin/territories", "/admin/territories/1623",
         "/admin/hours", "/admin/hours?territory=1623", "/admin/replies", "/admin/doors", "/admin/log")


@pytest.fixture
def origin(house):
    house.person("boss", ("administrator",))
    house.person("anne", territories=["1623", "1411"])
    house.client("anne")
    with writing(house.engine) as connection:
        canned.save(connection, key="merci", fr="Merci de nous avoir écrit.", en="Thank you for writing to us.", by=None, now=utcnow())
    boss = house.client("boss")
    boss.post("/admin/doors", data={"code": "essai", "name": "Porte d’essai", "place": "Joliette"})
    boss.post("/admin/hours", data={"territory": "all", "0-0-opens": "08:30", "0-0-closes": "12:00"})
    boss.post("/admin/hours/exceptions", data={"territory": "all", "first": "2099-01-02", "kind": "vacation"})
    with serving(protected(house.app)) as address:
        yield address
        house.app.state.stopping.set()


@pytest.fixture
def tab(origin, open_tab):
    """A tab signed in as the administrator."""
    made = open_tab(origin, height=800)
    made.goto("/login")
    made.fill("#email", "boss@example.org")
    made.fill("#password", PASSWORD)
    made.press("#password", "Enter")
    made.wait_for_url("**/desk")
    return made


def addresses(house):
    return [one.replace("ANNE", house.people.get("anne@example.org").person.id) for one in PAGES]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_has_a_fault_that_axe_sees_nor_runs_out_at_320_px(house, tab, language):
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        for address in addresses(house):
            tab.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
            tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            assert faults(tab) == [], address
            for width in (320, 1280):
                tab.set_viewport_size({"width": width, "height": 800})
                assert tab.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
                assert tab.evaluate(SMALL) == [], (address, width)


def test_setting_up_a_second_factor_by_keyboard_alone(house, tab):
    tab.goto("/account")
    tab.focus("#begin-password")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".qr")
    # Its place is there before it is: what is asked is whether the policy lets it be drawn, once it has come or not.
    holds(tab, "document.querySelector('.qr').complete")
    assert tab.evaluate("document.querySelector('.qr').naturalWidth") > 100
    assert faults(tab) == []
    phone = pyotp.TOTP(re.sub(r"\s", "", tab.inner_text(".secret code")))
    tab.focus("#six")
    tab.keyboard.type(phone.now())
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".codes")
    codes = tab.locator(".codes code").all_inner_texts()
    assert len(codes) == 10 and faults(tab) == []
    tab.goto("/account")
    tab.click("form[action^='/logout'] button")
    tab.wait_for_url("**/login")
    tab.fill("#email", "boss@example.org")
    tab.fill("#password", PASSWORD)
    tab.fill("#code", codes[0])
    tab.press("#code", "Enter")
    tab.wait_for_url("**/desk")


def test_every_page_works_without_javascript(house, origin, open_tab):
    tab = open_tab(origin, javascript=False)
    tab.goto("/login")
    tab.fill("#email", "boss@example.org")
    tab.fill("#password", PASSWORD)
    tab.press("#password", "Enter")
    tab.goto("/admin/people/add")
    tab.fill("#email", "carl@example.org")
    tab.fill("#name", "Carl")
    tab.click("text=Lanaudière")
    tab.check("input[value='1411']")
    tab.click("main form.card button")
    assert re.fullmatch(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}", tab.inner_text(".once code"))
    assert house.people.get("carl@example.org").person.territories == ("1411",)
    tab.goto("/admin/replies")
    tab.click("summary:has-text('/merci')")
    tab.fill("textarea[lang=en] >> nth=0", "Thanks.")
    tab.click("details[open] button:has-text('Enregistrer')")
    assert "enregistrée dans les deux langues" in tab.inner_text("main")
