"""The desk in a real browser: live, by keyboard, and nothing refused by the Content-Security-Policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.channels.floods import Floods
from bot.conversation import storage
from bot.demand.doors import add_door
from bot.handoff import canned, referrals, requests
from bot.store.engine import writing
from bot.web.refer_page import words as refer_words
from bot.web.staff_pages import words
from tests.browser import holds, serving
from tests.handoff.conftest import NOON, PASSWORD, application, sqlite

pytestmark = pytest.mark.browser


@pytest.fixture
def engine(tmp_path):
    made = sqlite(tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def origin(house) -> Iterator[str]:
    with serving(application(house)) as address:
        yield address


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """Script errors and refused resources, which fail the test."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def tab(browser, origin, faults):
    """tab(width=1280): a page of a new profile, signed in as Anne."""
    made = []

    def open_tab(email: str = "anne@example.org", width: int = 1280, javascript: bool = True):
        context = browser.new_context(base_url=origin, locale="fr-CA", viewport={"width": width, "height": 900}, java_script_enabled=javascript)
        context.set_default_timeout(30_000)
        made.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" and "Failed to load resource" not in line.text else None)
        page.goto("/login")
        page.get_by_label(words("fr", "login.email")).fill(email)
        page.get_by_label(words("fr", "login.password")).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk")
        return page

    yield open_tab
    for context in made:
        context.close()


def test_a_request_appears_is_claimed_and_answered_without_reloading(house, tab):
    house.navigator()
    page = tab()
    conversation_id = house.talk(said="J’ai <b>faim</b>")
    request_id = house.ask(conversation_id)
    page.get_by_role("button", name="Prendre").click()  # it appeared by itself
    page.wait_for_url(f"**/desk/{request_id}")
    assert page.locator("#log .resident .said").inner_text() == "J’ai <b>faim</b>"
    page.evaluate("window.sameP = true")
    box = page.get_by_label(words("fr", "conversation.reply"))
    box.fill("Bonjour!")
    box.press("Enter")
    page.locator("#log .navigator", has_text="Bonjour!").wait_for()
    assert box.input_value() == "" and house.said(conversation_id)[-1].text == "Bonjour!"
    box.fill("une phrase commencée")
    house.resident_says(conversation_id, "Merci")
    page.locator("#log .resident", has_text="Merci").wait_for()
    assert box.input_value() == "une phrase commencée" and page.evaluate("window.sameP")
    assert page.locator("#log .navigator").count() == 1


def test_title_and_screen_reader_tell_of_a_new_request(house, tab):
    house.navigator()
    page = tab()
    page.get_by_text(words("fr", "queue.none.waiting")).wait_for()
    page.wait_for_timeout(500)
    house.ask()
    page.get_by_role("button", name="Prendre").wait_for()
    holds(page, "document.title.startsWith('(1) ')")
    assert page.locator("#announce").inner_text() == words("fr", "queue.new")


def test_session_that_ends_keeps_what_was_typed_and_says_so(house, tab):
    house.navigator()
    request_id = house.ask(conversation_id := house.talk())
    page = tab()
    page.get_by_role("button", name="Prendre").click()
    page.wait_for_url(f"**/desk/{request_id}")
    box = page.get_by_label(words("fr", "conversation.reply"))
    box.fill("une longue réponse")
    house.people.set_password("anne@example.org", "un autre mot de passe")
    box.press("Enter")
    page.locator("#trouble", has_text="session est terminée").wait_for()
    assert box.input_value() == "une longue réponse" and house.said(conversation_id)[-1].from_ == "system"


def test_reason_is_asked_only_when_the_need_is_not_met(house, tab):
    house.navigator()
    request_id = house.ask()
    page = tab()
    page.get_by_role("button", name="Prendre").click()
    page.wait_for_url(f"**/desk/{request_id}")
    reason = page.get_by_label(words("fr", "end.reason"))
    assert not reason.is_visible()
    page.get_by_label(words("fr", "end.outcome")).select_option("not_met")
    reason.select_option("too_far")
    page.get_by_role("button", name=words("fr", "end.close")).click()
    page.wait_for_url("**/desk?done=closed*")


def test_whole_path_without_javascript(house, tab):
    house.navigator()
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    page = tab(javascript=False)
    page.get_by_role("button", name="Prendre").click()
    page.wait_for_url(f"**/desk/{request_id}")
    page.get_by_label(words("fr", "conversation.reply")).fill("Bonjour!")
    page.get_by_role("button", name=words("fr", "conversation.send"), exact=True).click()
    page.locator("#log .navigator", has_text="Bonjour!").wait_for()
    page.get_by_label(words("fr", "end.outcome")).select_option("informed")
    page.get_by_role("button", name=words("fr", "end.close")).click()
    page.wait_for_url("**/desk?done=closed*")
    assert house.conversation(conversation_id).status == "closed"


def opened(house, tab, conversation_id=None, **more):
    """(page, request id) with a request of Anne's open."""
    request_id = house.ask(conversation_id)
    page = tab(**more)
    page.locator(f"#claim-{request_id}").click()
    page.wait_for_url(f"**/desk/{request_id}")
    return page, request_id


def test_danger_in_another_conversation_is_seen_and_heard_until_it_is_noted(house, tab):
    house.navigator()
    other = house.ask(talk := house.talk())
    page, _ = opened(house, tab)
    house.desk.claim(house.people_by("anne"), other)
    page.locator("#talk-title").click()  # a browser lets a page sound once somebody has touched it
    with writing(house.engine) as connection:
        seq = storage.resident_says(connection, storage.lock(connection, talk), text="…", choice=None, client_id=None, handled=True, now=NOON)
        requests.raise_urgency(connection, talk, seq)
    page.locator("#alarm a").wait_for()
    assert words("fr", "conversation.danger_new") in page.locator("#alarm").inner_text()
    page.locator("html[data-rang]").wait_for(state="attached")
    page.locator("#alarm a").click()
    page.wait_for_url(f"**/desk/{other}")
    page.locator("#danger-noted button").click()
    page.locator("#alarm").wait_for(state="hidden")
    assert house.desk.get(house.people_by("anne"), other)["danger"] is False


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
    page.keyboard.type("mer")
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


def test_what_was_typed_survives_a_reload_and_a_draft_is_not_sent(house, tab):
    house.navigator()
    conversation_id = house.talk()
    page, _ = opened(house, tab, conversation_id)
    page.locator("#text").fill("une longue réponse")
    page.reload()
    assert page.locator("#text").input_value() == "une longue réponse"
    assert house.said(conversation_id)[-1].from_ == "system"


def test_between_my_conversations_by_keys_with_what_was_begun_in_each_kept_and_marked(house, tab):
    house.navigator()
    first, second = house.ask(now=NOON), house.ask(now=NOON + timedelta(minutes=1))
    anne = house.people_by("anne")
    for one in (first, second):
        house.desk.claim(anne, one)
    page = tab()
    page.goto(f"/desk/{first}")
    page.locator("#text").fill("une réponse commencée")
    page.locator("#note").fill("une note commencée")
    page.locator("#note").press("Alt+j")
    page.wait_for_url(f"**/desk/{second}*")
    page.locator(f"[data-id='{first}']", has_text=words("fr", "queue.draft")).wait_for()
    assert page.locator("#text").input_value() == ""
    page.locator("#text").press("Alt+k")
    page.wait_for_url(f"**/desk/{first}*")
    assert page.locator("#text").input_value() == "une réponse commencée" and page.locator("#note").input_value() == "une note commencée"
    house.desk.close(anne, first, "informed")
    page.goto("/desk?status=mine")
    holds(page, "sessionStorage.length === 0")  # it is over: nothing of it stays in the browser


def test_a_closing_is_undone_and_words_are_found_again_from_the_page(house, tab):
    house.navigator()
    page, request_id = opened(house, tab, house.talk(said="Le poêle est brisé"))
    page.get_by_label(words("fr", "end.outcome")).select_option("informed")
    page.get_by_role("button", name=words("fr", "end.close")).click()
    page.get_by_role("button", name=words("fr", "end.undo")).click()
    page.wait_for_url(f"**/desk/{request_id}*")
    assert page.locator("#text").is_visible()
    page.locator("body").press("f")
    page.keyboard.type("poele")
    page.keyboard.press("Enter")
    page.locator("#requests .last", has_text="Le poêle est brisé").wait_for()
    page.wait_for_timeout(400)  # a look at the queue keeps what was found
    assert page.locator("#requests .request").count() == 1 and "Le poêle" in page.locator("#requests").inner_text()


def test_a_conversation_that_a_colleague_hands_over_is_announced_where_its_new_owner_looks(house, tab):
    house.navigator()
    ben = house.navigator("ben")
    request_id = house.ask()
    page = tab()
    page.locator(f"#claim-{request_id}").wait_for()
    house.desk.claim(ben, request_id)
    page.locator(f"#claim-{request_id}").wait_for(state="detached")
    house.desk.transfer(ben, request_id, "anne@example.org")
    page.locator("#announce", has_text=words("fr", "queue.handed_new")).wait_for(state="attached")
    holds(page, "document.querySelector('[data-count=mine]').textContent === '(1)'")
    page.goto("/desk?status=mine")
    page.get_by_text(words("fr", "queue.handed")).wait_for()


def test_several_tabs_share_one_stream_of_the_queue_and_all_follow_it(house, tab):
    house.navigator()
    page, _ = opened(house, tab)
    tabs = [page, *(page.context.new_page() for _ in range(6))]
    for one in tabs[1:]:
        one.goto("/desk")
    newest = house.ask()
    for one in tabs[1:]:
        one.locator(f"#claim-{newest}").wait_for()
    tabs[0].close()  # whoever held the stream goes: another takes it
    last = house.ask()
    for one in tabs[1:]:
        one.locator(f"#claim-{last}").wait_for()


def test_a_break_is_taken_and_ended_and_the_telegram_code_is_shown(house, tab):
    house.navigator()
    page = tab()
    page.goto("/desk/me")
    page.get_by_role("button", name=words("fr", "me.take_break")).click()
    page.get_by_text(words("fr", "me.on_break")).wait_for()
    page.goto("/desk")
    page.get_by_text(words("fr", "queue.break")).wait_for()
    page.goto("/desk/me")
    page.get_by_role("button", name=words("fr", "me.end_break")).click()
    page.get_by_text(words("fr", "me.available")).wait_for()
    page.get_by_role("button", name=words("fr", "me.telegram_ask")).click()
    assert page.locator("#code").inner_text().startswith("/start desk-")


@pytest.mark.parametrize("width", [320, 1280])
def test_accessibility_and_no_sideways_scrolling(house, tab, width):
    from axe_playwright_python.sync_playwright import Axe

    house.navigator()
    house.ask(urgency="crisis")
    request_id = house.ask()
    page = tab(width=width)
    canned.seed(house.engine)
    for path in ("/login", "/desk", "/desk/me", f"/desk/{request_id}"):
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
