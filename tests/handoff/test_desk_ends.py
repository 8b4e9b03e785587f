"""How a request ends, what the demand learns of it, and the audit log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversation import storage
from bot.demand.tables import demand_events
from bot.handoff.desk import NoSuchRequest, NotOpen, NotYours, Refused
from bot.people import audit
from bot.store.engine import reading, writing
from tests.handoff.conftest import CARD, JOLIETTE, NOON, SOREL, ids

LATER = NOON + timedelta(minutes=10)


# Ending


def test_give_back_lets_the_assistant_speak_and_ends_the_reading(house, anne):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)
    house.desk.give_back(anne, request_id)
    assert house.conversation(conversation_id).status == "assistant"
    house.resident_says(conversation_id, "un secret pour l’assistant")
    found = house.desk.get(anne, request_id)
    assert found["status"] == "returned" and "un secret" not in str(found["messages"])
    with pytest.raises(NotOpen):
        house.desk.say(anne, request_id, "Encore moi")
    assert house.ask(conversation_id) != request_id


def test_transfer_to_a_territory_waits_there_and_keeps_its_place_in_line(house, anne):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id, now=LATER)
    house.desk.transfer(anne, request_id, JOLIETTE)
    assert house.conversation(conversation_id).status == "waiting"
    joliette = house.navigator("joliette", territories=(JOLIETTE,))
    (row,) = house.desk.queue(joliette, now=NOON + timedelta(hours=1))
    assert (row["id"], row["owner"], row["territory"], row["waiting_seconds"]) == (request_id, None, JOLIETTE, 3600)
    with pytest.raises(NotYours):
        house.desk.get(anne, request_id)
    house.desk.claim(joliette, request_id)


def test_transfer_to_a_person_gives_it_to_them(house, anne, ben):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)
    house.desk.transfer(anne, request_id, " Ben@Example.org ")
    assert ids(house.desk.queue(ben, "mine")) == [request_id] and house.desk.queue(anne, "mine") == []
    assert house.conversation(conversation_id).status == "navigator"
    house.desk.say(ben, request_id, "Bonjour")


def test_transfer_to_nobody_nowhere_oneself_or_somebody_without_a_desk_is_refused(house, anne):
    house.navigator("member", roles=("table",))
    house.navigator("gone")
    house.people.disable("gone@example.org")
    request_id = house.ask()
    house.desk.claim(anne, request_id)
    for to in ("nobody@example.org", "9999", "", None, "anne@example.org", "member@example.org", "gone@example.org", "all"):
        with pytest.raises(Refused):
            house.desk.transfer(anne, request_id, to)
    assert ids(house.desk.queue(anne, "mine")) == [request_id]


def test_close_ends_it_and_a_message_after_is_not_the_navigator_s(house, anne):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)
    house.desk.close(anne, request_id, "informed")
    assert house.conversation(conversation_id).status == "closed"
    assert house.desk.queue(anne, "all") == []
    house.resident_says(conversation_id, "Merci, autre chose…")
    assert "autre chose" not in str(house.desk.get(anne, request_id)["messages"])
    with pytest.raises(NotOpen):
        house.desk.close(anne, request_id, "informed")
    with pytest.raises(NotOpen):
        house.desk.say(anne, request_id, "Encore moi")


@pytest.mark.parametrize(("outcome", "reason", "field"), [
    ("done", None, "outcome"), (None, None, "outcome"), ("not_met", None, "reason"), ("not_met", "rain", "reason"),
])
def test_close_with_a_wrong_value_changes_nothing(house, anne, outcome, reason, field):
    request_id = house.ask()
    house.desk.claim(anne, request_id)
    with pytest.raises(Refused) as error:
        house.desk.close(anne, request_id, outcome, reason)
    assert error.value.field == field
    assert house.desk.get(anne, request_id)["status"] == "navigator"


# The demand


def events(house):
    with reading(house.engine) as connection:
        return connection.execute(select(demand_events)).all()


def test_close_writes_the_demand_with_wait_and_where_to(house, anne):
    request_id = house.ask(for_other=True, age_band="senior")
    house.desk.claim(anne, request_id, now=NOON + timedelta(minutes=4))
    house.desk.say(anne, request_id, card=dict(CARD), now=NOON + timedelta(minutes=6))
    house.desk.close(anne, request_id, "connected", now=NOON + timedelta(minutes=20))
    (event,) = events(house)
    assert (event.month, event.need, event.territory, event.language, event.channel) == ("2026-11", "food", SOREL, "fr", "web")
    assert (event.for_other, event.age_band, event.met, event.reason) == (True, "senior", True, None)
    assert (event.oriented_to, event.wait) == ("essai-1", "under_30")


def test_not_met_writes_its_reason_for_each_need(house, anne):
    request_id = house.ask(needs=["food", "housing"])
    house.desk.claim(anne, request_id, now=NOON + timedelta(minutes=30))
    house.desk.close(anne, request_id, "not_met", "no_capacity", now=NOON + timedelta(hours=1))
    assert sorted((event.need, event.met, event.reason, event.wait) for event in events(house)) == [
        ("food", False, "no_capacity", "over_30"), ("housing", False, "no_capacity", "over_30")]


def test_need_named_by_the_navigator_is_what_counts(house, anne):
    request_id = house.ask(needs=[])
    house.desk.claim(anne, request_id, now=LATER)
    with pytest.raises(Refused):
        house.desk.close(anne, request_id, "informed", need="pizza")
    house.desk.close(anne, request_id, "informed", need="legal", now=LATER)
    assert [(event.need, event.wait) for event in events(house)] == [("legal", "under_30")]


def test_without_any_need_nothing_is_counted(house, anne):
    request_id = house.ask(needs=[])
    house.desk.claim(anne, request_id)
    house.desk.close(anne, request_id, "left")
    assert events(house) == []


def test_an_administrator_closes_what_nobody_came_for_and_the_wait_is_never(house):
    request_id = house.ask()
    house.desk.close(house.navigator("admin", roles=("administrator",)), request_id, "left", now=NOON)
    assert [(event.wait, event.met, event.reason) for event in events(house)] == [("never", False, "other")]


def test_wait_is_until_the_first_reply_also_after_a_transfer(house, anne, ben):
    request_id = house.ask()
    house.desk.claim(anne, request_id, now=NOON + timedelta(minutes=1))
    house.desk.say(anne, request_id, "Bonjour", now=NOON + timedelta(minutes=2))
    house.desk.transfer(anne, request_id, SOREL, now=NOON + timedelta(minutes=40))
    house.desk.claim(ben, request_id, now=NOON + timedelta(minutes=50))
    house.desk.close(ben, request_id, "informed", now=NOON + timedelta(minutes=55))
    assert [event.wait for event in events(house)] == ["under_5"]


def test_a_failure_in_the_middle_of_closing_leaves_everything_as_it_was(house, anne, monkeypatch):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)

    def broken(*_args, **_more):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("bot.handoff.closing.count", broken)
    with pytest.raises(RuntimeError):
        house.desk.close(anne, request_id, "informed")
    assert house.conversation(conversation_id).status == "navigator"
    assert house.desk.get(anne, request_id)["status"] == "navigator"


# The audit log


def test_every_act_is_in_the_audit_log_and_no_text_is(house, anne, ben):
    conversation_id = house.talk(said="je m’appelle Rose Tremblay")
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)
    house.desk.say(anne, request_id, "bonjour Rose")
    house.desk.say(anne, request_id, card=dict(CARD))
    house.desk.note(anne, request_id, "Rose habite seule")
    house.desk.transfer(anne, request_id, "ben@example.org")
    house.desk.close(ben, request_id, "not_met", "closed")
    with writing(house.engine) as connection:
        rows = audit.entries(connection, request_id)
        assert [row.action for row in rows] == ["claimed", "message_sent", "service_sent", "note_added", "transferred", "closed"]
        assert [row.detail for row in rows] == [{}, {}, {"service": "essai-1"}, {}, {"to": "ben@example.org"},
                                                {"outcome": "not_met", "reason": "closed"}]
        assert "Rose" not in str(rows)
        storage.erase(connection, conversation_id)
        assert len(audit.entries(connection, request_id)) == 6  # what people did outlives what was erased


def test_acts_on_an_erased_conversation_are_no_such_request(house, anne):
    request_id = house.ask(conversation_id := house.talk())
    house.desk.claim(anne, request_id)
    with writing(house.engine) as connection:
        storage.erase(connection, conversation_id)
    for act in (lambda: house.desk.get(anne, request_id), lambda: house.desk.say(anne, request_id, "x"),
                lambda: house.desk.close(anne, request_id, "informed")):
        with pytest.raises(NoSuchRequest):
            act()


def test_assistant_s_answer_that_was_under_way_is_dropped_once_claimed(house, anne):
    """take() marks the resident's messages handled: nothing is left for the assistant to answer."""
    conversation_id = house.talk(said=None)
    with writing(house.engine) as connection:
        row = storage.lock(connection, conversation_id)
        storage.resident_says(connection, row, text="allô?", choice=None, client_id=None, handled=False, now=NOON)
    house.desk.claim(anne, house.ask(conversation_id))
    assert all(one.handled for one in house.said(conversation_id))
