"""Every route of the application, with nobody, each role and another site: it opens to those of access.py and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy import update
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from bot.channels.telegram.runner import TelegramChannel
from bot.channels.telegram.webhook import PATH as WEBHOOK
from bot.people import sessions
from bot.people.person import ROLES
from bot.people.tables import people
from bot.runtime.app import private_app, public_app
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import make_engine, reading, writing
from bot.store.schema import all_tables
from bot.web.security import protected
from tests.people.access import ANY, PRIVATE, PUBLIC, ROUTES, SECRET, SIGNED_IN, TOKEN
from tests.people.house import KEY, PASSWORD, House, Page, make_house

ELSEWHERE = ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"})


def named(routes) -> Iterator[str]:
    for route in routes:
        if isinstance(route, Mount):
            yield f"MOUNT {route.path}"
        else:
            assert isinstance(route, Route), route
            yield from (f"{method} {route.path}" for method in sorted(route.methods or ()) if method != "HEAD")



def whole(house: House):
    """The public application as it is with Telegram's webhook, which only that mode has."""
    services = house.services
    settings = Settings(data=services.settings.data, secret_key=KEY, telegram_token="1:x", telegram_mode="webhook",
                        public_url="https://aide.example.org")
    telegram = TelegramChannel(services.conversations, services.engine, settings, secret=services.secret)
    app = public_app(services, [telegram.webhook_route])
    app.state.stopping.set()  # streams end at once
    return app


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("routes")
    engine = make_engine(f"sqlite:///{folder / 'house.db'}")
    all_tables().create_all(engine)
    made = make_house(engine, folder)
    made.app = whole(made)
    for role in ROLES:
        made.person(role, (role,))
    yield made
    engine.dispose()


def client(house: House, role: str | None = None, **headers: str) -> TestClient:
    """Somebody with one role, by a session of their own (a route may end it)."""
    made = TestClient(protected(house.app), base_url="http://127.0.0.1:8000", follow_redirects=False,
                      headers={"accept": "text/html", **headers})
    if role is not None:
        person = house.people.get(f"{role}@example.org").person
        with writing(house.engine) as connection:
            made.cookies.set("bonneporte", sessions.start(connection, person.id, utcnow()))
    return made


def ask(made: TestClient, name: str):
    method, path = name.split(" ", 1)
    return made.request("GET" if method == "MOUNT" else method, "/static/style.css" if method == "MOUNT" else
                        _filled(path))


def _filled(path: str) -> str:
    for kind, value in ((r"\{\w+:int\}", "999999"), (r"\{\w+:uuid\}", "00000000-0000-4000-8000-000000000000"), (r"\{\w+\}", "some-id")):
        path = re.sub(kind, value, path)
    return path


def test_the_table_knows_every_route_and_no_other(house):
    assert set(named(house.app.routes)) == set(ROUTES)
    assert f"POST {WEBHOOK}" in ROUTES


def test_the_private_server_has_these_routes_and_the_public_one_none_of_them(house):
    fake = SimpleNamespace(directory=house.services.directory, clock=house.services.clock)
    assert set(named(private_app(fake).routes)) == PRIVATE
    for path in ("/metrics", "/webhook", "/webhooks/bonneporte/turn", "/model", "/docs", "/openapi.json"):
        assert client(house).get(path).status_code == client(house).post(path).status_code == 404


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_without_a_session_only_what_is_public_opens(house, name):
    who, reply = ROUTES[name].who, ask(client(house), name)
    if who == PUBLIC:
        assert reply.status_code in (401, 429) if name == "POST /login" else reply.status_code not in (401, 403)  # an empty form
    elif who == TOKEN:
        assert reply.status_code == 401
    elif who == SECRET:
        assert reply.status_code in (401, 403, 404)
    elif name.split()[1].startswith("/api/"):
        assert (reply.status_code, reply.headers["content-type"]) == (401, "application/problem+json")
    else:
        assert reply.status_code == 303 and reply.headers["location"].startswith("/login")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(name for name, one in ROUTES.items() if one.who not in (PUBLIC, TOKEN, SECRET)))
def test_each_role_opens_what_is_theirs_and_nothing_else(house, name, role):
    who = ANY if ROUTES[name].who == SIGNED_IN else ROUTES[name].who
    reply = ask(client(house, role), name)
    if role in who:
        assert reply.status_code not in (401, 403), reply.text[:300]
        assert not reply.headers.get("location", "").startswith("/login")
    elif name.split()[1].startswith("/api/"):
        assert (reply.status_code, reply.headers["content-type"]) == (403, "application/problem+json")
    else:  # told no, or sent to a page of their own
        assert reply.status_code == 403 or (reply.status_code == 303 and reply.headers["location"] in ("/table", "/account", "/desk", "/directory"))
        assert reply.headers.get("location") != name.split()[1]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(name for name, one in ROUTES.items() if one.who in (TOKEN, SECRET)))
def test_no_role_opens_what_needs_a_residents_token_or_telegrams_secret(house, name, role):
    assert ask(client(house, role), name).status_code in (401, 403, 404)


@pytest.mark.parametrize("headers", ELSEWHERE, ids=["fetch-metadata", "origin"])
@pytest.mark.parametrize("name", sorted(name for name, one in ROUTES.items() if name.split()[0] in ("POST", "DELETE") and one.who not in (TOKEN, SECRET)))
def test_another_site_changes_nothing_with_a_session(house, name, headers):
    if name == "POST /api/conversations":
        return  # no cookie counts there, and partners' sites may open conversations
    made = client(house, "administrator", **headers)
    before = rows(house)
    assert ask(made, name).status_code == 403
    assert rows(house) == before
    assert client(house, "administrator").get("/admin").status_code == 200


def rows(house: House) -> dict[str, int]:
    """How many rows each table has, sessions aside."""
    with reading(house.engine) as connection:
        return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() for name in all_tables().tables if name != "sessions"}


@pytest.mark.parametrize("name", sorted(name for name, one in ROUTES.items() if one.who not in (PUBLIC, TOKEN, SECRET)))
def test_somebody_with_a_given_password_opens_their_account_and_nothing_else(house, name):
    with writing(house.engine) as connection:
        connection.execute(update(people).where(people.c.email == "administrator@example.org").values(password_given="must"))
    try:
        reply = ask(client(house, "administrator"), name)
    finally:
        with writing(house.engine) as connection:
            connection.execute(update(people).where(people.c.email == "administrator@example.org").values(password_given=None))
    path = name.split()[1]
    if path.removeprefix("/api").startswith("/account"):
        assert reply.status_code not in (401, 403)
    elif path.startswith("/api/"):
        assert reply.status_code == 403
    else:
        assert (reply.status_code, reply.headers["location"]) == (303, "/account")


# What every page carries


@pytest.mark.parametrize("name", sorted(name for name, one in ROUTES.items() if name.startswith(("GET ", "MOUNT "))))
def test_every_answer_carries_the_headers_and_no_page_has_anything_inline(house, name):
    for role in (None, "administrator"):
        made = client(house, role)
        reply = ask(made, name)
        headers, embed = reply.headers, name.split()[1].startswith("/embed")
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
        assert policy.endswith("frame-ancestors http: https:" if embed else "frame-ancestors 'none'")
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "immutable" in headers["cache-control"] or "max-age" in headers["cache-control"] or headers["cache-control"] == "no-store"
        if headers.get("content-type", "").startswith("text/html"):
            page = Page(reply.text)
            assert page.inline == [] and "iframe" not in page.tags
            assert page.unlabelled == []


def test_over_https_every_cookie_is_host_secure_http_only_strict_and_forgotten_the_same_way(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'house.db'}")
    all_tables().create_all(engine)
    made = make_house(engine, tmp_path, public_url="https://aide.example.org")
    made.person("anne")
    browser = TestClient(protected(made.app, https=True), base_url="https://aide.example.org", follow_redirects=False)
    who = {"email": "anne@example.org", "password": PASSWORD}
    for reply in (browser.post("/login", data=who), browser.post("/logout"), browser.post("/api/session", json=who), browser.delete("/api/session")):
        cookie = reply.headers["set-cookie"]
        assert cookie.startswith("__Host-bonneporte=") and "Domain" not in cookie
        for part in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
            assert part in cookie
        assert reply.headers["strict-transport-security"] == "max-age=31536000"
    engine.dispose()
