"""POST and DELETE /api/session, the cookie's kinds, and requests from elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.handoff.conftest import PASSWORD, application

WHO = {"email": "anne@example.org", "password": PASSWORD}


def client_at(house, base_url, peer="127.0.0.1", **settings):
    app = application(house, replace(house.settings, **settings))
    return TestClient(app, base_url=base_url, follow_redirects=False, client=(peer, 50000))


def test_sign_in_gives_a_session_and_sign_out_ends_it(house, client):
    house.navigator(territories=("1623",), topics=["food"])
    reply = client.post("/api/session", json={**WHO, "code": "123456"})
    assert reply.status_code == 200
    assert reply.json()["person"] == {"email": "anne@example.org", "name": "Anne", "roles": ["navigator"], "territories": ["1623"],
                                      "languages": ["fr", "en"], "topics": ["food"], "language": "fr",
                                      "pending": None}
    cookie = reply.headers["set-cookie"]
    assert client.get("/api/handoffs").status_code == 200
    assert client.delete("/api/session").status_code == 204
    assert client.get("/api/handoffs").status_code == 401
    stolen = cookie.split(";")[0]
    assert client.get("/api/handoffs", headers={"cookie": stolen}).status_code == 401  # ended here, not only in the browser
    assert client.delete("/api/session").status_code == 204


def test_cookie_on_loopback_is_plain_http_only(house, client):
    house.navigator()
    cookie = client.post("/api/session", json=WHO).headers["set-cookie"]
    assert cookie.startswith("bonneporte=") and "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie and "Domain" not in cookie


def test_cookie_over_https_is_host_secure_http_only_strict(house):
    house.navigator()
    client = client_at(house, "https://aide.example.org", peer="203.0.113.7", public_url="https://aide.example.org")
    cookie = client.post("/api/session", json=WHO).headers["set-cookie"]
    assert cookie.startswith("__Host-bonneporte=") and "Domain" not in cookie
    for part in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert part in cookie
    assert client.get("/api/handoffs").status_code == 200


def test_a_plain_cookie_opens_nothing_over_https(house):
    house.navigator()
    token = house.people.log_in("anne@example.org", PASSWORD)
    client = client_at(house, "https://aide.example.org", public_url="https://aide.example.org")
    assert client.get("/api/handoffs", headers={"cookie": f"bonneporte={token}"}).status_code == 401


def test_no_password_travels_in_the_open(house):
    house.navigator()
    outside = client_at(house, "http://192.0.2.1:8000", peer="192.0.2.9", host="0.0.0.0")
    reply = outside.post("/api/session", json=WHO)
    assert (reply.status_code, "set-cookie" in reply.headers) == (403, False)
    assert outside.post("/login", data=WHO).status_code == 403
    assert client_at(house, "http://127.0.0.1:8000", host="0.0.0.0").post("/api/session", json=WHO).status_code == 200


@pytest.mark.parametrize("email", ["anne@example.org", "nobody@example.org"])
def test_wrong_and_unknown_are_answered_alike_and_limited_alike(house, client, email):
    house.navigator()
    replies = [client.post("/api/session", json={"email": email, "password": "faux mot de passe"}) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [401, 401, 401, 429]
    assert replies[0].json() == {"type": "about:blank", "status": 401, "title": "L’adresse, le mot de passe ou le code n’est pas le bon."}
    assert replies[0].headers["content-type"] == "application/problem+json"
    assert 0 < int(replies[3].headers["retry-after"]) <= 3600


@pytest.mark.parametrize("body", [{}, {"email": "a@b.c"}, {"password": "x"}, {"email": 3, "password": "x"}, {"email": [], "password": {}},
                                  {"email": "a" * 300, "password": "x"}])
def test_wrong_body_is_400(client, body):
    assert client.post("/api/session", json=body).status_code == 400


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b"\xff"])
def test_not_json_is_400(client, raw):
    assert client.post("/api/session", content=raw).status_code == 400


def test_half_a_character_is_a_wrong_log_in(client):
    raw = b'{"email": "a@b.c", "password": "\\ud800\\u0000"}'
    assert client.post("/api/session", content=raw).status_code == 401


ELSEWHERE = [
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}, {"origin": "null"},
    {"origin": "http://127.0.0.1:9999"}, {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
    {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8000"},
]
FROM_HERE = [
    {}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": "http://127.0.0.1:8000"},
    {"sec-fetch-site": "same-origin", "origin": "null"},  # a form of ours: our pages send no referrer
]


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_state_changing_requests_from_elsewhere_are_refused(house, signed_in, headers):
    house.navigator()
    client, request_id = signed_in(), house.ask()
    for method, path in (("POST", f"/api/handoffs/{request_id}/claim"), ("DELETE", "/api/session"), ("POST", "/logout"),
                         ("POST", "/api/session"), ("POST", "/login"), ("POST", f"/desk/{request_id}/claim")):
        reply = client.request(method, path, headers=headers)
        assert reply.status_code == 403, path
        assert reply.headers["content-type"] == "application/problem+json"
    assert client.get("/api/handoffs", headers=headers).json()[0]["owner"] is None  # reading is not refused


@pytest.mark.parametrize("headers", FROM_HERE)
def test_requests_from_our_own_pages_pass(house, signed_in, headers):
    house.navigator()
    client, request_id = signed_in(), house.ask()
    assert client.post(f"/api/handoffs/{request_id}/claim", headers=headers).status_code == 200


def test_sign_in_from_elsewhere_is_refused_without_a_cookie_too(house, client):
    house.navigator()
    assert client.post("/api/session", json=WHO, headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post("/login", data=WHO, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_disabled_person_is_out_at_once(house, signed_in):
    house.navigator()
    client = signed_in()
    house.people.disable("anne@example.org")
    assert client.get("/api/handoffs").status_code == 401
