"""A partner's referral: a form, a way to reach the person that only who takes it sees, erased once used."""

from __future__ import annotations

import logging
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from bot.channels.floods import Floods
from bot.conversation.tables import conversations, messages, outbox
from bot.demand.doors import add_door
from bot.demand.tables import demand_events
from bot.handoff import referrals
from bot.handoff.desk import NoChannel
from bot.handoff.referrals import Referral, ReferralError, refer
from bot.handoff.tables import contacts, handoffs
from bot.people import audit
from bot.store.engine import reading, writing
from bot.web import refer_page
from bot.web.refer_page import words
from bot.web.security import SecurityHeaders
from bot.words import LANGUAGES
from tests.handoff.conftest import NOON, SOREL

ROSE = Referral(need="food", place="53052", language="fr", contact="450 555-0199, demander Rose", agreed=True, once="a" * 32, age_band="senior",
                note="Elle vit seule.")
FORM = {"need": "food", "place": "Sorel-Tracy", "language": "fr", "contact": "450 555-0199", "agreed": "yes", "once": "b" * 32}


def change(referral, **values):
    return replace(referral, **values)


@pytest.fixture
def door(house):
    with writing(house.engine) as connection:
        add_door(connection, "pharmacie", "Pharmacie d’essai")
        referrals.allow(connection, "pharmacie", True, by=None, now=NOON)
    return "pharmacie"


@pytest.fixture
def page(house, door):
    app = Starlette(routes=refer_page.routes, middleware=[Middleware(SecurityHeaders)])
    app.state.services = SimpleNamespace(engine=house.engine, settings=house.settings, floods=Floods(house.engine, "s" * 32, {"conversations": 20}))
    return TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)


def send(house, **values):
    with writing(house.engine) as connection:
        return refer(connection, "pharmacie", change(ROSE, **values), NOON)


def test_a_referral_waits_in_its_territory_with_a_note_and_for_somebody_else(house, door, anne):
    send(house)
    (row,) = house.desk.queue(anne)
    assert (row["need"], row["territory"], row["for_other"], row["contact_left"]) == ("food", SOREL, True, True)
    assert "0199" not in str(row)
    house.desk.claim(anne, row["id"])
    found = house.desk.get(anne, row["id"])
    assert found["channel"] == "referral" and found["contact"] == "450-555-0199"
    assert "Elle vit seule." in found["messages"][0]["text"]
    with pytest.raises(NoChannel):
        house.desk.say(anne, row["id"], "Bonjour")


def test_contact_is_seen_by_who_took_it_alone_and_erased_once_used(house, door, anne, ben):
    send(house)
    request_id = house.desk.queue(anne)[0]["id"]
    administrator = house.navigator("admin", roles=("administrator",))
    assert house.desk.get(administrator, request_id)["contact"] is None, "nobody has it yet"
    house.desk.claim(anne, request_id)
    assert house.desk.get(administrator, request_id)["contact"] is None
    house.desk.transfer(anne, request_id, "ben@example.org")
    assert house.desk.get(ben, request_id)["contact"] == "450-555-0199"
    house.desk.contact_used(ben, request_id)
    house.desk.close(ben, request_id, "connected")
    with reading(house.engine) as connection:
        assert connection.execute(select(contacts)).all() == []
        assert "0199" not in str(audit.entries(connection)) and "seule" not in str(audit.entries(connection))
        (event,) = connection.execute(select(demand_events)).all()
        assert (event.door, event.channel, event.for_other, event.age_band, event.met) == ("pharmacie", "web", True, "senior", True)
        assert connection.scalar(select(func.count()).select_from(outbox)) == 0


def test_a_form_sent_twice_is_one_referral(house, door, anne):
    send(house)
    send(house)
    assert len(house.desk.queue(anne)) == 1


def test_danger_in_the_note_goes_first_and_shows_the_lines(house, door, anne):
    send(house)
    told = send(house, once="c" * 32, note="elle dit qu'elle veut mourir")
    assert told.crisis == "suicide" and told.lines
    assert [row["urgency"] for row in house.desk.queue(anne)] == ["crisis", "normal"]


@pytest.mark.parametrize(("values", "field"), [
    ({"need": "pizza"}, "need"), ({"language": "es"}, "language"), ({"contact": "chez sa sœur"}, "contact"), ({"agreed": False}, "agreed"),
    ({"age_band": "old"}, "age_band"), ({"note": "x" * 501}, "note"), ({"place": "99999"}, "place"),
])
def test_what_is_missing_is_named_and_nothing_is_kept(house, door, values, field):
    with pytest.raises(ReferralError) as refused:
        send(house, **values)
    assert refused.value.field == field
    with reading(house.engine) as connection:
        assert [connection.scalar(select(func.count()).select_from(table)) for table in (handoffs, conversations, contacts, messages)] == [0] * 4


def test_nobody_can_open_a_referral_s_conversation(house, door, anne):
    send(house)
    with reading(house.engine) as connection:
        (row,) = connection.execute(select(conversations)).all()
    assert row.channel == "referral" and row.status == "waiting"


# The page


@pytest.mark.parametrize("language", LANGUAGES)
def test_form_is_sent_without_javascript_in_both_languages(house, page, anne, language):
    form = page.get(f"/d/pharmacie/refer?lang={language}")
    assert form.status_code == 200 and words(language, "title") in form.text and "<script" not in form.text
    assert form.headers["cache-control"] == "no-store" and "'unsafe-inline'" not in form.headers["content-security-policy"]
    sent = page.post(f"/d/pharmacie/refer?lang={language}", data={**FORM, "language": language})
    assert sent.status_code == 200 and words(language, "done") in sent.text and "0199" not in sent.text
    assert len(house.desk.queue(anne)) == 1


def test_an_error_keeps_what_was_typed_and_says_what_is_missing(page):
    reply = page.post("/d/pharmacie/refer?lang=fr", data={**FORM, "contact": "demain <b>matin</b>", "note": "un mot"})
    assert reply.status_code == 422 and words("fr", "wrong.contact") in reply.text
    assert "demain &lt;b&gt;matin&lt;/b&gt;" in reply.text and "un mot" in reply.text and 'aria-invalid="true"' in reply.text
    reply = page.post("/d/pharmacie/refer?lang=fr", data={name: value for name, value in FORM.items() if name != "agreed"})
    assert reply.status_code == 422 and words("fr", "wrong.agreed") in reply.text


def test_a_place_that_two_share_is_chosen_and_an_unknown_one_refused(house, page, anne):
    assert words("fr", "wrong.place") in page.post("/d/pharmacie/refer?lang=fr", data={**FORM, "place": "Zzyzx"}).text
    from bot.places import gazetteer

    name = next(one for one in ("Saint-Joseph", "Saint-Gabriel", "Sainte-Anne", "Saint-Roch") if len(gazetteer().lookup(one).places) > 1)
    several = page.post("/d/pharmacie/refer?lang=fr", data={**FORM, "place": name})
    assert several.status_code == 422 and words("fr", "wrong.which") in several.text
    key = gazetteer().lookup(name).places[1].key
    assert page.post("/d/pharmacie/refer?lang=fr", data={**FORM, "place": name, "place_key": key}).status_code == 200
    assert house.desk.queue(anne)[0]["territory"] == gazetteer().by_key(key).rls


@pytest.mark.parametrize("other", ["inconnue", "clinique"])
def test_an_unknown_door_and_one_that_may_not_refer_are_404_and_send_nothing(house, page, anne, other):
    with writing(house.engine) as connection:
        add_door(connection, "clinique", "Clinique d’essai")
    assert page.get(f"/d/{other}/refer").status_code == 404 and page.post(f"/d/{other}/refer", data=FORM).status_code == 404
    assert house.desk.queue(anne) == []


def test_a_door_is_closed_again(house, page, door):
    with writing(house.engine) as connection:
        referrals.allow(connection, door, False, by=None, now=NOON)
        assert referrals.allowed(connection) == set() and not referrals.allow(connection, "inconnue", True, by=None, now=NOON)
    assert page.get(f"/d/{door}/refer").status_code == 404


def test_too_many_forms_from_one_address_are_held_back(house, page, anne):
    codes = [page.post("/d/pharmacie/refer", data={**FORM, "once": f"{number:032x}"}).status_code for number in range(22)]
    assert codes[:20] == [200] * 20 and codes[20:] == [429, 429]


def test_nothing_of_the_form_reaches_a_log(house, page, caplog):
    with caplog.at_level(logging.DEBUG):
        page.post("/d/pharmacie/refer", data={**FORM, "note": "zanzibulle"})
    assert "zanzibulle" not in caplog.text and "0199" not in caplog.text
