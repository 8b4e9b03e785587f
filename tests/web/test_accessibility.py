"""WCAG 2.1 AA as far as a machine can see it: axe, reflow at 320 px and at 400 %, targets, keyboard."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

# axe's tags for WCAG 2.0 and 2.1, levels A and AA, and its own good practices (landmarks, headings in order).
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
TARGET_PX = 44
SMALL = ("[...document.querySelectorAll('button, .button, summary, textarea, select, nav a')].filter(one => one.offsetParent)"
         ".map(one => [one.innerText || one.id, one.getBoundingClientRect()]).filter(([_, box]) => box.width < 43.9 || box.height < 43.9)"
         ".map(([name]) => name)")


def faults(tab) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0].get('failureSummary', '')[:300]}" for one in found]


def talk(tab, language: str) -> None:
    for text in (("manger", "mourir") if language == "fr" else ("eat", "die")):
        tab.fill("#text", text)
        tab.press("#text", "Enter")
        tab.wait_for_selector(".service" if text in ("manger", "eat") else ".crisis a")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("address", "language"), [("/", "fr"), ("/?lang=en", "en"), ("/confidentialite", "fr"), ("/privacy", "en"), ("/embed", "fr")])
def test_no_page_has_a_fault_that_axe_sees(tab, address: str, language: str, scheme: str) -> None:
    tab.emulate_media(color_scheme=scheme)
    tab.goto(address)
    assert faults(tab) == []
    if tab.locator("#text").count():
        tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        talk(tab, language)
        assert faults(tab) == []


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256), (640, 400), (1280, 800)])
def test_nothing_runs_out_of_the_page_at_any_width_or_zoom(tab, width: int, height: int) -> None:
    tab.set_viewport_size({"width": width, "height": height})
    for address in ("/", "/?lang=en", "/privacy"):
        tab.goto(address)
        tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate(SMALL) == []
    tab.goto("/")
    talk(tab, "fr")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(SMALL) == []


def test_what_is_pinned_leaves_room_to_read(tab) -> None:
    for height in (256, 480, 640):
        tab.set_viewport_size({"width": 320, "height": height})
        tab.goto("/")
        talk(tab, "fr")
        pinned = tab.evaluate("[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).position === 'sticky')"
                              ".reduce((sum, one) => sum + one.offsetHeight, 0)")
        assert pinned < height / 2
        tab.evaluate("sessionStorage.clear()")


def test_by_keyboard_alone_from_the_skip_link_to_an_answer(tab) -> None:
    tab.goto("/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.innerText") == "Aller au contenu"
    tab.keyboard.press("Enter")
    for _ in range(8):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.id") == "text":
            break
    tab.keyboard.type("manger")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".service")
    assert tab.evaluate("document.activeElement.id") == "text"


def test_after_a_tapped_choice_the_focus_goes_to_the_answer(tab) -> None:
    tab.goto("/")
    talk(tab, "fr")
    tab.click("#log button:has-text('Parler à une personne')")
    tab.wait_for_selector("text=Je transmets votre demande?")
    tab.wait_for_function("() => document.activeElement.matches('article.assistant')")


def test_answers_are_announced_politely_and_in_their_language(tab) -> None:
    tab.goto("/")
    talk(tab, "fr")
    assert tab.evaluate("[log.getAttribute('role'), log.getAttribute('aria-live')]") == ["log", "polite"]
    assert set(tab.evaluate("[...log.querySelectorAll('article')].map(one => one.lang)")) == {"fr"}
    assert tab.locator("#status[role=status]").count() == 1


def test_who_asks_for_less_motion_gets_none(tab) -> None:
    tab.emulate_media(reduced_motion="reduce")
    tab.goto("/")
    tab.evaluate("document.querySelector('#status').className = 'status typing'; document.querySelector('#status').hidden = false")
    assert tab.evaluate("getComputedStyle(document.querySelector('#status'), '::after').animationName") == "none"


def test_with_the_systems_own_colours_everything_keeps_its_edges(tab) -> None:
    tab.emulate_media(forced_colors="active")
    tab.goto("/")
    talk(tab, "fr")
    assert tab.evaluate("[...document.querySelectorAll('.message, .button, .badge')].every(one => parseFloat(getComputedStyle(one).borderTopWidth) > 0)")
