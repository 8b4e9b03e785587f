"""The desk in a real browser: what comes by itself, and what was typed is never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.conversation import storage
from bot.conversation.tables import outbox
from bot.handoff import requests
from bot.store.engine import writing
from bot.web.staff_pages import words
from tests.browser import holds
from tests.handoff.conftest import NOON, opened, sqlite_engine

pytestmark = pytest.mark.browser
engine = sqlite_engine


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
    page.goto("/desk?status=mine")
    house.desk.close(anne, first, "informed")
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
    assert "poele" not in page.url  # what is looked for stands in no address
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


def test_a_message_that_telegram_could_not_deliver_is_said_to_be_so_where_it_stands(house, tab):
    house.navigator()
    conversation_id = house.talk(channel="telegram", ref="77")
    page, _ = opened(house, tab, conversation_id)
    page.locator("#text").fill("Bonjour!")
    page.locator("#text").press("Enter")
    page.locator("#log .navigator", has_text="Bonjour!").wait_for()
    with writing(house.engine) as connection:
        connection.execute(update(outbox).where(outbox.c.conversation_id == conversation_id).values(status="failed"))
    page.locator("#log .navigator .unsent").wait_for()
    page.reload()
    assert page.locator("#log .navigator .unsent").inner_text() == words("fr", "conversation.undelivered")


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
