"""The page in a real browser: what chat.js adds, and that it draws what the server draws."""

from __future__ import annotations

import json
import re

import pytest

from bot.conversation.core import TooManyMessages
from bot.web.chat_page import EXIT
from tests.web.conftest import House

pytestmark = pytest.mark.browser

WORDS_OF_LOG = "[...document.querySelectorAll('#log article')].map(one => one.innerText.replace(/\\s+/g, ' ').trim())"
LINKS_OF_LOG = "[...document.querySelectorAll('#log a')].map(one => [one.getAttribute('href'), one.target, one.rel])"


def write(tab, text: str) -> None:
    tab.fill("#text", text)
    tab.press("#text", "Enter")


def test_talking_never_leaves_the_page(tab, house: House) -> None:
    tab.goto("/d/clinique")
    write(tab, "j'ai plus rien à manger")
    tab.wait_for_selector(".service")
    tab.click("text=Parler à une personne >> nth=0")
    tab.wait_for_selector("button:has-text('Oui, transmettre')")
    assert tab.url.endswith("/d/clinique")
    assert house.conversations.only().door == "clinique"
    assert house.conversations.posted == [("j'ai plus rien à manger", None), (None, "human")]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_script_draws_what_the_server_draws(context, tab, house: House, language: str) -> None:
    eat, die = ("manger", "mourir") if language == "fr" else ("eat", "die")
    tab.goto(f"/?lang={language}")
    for text in (eat, "hein?", die):
        write(tab, text)
        tab.wait_for_function("text => [...document.querySelectorAll('.resident')].pop().innerText.includes(text)"
                              " && document.querySelector('#log article:last-child:not(.resident)')", arg=text)
    drawn = tab.evaluate(WORDS_OF_LOG), tab.evaluate(LINKS_OF_LOG)
    (key, held), = house.conversations.held.items()
    plain = context.browser.new_context(base_url=house.origin, java_script_enabled=False).new_page()
    plain.goto(f"/?lang={language}")
    fields = {"conversation": key, "token": held.token, "language": language, "action": "refresh"}
    html = context.request.post("/chat", form=fields).text()
    plain.context.close()
    reader = context.new_page()
    reader.set_content(re.sub(r"<script[^>]*></script>", "", html).replace('href="/static', f'href="{house.origin}/static'))
    assert (reader.evaluate(WORDS_OF_LOG), reader.evaluate(LINKS_OF_LOG)) == drawn
    assert len(drawn[0]) == 7 and len(drawn[1]) >= 7


def test_a_reload_finds_the_conversation_and_closing_the_tab_ends_it(context, tab) -> None:
    tab.goto("/")
    write(tab, "manger")
    tab.wait_for_selector(".service")
    before = tab.evaluate(WORDS_OF_LOG)
    tab.reload()
    tab.wait_for_selector(".service")
    assert tab.evaluate(WORDS_OF_LOG) == before
    other = context.new_page()
    other.goto("/")
    assert other.evaluate(WORDS_OF_LOG) == []
    assert other.evaluate("[localStorage.length, document.cookie]") == [0, ""]


def test_offline_a_message_waits_and_is_sent_once_with_the_same_id(context, tab, house: House) -> None:
    tab.goto("/")
    write(tab, "bonjour")
    tab.wait_for_selector("text=Où êtes-vous?")
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(json.loads(request.post_data)["client_id"]) if request.method == "POST" else None)
    context.set_offline(True)
    write(tab, "Sorel, manger")
    tab.wait_for_selector("#status:has-text('Pas de connexion')")
    context.set_offline(False)
    tab.wait_for_selector(".service")
    assert house.conversations.posted[1:] == [("Sorel, manger", None)]
    assert len(sent) > 1 and len(set(sent)) == 1


def test_what_could_not_be_sent_survives_a_reload(context, tab, house: House) -> None:
    tab.goto("/")
    house.conversations.fail_with = [RuntimeError("down")]
    write(tab, "manger")
    tab.wait_for_selector(".problem:has-text('811, option 2')")
    assert tab.locator(".resident .unsent").count() == 1
    tab.reload()
    tab.wait_for_selector(".service")
    assert house.conversations.posted == [("manger", None)]


def test_after_a_failure_one_tap_sends_it_again(tab, house: House) -> None:
    tab.goto("/")
    house.conversations.fail_with = [RuntimeError("down")]
    write(tab, "manger")
    tab.click("text=Réessayer")
    tab.wait_for_selector(".service")
    assert tab.locator(".problem, .unsent").count() == 0
    assert len(house.conversations.held) == 1


def test_too_many_messages_waits_and_sends_by_itself(tab, house: House) -> None:
    tab.goto("/")
    house.conversations.fail_with = [TooManyMessages(1)]
    write(tab, "manger")
    tab.wait_for_selector(".problem a[href='tel:811']")
    tab.wait_for_selector(".service")
    assert tab.locator(".problem").count() == 0


def test_a_navigators_words_come_by_themselves_and_in_order(tab, house: House) -> None:
    tab.goto("/")
    tab.click(".tools button:has-text('Parler à une personne')")
    tab.click("text=Oui, transmettre")
    tab.wait_for_selector("#status:has-text('En attente')")
    house.conversations.navigator_says("Bonjour, ici Camille.")
    tab.wait_for_selector("text=Bonjour, ici Camille.")
    tab.wait_for_selector("#status:has-text('Une personne est avec vous')")
    write(tab, "merci!")
    while house.conversations.posted[-1] != ("merci!", None):
        tab.wait_for_timeout(20)
    house.conversations.navigator_says("De rien.")
    tab.wait_for_selector("text=De rien.")
    tab.wait_for_timeout(900)
    said = tab.evaluate("[...document.querySelectorAll('.said')].map(one => one.innerText)")
    assert said[-3:] == ["Bonjour, ici Camille.", "merci!", "De rien."]
    assert said.count("merci!") == 1


def test_while_a_person_is_awaited_there_is_a_link_to_come_back_by_and_what_is_read_is_told(tab, house: House) -> None:
    tab.goto("/")
    assert not tab.locator("#keep").is_visible() and tab.locator("script[src*='person.js']").count() == 0
    tab.click(".tools button:has-text('Parler à une personne')")
    tab.click("text=Oui, transmettre")
    tab.wait_for_selector("#status:has-text('Personne n’attend avant vous.')")
    tab.click("#keep")
    link = tab.locator("#kept input").input_value()
    assert "/#" in link
    house.conversations.navigator_says("Bonjour, ici Camille.")
    tab.wait_for_selector("text=Bonjour, ici Camille.")
    while not getattr(house.conversations, "present_with", None):
        tab.wait_for_timeout(20)
    assert house.conversations.present_with[1] is False
    tab.locator("#text").press_sequentially("mer")
    while house.conversations.present_with[1] is not True:
        tab.wait_for_timeout(20)


def test_without_streams_a_navigators_words_are_looked_for(context, tab, house: House) -> None:
    context.route("**/events*", lambda route: route.fulfill(status=502, body=""))
    tab.goto("/")
    tab.click(".tools button:has-text('Parler à une personne')")
    tab.click("text=Oui, transmettre")
    tab.wait_for_selector("#status:has-text('En attente')")
    house.conversations.navigator_says("Bonjour, ici Camille.")
    tab.wait_for_selector("text=Bonjour, ici Camille.", timeout=30_000)


def test_the_words_around_follow_the_language_and_the_text_being_written_stays(tab) -> None:
    tab.goto("/")
    tab.fill("#text", "half a sentence")
    tab.click("text=English")
    tab.wait_for_selector("text=Talk to a person")
    assert tab.evaluate("document.documentElement.lang") == "en"
    assert tab.input_value("#text") == "half a sentence"
    assert "lang=en" in tab.url
    tab.press("#text", "Enter")
    tab.wait_for_selector("text=Where are you?")
    tab.click("text=Français")
    tab.wait_for_selector("text=Parler à une personne")
    assert tab.evaluate("document.querySelector('#log article:last-child').lang") == "fr"


def test_a_page_answered_by_a_form_is_taken_up_by_the_script(context, tab, house: House) -> None:
    context.route("**/*.js*", lambda route: route.abort())
    tab.goto("/")
    tab.fill("#text", "manger")
    tab.click("text=Envoyer")
    tab.wait_for_selector(".service")
    context.unroute("**/*.js*")
    tab.goto("/chat")  # a form's answer cannot be reloaded without asking: begin anew, then answer a form with scripts on
    tab.evaluate("sessionStorage.clear()")
    key, held = next(iter(house.conversations.held.items()))
    tab.evaluate("([key, token]) => { const f = document.querySelector('#chat'); f.elements.conversation.value = key;"
                 " f.elements.token.value = token; f.elements.text.value = 'hein?'; HTMLFormElement.prototype.submit.call(f) }", [key, held.token])
    tab.wait_for_selector("text=Où êtes-vous?")
    write(tab, "manger")
    tab.wait_for_function("() => document.querySelectorAll('.services').length === 2")
    assert len(house.conversations.held) == 1


# Leaving and erasing


@pytest.mark.parametrize("way", ["button", "escape"])
def test_the_quick_exit_leaves_for_the_weather_and_back_does_not_return(context, tab, way: str) -> None:
    context.route(EXIT["fr"] + "**", lambda route: route.fulfill(body="<title>Météo</title>", content_type="text/html"))
    tab.goto("/confidentialite")
    tab.goto("/")
    write(tab, "je veux mourir")
    tab.wait_for_selector(".crisis")
    if way == "button":
        tab.click("text=Sortie rapide >> nth=0")
    else:
        tab.keyboard.press("Escape")
        tab.keyboard.press("Escape")
    tab.wait_for_url(EXIT["fr"])
    tab.go_back()
    assert tab.url.endswith("/confidentialite")
    assert tab.evaluate("sessionStorage.length") == 0


def test_one_escape_does_not_leave(tab) -> None:
    tab.goto("/")
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(1700)
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(200)
    assert tab.locator("h1").count() == 1


def test_erasing_clears_the_page_and_says_what_the_browser_keeps(tab, house: House) -> None:
    tab.goto("/")
    write(tab, "manger")
    tab.wait_for_selector(".service")
    tab.click("#erase")
    tab.wait_for_selector("h2:has-text('Tout est effacé')")
    assert house.conversations.held == {}
    assert "historique" in tab.inner_text(".notice.good")
    assert tab.evaluate(WORDS_OF_LOG) == [] and tab.evaluate("sessionStorage.length") == 0
    assert tab.evaluate("document.activeElement.className") == "notice good"


def test_a_conversation_erased_elsewhere_gives_the_text_back(tab, house: House) -> None:
    tab.goto("/")
    write(tab, "manger")
    tab.wait_for_selector(".service")
    house.conversations.held.clear()
    write(tab, "encore moi")
    tab.wait_for_selector(".problem:has-text('effacée')")
    assert tab.input_value("#text") == "encore moi"


def test_the_partners_button_opens_the_conversation_and_its_quick_exit_takes_the_whole_page(context, tab, house: House,
                                                                                            elsewhere) -> None:
    html = f'<!doctype html><html lang="fr"><title>x</title><script src="{house.origin}/static/embed.js" data-door="ecole" async></script>'
    partner = elsewhere(html)
    context.route(EXIT["fr"] + "**", lambda route: route.fulfill(body="<title>Météo</title>", content_type="text/html"))
    tab.goto(partner)
    tab.click("text=Besoin d’aide?")
    frame = tab.frame_locator("iframe")
    frame.locator("#text").fill("manger")
    frame.locator("#text").press("Enter")
    frame.locator(".service >> nth=0").wait_for()
    assert house.conversations.only().door == "ecole"
    frame.locator("#leave").click()
    tab.wait_for_url(EXIT["fr"])
