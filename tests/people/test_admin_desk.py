"""The administrator's pages of what the desk and the doors run on: hours, ready-made replies, doors."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.demand import doors
from bot.handoff import canned, opening_hours
from bot.handoff.opening import Shift
from bot.store.base import utcnow
from bot.store.engine import reading
from tests.people.house import Page, good
from tests.people.test_admin_pages import log

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
