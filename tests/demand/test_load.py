"""Made-up events go into a demonstration database, all or none, and into no other."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, insert, select

from bot.conversation.tables import conversations
from bot.demand.demonstration import is_demonstration
from bot.demand.event import Event
from bot.demand.load import MOST_FAULTS, LoadFaults, NotADemonstration, load
from bot.demand.publish import publish
from bot.demand.record import record
from bot.demand.tables import demand_events
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from tests.demand.conftest import EVENT, NOVEMBER, lines


def count(engine):
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(demand_events)).scalar()


def marked(engine):
    with reading(engine) as connection:
        return is_demonstration(connection)


def test_an_empty_database_becomes_a_demonstration(engine):
    assert not marked(engine)
    assert load(engine, [*lines((3, {})), "\n"]).events == 3
    assert marked(engine)
    assert count(engine) == 3


def test_a_demonstration_takes_more(engine):
    load(engine, lines((3, {})))
    load(engine, lines((2, {"month": "2026-10"})))
    assert count(engine) == 5


def test_a_database_with_real_events_is_refused(engine):
    with writing(engine) as connection:
        record(connection, Event.from_mapping(EVENT), "conversation-1", now=NOVEMBER)
    with pytest.raises(NotADemonstration):
        load(engine, lines((3, {})))
    assert (count(engine), marked(engine)) == (1, False)


def test_a_database_with_a_real_conversation_is_refused(engine):
    with writing(engine) as connection:
        connection.execute(insert(conversations).values(
            id="c", token_hash="h", channel="web", language="fr", status="assistant", known={}, last_seq=0,
            created_at=utcnow(), last_message_at=utcnow(),
        ))
    with pytest.raises(NotADemonstration, match="conversations"):
        load(engine, lines((3, {})))


def test_a_database_with_a_real_publication_is_refused(engine):
    publish(engine, "2026-10", now=NOVEMBER)
    with pytest.raises(NotADemonstration):
        load(engine, lines((3, {})))


def test_each_fault_has_its_line_and_reason_and_nothing_is_loaded(engine):
    good = json.dumps(EVENT)
    faulty = [good, "{", "", json.dumps({**EVENT, "need": "pizza"}), "[]", json.dumps({**EVENT, "name": "Rose"}), good]
    with pytest.raises(LoadFaults) as error:
        load(engine, faulty)
    assert [line for line, _ in error.value.faults] == [2, 4, 5, 6]
    reasons = [reason for _, reason in error.value.faults]
    assert "JSON" in reasons[0] and reasons[1].startswith("need: ") and "object" in reasons[2] and reasons[3].startswith("name: ")
    assert (count(engine), marked(engine)) == (0, False)


def test_reading_stops_at_a_hundred_faults(engine):
    with pytest.raises(LoadFaults) as error:
        load(engine, ["no"] * 500)
    assert len(error.value.faults) == MOST_FAULTS


def test_the_order_of_the_file_is_not_kept(engine):
    load(engine, [json.dumps({**EVENT, "oriented_to": f"{number:03}"}) for number in range(100)])
    with reading(engine) as connection:
        kept = connection.execute(select(demand_events.c.oriented_to)).scalars().all()
    assert sorted(kept) == [f"{number:03}" for number in range(100)]
    assert kept != sorted(kept)
