"""Events are written without anybody in them, once per person, need and month."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from bot.demand.doors import add_door, is_door
from bot.demand.event import Event
from bot.demand.publish import publish
from bot.demand.record import forget, record, shuffle
from bot.demand.tables import demand_counted, demand_events, demand_keys
from bot.store.engine import reading, writing
from tests.demand.conftest import EVENT, NOVEMBER

FOOD = Event.from_mapping(EVENT)


def written(engine):
    with reading(engine) as connection:
        return connection.execute(select(demand_events)).all()


def write(engine, event=FOOD, who="conversation-1", now=NOVEMBER):
    with writing(engine) as connection:
        return record(connection, event, who, now=now)


def test_three_times_the_same_need_in_a_month_counts_once(engine):
    assert [write(engine), write(engine), write(engine)] == [True, False, False]
    assert len(written(engine)) == 1


def test_another_need_person_or_month_counts(engine):
    assert write(engine)
    assert write(engine, replace(FOOD, need="housing"))
    assert write(engine, who="conversation-2")
    assert write(engine, now=datetime(2026, 12, 15, tzinfo=UTC))
    assert len(written(engine)) == 4


def test_the_month_is_quebec_s_at_the_time_of_writing_whatever_the_event_says(engine):
    write(engine, replace(FOOD, month="2020-01"), now=datetime(2026, 11, 1, 3, 59, tzinfo=UTC))  # 23:59 on 31 October
    assert written(engine)[0].month == "2026-10"


def test_an_event_s_row_holds_the_contract_s_fields_and_a_random_key_only(engine):
    assert {column.name for column in demand_events.c} == {field.name for field in fields(Event)} | {"id"}
    write(engine)
    row = written(engine)[0]
    assert row.id.version == 4
    assert "conversation-1" not in str(row)


def test_who_asked_is_kept_only_as_an_hmac_apart(engine):
    write(engine)
    with reading(engine) as connection:
        row = connection.execute(select(demand_counted)).one()
    assert set(row._fields) == {"month", "digest"}
    assert len(row.digest) == 32
    assert b"conversation-1" not in row.digest


def test_the_same_person_and_need_cannot_be_followed_from_one_month_to_the_next(engine):
    write(engine)
    write(engine, now=datetime(2026, 12, 15, tzinfo=UTC))
    with reading(engine) as connection:
        first, second = connection.execute(select(demand_counted.c.digest)).scalars()
    assert first != second


def test_a_rollback_takes_the_event_and_its_mark_back(engine):
    with pytest.raises(RuntimeError), writing(engine) as connection:
        record(connection, FOOD, "conversation-1", now=NOVEMBER)
        raise RuntimeError
    assert written(engine) == []
    assert write(engine)


def test_order_of_insertion_gives_nothing_away(engine):
    needs = ["food", "housing", "transport", "legal", "income", "family", "youth", "isolation"]
    orders = set()
    for month in range(1, 7):
        for need in needs:
            write(engine, replace(FOOD, need=need), now=datetime(2026, month, 15, tzinfo=UTC))
        with writing(engine) as connection:
            shuffle(connection, f"2026-{month:02}")
        kept = [row for row in written(engine) if row.month == f"2026-{month:02}"]
        assert sorted(row.need for row in kept) == sorted(needs)
        orders.add(tuple(row.need for row in kept))
    assert len(orders) > 1


def test_on_postgresql_a_shuffle_parts_an_event_from_the_transaction_that_wrote_it(engine):
    if engine.dialect.name == "sqlite":
        return  # SQLite keeps no mark of the transaction
    write(engine)
    xmin = "SELECT e.xmin::text, c.xmin::text FROM demand_events e, demand_counted c"
    with engine.connect() as connection:
        event, mark = connection.exec_driver_sql(xmin).one()
    assert event == mark
    with writing(engine) as connection:
        shuffle(connection, "2026-11")
    with engine.connect() as connection:
        event, mark = connection.exec_driver_sql(xmin).one()
    assert event != mark


def test_forget_destroys_finished_months_keys_and_marks_but_not_events(engine):
    write(engine, now=datetime(2026, 10, 15, tzinfo=UTC))
    write(engine)
    with writing(engine) as connection:
        forget(connection, "2026-11")
    with reading(engine) as connection:
        assert connection.execute(select(demand_keys.c.month)).scalars().all() == ["2026-11"]
        assert connection.execute(select(demand_counted.c.month)).scalars().all() == ["2026-11"]
        assert connection.execute(select(func.count()).select_from(demand_events)).scalar() == 2


def test_an_event_late_for_a_published_month_counts_in_the_next(engine):
    publish(engine, "2026-10", now=NOVEMBER)
    write(engine, now=datetime(2026, 10, 31, 12, tzinfo=UTC))
    assert written(engine)[0].month == "2026-11"


def test_an_unknown_door_is_dropped_and_a_known_one_kept(engine):
    with writing(engine) as connection:
        assert add_door(connection, "clsc", "CLSC de démonstration")
        assert not add_door(connection, "clsc", "Another name")
        assert is_door(connection, "clsc")
        assert not is_door(connection, "my name is Rose")
    write(engine, replace(FOOD, door="my name is Rose"), who="a")
    write(engine, replace(FOOD, door="clsc"), who="b")
    assert sorted(str(row.door) for row in written(engine)) == ["None", "clsc"]


def test_two_processes_writing_the_same_request_at_once_count_it_once(engine):
    start, results = threading.Barrier(2), []

    def one():
        start.wait()
        results.append(write(engine))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]
    assert len(written(engine)) == 1


def test_no_event_slips_into_a_month_while_it_is_being_published(engine):
    october = datetime(2026, 10, 31, 12, tzinfo=UTC)
    with writing(engine) as connection:
        record(connection, FOOD, "conversation-1", now=october)
        publishing = threading.Thread(target=publish, args=(engine, "2026-10"), kwargs={"now": NOVEMBER})
        publishing.start()
        publishing.join(0.3)
        assert publishing.is_alive()  # it waits for the event being written
    publishing.join()
    write(engine, who="conversation-2", now=october)
    assert [row.month for row in written(engine)] == ["2026-10", "2026-11"]
