"""One's own account over HTTP, without JavaScript: password, second factor, sessions."""

from __future__ import annotations

import re

import pyotp
import pytest

from bot.people import login, totp
from bot.people.first import first_administrator
from bot.people.own import OwnAccount
from tests.people.house import PASSWORD, Page, good

NEW = "un autre mot de passe"


def enrol(house, client) -> tuple[pyotp.TOTP, list[str]]:
    assert client.post("/account/second-factor", data={"password": PASSWORD}).status_code == 303
    page = good(client.get("/account"))
    phone = pyotp.TOTP(re.sub(r"\s", "", re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.text)[0]))
    shown = client.post("/account/second-factor/confirm", data={"code": phone.now()})
    good(shown)
    return phone, re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", shown.text)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("role", ["navigator", "table", "maintainer", "administrator"])
def test_everybody_who_signs_in_has_the_page(house, language, role):
    house.person(roles=(role,))
    page = good(house.client("anne").get(f"/account?lang={language}"))
    assert ("Mon compte" if language == "fr" else "My account") in page.text


def test_nobody_else_has_it(house):
    reply = house.client().get("/account")
    assert (reply.status_code, reply.headers["location"]) == (303, "/login?next=%2Faccount")


def test_changing_the_password_keeps_this_session_and_ends_the_others(house):
    house.person()
    here, there = house.client("anne"), house.client("anne")
    reply = here.post("/account/password", data={"password": PASSWORD, "new": NEW, "again": NEW})
    assert reply.headers["location"] == "/account?done=password"
    assert "Le mot de passe est changé" in good(here.get(reply.headers["location"])).text
    assert there.get("/account").status_code == 303
    assert house.client("anne", password=NEW)


@pytest.mark.parametrize(("form", "said"), [
    ({"password": "faux mot de passe", "new": NEW, "again": NEW}, "n’est pas le bon"),
    ({"password": PASSWORD, "new": "court", "again": "court"}, "trop court"),
    ({"password": PASSWORD, "new": NEW, "again": NEW + "x"}, "pas pareils"),
    ({"password": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "un autre mot de passe"),
    ({}, "trop court"),
])
def test_a_password_that_cannot_be_is_refused_with_the_reason(house, form, said):
    house.person()
    client = house.client("anne")
    assert said in good(client.post("/account/password", data=form), 400).text
    assert house.client("anne")


def test_guessing_the_password_from_a_stolen_session_is_limited(house):
    house.person()
    client = house.client("anne")
    for _ in range(10):
        client.post("/account/password", data={"password": "faux mot de passe", "new": NEW, "again": NEW})
    reply = client.post("/account/password", data={"password": PASSWORD, "new": NEW, "again": NEW})
    good(reply, 429)
    assert int(reply.headers["retry-after"]) > 0


def test_setting_up_a_second_factor_from_qr_to_recovery_codes(house):
    house.person()
    client = house.client("anne")
    assert client.get("/account/second-factor/qr.svg").status_code == 404
    phone, codes = enrol(house, client)
    assert len(codes) == 10
    assert client.get("/account/second-factor/qr.svg").status_code == 404  # once it is confirmed it is shown no more
    page = good(client.get("/account"))
    assert not any(code in page.text for code in codes) and phone.secret not in page.text.replace(" ", "")
    for said in ({}, {"code": "000000"}, {"code": phone.now()}):  # the last is the code that confirmed it
        assert house.client().post("/api/session", json={"email": "anne@example.org", "password": PASSWORD, **said}).status_code == 401
    assert house.client("anne", code=codes[0])
    page_login = house.client()
    sent = page_login.post("/login", data={"email": "anne@example.org", "password": PASSWORD, "code": codes[1]})
    assert (sent.status_code, sent.headers["location"]) == (303, "/desk")


def test_qr_code_is_drawn_from_here_and_kept_nowhere(house):
    house.person()
    client = house.client("anne")
    client.post("/account/second-factor", data={"password": PASSWORD})
    reply = client.get("/account/second-factor/qr.svg")
    assert (reply.status_code, reply.headers["content-type"], reply.headers["cache-control"]) == (200, "image/svg+xml", "no-store")
    assert 'src="/account/second-factor/qr.svg"' in client.get("/account").text


def test_every_wrong_log_in_reads_the_same(house):
    house.person("anne")
    house.person("ben")
    enrol(house, house.client("anne"))
    replies = [
        house.client().post("/api/session", json={"email": email, "password": password, "code": code})
        for email, password, code in (("nobody@example.org", PASSWORD, ""), ("ben@example.org", "faux mot de passe", ""),
                                      ("anne@example.org", PASSWORD, ""), ("anne@example.org", PASSWORD, "000000"),
                                      ("anne@example.org", "faux mot de passe", "000000"))
    ]
    assert {(reply.status_code, reply.text) for reply in replies} == {(401, replies[0].text)}


def test_every_wrong_log_in_is_the_same_work(house, monkeypatch):
    house.person("anne")
    house.person("ben")
    enrol(house, house.client("anne"))
    done: list[str] = []

    def counted(module, name):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given: (done.append(name), real(*given))[1])

    counted(login, "verify")  # Argon2id: some 30 ms, all that could be timed
    counted(totp, "step_of")
    counted(totp, "recovery_hash")
    seen = []
    for email, password, code in (("nobody@example.org", PASSWORD, ""), ("ben@example.org", "faux mot de passe", ""),
                                  ("anne@example.org", PASSWORD, "000000"), ("anne@example.org", "faux mot de passe", "")):
        done.clear()
        with pytest.raises(login.WrongLogin):
            house.people.log_in(email, password, code=code)
        seen.append(list(done))
    assert seen == [["verify", "step_of", "recovery_hash"]] * 4


def test_failures_are_limited_by_network_address_too(house):
    house.person()
    limit = house.services.settings.limit_logins_address
    for number in range(limit):
        reply = house.client().post("/api/session", json={"email": f"nobody{number}@example.org", "password": "x"})
        assert reply.status_code == 401
    assert house.client().post("/api/session", json={"email": "anne@example.org", "password": PASSWORD}).status_code == 429


def test_own_sessions_are_listed_and_ended_one_by_one_or_all(house):
    anne = house.person()
    first, second, third = (house.client("anne") for _ in range(3))
    assert good(first.get("/account")).text.count("celle-ci") == 1
    other = next(one for one in OwnAccount(house.people).sessions(anne) if house.people.of_token(first.cookies["bonneporte"]) and
                 not one.current)
    page = Page(first.get("/account").text)
    ends = [action for action in page.forms if re.fullmatch(r"/account/sessions/[0-9a-f-]{36}/end", action)]
    assert len(ends) == 2 and other.id
    first.post(ends[0])
    assert sorted(client.get("/account").status_code for client in (second, third)) == [200, 303]
    first.post("/account/sessions/end")
    assert [client.get("/account").status_code for client in (first, second, third)] == [200, 303, 303]


def test_nobody_ends_a_session_of_somebody_else_from_their_own_page(house):
    house.person("anne")
    ben = house.person("ben")
    bens = house.client("ben")
    (session,) = OwnAccount(house.people).sessions(ben)
    house.client("anne").post(f"/account/sessions/{session.id}/end")
    assert bens.get("/account").status_code == 200


def test_the_first_administrator_is_asked_to_change_the_printed_password_on_every_page(house):
    first = first_administrator(house.engine, house.services.settings)
    client = house.client()
    client.post("/api/session", json={"email": first.email, "password": first.password})
    for path in ("/desk", "/table"):
        assert "mot de passe imprimé" in good(client.get(path)).text
    assert client.get("/api/handoffs").status_code == 200  # asked, not made to
    client.post("/account/password", data={"password": first.password, "new": NEW, "again": NEW})
    assert "mot de passe imprimé" not in client.get("/desk").text


def test_residents_pages_show_no_reminder_to_staff(house):
    house.person()
    assert "deuxième facteur" not in house.client("anne").get("/").text


def test_a_required_second_factor_leads_to_the_account_and_opens_nothing_else(tmp_path, house):
    house.people.settings = type(house.people.settings)(data=tmp_path, second_factor_roles="navigator")
    house.person()
    client = house.client("anne")
    for path in ("/desk", "/table", "/admin", "/admin/people"):
        assert client.get(path).headers["location"] == "/account", path
    reply = client.get("/api/handoffs")
    assert (reply.status_code, reply.headers["content-type"]) == (403, "application/problem+json")
    assert client.get("/").status_code == 200
    assert "demande un deuxième facteur" in good(client.get("/account")).text
    enrol(house, client)
    assert client.get("/desk").status_code == 200
    phone_off = client.get("/account").text
    assert "/account/second-factor/off" not in phone_off  # what is required cannot be taken away here
