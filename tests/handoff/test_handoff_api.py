"""The navigators' HTTP API: the contract's shapes and codes, and every route walked by role."""

from __future__ import annotations

import asyncio
import re

import pytest
from starlette.routing import Route

from bot.people.person import ROLES
from tests.handoff.conftest import JOLIETTE, SOREL, application

PROBLEM = "application/problem+json"
# What somebody who is not signed in may open, and nothing else: everything that is not here is walked below.
OPEN = {("POST", "/api/session"), ("DELETE", "/api/session"), ("GET", "/login"), ("POST", "/login"), ("POST", "/logout"),
        ("GET", "/d/{door}/refer"), ("POST", "/d/{door}/refer")}


def walk(house):
    """(method, path) of every route that is not open."""
    for route in application(house).routes:
        if isinstance(route, Route):
            for method in sorted(route.methods - {"HEAD"}):
                if (method, route.path) not in OPEN:
                    yield method, re.sub(r"\{[^}]+\}", "some-id", route.path)


def test_every_route_is_closed_to_somebody_who_is_not_signed_in(house, client):
    paths = list(walk(house))
    assert len(paths) == 39
    for method, path in paths:
        reply = client.request(method, path)
        if path.startswith("/api/"):
            assert (reply.status_code, reply.headers["content-type"]) == (401, PROBLEM), path
        else:
            assert reply.status_code == 303 and reply.headers["location"].startswith("/login"), path


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("navigator", "administrator")])
def test_every_route_is_closed_to_the_other_roles(house, signed_in, role):
    house.navigator(roles=(role,))
    request_id, client = house.ask(), signed_in()
    for method, path in walk(house):
        reply = client.request(method, path.replace("some-id", request_id))
        if path.startswith("/api/"):
            assert (reply.status_code, reply.headers["content-type"]) == (403, PROBLEM), path
        else:
            assert reply.status_code == 303 and reply.headers["location"] in ("/table", "/directory", "/account"), path
        assert request_id not in reply.text
    assert house.desk.queue(house.navigator("ben"))[0]["owner"] is None


def test_navigator_reaches_nothing_outside_their_territory(house, signed_in):
    house.navigator(territories=(JOLIETTE,))
    request_id, client = house.ask(), signed_in()
    for method, path in walk(house):
        if "some-id" in path:
            assert client.request(method, path.replace("some-id", request_id)).status_code in (400, 404), path
    assert client.get("/api/handoffs?status=all").json() == []


def test_queue_then_claim_then_conversation(house, signed_in):
    house.navigator()
    conversation_id = house.talk()
    request_id, client = house.ask(conversation_id), signed_in()
    (row,) = client.get("/api/handoffs?status=waiting").json()
    assert {"id", "need", "territory", "language", "for_other", "urgency", "waiting_seconds", "summary", "owner"} <= set(row)
    assert client.post(f"/api/handoffs/{request_id}/claim").status_code == 200
    assert client.get("/api/handoffs").json() == []
    assert client.get("/api/handoffs?status=mine").json()[0]["owner"] == "anne@example.org"
    found = client.get(f"/api/handoffs/{request_id}").json()
    assert {"packet", "messages", "notes"} <= set(found)
    assert set(found["messages"][0]) == {"seq", "from", "language", "kind", "text", "asks", "choices", "services", "helplines", "at"}
    reply = client.post(f"/api/handoffs/{request_id}/messages", json={"text": "Bonjour!"})
    assert reply.status_code == 201
    after = client.get(f"/api/handoffs/{request_id}/messages", params={"after": reply.json()["seq"] - 1}).json()
    assert [one["text"] for one in after["messages"]] == ["Bonjour!"] and after["status"] == "navigator"
    assert client.get(f"/api/handoffs/{request_id}?after={reply.json()['seq']}").json()["messages"] == []


def test_claim_of_what_somebody_has_is_409(house, signed_in):
    house.navigator("anne")
    house.navigator("ben")
    request_id, anne, ben = house.ask(), signed_in(), signed_in("ben@example.org")
    assert anne.post(f"/api/handoffs/{request_id}/claim").status_code == 200
    reply = ben.post(f"/api/handoffs/{request_id}/claim")
    assert (reply.status_code, reply.headers["content-type"]) == (409, PROBLEM)
    assert reply.json()["title"] == "Quelqu’un a déjà pris cette demande."
    assert ben.get(f"/api/handoffs/{request_id}").status_code == 403
    assert ben.post(f"/api/handoffs/{request_id}/messages", json={"text": "x"}).status_code == 403


def test_problems_are_in_the_person_s_language(house, signed_in):
    house.navigator(language="en")
    assert signed_in().get("/api/handoffs/none").json()["title"] == "This request does not exist, or the person erased it."


def test_a_service_is_sent_as_its_card_and_an_unknown_one_is_404(house, signed_in):
    house.navigator()
    request_id, client = house.ask(conversation_id := house.talk()), signed_in()
    client.post(f"/api/handoffs/{request_id}/claim")
    assert client.post(f"/api/handoffs/{request_id}/messages", json={"service": "essai-1"}).status_code == 201
    assert house.said(conversation_id)[-1].services[0]["id"] == "essai-1"
    assert client.post(f"/api/handoffs/{request_id}/messages", json={"service": "none"}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x", "service": "essai-1"}, {"text": 3}, {"text": None}, {"text": "x" * 4097}])
def test_wrong_message_is_400(house, signed_in, body):
    house.navigator()
    request_id, client = house.ask(), signed_in()
    client.post(f"/api/handoffs/{request_id}/claim")
    assert client.post(f"/api/handoffs/{request_id}/messages", json=body).status_code == 400


def test_notes_transfer_return_and_close_are_200(house, signed_in):
    house.navigator("anne")
    house.navigator("ben")
    client = signed_in()
    first, second, third = house.ask(), house.ask(), house.ask()
    for request_id in (first, second, third):
        client.post(f"/api/handoffs/{request_id}/claim")
    assert client.post(f"/api/handoffs/{first}/notes", json={"text": "À rappeler"}).status_code == 200
    assert client.get(f"/api/handoffs/{first}").json()["notes"][0]["text"] == "À rappeler"
    assert client.post(f"/api/handoffs/{first}/transfer", json={"to": "ben@example.org"}).status_code == 200
    assert client.post(f"/api/handoffs/{second}/transfer", json={"to": JOLIETTE}).status_code == 200
    assert client.post(f"/api/handoffs/{third}/return").status_code == 200
    ben = signed_in("ben@example.org")
    reply = ben.post(f"/api/handoffs/{first}/close", json={"outcome": "not_met"})
    assert (reply.status_code, reply.json()["field"]) == (400, "reason")
    assert ben.post(f"/api/handoffs/{first}/close", json={"outcome": "not_met", "reason": "closed"}).status_code == 200
    assert ben.post(f"/api/handoffs/{first}/close", json={"outcome": "informed", "reason": None}).status_code == 409


@pytest.mark.parametrize("to", [None, "", "nobody@example.org", "9999"])
def test_transfer_to_nobody_is_400(house, signed_in, to):
    house.navigator()
    request_id, client = house.ask(), signed_in()
    client.post(f"/api/handoffs/{request_id}/claim")
    assert client.post(f"/api/handoffs/{request_id}/transfer", json={"to": to}).status_code == 400


def test_unknown_status_and_wrong_after_are_400(house, signed_in):
    house.navigator()
    client = signed_in()
    assert client.get("/api/handoffs?status=theirs").status_code == 400
    assert client.get("/api/handoffs/x?after=-1").status_code == 400


def test_being_there_is_noted(house, signed_in):
    house.navigator()
    client = signed_in()
    client.get("/api/handoffs")
    assert house.people.get("anne@example.org").last_seen_at is not None


async def test_stream_tells_the_counts_and_ends_when_we_stop(house):
    """Over ASGI itself: the test client waits for a stream's end."""
    house.navigator(territories=(SOREL,))
    house.ask(urgency="crisis")
    token, app, sent = house.people.log_in("anne@example.org", "un mot de passe assez long"), application(house), []

    async def receive():
        await asyncio.sleep(3600)  # the navigator stays

    async def send(message):
        sent.append(message)
        if b"event: queue" in message.get("body", b""):
            app.state.stopping.set()

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": "/api/handoffs/events",
             "raw_path": b"/api/handoffs/events", "query_string": b"", "root_path": "", "scheme": "http", "server": ("127.0.0.1", 8000),
             "client": ("127.0.0.1", 5), "headers": [(b"host", b"127.0.0.1:8000"), (b"cookie", f"bonneporte={token}".encode())]}
    await app(scope, receive, send)
    assert sent[0]["status"] == 200
    assert b'event: queue\ndata: {"waiting": 1, "mine": 0, "crisis": 1, "unread": 0, "danger": 0}' in b"".join(one.get("body", b"") for one in sent)
