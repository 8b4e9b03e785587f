"""A conversation's page at the desk without JavaScript: what is known, replies, the search, notes and the ends."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from bot.channels.staff import staff_words
from bot.conversation import storage
from bot.handoff import canned, contacts, requests
from bot.store.engine import writing
from bot.web.staff_pages import words
from bot.words import LANGUAGES
from tests.handoff.conftest import JOLIETTE, NOON, sqlite_engine
from tests.people.house import Page, good

engine = sqlite_engine


@pytest.fixture
def claimed(house, signed_in):
    """(client, request id, conversation id) of a request that Anne has."""
    canned.seed(house.engine)
    house.navigator("anne")
    conversation_id = house.talk()
    request_id, client = house.ask(conversation_id, shown=["essai-1"], age_band="senior"), signed_in()
    assert client.post(f"/desk/{request_id}/claim").headers["location"] == f"/desk/{request_id}"
    return client, request_id, conversation_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_conversation_page_has_messages_packet_notes_and_ends(claimed, language):
    client, request_id, _ = claimed
    reply = client.get(f"/desk/{request_id}?lang={language}")
    good(reply)
    for name in ("packet.title", "notes.title", "end.title", "search.title", "conversation.reply"):
        assert words(language, name) in reply.text
    assert "J’ai faim" in reply.text and ("Comptoir d’essai" if language == "fr" else "Test counter") in reply.text and ("65 ans" in reply.text or "65 or" in reply.text)


def test_reply_canned_reply_card_and_note(claimed, house):
    client, request_id, conversation_id = claimed
    page = f"/desk/{request_id}"
    for data in ({"text": "Bonjour,\r\nje vous lis."}, {"canned": "cherche"}, {"service": "essai-1"}):
        assert client.post(f"{page}/messages", data=data).headers["location"] == page
    said = house.said(conversation_id)[-3:]
    assert [one.text for one in said] == ["Bonjour,\nje vous lis.", canned._FIRST("fr", "cherche"), "Voici un service qui peut aider."]
    assert client.post(f"{page}/notes", data={"note": "À rappeler"}).headers["location"] == page
    assert "À rappeler" in client.get(page).text and "À rappeler" not in str(house.said(conversation_id))


def test_canned_reply_is_in_the_resident_s_language(house, signed_in):
    canned.seed(house.engine)
    house.navigator(language="fr")
    request_id, client = house.ask(conversation_id := house.talk(language="en"), language="en"), signed_in()
    client.post(f"/desk/{request_id}/claim")
    client.post(f"/desk/{request_id}/messages", data={"canned": "autre"})
    assert house.said(conversation_id)[-1].text == canned._FIRST("en", "autre")


def test_search_shows_what_can_be_sent(claimed):
    client, request_id, _ = claimed
    reply = client.get(f"/desk/{request_id}?need=food&place=Sorel-Tracy")
    good(reply)
    assert 'name="service" value="essai-1"' in reply.text
    assert words("fr", "search.no_place") in client.get(f"/desk/{request_id}?need=food&place=Nullepartville").text


def search(client, request_id, **fields):
    return client.get(f"/desk/{request_id}", params={"need": "food", **fields}).text


def test_the_search_begins_with_all_that_the_packet_says_and_each_can_be_changed(house, signed_in):
    house.navigator()
    request_id, client = house.ask(place="61025", territory=JOLIETTE, age_band="senior", language="en"), signed_in()
    client.post(f"/desk/{request_id}/claim")
    page = client.get(f"/desk/{request_id}").text
    form = page[page.index('id="search"'):]
    assert re.search(r'value="food" selected', form) and 'name="place" maxlength="100" autocomplete="off" value="Joliette"' in form
    assert re.search(r'value="en" selected', form) and re.search(r'value="senior" selected', form)
    assert 'name="service"' not in form  # nothing is looked for yet
    found = search(client, request_id, place="Joliette", language="en", age="senior")
    assert 'value="aines"' in found and "langue" in found.lower()  # not given in English: said
    senior, young = (search(client, request_id, place="Joliette", language="fr", age=age) for age in ("senior", "youth"))
    assert senior.count('class="caution"') < young.count('class="caution"'), "not for their age: said"


def test_what_is_found_is_seen_from_the_place_and_at_the_time_asked_for(house, signed_in):
    house.navigator()
    request_id, client = house.ask(place="53052", territory="1623"), signed_in()
    client.post(f"/desk/{request_id}/claim")
    near, far = (search(client, request_id, place=place) for place in ("Sorel-Tracy", "Joliette"))
    assert "0,2 km" in near and "0,2 km" not in far
    assert words("fr", "search.no_time") in search(client, request_id, at="demain")
    assert words("fr", "search.no_time") not in search(client, request_id, at="2026-12-25T10:00", place="Joliette")
    assert words("fr", "search.no_need") in client.get(f"/desk/{request_id}?need=&name=").text


def test_a_service_is_found_by_its_name_whatever_the_accents_and_the_need(house, signed_in):
    house.navigator()
    request_id, client = house.ask(), signed_in()
    client.post(f"/desk/{request_id}/claim")
    for name in ("repas aines", "SENIORS", "aînés repas"):
        found = client.get(f"/desk/{request_id}", params={"need": "", "name": name}).text
        assert 'value="aines"' in found and 'value="essai-1"' not in found, name
    assert words("fr", "search.none") in client.get(f"/desk/{request_id}", params={"need": "food", "name": "n’existe pas"}).text


def test_a_card_is_sent_as_it_was_found(house, signed_in):
    house.navigator()
    conversation_id = house.talk()
    request_id, client = house.ask(conversation_id, place="53052", age_band="youth"), signed_in()
    client.post(f"/desk/{request_id}/claim")
    sent = []
    for data in ({"service": "aines"}, {"service": "aines", "place": "Joliette", "age": "senior"}):
        client.post(f"/desk/{request_id}/messages", data=data)
        sent.append(house.said(conversation_id)[-1].services[0])
    assert sent[0]["distance_km"] > 20 and len(sent[0]["cautions"]) > len(sent[1]["cautions"])
    assert client.post(f"/api/handoffs/{request_id}/messages", json={"service": "aines"}).status_code == 201
    assert house.said(conversation_id)[-1].services[0]["cautions"] == sent[0]["cautions"]


@pytest.mark.parametrize(("act", "data", "done"), [
    ("close", {"outcome": "not_met", "reason": "closed", "need": ""}, "closed"), ("close", {"outcome": "informed", "reason": "", "need": ""}, "closed"),
    ("return", {}, "returned"), ("transfer", {"to": JOLIETTE}, "transferred"),
])
def test_ends_lead_back_to_the_queue_and_say_so(claimed, act, data, done):
    client, request_id, _ = claimed
    reply = client.post(f"/desk/{request_id}/{act}", data=data)
    assert (reply.status_code, reply.headers["location"].partition("&id=")[0]) == (303, f"/desk?done={done}")
    assert words("fr", f"done.{done}") in client.get(reply.headers["location"]).text


def test_what_was_typed_is_kept_when_it_cannot_be_sent(claimed, house):
    client, request_id, _ = claimed
    house.desk.close(house.people.get("anne@example.org").person, request_id, "informed")
    reply = client.post(f"/desk/{request_id}/messages", data={"text": "une longue réponse"})
    assert reply.status_code == 409
    reply = client.post(f"/desk/{request_id}/notes", data={"note": ""})
    good(reply, 400)


def test_refused_close_stays_on_the_conversation(claimed):
    client, request_id, _ = claimed
    reply = client.post(f"/desk/{request_id}/close", data={"outcome": "not_met", "reason": ""})
    good(reply, 400)
    assert staff_words("fr", "bad_field") in reply.text


def test_erased_conversation_is_said_on_the_queue_and_404_to_the_script(claimed, house):
    client, request_id, conversation_id = claimed
    with writing(house.engine) as connection:
        storage.erase(connection, conversation_id)
    good(client.get(f"/desk/{request_id}"), 404)
    assert client.get(f"/desk/{request_id}/messages").status_code == 404


def test_messages_piece_gives_only_what_came_since(claimed, house):
    client, request_id, conversation_id = claimed
    house.resident_says(conversation_id, "Êtes-vous là?")
    last = house.said(conversation_id)[-1].seq
    piece = client.get(f"/desk/{request_id}/messages?after={last - 1}").text
    assert re.findall(r'data-seq="(\d+)"', piece) == [str(last)] and 'data-open="yes"' in piece


def test_administrator_reads_what_is_not_theirs_and_is_told_it_is_noted(house, signed_in):
    house.navigator("admin", roles=("administrator",))
    house.desk.claim(house.navigator("ben"), request_id := house.ask())
    reply = signed_in("admin@example.org").get(f"/desk/{request_id}")
    good(reply)
    assert words("fr", "conversation.reading") in reply.text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=strategies.text(alphabet=strategies.sampled_from("<>&\"'/=abcscript \n{}%#"), min_size=1, max_size=80))
def test_resident_text_never_becomes_markup(claimed, house, text):
    client, request_id, conversation_id = claimed
    house.resident_says(conversation_id, "mot")
    before, listed = (Page(client.get(path).text).tags for path in (f"/desk/{request_id}/messages", "/desk/queue?status=mine"))
    house.resident_says(conversation_id, text)
    after = Page(client.get(f"/desk/{request_id}/messages").text).tags
    assert after == [*before, "article", "p", "time", "p"]
    assert Page(client.get("/desk/queue?status=mine").text).tags == listed  # its last words are in the list


def test_territory_is_shown_by_name(claimed):
    client, request_id, _ = claimed
    assert "Pierre-De Saurel" in client.get(f"/desk/{request_id}").text


def test_a_form_sent_twice_says_it_once(claimed, house):
    client, request_id, conversation_id = claimed
    for _ in range(2):
        client.post(f"/desk/{request_id}/messages", data={"text": "Bonjour", "once": "k1"})
    client.post(f"/desk/{request_id}/messages", data={"text": "Bonjour", "once": "k2"})
    assert [one.text for one in house.said(conversation_id)].count("Bonjour") == 2


def test_danger_is_noted_and_a_contact_erased_by_forms(claimed, house):
    client, request_id, conversation_id = claimed
    with writing(house.engine) as connection:
        requests.raise_urgency(connection, conversation_id, 1)
        contacts.give(connection, request_id, "450-555-0199", NOON)
    page = client.get(f"/desk/{request_id}").text
    assert "450-555-0199" in page and words("fr", "conversation.danger_noted") in page
    client.post(f"/desk/{request_id}/danger")
    client.post(f"/desk/{request_id}/contact/used")
    assert "450-555-0199" not in client.get(f"/desk/{request_id}").text
    assert 'data-danger="no"' in client.get(f"/desk/{request_id}/messages?after=0").text
