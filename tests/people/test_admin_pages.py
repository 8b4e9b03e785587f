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
from bot.handoff import canned, opening_hours
from bot.handoff.opening import Shift
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


@pytest.fixture
def boss(house):
    house.person("boss", ("administrator",))
    return house.client("boss")


def log(house) -> list[tuple[str, dict]]:
    with reading(house.engine) as connection:
        return [(row.action, row.detail) for row in audit.entries(connection)]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("section", ["", *SECTIONS, "people/add", "territories/1623", "hours?territory=1623"])
def test_every_page_is_whole_in_both_languages(house, boss, section, language):
    page = good(boss.get(f"/admin/{section}{'&' if '?' in section else '?'}lang={language}".replace("/admin/?", "/admin?")))
    assert ("Gérer" in page.text) == (language == "fr")


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


# Hours


def week(**spans) -> dict[str, str]:
    return {f"{day}-{number}-{end}": "" for day in range(7) for number in range(3) for end in ("opens", "closes")} | spans


SPLIT = {"0-0-opens": "08:30", "0-0-closes": "12:00", "0-1-opens": "13:00", "0-1-closes": "16:30", "4-0-opens": "20:00", "4-0-closes": "00:00"}


def weeks(house):
    with reading(house.engine) as connection:
        return opening_hours.weeks(connection)


def test_a_week_of_split_shifts_is_kept_and_shown_again(house, boss):
    good(boss.get("/admin/hours"))
    reply = boss.post("/admin/hours", data=week(territory="all", **SPLIT))
    assert reply.status_code == 303
    kept = (Shift(0, 510, 720), Shift(0, 780, 990), Shift(4, 1200, 1440))
    assert weeks(house) == {None: kept}
    form = Page(boss.get("/admin/hours").text).forms["/admin/hours"]
    assert (form["0-1-opens"], form["4-0-closes"]) == (["13:00"], ["00:00"])
    boss.post("/admin/hours", data=form)
    assert weeks(house) == {None: kept}  # sent back untouched, it changes nothing


def test_a_territory_has_its_own_week_until_it_follows_everybody_again(house, boss):
    boss.post("/admin/hours", data=week(territory="all", **SPLIT))
    assert "suit les heures de tous" in good(boss.get("/admin/hours?territory=1623")).text
    boss.post("/admin/hours", data=week(territory="1623", **{"1-0-opens": "9:00", "1-0-closes": "10:00"}))
    assert weeks(house)["1623"] == (Shift(1, 540, 600),)
    boss.post("/admin/hours", data=week(territory="1623", follow="yes", **SPLIT))
    assert "1623" not in weeks(house)


@pytest.mark.parametrize(("spans", "said"), [
    ({"0-0-opens": "08:30"}, "heure de fin"), ({"0-0-closes": "08:30"}, "heure de début"), ({"0-0-opens": "25:00", "0-0-closes": "26:00"}, "heure de début"),
    ({"0-0-opens": "12:00", "0-0-closes": "08:00"}, "heure de fin"), ({**SPLIT, "0-1-opens": "11:00"}, "se chevauchent"),
])
def test_hours_that_cannot_be_are_refused_and_kept_on_the_page(house, boss, spans, said):
    reply = boss.post("/admin/hours", data=week(territory="all", **spans))
    assert said in good(reply, 400).text and weeks(house) == {}
    assert Page(reply.text).forms["/admin/hours"]["0-0-opens"] == [spans.get("0-0-opens", "")]


def test_vacations_and_other_hours_are_added_and_removed(house, boss):
    first = utcnow().date() + timedelta(days=3)
    boss.post("/admin/hours/exceptions", data={"territory": "1623", "first": first.isoformat(), "last": (first + timedelta(days=7)).isoformat(), "kind": "vacation"})
    boss.post("/admin/hours/exceptions", data={"territory": "all", "first": first.isoformat(), "kind": "hours", "span-0-opens": "10:00", "span-0-closes": "14:00"})
    with reading(house.engine) as connection:
        vacation, other = opening_hours.exceptions(connection)
    assert ((vacation.territory, vacation.kind, vacation.spans), (other.territory, other.spans)) == (("1623", "vacation", ()), (None, ((600, 840),)))
    assert "10:00–14:00" in good(boss.get("/admin/hours")).text
    assert boss.post(f"/admin/hours/exceptions/{vacation.id}/remove", data={"territory": "1623"}).status_code == 303
    assert boss.post(f"/admin/hours/exceptions/{vacation.id}/remove").status_code == 404


@pytest.mark.parametrize(("form", "said"), [
    ({"first": "x"}, "premier jour"), ({"first": "2027-01-02", "last": "2027-01-01", "kind": "closure"}, "dernier jour"),
    ({"first": "2027-01-02", "kind": "party"}, "pourquoi"), ({"first": "2027-01-02", "kind": "hours"}, "heure de début"),
])
def test_exceptions_that_cannot_be_are_refused(house, boss, form, said):
    assert said in good(boss.post("/admin/hours/exceptions", data={"territory": "all", **form}), 400).text
    with reading(house.engine) as connection:
        assert opening_hours.exceptions(connection) == []


def test_a_territory_that_does_not_exist_has_no_hours(boss):
    assert boss.get("/admin/hours?territory=9999").status_code == 404
    assert boss.post("/admin/hours", data=week(territory="9999")).status_code == 404


# Replies


def replies(house):
    with reading(house.engine) as connection:
        return [(one.key, one.fr, one.en) for one in canned.all_replies(connection)]


def test_a_reply_is_kept_in_both_languages_or_not_at_all(house, boss):
    assert boss.post("/admin/replies", data={"key": "merci", "fr": "Merci.", "en": "Thank you."}).status_code == 303
    for form, said in (({"key": "non", "fr": "Non.", "en": " "}, "Le texte anglais manque"), ({"key": "non", "fr": "", "en": "No."}, "Le texte français manque"),
                       ({"key": "merci", "fr": "a", "en": "b"}, "Le nom court"), ({"key": "É", "fr": "a", "en": "b"}, "Le nom court")):
        reply = boss.post("/admin/replies", data=form)
        assert said in good(reply, 400).text
        assert Page(reply.text).forms["/admin/replies"]["key"] == [form["key"]]  # what was typed stays
    assert replies(house) == [("merci", "Merci.", "Thank you.")]


def test_a_reply_is_changed_moved_and_removed(house, boss):
    for key in ("a", "b"):
        boss.post("/admin/replies", data={"key": key, "fr": f"{key} fr", "en": f"{key} en"})
    with reading(house.engine) as connection:
        first, second = [one.id for one in canned.all_replies(connection)]
    boss.post(f"/admin/replies/{first}/move", data={"to": "down"})
    boss.post(f"/admin/replies/{second}", data={"key": "b", "fr": "autre\r\ntexte", "en": "other"})
    assert replies(house) == [("b", "autre\ntexte", "other"), ("a", "a fr", "a en")]
    form = Page(boss.get("/admin/replies").text).forms[f"/admin/replies/{second}"]
    boss.post(f"/admin/replies/{second}", data=form)
    assert replies(house)[0] == ("b", "autre\ntexte", "other")
    boss.post(f"/admin/replies/{first}/remove")
    assert [key for key, _, _ in replies(house)] == ["b"]
    assert boss.post(f"/admin/replies/{first}/remove").status_code == boss.post("/admin/replies/999/move").status_code == 404
    assert boss.post(f"/admin/replies/{first}", data={"key": "a", "fr": "a", "en": "a"}).status_code == 400


# Doors


def test_a_door_is_added_with_its_link_and_poster_and_renamed(house, boss):
    assert boss.post("/admin/doors", data={"code": "clsc-joliette", "name": "Porte d’essai", "place": "Joliette"}).status_code == 303
    page = good(boss.get("/admin/doors"))
    assert "http://127.0.0.1:8000/d/clsc-joliette" in page.links and "/doors/clsc-joliette/poster" in page.links
    boss.post("/admin/doors/clsc-joliette", data={"name": "Autre nom", "place": ""})
    with reading(house.engine) as connection:
        assert doors.all_doors(connection) == [doors.Door("clsc-joliette", "Autre nom", "")]
    assert log(house)[-2:] == [("door_added", {"door": "clsc-joliette"}), ("door_changed", {"door": "clsc-joliette"})]


def test_a_door_may_refer_people_or_no_longer(house, boss):
    boss.post("/admin/doors", data={"code": "la", "name": "Là"})
    assert "/d/la/refer" not in boss.get("/admin/doors").text
    for allow, seen in (("yes", True), ("no", False)):
        assert boss.post("/admin/doors/la/referrals", data={"allow": allow}).status_code == 303
        assert ("/d/la/refer" in good(boss.get("/admin/doors")).text) == seen
    assert boss.post("/admin/doors/no-such/referrals", data={"allow": "no"}).status_code == 404


@pytest.mark.parametrize(("form", "said"), [
    ({"code": "a b", "name": "x"}, "Le code prend"), ({"code": "", "name": "x"}, "Le code prend"), ({"code": "x" * 65, "name": "x"}, "Le code prend"),
    ({"code": "nouvelle", "name": " "}, "faut un nom"), ({"code": "la", "name": "x"}, "sert déjà"),
])
def test_a_door_that_cannot_be_is_refused(house, boss, form, said):
    boss.post("/admin/doors", data={"code": "la", "name": "Là"})
    assert said in good(boss.post("/admin/doors", data=form), 400).text
    assert boss.post("/admin/doors/no-such", data={"name": "x"}).status_code == 404


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
        address = next((link if link.startswith("/") else "/admin/log" + link for link in good(reply).links if "before=" in link), None)
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
