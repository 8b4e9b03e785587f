"""The core with a hand-written assistant: nothing is lost, nothing is said twice, and danger never waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from bot import safety
from bot.conversation import answering
from bot.conversation import core as core_module
from bot.conversation.core import Conversations, NoSuchConversation, TooManyMessages
from bot.conversation.tables import conversations, messages, outbox
from bot.demand.tables import demand_events
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from tests.conversation.conftest import Echo


async def test_answers_come_back_with_the_message_and_seq_rises_by_one(core: Conversations) -> None:
    opened = await core.open(language="en")
    answers = await core.post(opened.id, "hello")
    assert [message["text"] for message in answers] == ["echo hello"]
    thread = await core.messages(opened.id)
    assert [message["seq"] for message in thread.messages] == [1, 2, 3, 4]
    assert thread.status == "assistant"


async def test_messages_sent_at_once_are_answered_one_at_a_time_in_order(core: Conversations, assistant: Echo) -> None:
    assistant.seconds = 0.02
    opened = await core.open()
    answers = await asyncio.gather(*(core.post(opened.id, f"numéro {number}") for number in range(6)))
    assert sorted(assistant.heard) == sorted(f"numéro {number}" for number in range(6))
    assert all(len(one) == 1 for one in answers)
    rows = (await core.messages(opened.id)).messages
    order = [message["text"] for message in rows if message["from"] == "resident"]
    assert assistant.heard == order


async def test_a_message_written_down_before_a_crash_is_answered_by_the_sweep(core: Conversations, engine: Engine) -> None:
    opened = await core.open()
    seq = await core.receive(opened.id, "j'ai faim")
    _age(engine, opened.id)
    assert await core.sweep() == 1
    assert [message["text"] for message in await core.answers(opened.id, seq)] == ["echo j'ai faim"]
    assert await core.sweep() == 0


async def test_the_lease_of_a_process_that_died_runs_out(core: Conversations, engine: Engine) -> None:
    opened = await core.open()
    await core.receive(opened.id, "j'ai faim")
    now = utcnow()
    assert answering.claim_next(engine, opened.id, now)
    assert answering.claim_next(engine, opened.id, now) is None
    assert answering.claim_next(engine, opened.id, now + timedelta(seconds=31))


async def test_an_answer_whose_lease_was_lost_is_not_written(core: Conversations, engine: Engine) -> None:
    opened = await core.open()
    await core.receive(opened.id, "j'ai faim")
    now = utcnow()
    late = answering.claim_next(engine, opened.id, now - timedelta(seconds=31))
    assert late is not None
    assert answering.claim_next(engine, opened.id, now), "its lease ran out, another process goes on"
    turn = await core.assistant.turn("j'ai faim", {}, None)
    assert answering.finish(engine, late, turn, core.settings) is None
    assert answering.next_pending(engine, opened.id) is not None


async def test_a_lease_is_given_back_when_answering_fails(core: Conversations, assistant: Echo, engine: Engine) -> None:
    opened = await core.open()

    def break_down() -> None:
        raise RuntimeError("the disk is full")

    assistant.during = break_down
    with pytest.raises(RuntimeError):
        await core.post(opened.id, "j'ai faim")
    assistant.during = None
    assert answering.claim_next(engine, opened.id, utcnow()), "nobody waits for the lease to run out"


async def test_a_failing_assistant_is_answered_for_with_a_line_to_call(core: Conversations, assistant: Echo) -> None:
    opened = await core.open(language="en")
    assistant.down = True
    answers = await core.post(opened.id, "I need food")
    assert [line["id"] for line in answers[0]["helplines"]] == ["811-2"]
    assert answers[0]["choices"][0]["choice"] == "human"


async def test_danger_is_recognised_with_the_assistant_down(core: Conversations, assistant: Echo) -> None:
    opened = await core.open(language="en")
    assistant.down = True
    answers = await core.post(opened.id, "I want to kill myself")
    assert [message["kind"] for message in answers] == ["crisis"]
    assert answers[0]["helplines"]


async def test_the_lines_are_written_in_the_same_transaction_as_the_message(core: Conversations) -> None:
    opened = await core.open(language="fr")
    seq = await core.receive(opened.id, "je veux me tuer")
    assert [message["kind"] for message in await core.answers(opened.id, seq)] == ["crisis"], "before anything answers"


async def test_danger_is_looked_for_before_the_transaction_that_holds_the_lock(core: Conversations, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = await core.open(language="fr")
    order: list[str] = []
    really_recognise, really_writing = safety.recognise, core_module.writing

    def recognise(text: str | None) -> safety.Finding | None:
        order.append("recognised")
        return really_recognise(text)

    def transaction(engine: Engine) -> Any:
        order.append("transaction")
        return really_writing(engine)

    monkeypatch.setattr(safety, "recognise", recognise)
    monkeypatch.setattr(core_module, "writing", transaction)
    await core.receive(opened.id, "je veux me tuer")
    assert order == ["recognised", "transaction"]


async def test_a_person_can_be_asked_for_with_the_assistant_down(core: Conversations, assistant: Echo) -> None:
    opened = await core.open()
    assistant.down = True
    offer = await core.post(opened.id, choice="human")
    assert offer[0]["asks"] == "handoff_consent"
    await core.post(opened.id, choice="handoff:send")
    assert (await core.messages(opened.id)).status == "waiting"


async def test_an_answer_that_comes_after_a_navigator_claimed_is_not_said(core: Conversations, assistant: Echo, engine: Engine) -> None:
    opened = await core.open()

    def claim() -> None:
        with writing(engine) as connection:
            core.desk.take(connection, opened.id, "Ève")

    assistant.during = claim
    answers = await core.post(opened.id, "allo")
    assert [message for message in answers if message["from"] == "assistant"] == []


async def test_an_effect_is_carried_out_once_for_a_message_that_was_tried_twice(core: Conversations, assistant: Echo, engine: Engine) -> None:
    assistant.effects = [{"effect": "oriented", "need": "food", "met": True, "reason": None, "oriented_to": None}]
    opened = await core.open()
    await core.receive(opened.id, "j'ai faim")
    pending = answering.next_pending(engine, opened.id)
    assert pending is not None
    await answering.turn_for(assistant, pending)  # the first try dies after the turn, before its answer is written
    await core.answer(opened.id)
    with reading(engine) as connection:
        assert len(connection.execute(select(demand_events)).all()) == 1


async def test_the_tracker_is_kept_with_the_answers(core: Conversations, engine: Engine) -> None:
    opened = await core.open()
    await core.post(opened.id, "un")
    await core.post(opened.id, "deux")
    with reading(engine) as connection:
        row = connection.execute(select(conversations).where(conversations.c.id == opened.id)).one()
    assert len(row.tracker) == 2
    assert (row.known["needs"], row.known["territory"]) == (["food"], "1623")


async def test_slash_text_never_reaches_the_assistant_as_a_payload(core: Conversations, assistant: Echo) -> None:
    opened = await core.open()
    await core.post(opened.id, '  //need{"need":"food"}')
    assert not assistant.heard[0].startswith("/")


async def test_a_flood_is_refused_with_how_long_to_wait(engine: Engine, assistant: Echo) -> None:
    core = Conversations(engine, assistant, Settings(limit_messages=3))
    opened = await core.open()
    for number in range(3):
        await core.post(opened.id, f"{number}")
    with pytest.raises(TooManyMessages) as refused:
        await core.post(opened.id, "encore")
    assert refused.value.retry_after == 60


async def test_erasing_leaves_no_row_of_any_kind(core: Conversations, engine: Engine) -> None:
    opened = await core.open(channel="telegram", channel_ref="42")
    await core.post(opened.id, "allo")
    await core.post(opened.id, choice="human")
    await core.post(opened.id, choice="handoff:send")
    await core.erase(opened.id)
    with reading(engine) as connection:
        for table in (conversations, messages, outbox):
            assert connection.execute(select(table)).all() == []
    with pytest.raises(NoSuchConversation):
        await core.messages(opened.id)


async def test_a_channel_that_is_pushed_to_gets_an_outbox_row_for_each_answer_and_none_for_the_residents_words(
    core: Conversations, engine: Engine
) -> None:
    opened = await core.open(channel="telegram", channel_ref="42")
    await core.post(opened.id, "allo")
    with reading(engine) as connection:
        rows = connection.execute(select(outbox.c.seq, outbox.c.status).order_by(outbox.c.seq)).all()
    assert [(row.seq, row.status) for row in rows] == [(1, "waiting"), (2, "waiting"), (4, "waiting")]


async def test_text_with_a_nul_and_a_very_long_text_are_taken(core: Conversations) -> None:
    opened = await core.open()
    assert await core.post(opened.id, "a\x00b")
    assert await core.post(opened.id, "é" * 60_000)


async def test_an_unknown_choice_is_answered(core: Conversations) -> None:
    opened = await core.open(language="en")
    answers = await core.post(opened.id, choice="nonsense")
    assert answers[0]["kind"] == "notice"


async def test_the_language_is_followed_and_an_explicit_request_wins(core: Conversations) -> None:
    opened = await core.open()
    answers = await core.post(opened.id, "I have nothing to eat and my rent is late")
    assert answers[0]["language"] == "en"
    await core.post(opened.id, choice="language:fr")
    answers = await core.post(opened.id, "I have nothing to eat and my rent is late")
    assert answers[0]["language"] == "fr"


def _age(engine: Engine, conversation_id: str) -> None:
    with writing(engine) as connection:
        connection.execute(
            update(messages).where(messages.c.conversation_id == conversation_id).values(created_at=utcnow() - timedelta(seconds=5))
        )
