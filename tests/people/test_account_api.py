"""One's own account as JSON: the same rules as its page."""

from __future__ import annotations

import pyotp
import pytest

from bot.people import login
from tests.people.house import PASSWORD

NEW = "un autre mot de passe"


@pytest.fixture
def anne(house):
    house.person()
    return house.client("anne")


def enrol(client) -> tuple[pyotp.TOTP, list[str]]:
    begun = client.post("/api/account/second-factor", json={"password": PASSWORD})
    assert begun.status_code == 201 and begun.json()["secret"] in begun.json()["uri"]
    phone = pyotp.TOTP(begun.json()["secret"])
    confirmed = client.post("/api/account/second-factor/confirm", json={"code": phone.now()})
    assert confirmed.status_code == 200
    return phone, confirmed.json()["codes"]


def test_a_program_changes_a_given_password_and_sets_up_a_required_second_factor_before_anything_else(house, tmp_path):
    house.people.settings = type(house.people.settings)(data=tmp_path, second_factor_roles="navigator")
    house.person("boss", ("administrator",))
    added = house.client("boss").post("/admin/people/add", data={
        "email": "carl@example.org", "name": "Carl", "roles": ["navigator"], "languages": ["fr"], "language": "fr", "territories": ["all"]})
    given = added.text.split('once"')[1].split("<code>")[1].split("</code>")[0]
    carl = house.client("carl", password=given)
    refused = carl.get("/api/handoffs")
    assert refused.status_code == 403 and "/api/account" in refused.json()["title"]
    assert carl.get("/api/account").json()["pending"] == "password"
    assert carl.post("/api/account/password", json={"password": given, "new": NEW}).status_code == 204
    assert carl.get("/api/account").json()["pending"] == "second_factor" and carl.get("/api/handoffs").status_code == 403
    begun = carl.post("/api/account/second-factor", json={"password": NEW}).json()
    codes = carl.post("/api/account/second-factor/confirm", json={"code": pyotp.TOTP(begun["secret"]).now()}).json()["codes"]
    assert len(codes) == 10 and carl.get("/api/handoffs").status_code == 200
    told = carl.get("/api/account").json()
    assert told["pending"] is None and told["second_factor"]["codes"] == 10 and told["second_factor"]["required"] is True
    assert house.client("carl", password=NEW, code=codes[0])


@pytest.mark.parametrize(("body", "field"), [
    ({"password": "faux mot de passe", "new": NEW}, "password"), ({"password": PASSWORD, "new": "court"}, "new"),
    ({"password": PASSWORD, "new": PASSWORD}, "new"), ({}, "new"), ({"password": 5, "new": NEW}, "password"),
])
def test_a_password_that_cannot_be_is_refused_by_name_and_nothing_changes(house, anne, body, field):
    reply = anne.post("/api/account/password", json=body)
    assert (reply.status_code, reply.json()["field"], reply.headers["content-type"]) == (400, field, "application/problem+json")
    assert house.client("anne")


def test_changing_the_password_keeps_this_session_and_ends_the_others(house, anne):
    other = house.client("anne")
    assert anne.post("/api/account/password", json={"password": PASSWORD, "new": NEW}).status_code == 204
    assert anne.get("/api/account").status_code == 200 and other.get("/api/account").status_code == 401


def test_with_a_second_factor_every_change_asks_for_its_code_too(house, anne):
    _, codes = enrol(anne)
    for path, body in (("password", {"new": NEW}), ("second-factor", {}), ("second-factor/codes", {}), ("second-factor/off", {})):
        reply = anne.post(f"/api/account/{path}", json={"password": PASSWORD, **body})
        assert (reply.status_code, reply.json()["field"]) == (400, "password"), path
    renewed = anne.post("/api/account/second-factor/codes", json={"password": PASSWORD, "code": codes[0]}).json()["codes"]
    assert not set(codes) & set(renewed)
    assert anne.post("/api/account/second-factor/off", json={"password": PASSWORD, "code": codes[1]}).status_code == 400
    assert anne.post("/api/account/second-factor/off", json={"password": PASSWORD, "code": renewed[0]}).status_code == 204
    assert anne.get("/api/account").json()["second_factor"]["since"] is None


def test_a_wrong_code_and_one_that_nothing_was_begun_for_are_told_apart(anne):
    assert anne.post("/api/account/second-factor/confirm", json={"code": "123456"}).status_code == 409
    anne.post("/api/account/second-factor", json={"password": PASSWORD})
    reply = anne.post("/api/account/second-factor/confirm", json={"code": "x"})
    assert (reply.status_code, reply.json()["field"]) == (400, "code")


def test_many_wrong_passwords_are_held_back_as_log_ins_are(house, anne):
    for _ in range(house.people.limits.account):
        anne.post("/api/account/password", json={"password": "faux mot de passe", "new": NEW})
    reply = anne.post("/api/account/password", json={"password": PASSWORD, "new": NEW})
    assert reply.status_code == 429 and 0 < int(reply.headers["retry-after"]) <= login.WINDOW.total_seconds()


def test_sessions_are_seen_and_ended_one_by_one_or_all_but_this_one(house, anne):
    others = [house.client("anne") for _ in range(3)]
    sessions = anne.get("/api/account").json()["sessions"]
    assert len(sessions) == 4 and [one["current"] for one in sessions].count(True) == 1
    last = next(one["id"] for one in sessions if not one["current"])
    assert anne.delete(f"/api/account/sessions/{last}").status_code == 204
    assert len(anne.get("/api/account").json()["sessions"]) == 3
    house.person("ben")
    assert house.client("ben").delete(f"/api/account/sessions/{sessions[0]['id']}").status_code == 204  # nobody else's ends
    assert len(anne.get("/api/account").json()["sessions"]) == 3
    assert anne.delete("/api/account/sessions").status_code == 204
    assert len(anne.get("/api/account").json()["sessions"]) == 1
    assert all(one.get("/api/account").status_code == 401 for one in others)
