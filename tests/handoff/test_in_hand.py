"""Ten conversations at once: who waits for a reply, what is unread, what was said where, a closing taken back, a colleague's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.conversation import storage
from bot.conversation.reception import listen, receive
from bot.demand.tables import demand_events
from bot.handoff import navigators, requests
from bot.handoff.desk import MovedOn, NoSuchRequest, NotYours
from bot.handoff.queue import REOPEN_WITHIN
from bot.handoff.tables import handoffs
from bot.people import audit
from bot.store.engine import reading, writing
from tests.handoff.conftest import JOLIETTE, NOON, SOREL, ids


def minutes(number: float):
    return NOON + timedelta(minutes=number)


def writes(house, conversation_id, text, at, choice=None):
    with writing(house.engine) as connection:
        receive(connection, conversation_id, heard=listen(text), choice_value=choice, client_id=None, limit_a_minute=50, now=at)


def row_of(house, person, request_id, at):
    return next(one for one in house.desk.queue(person, "mine", now=at) if one["id"] == request_id)


@pytest.fixture
def talk(house):
    return house.talk()


@pytest.fixture
def mine(house, anne, talk):
    request_id = house.ask(talk)
    house.desk.claim(anne, request_id, now=minutes(2))
    return request_id


# Who waits for me


def test_whoever_was_never_answered_waits_since_they_asked(house, anne, talk, mine):
    assert row_of(house, anne, mine, minutes(7))["due_seconds"] == 7 * 60
    writes(house, talk, "Êtes-vous là?", minutes(6))
    assert row_of(house, anne, mine, minutes(7))["due_seconds"] == 7 * 60


def test_a_reply_is_due_since_the_oldest_message_that_none_followed(house, anne, talk, mine):
    house.desk.say(anne, mine, "Bonjour", now=minutes(8))
    assert row_of(house, anne, mine, minutes(9))["due_seconds"] is None
    for at in (10, 12):
        writes(house, talk, "Merci", minutes(at))
    assert row_of(house, anne, mine, minutes(15))["due_seconds"] == 5 * 60
    house.desk.say(anne, mine, "De rien", now=minutes(16))
    assert row_of(house, anne, mine, minutes(17))["due_seconds"] is None
    writes(house, talk, None, minutes(18), choice="report:x")  # a tap asks for no reply
    assert row_of(house, anne, mine, minutes(19))["due_seconds"] is None


def test_the_last_words_of_either_side_are_seen_by_whoever_has_it_alone(house, anne, ben, talk, mine):
    writes(house, talk, "un   secret " + "x" * 300, minutes(3))
    last = row_of(house, anne, mine, minutes(4))["last"]
    assert last["from"] == "resident" and last["text"].startswith("un secret x") and len(last["text"]) == 120
    (seen,) = [one for one in house.desk.queue(ben, "all") if one["id"] == mine]
    assert "secret" not in str(seen) and seen["last"] is None and seen["due_seconds"] is None


def test_what_was_left_out_is_in_neither_the_last_words_nor_a_search(house, anne, talk):
    with writing(house.engine) as connection:
        row = storage.lock(connection, talk)
        request_id = requests.create(connection, talk, known={"needs": ["food"], "territory": SOREL}, language="fr", urgency="normal",
                                     now=NOON, withheld=["messages"], last_seq=row.last_seq)
    house.desk.claim(anne, request_id)
    assert row_of(house, anne, request_id, minutes(1))["last"] is None and house.desk.find(anne, "faim") == []


# Searching


def test_words_are_found_in_mine_open_or_over_whatever_the_accents_and_in_notes(house, anne, ben, talk, mine):
    writes(house, talk, "Mon propriétaire s’appelle Émile", minutes(3))
    house.desk.note(anne, mine, "rappeler le comptoir")
    for text in ("emile PROPRIÉTAIRE", "Émi", "comptoir"):
        (found,) = house.desk.find(anne, text)
        assert found["id"] == mine and found["said"]
    assert house.desk.find(anne, "emile comptoir") == [] and house.desk.find(anne, "e") == house.desk.find(anne, "  ") == []
    assert house.desk.find(ben, "emile") == []
    house.desk.close(anne, mine, "informed", now=minutes(5))
    writes(house, talk, "autre chose pour l’assistant", minutes(6))
    assert ids(house.desk.find(anne, "emile")) == [mine] and house.desk.find(anne, "assistant") == []
    with writing(house.engine) as connection:
        storage.erase(connection, talk)
    assert house.desk.find(anne, "emile") == []


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=texts, looked_for=texts)
def test_any_text_can_be_looked_for(house, anne, talk, mine, said, looked_for):
    house.resident_says(talk, said)
    assert ids(house.desk.find(anne, looked_for)) in ([], [mine])


# Over, and taken back


def test_what_i_ended_is_listed_newest_first_and_only_to_me(house, anne, ben):
    over = []
    for number in range(3):
        house.desk.claim(anne, request_id := house.ask())
        house.desk.close(anne, request_id, "not_met", "closed", now=minutes(number))
        over.insert(0, request_id)
    rows = house.desk.queue(anne, "ended", now=minutes(9))
    assert ids(rows) == over and (rows[0]["outcome"], rows[0]["reason"], rows[0]["may_reopen"]) == ("not_met", "closed", True)
    assert house.desk.queue(ben, "ended") == []


def test_a_closing_is_taken_back_and_what_was_counted_is_corrected_when_it_is_closed_anew(house, anne, talk, mine):
    house.desk.say(anne, mine, "Bonjour", now=minutes(4))
    house.desk.close(anne, mine, "not_met", "closed", now=minutes(5))
    house.desk.reopen(anne, mine, now=minutes(6))
    found = house.desk.get(anne, mine)
    assert (found["status"], found["conversation_status"], found["outcome"], found["may_reopen"]) == ("navigator", "navigator", None, False)
    assert "revient vous répondre" in house.said(talk)[-1].text
    house.desk.say(anne, mine, "J’ai trouvé", now=minutes(7))
    house.desk.close(anne, mine, "connected", now=minutes(8))
    with reading(house.engine) as connection:
        (event,) = connection.execute(select(demand_events)).all()
        assert (event.met, event.reason, event.wait) == (True, None, "under_5")
        assert "reopened" in [one.action for one in audit.entries(connection, mine)]


def test_a_tap_that_answers_the_closing_question_is_no_going_on(house, anne, talk, mine):
    house.desk.close(anne, mine, "informed", now=minutes(5))
    writes(house, talk, None, minutes(6), choice="follow_up:no")
    house.desk.reopen(anne, mine, now=minutes(7))
    assert house.desk.get(anne, mine)["status"] == "navigator"


def going_on(house, talk, anne, mine):
    writes(house, talk, "Encore une question", minutes(6))


def asking_again(house, talk, anne, mine):
    house.ask(talk, now=minutes(6))


def long_ago(house, talk, anne, mine):
    with writing(house.engine) as connection:
        connection.execute(update(handoffs).where(handoffs.c.id == mine).values(ended_at=minutes(5) - REOPEN_WITHIN))


def returned(house, talk, anne, mine):
    house.desk.reopen(anne, mine, now=minutes(6))
    house.desk.give_back(anne, mine, now=minutes(6))


@pytest.mark.parametrize("meanwhile", [going_on, asking_again, long_ago, returned])
def test_it_is_too_late_once_the_person_went_on_or_a_day_went_by(house, anne, talk, mine, meanwhile):
    house.desk.close(anne, mine, "informed", now=minutes(5))
    meanwhile(house, talk, anne, mine)
    with pytest.raises(MovedOn):
        house.desk.reopen(anne, mine, now=minutes(7))


def test_nobody_reopens_what_was_a_colleague_s(house, anne, mine):
    house.desk.close(anne, mine, "informed", now=minutes(5))
    joliette = house.navigator("j", territories=(JOLIETTE,))
    with pytest.raises(NoSuchRequest):
        house.desk.reopen(joliette, mine, now=minutes(6))
    with pytest.raises(NotYours):
        house.desk.reopen(house.navigator("ben"), mine, now=minutes(6))
    with pytest.raises(MovedOn):
        house.desk.reopen(house.navigator("admin", roles=("administrator",)), mine, now=minutes(6))


# From a colleague


def test_who_is_handed_a_conversation_sees_it_as_new_until_it_is_opened(house, anne, ben, talk, mine):
    writes(house, talk, "Merci", minutes(3))
    house.desk.presence(anne, mine, seen=house.said(talk)[-1].seq)
    assert row_of(house, anne, mine, minutes(4))["unread"] == 0
    house.desk.transfer(anne, mine, "ben@example.org", now=minutes(5))
    row = row_of(house, ben, mine, minutes(6))
    assert row["handed"] and row["unread"] == 2, "the colleague has read nothing yet"
    house.desk.presence(ben, mine, seen=house.said(talk)[-1].seq)
    row = row_of(house, ben, mine, minutes(7))
    assert not row["handed"] and row["unread"] == 0


def test_a_colleague_is_told_on_telegram_once_and_whoever_takes_it_is_not(house, anne, ben, mine):
    with writing(house.engine) as connection:
        for person, chat in ((anne, "1"), (ben, "2")):
            navigators.link(connection, navigators.new_code(connection, person.id, NOON), chat, NOON)
    assert navigators.claim_notices(house.engine, minutes(3)) == [], "taken: nobody waits"
    house.desk.transfer(anne, mine, "ben@example.org", now=minutes(5))
    (notice,) = navigators.claim_notices(house.engine, minutes(6))
    assert (notice.chat, notice.waiting, notice.handed, notice.crisis) == ("2", 0, 1, False)
    assert navigators.claim_notices(house.engine, minutes(7)) == []
    house.desk.transfer(ben, mine, SOREL, now=minutes(8))
    assert {(one.chat, one.waiting, one.handed) for one in navigators.claim_notices(house.engine, minutes(9))} == {("1", 1, 0), ("2", 1, 0)}
    house.desk.claim(anne, mine, now=minutes(10))
    assert row_of(house, anne, mine, minutes(11))["handed"] is False
