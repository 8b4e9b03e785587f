"""A thousand races for a request have one winner each, on both databases; a message sent again is one message."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from bot.conversation import storage
from bot.conversation.tables import messages
from bot.handoff import requests
from bot.handoff.desk import NotOpen, Taken
from bot.handoff.tables import handoffs
from bot.people.tables import audit_log
from bot.store.engine import reading, writing
from tests.handoff.conftest import KNOWN, NOON

RACES = 1000


def queue_of(house, number):
    """That many requests, made in one transaction."""
    made = []
    with writing(house.engine) as connection:
        for _ in range(number):
            conversation_id, _token = storage.create(connection, channel="web", language="fr", door=None, channel_ref=None, now=NOON)
            made.append(requests.create(connection, conversation_id, known=KNOWN, language="fr", urgency="normal", now=NOON))
    return made


def test_a_thousand_races_have_one_winner_each(house, anne, ben):
    made = queue_of(house, RACES)
    gate = threading.Barrier(2)
    won = Counter()

    def race(person):
        outcomes = []
        for request_id in made:
            gate.wait(30)
            try:
                house.desk.claim(person, request_id)
                outcomes.append(request_id)
            except (Taken, NotOpen):
                pass
        return outcomes

    with ThreadPoolExecutor(2) as pool:
        hers, his = pool.map(race, (anne, ben))
    won.update([*hers, *his])
    assert len(won) == RACES and set(won.values()) == {1}
    with reading(house.engine) as connection:
        owners = dict(connection.execute(select(handoffs.c.id, handoffs.c.owner)).tuples().all())
        claims = connection.scalar(select(func.count()).select_from(audit_log).where(audit_log.c.action == "claimed"))
        said = connection.scalar(select(func.count()).select_from(messages))
    assert all(owners[request_id] == anne.id for request_id in hers) and all(owners[request_id] == ben.id for request_id in his)
    assert claims == said == RACES, "who lost wrote nothing anywhere"


def test_a_reply_sent_again_by_a_laptop_that_slept_is_one_message(house, anne):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)
    with ThreadPoolExecutor(8) as pool:
        seqs = set(pool.map(lambda _: house.desk.say(anne, request_id, "Bonjour", client_id="k1"), range(24)))
    other = house.desk.say(anne, request_id, "Bonjour", client_id="k2")
    assert len(seqs) == 1 and other == seqs.pop() + 1
    assert [one.text for one in house.said(conversation_id)].count("Bonjour") == 2


def test_a_resident_cannot_make_a_navigator_s_message_disappear_with_a_client_id(house, anne):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)
    with writing(house.engine) as connection:
        row = storage.lock(connection, conversation_id)
        storage.resident_says(connection, row, text="k1", choice=None, client_id="k1", handled=True, now=NOON)
    house.desk.say(anne, request_id, "Bonjour", client_id="k1")
    assert house.said(conversation_id)[-1].text == "Bonjour"
