"""Nobody is left without knowing: told once, given back when a navigator is gone, asked later only if they agreed."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.conversation import storage
from bot.conversation.desk_side import DeskSide
from bot.conversation.effects import Effects
from bot.conversation.reception import listen, receive
from bot.directory.reports import open_reports
from bot.handoff import contacts, follow_up
from bot.handoff.desk_tables import follow_ups, service_feedback
from bot.handoff.tables import contacts as contact_rows
from bot.handoff.tables import handoffs
from bot.handoff.waiting import Waiting
from bot.people import audit
from bot.people.tables import people
from bot.store.engine import reading, writing
from tests.handoff.conftest import CARD, JOLIETTE, NOON


@pytest.fixture
def waiting(house):
    return Waiting(house.engine, DeskSide(house.engine), house.settings)


def minutes(number: float):
    return NOON + timedelta(minutes=number)


def seen(house, person, at):
    with writing(house.engine) as connection:
        connection.execute(update(people).where(people.c.id == person.id).values(last_seen_at=at))


def choose(house, conversation_id, value, now=NOON):
    """What the core does with a choice of its own."""
    with writing(house.engine) as connection:
        row = storage.lock(connection, conversation_id)
        drafts = Effects(connection, row, row.known, row.language, house.settings, now).chosen(value)
        storage.append(connection, row, drafts, reply_to=None, language=row.language, now=now)
    return drafts


# Who waits


def test_told_once_after_the_set_time_with_lines_and_a_way_to_be_called_back(house, waiting):
    conversation_id = house.talk()
    house.ask(conversation_id)
    assert waiting.tell_who_waits(minutes(20)) == 0
    assert waiting.tell_who_waits(minutes(21)) == 1 and waiting.tell_who_waits(minutes(300)) == 0
    said = house.said(conversation_id)[-1]
    assert (said.from_, said.kind) == ("system", "handoff") and "Personne n'a encore pu" in said.text
    assert [one["choice"] for one in said.choices] == ["contact:leave", "handoff:cancel"] and said.helplines


def test_what_fails_keeps_nothing_else_from_being_done(house, waiting, monkeypatch):
    conversation_id = house.talk()
    house.ask(conversation_id)
    monkeypatch.setattr(waiting, "return_what_was_left", lambda now: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        waiting.look(minutes(21))
    assert "Personne n'a encore pu" in house.said(conversation_id)[-1].text


def test_told_by_one_process_only(house, waiting):
    for _ in range(5):
        house.ask()
    told = []
    threads = [threading.Thread(target=lambda: told.append(waiting.tell_who_waits(minutes(30)))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(told) == 5


def test_who_was_answered_cancelled_or_closed_is_told_nothing(house, waiting, anne):
    request_id = house.ask()
    house.desk.claim(anne, request_id, now=NOON)
    assert waiting.tell_who_waits(minutes(60)) == 0


def test_on_telegram_it_goes_out_by_the_outbox(house, waiting):
    conversation_id = house.talk(channel="telegram", ref="77")
    house.ask(conversation_id)
    waiting.tell_who_waits(minutes(21))
    assert len(house.sent(conversation_id)) == 1


# A way to be called back


def test_contact_is_not_kept_in_the_conversation_is_the_owner_s_alone_and_is_erased_once_used(house, waiting, anne, ben):
    from bot.conversation.reception import listen, receive

    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    waiting.tell_who_waits(minutes(21))
    with writing(house.engine) as connection:  # the question, as the core writes it
        connection.execute(update(storage.conversations).where(storage.conversations.c.id == conversation_id).values(asks="contact"))
        receive(connection, conversation_id, heard=listen("c'est le 450-555-0199 poste 12, Rose"), choice_value=None, client_id=None,
                limit_a_minute=100, now=minutes(22))
        assert contacts.of(connection, request_id) == "450-555-0199, 12"
    assert "555" not in str([row.text for row in house.said(conversation_id)]) and "0199" in house.said(conversation_id)[-1].text
    house.desk.claim(anne, request_id)
    administrator = house.navigator("admin", roles=("administrator",))
    assert house.desk.get(anne, request_id)["contact"] == "450-555-0199, 12"
    assert house.desk.get(administrator, request_id)["contact"] is None
    assert "555" not in str(house.desk.queue(ben, "all"))
    house.desk.contact_used(anne, request_id)
    assert house.desk.get(anne, request_id)["contact"] is None
    with reading(house.engine) as connection:
        assert connection.execute(select(contact_rows)).all() == []
        assert "555" not in str(audit.entries(connection))


@pytest.mark.parametrize("end", ["close", "return", "cancel"])
def test_contact_goes_with_the_request_however_it_ends(house, anne, end):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    with writing(house.engine) as connection:
        contacts.give(connection, request_id, "450-555-0199", NOON)
    if end == "cancel":
        with writing(house.engine) as connection:
            row = storage.lock(connection, conversation_id)
            Effects(connection, row, row.known, "fr", house.settings, NOON).person.cancel()
    else:
        house.desk.claim(anne, request_id)
        house.desk.close(anne, request_id, "left") if end == "close" else house.desk.give_back(anne, request_id)
    with reading(house.engine) as connection:
        assert connection.execute(select(contact_rows)).all() == []


@pytest.mark.parametrize(("text", "way"), [
    ("450 555 0199", "450-555-0199"), ("+1 (450) 555-0199", "450-555-0199"), ("4505550199 ext. 3", "450-555-0199, 3"),
    ("écrivez à rose.t@exemple.qc.ca svp", "rose.t@exemple.qc.ca"), ("555-0199", None), ("j'ai 3 enfants", None), ("1234567890123", None),
])
def test_a_number_or_an_address_is_found_in_what_was_written(text, way):
    assert contacts.way_in(text) == way


# A navigator who goes away


def test_what_a_navigator_left_goes_back_with_a_notice_and_its_place(house, waiting, anne):
    conversation_id = house.talk()
    request_id, newer = house.ask(conversation_id, now=NOON), house.ask(now=minutes(5))
    house.desk.claim(anne, request_id, now=minutes(1))
    seen(house, anne, minutes(2))
    assert waiting.return_what_was_left(minutes(11)) == 0
    assert waiting.return_what_was_left(minutes(13)) == 1 and waiting.return_what_was_left(minutes(13)) == 0
    assert house.conversation(conversation_id).status == "waiting"
    assert "a dû s'absenter" in house.said(conversation_id)[-1].text
    assert [row["id"] for row in house.desk.queue(anne)] == [request_id, newer]
    with reading(house.engine) as connection:
        assert audit.entries(connection, request_id)[-1].action == "left_by_navigator"
    assert waiting.tell_who_waits(minutes(30)) == 1, "only the newer one: this one waits since it came back"


def test_who_signed_out_or_was_disabled_counts_as_gone_and_who_is_there_does_not(house, waiting, anne, ben):
    hers, his = house.ask(), house.ask()
    house.desk.claim(anne, hers, now=NOON)
    house.desk.claim(ben, his, now=NOON)
    seen(house, anne, None)
    seen(house, ben, minutes(59))
    assert waiting.return_what_was_left(minutes(60)) == 1
    assert [row["id"] for row in house.desk.queue(ben, "mine")] == [his]


def test_what_a_colleague_was_just_handed_is_theirs_for_as_long(house, waiting, anne, ben):
    request_id = house.ask()
    house.desk.claim(anne, request_id, now=NOON)
    house.desk.transfer(anne, request_id, "ben@example.org", now=minutes(30))
    assert waiting.return_what_was_left(minutes(31)) == 0
    assert waiting.return_what_was_left(minutes(41)) == 1


def test_transfer_to_a_territory_tells_the_resident(house, anne):
    conversation_id = house.talk()
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id)
    house.desk.transfer(anne, request_id, JOLIETTE)
    assert "autre équipe" in house.said(conversation_id)[-1].text


# One question later


def closed_with_service(house, anne, **talk):
    conversation_id = house.talk(**talk)
    request_id = house.ask(conversation_id)
    house.desk.claim(anne, request_id, now=NOON)
    house.desk.say(anne, request_id, card=dict(CARD), now=NOON)
    house.desk.close(anne, request_id, "connected", now=NOON)
    return conversation_id


def test_asked_only_whoever_agreed_once_a_week_later(house, waiting, anne):
    conversation_id = closed_with_service(house, anne)
    assert house.said(conversation_id)[-1].asks == "follow_up"
    week = NOON + timedelta(days=7)
    assert waiting.ask_what_is_due(week) == 0, "nobody agreed yet"
    choose(house, conversation_id, "follow_up:yes")
    assert waiting.ask_what_is_due(NOON + timedelta(days=6)) == 0
    assert waiting.ask_what_is_due(week) == 1 and waiting.ask_what_is_due(week) == 0
    question = house.said(conversation_id)[-1]
    assert question.asks == "helped" and CARD["name"] not in question.text


def test_nothing_is_asked_without_a_service_and_no_is_no(house, waiting, anne):
    conversation_id = house.talk()
    house.desk.claim(anne, request_id := house.ask(conversation_id))
    house.desk.close(anne, request_id, "informed")
    assert house.said(conversation_id)[-1].asks is None
    agreed = closed_with_service(house, anne)
    choose(house, agreed, "follow_up:no")
    with reading(house.engine) as connection:
        assert connection.execute(select(follow_ups)).all() == []


def test_only_the_chat_the_service_and_a_date_are_kept_and_14_days_at_most(house, anne):
    conversation_id = closed_with_service(house, anne, channel="telegram", ref="77")
    choose(house, conversation_id, "follow_up:yes")
    with writing(house.engine) as connection:
        (row,) = connection.execute(select(follow_ups)).mappings()
        assert {name: row[name] for name in ("channel", "channel_ref", "service")} == {"channel": "telegram", "channel_ref": "77", "service": CARD["id"]}
        assert set(row) == {"id", "channel", "channel_ref", "service", "due_on", "asked"}
        assert follow_up.forget(connection, NOON + timedelta(days=14)) == 0 and follow_up.forget(connection, NOON + timedelta(days=15)) == 1


def test_erasing_the_conversation_erases_the_question_too(house, anne):
    conversation_id = closed_with_service(house, anne)
    choose(house, conversation_id, "follow_up:yes")
    with writing(house.engine) as connection:
        storage.erase(connection, conversation_id)
        assert connection.execute(select(follow_ups)).all() == []


@pytest.mark.parametrize(("answer", "kept"), [("yes", "helped"), ("number", "wrong_number")])
def test_an_answer_is_kept_without_the_chat_and_only_once(house, waiting, anne, answer, kept):
    conversation_id = closed_with_service(house, anne)
    choose(house, conversation_id, "follow_up:yes")
    waiting.ask_what_is_due(NOON + timedelta(days=7))
    tapped = next(one["choice"] for one in house.said(conversation_id)[-1].choices if f":{answer}:" in one["choice"])
    assert len(tapped.encode()) <= 64, "Telegram's callback data"
    choose(house, conversation_id, tapped, NOON + timedelta(days=7))
    assert "ne sert plus" in choose(house, conversation_id, tapped, NOON + timedelta(days=7))[0].text
    with reading(house.engine) as connection:
        (row,) = connection.execute(select(service_feedback)).all()
        assert (row.service, row.answer) == (CARD["id"], kept) and connection.execute(select(follow_ups)).all() == []
        reports = follow_up.open_reports(connection, NOON.date())
        assert reports == ([] if kept == "helped" else [(CARD["id"], "wrong_number", 1)])
        queue = [(one.service_id, one.kind, one.count) for one in open_reports(connection)]
        assert queue == ([] if kept == "helped" else [(CARD["id"], "phone", 1)]), "the directory's maintainers"


def test_did_it_help_is_kept_too_when_tapped_while_a_navigator_has_the_conversation_again(house, waiting, anne):
    conversation_id = closed_with_service(house, anne)
    choose(house, conversation_id, "follow_up:yes")
    week = NOON + timedelta(days=7)
    waiting.ask_what_is_due(week)
    number = next(one["choice"] for one in house.said(conversation_id)[-1].choices if ":number:" in one["choice"])
    house.desk.claim(anne, house.ask(conversation_id, now=week), now=week)
    with writing(house.engine) as connection:
        receive(connection, conversation_id, heard=listen(None), choice_value=number, client_id=None, limit_a_minute=50, now=week)
    assert (house.said(conversation_id)[-1].from_, house.said(conversation_id)[-1].kind) == ("system", "notice")
    with reading(house.engine) as connection:
        assert [row.answer for row in connection.execute(select(service_feedback))] == ["wrong_number"]


def test_it_did_not_help_turns_what_was_counted_into_a_gap_with_its_reason(house, waiting, anne):
    from bot.demand.tables import demand_events

    conversation_id = closed_with_service(house, anne)
    choose(house, conversation_id, "follow_up:yes")
    waiting.ask_what_is_due(NOON + timedelta(days=7))
    no = next(one["choice"] for one in house.said(conversation_id)[-1].choices if ":no:" in one["choice"])
    (asked,) = choose(house, conversation_id, no, NOON + timedelta(days=7))
    why = next(one["choice"] for one in asked.choices if "no_capacity" in one["choice"])
    choose(house, conversation_id, why, NOON + timedelta(days=7))
    with reading(house.engine) as connection:
        (event,) = connection.execute(select(demand_events)).all()
        assert (event.met, event.reason, event.oriented_to) == (False, "no_capacity", None)
        (row,) = connection.execute(select(service_feedback)).all()
        assert (row.answer, row.reason) == ("not_helped", "no_capacity")


def test_somebody_else_s_question_cannot_be_answered(house, waiting, anne):
    conversation_id, other = closed_with_service(house, anne), house.talk()
    choose(house, conversation_id, "follow_up:yes")
    waiting.ask_what_is_due(NOON + timedelta(days=7))
    tapped = house.said(conversation_id)[-1].choices[0]["choice"]
    assert "ne sert plus" in choose(house, other, tapped)[0].text


def test_a_chat_whose_text_was_erased_by_time_is_still_asked_in_both_languages(house, waiting, anne):
    conversation_id = closed_with_service(house, anne, channel="telegram", ref="77")
    choose(house, conversation_id, "follow_up:yes")
    with writing(house.engine) as connection:
        connection.execute(storage.conversations.delete())
    assert waiting.ask_what_is_due(NOON + timedelta(days=7)) == 1
    with reading(house.engine) as connection:
        made = storage.by_channel(connection, "telegram", "77")
    (said,) = house.said(made.id)
    assert "did it help" in said.text and "ça vous a aidé" in said.text and len(house.sent(made.id)) == 1


def test_a_request_row_says_when_it_moved(house):
    request_id = house.ask()
    with reading(house.engine) as connection:
        assert connection.scalar(select(handoffs.c.moved_at).where(handoffs.c.id == request_id)) == NOON


digits = st.tuples(st.integers(200, 999), st.integers(200, 999), st.integers(0, 9999)).map(lambda parts: (f"{parts[0]}", f"{parts[1]}", f"{parts[2]:04}"))
shapes = st.sampled_from(["{0}-{1}-{2}", "({0}) {1}-{2}", "{0}{1}{2}", "+1 {0} {1} {2}", "1-{0}-{1}-{2}", "{0}.{1}.{2}"])
around = st.text(st.characters(categories=("L", "Zs")), max_size=30)


@given(digits, shapes, around, around)
def test_a_number_is_found_in_any_shape_and_nothing_around_it_is_kept(parts, shape, before, after):
    assert contacts.way_in(f"{before} {shape.format(*parts)} {after}") == "-".join(parts)


@given(st.text(max_size=200))
def test_any_text_gives_a_short_way_or_none(text):
    way = contacts.way_in(text)
    assert way is None or (0 < len(way) <= contacts.LENGTH and "\n" not in way)
