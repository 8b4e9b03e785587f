"""A request for a person: one open at a time, cancelled, made urgent, erased with its conversation."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.conversation import storage
from bot.handoff import requests
from bot.handoff.tables import handoffs, notes
from bot.store.engine import reading, writing
from tests.handoff.conftest import JOLIETTE, KNOWN, NOON, SOREL


def open_request(house, conversation_id):
    with reading(house.engine) as connection:
        return requests.open_request(connection, conversation_id)


def test_create_is_once_while_one_is_open(house):
    conversation_id = house.talk()
    first = house.ask(conversation_id)
    assert house.ask(conversation_id, needs=["housing"]) == first
    row = open_request(house, conversation_id)
    assert (row.id, row.status, row.packet["needs"], row.territory) == (first, "waiting", ["food"], SOREL)


def test_database_itself_refuses_a_second_open_one(house):
    conversation_id = house.talk()
    house.ask(conversation_id)
    with pytest.raises(IntegrityError), writing(house.engine) as connection:
        connection.execute(handoffs.insert().values(id="other", conversation_id=conversation_id, status="navigator", packet={},
                                                    language="fr", urgency="normal", created_at=NOON))


def test_cancel_leaves_the_queue_and_another_can_be_made(house):
    conversation_id = house.talk()
    first = house.ask(conversation_id)
    with writing(house.engine) as connection:
        requests.cancel(connection, conversation_id, NOON)
    assert open_request(house, conversation_id) is None
    assert house.ask(conversation_id) != first


def test_cancel_does_not_touch_one_that_a_navigator_has(house):
    person, request_id = house.navigator(), house.ask(conversation_id := house.talk())
    house.desk.claim(person, request_id)
    with writing(house.engine) as connection:
        requests.cancel(connection, conversation_id, NOON)
    assert open_request(house, conversation_id).status == "navigator"


@pytest.mark.parametrize(("given", "needs", "kept"), [
    ("normal", ["food"], "normal"), ("normal", ["homelessness"], "soon"), ("normal", ["food", "violence"], "soon"),
    ("crisis", ["violence"], "crisis"), ("normal", [], "normal"),
])
def test_urgency(house, given, needs, kept):
    conversation_id = house.talk()
    house.ask(conversation_id, urgency=given, needs=needs)
    assert open_request(house, conversation_id).urgency == kept


def test_unknown_urgency_is_a_defect(house):
    with pytest.raises(ValueError):
        house.ask(urgency="high")


def test_raise_urgency_of_an_open_one_only(house):
    conversation_id, other = house.talk(), house.talk()
    house.ask(conversation_id)
    with writing(house.engine) as connection:
        requests.raise_urgency(connection, conversation_id)
        requests.raise_urgency(connection, other)
    assert open_request(house, conversation_id).urgency == "crisis"
    assert open_request(house, other) is None


def test_waiting_ahead_counts_the_territory_s_queue(house):
    for territory in (SOREL, SOREL, JOLIETTE, None):
        house.ask(territory=territory)
    cancelled = house.talk()
    house.ask(cancelled)
    with writing(house.engine) as connection:
        requests.cancel(connection, cancelled, NOON)
        assert [requests.waiting_ahead(connection, one) for one in (SOREL, JOLIETTE, None, "0641")] == [2, 1, 1, 0]


def test_erasing_the_conversation_takes_request_and_notes_away(house):
    person, conversation_id = house.navigator(), house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(person, request_id)
    house.desk.note(person, request_id, "À rappeler")
    with writing(house.engine) as connection:
        storage.erase(connection, conversation_id)
        assert [connection.scalar(select(func.count()).select_from(table)) for table in (handoffs, notes)] == [0, 0]


def test_packet_is_a_copy_of_what_was_agreed(house):
    conversation_id = house.talk()
    house.ask(conversation_id, shown=["essai-1"], for_other=True)
    row = open_request(house, conversation_id)
    assert row.packet == {**KNOWN, "shown": ["essai-1"], "for_other": True}
    assert row.created_at == NOON and row.claimed_at is None
