"""The desk: the queue's order and limits, one winner, the relay to both channels."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.conversation import storage
from bot.handoff.desk import NoSuchRequest, NotOpen, NotYours, Refused, Taken
from bot.people import audit
from bot.store.engine import reading, writing
from tests.handoff.conftest import CARD, JOLIETTE, NOON, SOREL, ids

# The queue


def test_queue_is_danger_then_soon_then_who_waited_longest(house, anne):
    late = house.ask(now=NOON + timedelta(minutes=2))
    early = house.ask(now=NOON)
    soon = house.ask(now=NOON + timedelta(minutes=3), needs=["homelessness"])
    crisis = house.ask(now=NOON + timedelta(minutes=4), urgency="crisis")
    assert ids(house.desk.queue(anne)) == [crisis, soon, early, late]


def test_queue_row_is_the_contract_s(house, anne):
    request_id = house.ask(for_other=True)
    (row,) = house.desk.queue(anne, now=NOON + timedelta(seconds=90))
    assert {"id": request_id, "need": "food", "territory": SOREL, "language": "fr", "for_other": True, "urgency": "normal",
            "waiting_seconds": 90, "summary": "Alimentation · endroit pas encore dit · pour une autre personne",
            "owner": None}.items() <= row.items()


def test_queue_is_limited_to_the_person_s_territories_languages_and_topics(house):
    there, elsewhere, nowhere = house.ask(), house.ask(territory=JOLIETTE), house.ask(territory=None)
    english, housing = house.ask(language="en"), house.ask(needs=["housing"])
    sorel = house.navigator("sorel", territories=(SOREL,), languages=["fr"], topics=["food"])
    assert ids(house.desk.queue(sorel)) == [there]
    assert house.desk.queue(house.navigator("none", territories=())) == []
    assert set(ids(house.desk.queue(house.navigator("every")))) == {there, elsewhere, nowhere, english, housing}
    administrator = house.navigator("admin", roles=("administrator",), territories=())
    assert set(ids(house.desk.queue(administrator))) == {there, elsewhere, nowhere, english, housing}


@pytest.mark.parametrize("role", ["table", "maintainer"])
def test_other_roles_see_no_request(house, role):
    house.ask()
    assert house.desk.queue(house.navigator("other", roles=(role,)), "all") == []


def test_waiting_mine_and_all(house, anne, ben):
    waiting, hers, his = house.ask(), house.ask(), house.ask()
    house.desk.claim(anne, hers)
    house.desk.claim(ben, his)
    assert ids(house.desk.queue(anne, "waiting")) == [waiting]
    assert ids(house.desk.queue(anne, "mine")) == [hers]
    assert set(ids(house.desk.queue(anne, "all"))) == {waiting, hers, his}
    with pytest.raises(Refused):
        house.desk.queue(anne, "theirs")


def test_summary_is_in_the_reader_s_language_and_holds_no_resident_text(house):
    house.ask(house.talk(said="J’ai faim et je m’appelle Rose"))
    (row,) = house.desk.queue(house.navigator("en", language="en"))
    assert row["summary"] == "Food · place not said yet"


# Claiming


def test_claim_silences_the_assistant_and_tells_the_resident(house, anne):
    conversation_id = house.talk()
    house.desk.claim(anne, house.ask(conversation_id))
    conversation = house.conversation(conversation_id)
    assert (conversation.status, conversation.handed_off) == ("navigator", True)
    last = house.said(conversation_id)[-1]
    assert (last.from_, last.kind) == ("system", "handoff") and "Anne" in last.text


def test_the_second_is_told_that_it_is_taken_and_so_is_the_first_again(house, anne, ben):
    request_id = house.ask()
    house.desk.claim(anne, request_id)
    for person in (ben, anne):
        with pytest.raises(Taken):
            house.desk.claim(person, request_id)


def test_claim_of_what_is_not_theirs_to_see_is_no_such_request(house):
    request_id = house.ask()
    with pytest.raises(NoSuchRequest):
        house.desk.claim(house.navigator("joliette", territories=(JOLIETTE,)), request_id)
    with pytest.raises(NoSuchRequest):
        house.desk.claim(house.navigator("none", territories=()), request_id)


def test_two_threads_claim_and_one_wins_every_time(house, anne, ben):
    for _ in range(12):
        conversation_id = house.talk()
        request_id, gate, outcomes = house.ask(conversation_id), threading.Barrier(2), {}

        def claim(person, request_id=request_id, gate=gate, outcomes=outcomes):
            gate.wait()
            try:
                house.desk.claim(person, request_id)
                outcomes[person.name] = "won"
            except Taken:
                outcomes[person.name] = "taken"

        threads = [threading.Thread(target=claim, args=(person,)) for person in (anne, ben)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes.values()) == ["taken", "won"]
        winner = anne if outcomes["Anne"] == "won" else ben
        assert house.desk.get(winner, request_id)["owner"] == winner.email
        assert len([one for one in house.said(conversation_id) if one.kind == "handoff"]) == 1


def test_resident_who_writes_while_a_navigator_claims_never_deadlocks(house, anne):
    """The resident's side locks the conversation and then its request (danger); so does the desk."""
    from bot.handoff import requests

    for _ in range(8):
        conversation_id = house.talk()
        request_id, gate, faults = house.ask(conversation_id), threading.Barrier(2), []

        def danger(conversation_id=conversation_id, gate=gate, faults=faults):
            gate.wait()
            try:
                with writing(house.engine) as connection:
                    storage.lock(connection, conversation_id)
                    requests.raise_urgency(connection, conversation_id)
            except Exception as error:
                faults.append(error)

        thread = threading.Thread(target=danger)
        thread.start()
        gate.wait()
        house.desk.claim(anne, request_id)
        thread.join()
        assert faults == []
        assert house.desk.get(anne, request_id)["urgency"] == "crisis"


# Reading


def test_get_has_packet_messages_and_notes(house, anne):
    conversation_id = house.talk(said="J’ai faim")
    request_id = house.ask(conversation_id, shown=["essai-1"])
    house.desk.claim(anne, request_id)
    house.desk.note(anne, request_id, "À rappeler demain")
    found = house.desk.get(anne, request_id)
    assert found["packet"]["needs"] == ["food"] and found["packet"]["shown"] == ["essai-1"]
    assert found["messages"][0]["text"] == "J’ai faim"
    assert [(one["author"], one["text"]) for one in found["notes"]] == [("Anne", "À rappeler demain")]
    assert found["conversation_status"] == "navigator"


def test_get_is_for_the_owner_and_administrators_only(house, anne, ben):
    request_id = house.ask()
    with pytest.raises(NotYours):
        house.desk.get(anne, request_id)
    house.desk.claim(anne, request_id)
    with pytest.raises(NotYours):
        house.desk.get(ben, request_id)
    with pytest.raises(NoSuchRequest):
        house.desk.get(house.navigator("far", territories=(JOLIETTE,)), request_id)
    with pytest.raises(NoSuchRequest):
        house.desk.get(anne, "no-such-id")
    administrator = house.navigator("admin", roles=("administrator",))
    assert house.desk.get(administrator, request_id)["messages"]


def test_an_administrator_s_look_is_in_the_audit_log(house, anne):
    request_id = house.ask()
    administrator = house.navigator("admin", roles=("administrator",))
    house.desk.get(administrator, request_id, now=NOON)
    with reading(house.engine) as connection:
        assert [(row.action, row.person_id) for row in audit.entries(connection, request_id)] == [("read", administrator.id)]


def test_get_after_gives_only_what_came_since(house, anne):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)
    last = house.desk.get(anne, request_id)["messages"][-1]["seq"]
    house.resident_says(conversation_id, "Êtes-vous là?")
    assert [one["text"] for one in house.desk.get(anne, request_id, after=last)["messages"]] == ["Êtes-vous là?"]


# Speaking


def test_say_reaches_the_web_conversation_in_order_without_an_outbox_row(house, anne):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)
    seqs = [house.desk.say(anne, request_id, text) for text in ("Bonjour", "Je cherche")]
    assert seqs[1] == seqs[0] + 1
    assert [(one.from_, one.text) for one in house.said(conversation_id)][-2:] == [("navigator", "Bonjour"), ("navigator", "Je cherche")]
    assert house.sent(conversation_id) == []


def test_say_on_telegram_writes_an_outbox_row_in_the_same_transaction(house, anne):
    conversation_id = house.talk(channel="telegram", ref="4242")
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)
    seq = house.desk.say(anne, request_id, "Bonjour")
    sent = house.sent(conversation_id)
    assert [row.seq for row in sent] == [seq - 1, seq]  # that a person is there, and the reply
    assert {(row.channel_ref, row.status) for row in sent} == {("4242", "waiting")}


def test_a_card_is_sent_with_words_in_the_resident_s_language(house, anne):
    conversation_id = house.talk(language="en")
    request_id = house.ask(conversation_id, language="en")
    house.desk.claim(anne, request_id)
    house.desk.say(anne, request_id, card=dict(CARD))
    last = house.said(conversation_id)[-1]
    assert (last.kind, last.from_, last.services[0]["id"]) == ("services", "navigator", "essai-1")
    assert last.text == "Here is a service that can help."


@pytest.mark.parametrize("text", [None, "", "   ", "\x00", "x" * 4097, 3, ["a"]])
def test_empty_or_too_long_text_is_refused(house, anne, text):
    request_id = house.ask()
    house.desk.claim(anne, request_id)
    for act in (house.desk.say, house.desk.note):
        with pytest.raises(Refused):
            act(anne, request_id, text)


def test_half_characters_and_nul_are_stored_on_every_database(house, anne):
    request_id = house.ask(conversation_id := house.talk())
    house.desk.claim(anne, request_id)
    house.desk.say(anne, request_id, "bon\x00jour \ud800 <b>&")
    assert house.said(conversation_id)[-1].text == "bonjour ? <b>&"


def test_nobody_speaks_before_claiming_nor_in_a_colleague_s_conversation(house, anne, ben):
    request_id = house.ask()
    with pytest.raises(NotYours):
        house.desk.say(anne, request_id, "Bonjour")
    house.desk.claim(anne, request_id)
    for act in (lambda: house.desk.say(ben, request_id, "Bonjour"), lambda: house.desk.note(ben, request_id, "n"),
                lambda: house.desk.transfer(ben, request_id, SOREL), lambda: house.desk.give_back(ben, request_id),
                lambda: house.desk.close(ben, request_id, "informed")):
        with pytest.raises(NotYours):
            act()


def test_an_administrator_does_not_speak_where_nobody_has_claimed(house):
    request_id = house.ask()
    with pytest.raises(NotOpen):
        house.desk.say(house.navigator("admin", roles=("administrator",)), request_id, "Bonjour")
