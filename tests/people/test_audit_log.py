"""The audit log: every act of staff that changes something is in it, by whom, what and when, and never a word of anybody."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import timedelta

import pyotp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from bot.demand.actions import Action, note_action
from bot.handoff import canned, navigators, opening_hours
from bot.handoff.tables import contacts, handoffs
from bot.learning import sentences
from bot.people import audit, sessions
from bot.people.own import OwnAccount
from bot.people.tables import audit_log, people
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from tests.handoff.conftest import House as Talks
from tests.people.access import PUBLIC, ROUTES, TOKEN
from tests.people.house import PASSWORD

SECRET_WORDS = "personne ne doit lire ceci au registre"
NEW = "un autre mot de passe"
# Routes that change something for staff.
ACTS = sorted(name for name, one in ROUTES.items() if one.audit)
LANGUAGE = {"fr": SECRET_WORDS, "en": SECRET_WORDS}


class World:
    """What the acts need: an administrator who serves, a request with a navigator, things to change."""

    def __init__(self, house) -> None:
        self.house, self.engine = house, house.engine
        self.boss = house.person("boss", ("administrator", "navigator"))
        self.anne = house.person("anne")
        self.client = house.client("boss")
        self.talks = Talks(house.engine, house.people, house.services.desk, house.services.settings)
        self.waiting = self.talks.ask(self.talks.talk(said=SECRET_WORDS))
        self.mine = self.talks.ask(self.talks.talk(said=SECRET_WORDS))
        house.services.desk.claim(self.boss, self.mine)
        now = utcnow()
        with writing(self.engine) as connection:
            connection.execute(update(handoffs).where(handoffs.c.id == self.mine).values(danger_seq=1))
            connection.execute(insert(contacts).values(handoff_id=self.mine, way=SECRET_WORDS, given_at=now))
            self.reply = canned.save(connection, key="a", **LANGUAGE, by=None, now=now)
            canned.save(connection, key="b", **LANGUAGE, by=None, now=now)
            self.exception = opening_hours.add_exception(connection, None, now.date(), now.date(), by=None, now=now)
            self.other = sessions.start(connection, self.boss.id, now)
        self.client.post("/admin/doors", data={"code": "la", "name": SECRET_WORDS})

    def second_factor(self, person, confirmed: bool = True) -> pyotp.TOTP:
        own, token = OwnAccount(self.house.people), self.client.cookies["bonneporte"]
        # Long enough ago that the code of now was not used.
        then = utcnow() - timedelta(minutes=10 if confirmed else 0)
        own.begin(person, PASSWORD, now=then)
        phone = pyotp.TOTP(own.pending(person, then)[0])
        if confirmed:
            own.confirm(person, token, phone.at(then), now=then)
        return phone

    def session_of(self, person) -> str:
        return next(one.id for one in OwnAccount(self.house.people).sessions(person, self.client.cookies["bonneporte"]) if not one.current)


def form_of(world: World, name: str) -> tuple[str, dict, bool]:
    """(address, what is sent, whether as JSON) of a use that succeeds."""
    path = name.split()[1]
    if path.startswith(("/api/handoffs", "/desk/{id}")):
        request_id = world.waiting if path.endswith("/claim") else world.mine
        if path.endswith("/reopen"):
            world.house.services.desk.close(world.boss, world.mine, "informed")
        body = {"messages": {"text": SECRET_WORDS}, "notes": {"text": SECRET_WORDS, "note": SECRET_WORDS}, "transfer": {"to": "anne@example.org"},
                "close": {"outcome": "not_met", "reason": "too_far"}}.get(path.rsplit("/", 1)[1], {})
        return path.replace("{id}", request_id), body, path.startswith("/api")
    if path in ("/api/session", "/login"):
        return path, {"email": "boss@example.org", "password": PASSWORD}, path.startswith("/api")
    if path == "/api/desk":
        return path, {"available": False}, True
    if "telegram" in path:
        with writing(world.engine) as connection:
            code = navigators.new_code(connection, world.boss.id, utcnow())
            navigators.link(connection, code, "12345", utcnow())
        return path, {}, False
    if path.endswith("/account/password"):
        return path, {"password": PASSWORD, "new": NEW, "again": NEW}, path.startswith("/api")
    if path.endswith("/account/second-factor/confirm"):
        return path, {"code": world.second_factor(world.boss, confirmed=False).now()}, path.startswith("/api")
    if path.endswith(("/account/second-factor/codes", "/account/second-factor/off")):
        return path, {"password": PASSWORD, "code": world.second_factor(world.boss).now()}, path.startswith("/api")
    if "/account/sessions/{id}" in path:
        return path.replace("{id}", world.session_of(world.boss)), {}, False
    if path.startswith("/admin/people"):
        if path.endswith("second-factor"):
            world.second_factor(world.anne)
        if path.endswith("enable"):
            world.house.people.disable("anne@example.org")
        person = {"email": "new@example.org", "name": SECRET_WORDS, "roles": ["navigator"], "languages": ["fr"], "language": "fr",
                  "territories": ["1623"], "topics": ["food"]}
        return path.replace("{id}", world.anne.id), person, False
    if path.startswith("/admin/territories"):
        with writing(world.engine) as connection:
            connection.execute(update(people).where(people.c.id == world.anne.id).values(territories=[]))
        return path.replace("{code}", "1623"), {"person": [world.anne.id]}, False
    if path.startswith("/admin/hours"):
        first = (utcnow() + timedelta(days=9)).date().isoformat()
        return path.replace("{id:int}", str(world.exception)), {"territory": "all", "first": first, "kind": "closure", "0-0-opens": "08:00",
                                                               "0-0-closes": "12:00"}, False
    if path.startswith("/admin/replies"):
        return path.replace("{id:int}", str(world.reply)), {"key": "c", **LANGUAGE, "to": "down"}, False
    if path.startswith("/admin/doors"):
        return path.replace("{code}", "la"), {"code": "ici", "name": SECRET_WORDS, "place": SECRET_WORDS, "allow": "yes"}, False
    if path.startswith("/not-understood"):
        with writing(world.engine) as connection:
            sentences.set_apart(connection, [({"state": "yes", "language": "fr", "text": SECRET_WORDS, "guessed": [], "chosen": []}, None)], "2026-10")
            key = sentences.listed(connection)[0].id
        return path.replace("{language}", "fr"), {"sentence": str(key)}, False
    if path.startswith("/table/decisions"):
        decision = Action("2026-10", "food", "14", SECRET_WORDS, "Une", "Autre", SECRET_WORDS, "2027-01-15")
        with writing(world.engine) as connection:
            key = note_action(connection, decision, utcnow())
        return path.replace("{id:uuid}", str(key)), {**asdict(decision), "done": "yes"}, False
    if path == "/table/register":
        return path, {"kind": "incident", "text": SECRET_WORDS}, False
    return path, {}, False


@pytest.fixture
def world(house):
    return World(house)


def log(house):
    with reading(house.engine) as connection:
        return audit.entries(connection)


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_in_the_log_by_whom_what_and_when_and_without_a_word(house, world, name):
    address, sent, as_json = form_of(world, name)
    before, began = len(log(house)), utcnow()
    reply = world.client.request(name.split()[0], address, **({"json": sent} if as_json else {"data": sent}))
    assert reply.status_code in (200, 201, 204, 303), reply.text[:400]
    added = log(house)[before:]
    assert ROUTES[name].audit in [row.action for row in added], [row.action for row in added]
    for row in added:
        assert row.person_id == world.boss.id and began <= row.at <= utcnow()
    with reading(house.engine) as connection:
        kept = str(connection.execute(select(audit_log)).all())
    for word in (SECRET_WORDS, PASSWORD, NEW, "registre"):
        assert word not in kept


@pytest.mark.parametrize("name", sorted(set(ROUTES) - set(ACTS)))
def test_what_is_not_in_the_log_has_its_reason(name):
    changes = name.split()[0] in ("POST", "PUT", "PATCH", "DELETE")
    assert bool(ROUTES[name].why) == changes
    assert not changes or ROUTES[name].who in (PUBLIC, TOKEN, "secret") or len(ROUTES[name].why) > 10


def test_every_word_said_in_a_conversation_stays_out_of_the_log(house, world):
    anne = world.client
    for act in ("messages", "notes"):
        anne.post(f"/desk/{world.mine}/{act}", data={"text": SECRET_WORDS, "note": SECRET_WORDS})
    anne.get(f"/desk/{world.mine}")
    page = anne.get("/admin/log").text
    assert SECRET_WORDS not in page and re.search("a envoyé un message", page)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=40).map(lambda one: f"un {one}"), name=st.sampled_from(sorted(audit.DETAILS - {"service"})))
def test_a_sentence_is_refused_in_every_place_of_a_row(house, text, name):
    with pytest.raises(ValueError), writing(house.engine) as connection:
        audit.write(connection, None, "closed", utcnow(), **{name: text})
    with pytest.raises(ValueError), writing(house.engine) as connection:
        audit.write(connection, None, text, utcnow())
