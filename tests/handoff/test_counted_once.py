"""One person, one need, one month: one event, with what the navigator learnt. What was counted is corrected, not doubled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy import JSON, Boolean, Integer, delete, insert, select, update

from bot.conversation import storage
from bot.conversation.effects import Effects
from bot.conversation.tables import conversations
from bot.demand.correct import correct, count
from bot.demand.event import Event
from bot.demand.tables import demand_counted, demand_events, demand_publications
from bot.store.base import UtcTime
from bot.store.engine import reading, writing
from tests.handoff.conftest import CARD, KNOWN, NOON, sqlite

LATER = NOON + timedelta(minutes=12)


def event(**values):
    fields = {"month": "2026-11", "need": "food", "territory": "1623", "language": "fr", "for_other": False, "age_band": None, "door": None,
              "channel": "web", "met": True, "reason": None, "oriented_to": "a", "wait": "none", "asked_before": None, **values}
    return Event(**fields)


def events(house):
    with reading(house.engine) as connection:
        return [(row.need, row.met, row.reason, row.oriented_to, row.wait) for row in
                connection.execute(select(demand_events).order_by(demand_events.c.need))]


def oriented(house, monkeypatch=None, need="food", met=True):
    """A conversation in which the assistant showed services for a need, counted at NOON."""
    conversation_id = house.talk()
    with writing(house.engine) as connection:
        connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(known=KNOWN))
        row = storage.lock(connection, conversation_id)
        written = count(connection, event(need=need, met=met, reason=None if met else "too_far", oriented_to="a" if met else None), row.id, now=NOON)
        connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(counted={need: written}))
    return conversation_id


def close(house, person, conversation_id, *args, card=None):
    request_id = house.ask(conversation_id)
    house.desk.claim(person, request_id, now=LATER)
    house.desk.say(person, request_id, "Bonjour", card=card, now=LATER)
    house.desk.close(person, request_id, *args, now=LATER)


@pytest.mark.parametrize(("closing", "card", "expected"), [
    (("not_met", "no_capacity"), None, (False, "no_capacity", None)),
    (("connected",), dict(CARD), (True, None, CARD["id"])),
    (("informed",), None, (True, None, "a")),
    (("left",), None, (True, None, "a")),
    (("other",), None, (True, None, "a")),
])
def test_a_need_that_the_assistant_counted_gets_the_navigator_s_outcome_and_the_wait(house, anne, closing, card, expected):
    close(house, anne, oriented(house), *closing, card=card)
    assert events(house) == [("food", *expected, "under_30")]


def test_a_need_that_the_assistant_counted_as_a_gap_is_met_after_all(house, anne):
    close(house, anne, oriented(house, met=False), "connected", card=dict(CARD))
    assert events(house) == [("food", True, None, CARD["id"], "under_30")]


def test_others_with_the_same_fields_are_not_touched(house, anne):
    for _ in range(3):
        oriented(house)
    close(house, anne, oriented(house), "not_met", "closed")
    assert sorted(events(house)) == sorted([("food", True, None, "a", "none")] * 3 + [("food", False, "closed", None, "under_30")])


def test_a_second_request_in_the_month_corrects_what_the_first_one_counted(house, anne):
    conversation_id = house.talk()
    close(house, anne, conversation_id, "not_met", "closed")
    close(house, anne, conversation_id, "connected", card=dict(CARD))
    assert events(house) == [("food", True, None, CARD["id"], "under_30")]


def test_a_published_month_never_changes(house, anne):
    conversation_id = oriented(house)
    with writing(house.engine) as connection:
        connection.execute(insert(demand_publications).values(_publication("2026-11")))
        written = storage.find(connection, conversation_id).counted["food"]
        assert correct(connection, written, {"wait": "never"}) is None
    close(house, anne, conversation_id, "not_met", "closed")
    found = events(house)
    assert ("food", True, None, "a", "none") in found and ("food", False, "closed", None, "under_30") in found
    with reading(house.engine) as connection:
        assert sorted(connection.scalars(select(demand_events.c.month))) == ["2026-11", "2026-12"]


def _publication(period):
    values = {}
    for column in demand_publications.columns:
        if column.name == "period":
            values[column.name] = period
        elif not column.nullable and column.default is None and column.server_default is None:
            kinds = ((JSON, {}), (Boolean, False), (Integer, 1), (UtcTime, NOON))
            values[column.name] = next((value for kind, value in kinds if isinstance(column.type, kind)), "x")
    return values


def test_returned_to_the_assistant_adds_the_wait_alone(house, anne):
    conversation_id = oriented(house)
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id, now=NOON + timedelta(minutes=2))
    house.desk.say(anne, request_id, "Bonjour", now=NOON + timedelta(minutes=3))
    house.desk.give_back(anne, request_id, now=LATER)
    assert events(house) == [("food", True, None, "a", "under_5")]


@pytest.mark.parametrize(("minutes", "wait"), [(4, "under_5"), (7, "under_30"), (31, "over_30")])
def test_the_wait_is_until_the_first_reply_and_not_the_claim_however_the_request_ends(house, anne, minutes, wait):
    replied = NOON + timedelta(minutes=minutes)
    ends = {"closed": lambda talk, one: house.desk.close(anne, one, "informed", now=replied),
            "returned": lambda talk, one: house.desk.give_back(anne, one, now=replied),
            "left": lambda talk, one: leaving(house, talk, replied)}
    for end in ends.values():
        talk = oriented(house)
        request_id = house.ask(talk)
        house.desk.claim(anne, request_id, now=NOON + timedelta(minutes=1))
        house.desk.say(anne, request_id, "Bonjour", now=replied)
        house.desk.say(anne, request_id, "Encore là", now=replied + timedelta(hours=2))
        end(talk, request_id)
    assert {one[4] for one in events(house)} == {wait} and len(events(house)) == 3


def leaving(house, conversation_id, now):
    with writing(house.engine) as connection:
        row = storage.lock(connection, conversation_id)
        Effects(connection, row, row.known, "fr", house.settings, now).person.leave()


@pytest.mark.parametrize(("outcome", "wait"), [("left", "never"), ("other", "never"), ("informed", "under_30"), ("connected", "under_30")])
def test_taken_without_a_word_is_no_reply_unless_the_outcome_says_that_they_were_reached_otherwise(house, anne, outcome, wait):
    request_id = house.ask(oriented(house))
    house.desk.claim(anne, request_id, now=NOON + timedelta(minutes=1))
    house.desk.close(anne, request_id, outcome, now=LATER)
    assert [one[4] for one in events(house)] == [wait]


@pytest.mark.parametrize(("minutes", "wait"), [(4, "none"), (12, "never")])
def test_returned_without_a_word_is_a_wait_in_vain_once_it_was_one(house, anne, minutes, wait):
    request_id = house.ask(oriented(house))
    house.desk.claim(anne, request_id, now=NOON + timedelta(minutes=1))
    house.desk.give_back(anne, request_id, now=NOON + timedelta(minutes=minutes))
    assert [one[4] for one in events(house)] == [wait]


@pytest.mark.parametrize(("minutes", "wait"), [(4, "none"), (6, "never")])
def test_who_left_the_line_after_a_wait_in_vain_is_counted_as_such(house, minutes, wait):
    conversation_id = oriented(house)
    house.ask(conversation_id)
    with writing(house.engine) as connection:
        row = storage.lock(connection, conversation_id)
        Effects(connection, row, row.known, "fr", house.settings, NOON + timedelta(minutes=minutes)).person.cancel()
    assert events(house) == [("food", True, None, "a", wait)]


def test_erased_by_retention_while_waiting_is_a_need_for_which_nobody_came(house, tmp_path):
    from bot.runtime.background import apply_retention

    house.ask(house.talk())  # its messages are of 2026-11-23
    with writing(house.engine) as connection:
        connection.execute(update(conversations).values(last_message_at=NOON - timedelta(days=400)))
    assert apply_retention(house.engine, house.settings) == 1
    assert [(one[0], one[1], one[4]) for one in events(house)] == [("food", False, "never")]


def test_what_is_kept_to_correct_the_count_goes_with_the_conversation_and_names_no_event(house):
    conversation_id = oriented(house)
    with writing(house.engine) as connection:
        counted = storage.find(connection, conversation_id).counted
        assert "id" not in counted["food"]
        storage.erase(connection, conversation_id)
    assert events(house) == [("food", True, None, "a", "none")], "the anonymous event stays"


changes = strategies.fixed_dictionaries({"met": strategies.booleans(), "wait": strategies.sampled_from(["none", "under_5", "under_30", "over_30", "never"])})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.lists(strategies.tuples(strategies.integers(0, 4), changes), max_size=12))
def test_correcting_never_changes_how_many_are_counted(tmp_path_factory, steps):
    engine = _engine(tmp_path_factory)
    with writing(engine) as connection:
        connection.execute(delete(demand_events))
        connection.execute(delete(demand_counted))
        held = [count(connection, event(oriented_to=f"s{number % 2}"), f"who{number}", now=NOON) for number in range(5)]
        for which, change in steps:
            met = change["met"]
            after = correct(connection, held[which], {**change, "reason": None if met else "other", "oriented_to": "s1" if met else None})
            assert after is not None
            held[which] = after
        rows = connection.execute(select(demand_events)).mappings().all()
    key = lambda row: (row["met"], row["wait"], row["oriented_to"] or "", row["reason"] or "")  # noqa: E731
    assert sorted(map(key, rows)) == sorted(map(key, held)), "the events are exactly what is held of each"


_made = {}


def _engine(tmp_path_factory):
    if "engine" not in _made:
        _made["engine"] = sqlite(tmp_path_factory.mktemp("counted"))
    return _made["engine"]
