"""The administrator's pages over HTTP, without JavaScript, in both languages."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.demand import doors
from bot.handoff import canned
from bot.people import audit
from bot.people.login import WrongLogin
from bot.people.own import OwnAccount
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from bot.web.account_page import words as account_words
from bot.web.admin_log import told
from bot.web.admin_pages import SECTIONS
from bot.web.admin_pages import words as admin_words
from tests.people.house import PASSWORD, Page, good

PERSON = {"email": "ben@example.org", "name": "Ben", "roles": ["navigator"], "territories": ["1623", "1411"], "languages": ["fr"],
          "topics": ["food"], "language": "en"}


def log(house) -> list[tuple[str, dict]]:
    with reading(house.engine) as connection:
        return [(row.action, row.detail) for row in audit.entries(connection)]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("section", ["", *SECTIONS, "people/add", "territories/1623", "hours?territory=1623"])
def test_every_page_is_whole_in_both_languages(house, boss, section, language):
    page = good(boss.get(f"/admin/{section}{'&' if '?' in section else '?'}lang={language}".replace("/admin/?", "/admin?")))
    assert ("Gérer" in page.text) == (language == "fr")


def test_the_other_language_keeps_the_question_and_never_leads_to_a_form_s_address(house, boss):
    (link,) = [one for one in good(boss.get("/admin/hours?territory=1623&lang=en&done=hours_set")).links if "lang=fr" in one and "territory" in one]
    assert link == "/admin/hours?territory=1623&lang=fr"
    anne = house.person("anne")
    reply = boss.post(f"/admin/people/{anne.id}/password")
    assert "/admin/people?lang=en" in good(reply).links and good(boss.get("/admin/people?lang=en"))


# People


def add(house, boss, **more):
    reply = boss.post("/admin/people/add", data={**PERSON, **more})
    page = good(reply, 201)
    password = re.search(r"<code>([a-z2-9]{5}(?:-[a-z2-9]{5}){3})</code>", reply.text)[1]
    return house.people.get(more.get("email", PERSON["email"])).person, password, page


def test_adding_somebody_shows_a_password_once_that_must_be_changed(house, boss):
    person, password, page = add(house, boss)
    assert (person.name, person.roles, person.territories, person.languages, person.topics, person.language) == \
        ("Ben", ("navigator",), ("1623", "1411"), ("fr",), ("food",), "en")
    assert password not in boss.get(f"/admin/people/{person.id}").text and "3 jours" in page.text
    ben = house.client("ben", password=password)
    assert ben.get("/desk").headers["location"] == "/account"
    assert ben.get("/api/handoffs").status_code == 403
    assert "choose your own" in good(ben.get("/account")).text
    assert ben.post("/account/password", data={"password": password, "new": password, "again": password}).status_code == 400
    ben.post("/account/password", data={"password": password, "new": "a password of my own", "again": "a password of my own"})
    good(ben.get("/desk"))
    assert ("person_added", {"email": "ben@example.org", "roles": ["navigator"], "territories": ["1623", "1411"]}) in log(house)
    assert password not in str(log(house))


def test_a_given_password_opens_nothing_after_three_days(house, boss):
    _, password, _ = add(house, boss)
    with pytest.raises(WrongLogin):
        house.people.log_in("ben@example.org", password, utcnow() + timedelta(days=3))


@pytest.mark.parametrize(("more", "said"), [
    ({"email": "boss@example.org"}, "déjà un compte"), ({"email": "nobody"}, "adresse de la forme"), ({"roles": []}, "au moins un rôle"),
    ({"roles": ["king"]}, "rôle n’existe pas"), ({"territories": ["9999"]}, "territoire n’existe pas"), ({"topics": ["gold"]}, "besoin n’existe pas"),
])
def test_what_cannot_be_is_refused_with_what_was_typed(house, boss, more, said):
    reply = boss.post("/admin/people/add", data={**PERSON, **more})
    assert said in good(reply, 400).text
    assert 'value="Ben"' in reply.text and [one.person.email for one in house.people.all()] == ["boss@example.org"]


def test_changing_what_somebody_may_counts_from_their_next_request(house, boss):
    anne = house.person("anne")
    client = house.client("anne")
    form = Page(boss.get(f"/admin/people/{anne.id}").text).forms[f"/admin/people/{anne.id}"]
    assert (form["roles"], form["territories"]) == (["navigator"], ["all"])  # the form sends back what is there
    reply = boss.post(f"/admin/people/{anne.id}", data={**form, "roles": ["table"], "territories": []})
    assert "Le compte est enregistré" in good(boss.get(reply.headers["location"])).text
    assert client.get("/api/handoffs").status_code == 403


def test_the_last_administrator_stays(house, boss):
    (me,) = house.people.all()
    form = Page(boss.get(f"/admin/people/{me.person.id}").text).forms[f"/admin/people/{me.person.id}"]
    for path, data in ((f"/admin/people/{me.person.id}", {**form, "roles": ["navigator"]}), (f"/admin/people/{me.person.id}/disable", {})):
        assert "dernier compte qui administre" in good(boss.post(path, data=data), 400).text
    house.person("other", ("administrator",))
    assert boss.post(f"/admin/people/{me.person.id}/disable").status_code == 303
    assert boss.get("/admin").headers["location"].startswith("/login")


def test_closing_and_opening_an_account_again(house, boss):
    anne = house.person("anne")
    client = house.client("anne")
    boss.post(f"/admin/people/{anne.id}/disable")
    assert client.get("/account").status_code == 303
    with pytest.raises(WrongLogin):
        house.people.log_in("anne@example.org", PASSWORD)
    boss.post(f"/admin/people/{anne.id}/enable")
    assert house.client("anne")
    assert [action for action, _ in log(house)][-3:] == ["person_disabled", "person_enabled", "signed_in"]


def test_a_lost_password_is_replaced_by_one_shown_once(house, boss):
    anne = house.person("anne")
    client = house.client("anne")
    reply = boss.post(f"/admin/people/{anne.id}/password")
    good(reply)
    assert client.get("/account").status_code == 303
    password = re.search(r"<code>([a-z2-9-]{23})</code>", reply.text)[1]
    with pytest.raises(WrongLogin):
        house.people.log_in("anne@example.org", PASSWORD)
    assert house.client("anne", password=password).get("/desk").headers["location"] == "/account"


def test_a_lost_second_factor_is_taken_away(house, boss):
    anne = house.person("anne")
    own, token = OwnAccount(house.people), house.people.log_in(anne.email, PASSWORD)
    own.begin(anne, PASSWORD)
    own.confirm(anne, token, pyotp.TOTP(own.pending(anne)[0]).now())
    assert "deuxième facteur" in good(boss.get("/admin/people")).text
    boss.post(f"/admin/people/{anne.id}/second-factor")
    assert house.people.of_token(token) is None and house.client("anne")


@pytest.mark.parametrize("act", ["password", "second-factor"])
def test_an_administrator_resets_nothing_of_their_own_from_here(house, boss, act):
    (me,) = house.people.all()
    assert "Pour votre propre compte" in good(boss.post(f"/admin/people/{me.person.id}/{act}"), 400).text
    assert boss.get("/admin").status_code == 200


def test_ending_one_session_of_somebody_or_all(house, boss):
    anne = house.person("anne")
    first, second, third = (house.client("anne") for _ in range(3))
    session = next(one.id for one in OwnAccount(house.people).sessions(anne, first.cookies["bonneporte"]) if one.current)
    boss.post(f"/admin/people/{anne.id}/sessions", data={"session": session})
    assert [one.get("/account").status_code for one in (first, second, third)] == [303, 200, 200]
    boss.post(f"/admin/people/{anne.id}/sessions")
    assert [one.get("/account").status_code for one in (second, third)] == [303, 303]


@pytest.mark.parametrize("path", ["", "/disable", "/enable", "/password", "/second-factor", "/sessions"])
def test_nobody_by_that_id_is_a_404(boss, path):
    assert boss.post(f"/admin/people/no-such{path}", data=PERSON).status_code == 404


def test_who_serves_a_territory_is_changed_from_its_page(house, boss):
    anne, ben = house.person("anne", territories=["1411"]), house.person("ben", territories=["1623"])
    everywhere = house.person("carl", territories=["all"])
    boss.post("/admin/territories/1623", data={"person": [anne.id]})
    served = {one.person.name: one.person.territories for one in house.people.all()}
    assert (served["Anne"], served["Ben"], served["Carl"]) == (("1411", "1623"), (), ("all",))
    assert "Anne" in good(boss.get("/admin/territories")).text and everywhere.id and ben.id
    assert boss.post("/admin/territories/9999", data={"person": [anne.id]}).status_code == 404
    assert boss.post("/admin/territories/1623", data={"person": ["no-such"]}).status_code == 404


# The log


def test_the_log_is_read_by_who_what_and_when(house, boss):
    anne = house.person("anne")
    house.client("anne")
    boss.post("/admin/doors", data={"code": "la", "name": "Là"})
    rows = Page(boss.get("/admin/log").text).text
    assert "a ajouté une porte" in rows and "la ligne de commande" in rows.lower()
    hers = good(boss.get(f"/admin/log?person={anne.id}"))
    assert "a ouvert une session" in hers.text and hers.tags.count("tr") == 2
    assert good(boss.get("/admin/log?action=door_added")).tags.count("tr") == 2
    assert good(boss.get("/admin/log?person=-&action=door_added")).tags.count("tr") == 0
    today = utcnow().astimezone().date()
    assert good(boss.get(f"/admin/log?from={today - timedelta(days=1)}&to={today + timedelta(days=1)}")).tags.count("tr") > 2
    assert good(boss.get(f"/admin/log?to={today - timedelta(days=2)}")).tags.count("tr") == 0
    for odd in ("from=x", "before=-1", "before=9" + "9" * 30, "to=9999-12-31", "person=%00", "action='", "handoff=<b>"):
        good(boss.get(f"/admin/log?{odd}"))


def test_the_log_goes_on_page_by_page(house, boss):
    with writing(house.engine) as connection:
        for number in range(audit.PAGE + 30):
            audit.write(connection, None, "door_added", utcnow(), door=f"door-{number}")
    seen, address = [], "/admin/log?action=door_added"
    while address:
        reply = boss.get(address)
        seen += re.findall(r"door-\d+", reply.text)
        address = next((link if link.startswith("/") else "/admin/log" + link for link in good(reply).links if "before=" in link and "lang=" not in link), None)
    assert seen == [f"door-{number}" for number in reversed(range(audit.PAGE + 30))]


def test_every_action_that_the_code_writes_has_words():
    root = Path(__file__).resolve().parents[2] / "bot"
    source = "\n".join(path.read_text("utf-8") for path in root.rglob("*.py"))
    calls = re.findall(r"audit\.write\([^\n]*?,\s*\n?\s*([^,\n]*\"[a-z_]+\"[^,\n]*)", source)
    written = {name for call in calls for name in re.findall(r'"([a-z_]+)"', call)}
    assert {"signed_in", "claimed", "canned_saved", "service_sent", "message_sent", "door_changed"} <= written
    assert sorted(name for name in written if told("fr", name) == name) == []


@pytest.mark.parametrize("words", [admin_words, account_words], ids=["admin", "account"])
def test_words_are_whole_in_both_languages(words):
    for name, text in words.texts.items():
        assert text["fr"].strip() and text["en"].strip(), name
        assert set(re.findall(r"\{(\w+)", text["fr"])) == set(re.findall(r"\{(\w+)", text["en"])), name
        assert "'" not in text["fr"] and not re.search(r" [:»?!;](?!\w)", text["fr"].replace(" :", "")), name


# Markup


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=60)
       | st.sampled_from(["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</textarea><b>", "{{ 7*7 }}", "' onfocus='x"]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_an_administrator_types_never_becomes_markup(house, text):
    if not house.people.all():
        house.person("boss", ("administrator",))
        with writing(house.engine) as connection:
            doors.add_door(connection, "la", "Là")
            canned.save(connection, key="a", fr="a", en="a", by=None, now=utcnow())
    boss = house.client("boss")
    (me,) = house.people.all()
    form = {"roles": ["administrator"], "languages": ["fr"], "language": "fr", "name": text}
    with reading(house.engine) as connection:
        (reply,) = canned.all_replies(connection)
    sent = [boss.post(f"/admin/people/{me.person.id}", data=form), boss.post("/admin/doors/la", data={"name": text, "place": text}),
            boss.post(f"/admin/replies/{reply.id}", data={"key": "a", "fr": text, "en": text}),
            boss.post("/admin/people/add", data={"email": text, "name": text}), boss.post("/admin/doors", data={"code": text, "name": text})]
    shown = [one for one in sent if one.status_code != 303] + [boss.get(f"/admin/{section}") for section in SECTIONS]
    for one in shown:
        page = Page(one.text)
        assert page.inline == [] and "script" not in page.tags and "b" not in page.tags and page.tags.count("img") == 1
