"""Signing in, the queue and one's own desk without JavaScript: every act by a form, in both languages, with nothing inline."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.channels.staff import staff_words
from bot.handoff import navigators
from bot.store.base import utcnow
from bot.store.engine import writing
from bot.web.desk_page import waited
from bot.web.rendering import STATIC
from bot.web.staff_pages import where_next, words
from bot.words import LANGUAGES
from tests.handoff.conftest import JOLIETTE, NOON, PASSWORD, sqlite_engine
from tests.people.house import good

engine = sqlite_engine


# Signing in


@pytest.mark.parametrize(("roles", "place"), [
    (("navigator",), "/desk"), (("administrator",), "/desk"), (("table",), "/table"), (("maintainer",), "/directory"),
    (("table", "navigator"), "/desk"),
])
def test_each_role_begins_on_its_page(house, client, roles, place):
    house.navigator(roles=roles)
    reply = client.post("/login", data={"email": "anne@example.org", "password": PASSWORD})
    assert (reply.status_code, reply.headers["location"]) == (303, place)
    good(client.get("/login"))


def test_signing_in_leads_back_to_the_page_asked_for(house, client):
    house.navigator()
    sent = client.get("/desk/some-id")
    assert sent.headers["location"] == "/login?next=%2Fdesk%2Fsome-id"
    page = client.get(sent.headers["location"])
    assert 'name="next" value="/desk/some-id"' in page.text
    reply = client.post("/login", data={"email": "anne@example.org", "password": PASSWORD, "next": "/desk/some-id"})
    assert reply.headers["location"] == "/desk/some-id"


@pytest.mark.parametrize("asked", ["https://evil.example", "//evil.example", "/desk//evil.example", "/\\evil.example", "/desk\r\nx: y", "/logout", "desk", ""])
def test_signing_in_never_leads_elsewhere(house, asked):
    assert where_next(asked, house.navigator()) == "/desk"


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_password_says_so_and_keeps_the_address(house, client, language):
    house.navigator()
    reply = client.post(f"/login?lang={language}", data={"email": "anne@example.org", "password": "faux mot de passe"})
    good(reply, 401)
    assert staff_words(language, "wrong_login") in reply.text and 'value="anne@example.org"' in reply.text
    assert "faux mot de passe" not in reply.text


def test_too_many_tries_say_when(house, client):
    for _ in range(3):
        client.post("/login", data={"email": "a@example.org", "password": "faux mot de passe"})
    reply = client.post("/login", data={"email": "a@example.org", "password": "faux mot de passe"})
    good(reply, 429)
    assert "retry-after" in reply.headers


def test_sign_out_closes_the_desk(house, signed_in):
    house.navigator()
    client = signed_in()
    assert client.post("/logout").headers["location"] == "/login"
    assert client.get("/desk").status_code == 303


# The queue


@pytest.mark.parametrize("language", LANGUAGES)
def test_queue_page(house, signed_in, language):
    house.navigator(language=language)
    house.ask(urgency="crisis")
    reply = signed_in().get("/desk")
    good(reply)
    assert f'lang="{language}"' in reply.text
    assert words(language, "urgency.crisis") in reply.text and words(language, "queue.claim") in reply.text
    assert "no-store" in reply.headers["cache-control"]


def test_language_asked_for_stays_through_forms(house, signed_in):
    house.navigator(language="fr")
    request_id, client = house.ask(), signed_in()
    page = client.get("/desk?lang=en")
    assert "Nobody" not in page.text and "Take" in page.text and f'action="/desk/{request_id}/claim?lang=en"' in page.text
    assert client.post(f"/desk/{request_id}/claim?lang=en").headers["location"] == f"/desk/{request_id}?lang=en"


@pytest.mark.parametrize("status", ["waiting", "mine", "all", "nonsense"])
def test_empty_lists_say_so(house, signed_in, status):
    house.navigator()
    good(signed_in().get(f"/desk?status={status}"))


def test_navigator_without_territory_is_told(house, signed_in):
    house.navigator(territories=())
    assert words("fr", "queue.no_territory") in signed_in().get("/desk").text


def test_queue_piece_is_the_list_alone(house, signed_in):
    house.navigator()
    request_id, client = house.ask(), signed_in()
    piece = client.get("/desk/queue?status=waiting")
    assert piece.text.lstrip().startswith("<ul") and request_id in piece.text and "<html" not in piece.text


def test_claim_that_came_second_says_so_on_the_queue(house, signed_in):
    house.navigator("anne")
    house.desk.claim(house.navigator("ben"), request_id := house.ask())
    reply = signed_in().post(f"/desk/{request_id}/claim")
    good(reply, 409)
    assert staff_words("fr", "taken") in reply.text


# One's own desk


@pytest.mark.parametrize("language", LANGUAGES)
def test_my_desk_has_figures_colleagues_a_break_and_a_code(house, signed_in, language):
    house.navigator("anne", language=language)
    house.navigator("ben", territories=(JOLIETTE,))
    client = signed_in()
    request_id = house.ask(now=utcnow() - timedelta(minutes=9))
    client.post(f"/desk/{request_id}/claim")
    client.post(f"/desk/{request_id}/messages", data={"text": "Bonjour"})
    page = client.get("/desk/me")
    good(page)
    assert "Ben" in page.text and words(language, "time.minutes", minutes=9) in page.text
    assert client.post("/desk/me/available", data={"available": "no"}).headers["location"].startswith("/desk/me")
    assert words(language, "me.on_break") in client.get("/desk/me").text
    code = re.search(r"/start (desk-[\w-]+)", client.post("/desk/me/telegram").text)[1]
    with writing(house.engine) as connection:
        assert navigators.link(connection, code, "77", utcnow()) == language
        assert navigators.link(connection, code, "78", utcnow()) is None, "once"
    assert words(language, "me.telegram_on") in client.get("/desk/me").text
    client.post("/desk/me/telegram/off")
    assert words(language, "me.telegram_on") not in client.get("/desk/me").text
    assert client.get("/api/desk").json()["figures"]["open"] == 1


def test_a_code_runs_out(house):
    person = house.navigator()
    with writing(house.engine) as connection:
        code = navigators.new_code(connection, person.id, NOON)
        assert navigators.link(connection, code, "77", NOON + timedelta(minutes=16)) is None
        code = navigators.new_code(connection, person.id, NOON)
        assert navigators.link(connection, code, "77", NOON + timedelta(minutes=14)) == "fr"


# Words


SAME = {"urgency.danger", "urgency.crisis", "time.minutes", "time.hours", "conversation.title", "who.assistant", "search.short", "notes.short"}


@pytest.mark.parametrize("texts", [words, staff_words])
def test_words_exist_in_both_languages_and_differ(texts):
    for name, one in texts.texts.items():
        assert one["fr"].strip() and one["en"].strip(), name
        assert set(re.findall(r"\{(\w+)", one["fr"])) == set(re.findall(r"\{(\w+)", one["en"])), name
        assert one["fr"] != one["en"] or name in SAME, name


@pytest.mark.parametrize(("seconds", "fr"), [
    (0, "moins d’une minute"), (59, "moins d’une minute"), (60, "1 min"), (3599, "59 min"), (3600, "1 h 00"), (3900, "1 h 05"), (86_400, "1 j 0 h"),
])
def test_waited(seconds, fr):
    assert waited("fr", seconds) == fr


def test_every_shortcut_is_in_the_help_and_in_the_documentation(house, signed_in):
    house.navigator()
    script = (STATIC / "desk_keys.js").read_text("utf-8")
    letters = re.search(r"const LETTERS = \{(.*?)\n  \};", script, re.DOTALL)[1]
    handled = set(re.findall(r'(?:^|,)\s*(?:"(.)"|(\w)):', letters, re.MULTILINE))
    keys = {one or other for one, other in handled}
    assert keys == set("?jkcwmar/sfnde")
    shown = set(re.findall(r"<kbd>(.)</kbd>", signed_in().get("/desk").text))
    documented = set(re.findall(r"`(.)`", (STATIC.parents[2] / "docs" / "desk.md").read_text("utf-8")))
    assert keys <= shown and keys <= documented
