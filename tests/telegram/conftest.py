"""A stand-in Telegram for each test, the real core over a hand-written assistant, and the channel between them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.channels.telegram.limits import Pace
from bot.channels.telegram.runner import TelegramChannel
from bot.conversation.assistant import AssistantFailure, Turn
from bot.conversation.core import Conversations
from bot.settings import Settings
from tests.telegram.stand_in import StandIn

Starting = Callable[..., Awaitable[TelegramChannel]]


def said(text: str, *, buttons: list[tuple[str, str]] | None = None, response: str = "", **custom: Any) -> dict[str, Any]:
    """One message of the assistant's turn."""
    return {"response": response, "text": text, "buttons": [{"title": t, "payload": p} for t, p in buttons or []], "custom": custom}


async def until(holds: Callable[[], bool], seconds: float = 6.0) -> None:
    """Waits until it holds. Raises AssertionError."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        await asyncio.sleep(0.02)


@dataclass
class FakeAssistant:
    """Understands a handful of messages, and repeats the others. `turns`: every text that it was given, in order."""

    turns: list[str] = field(default_factory=list)
    fails: bool = False
    scripted: dict[str, dict[str, Any]] = field(default_factory=dict)
    slots: dict[str, Any] = field(default_factory=dict)

    async def turn(self, text: str, metadata: dict[str, Any], tracker: list[dict[str, Any]] | None) -> Turn:
        self.turns.append(text)
        if self.fails:
            raise AssistantFailure("down")
        return Turn([self.scripted.get(text) or self._answer(text, metadata["language"])], [], dict(self.slots), {})

    def _answer(self, text: str, language: str) -> dict[str, Any]:
        french = language == "fr"
        if text.startswith("/"):
            name, _, rest = text[1:].partition("{")
            return self._payload(name, json.loads("{" + rest), french)
        if "faim" in text or "hungry" in text:
            ask, skip = ("Dans quelle ville?", "Passer") if french else ("What town?", "Skip")
            return said(ask, buttons=[(skip, "/skip")], response="utter_ask_place")
        return said(f"J'ai lu : {text}" if french else f"I read: {text}")

    def _payload(self, name: str, entities: dict[str, Any], french: bool) -> dict[str, Any]:
        if name == "human":
            return said("", effects=[{"effect": "handoff_offer"}])
        if name in ("handoff_send", "handoff_cancel"):
            return said("", effects=[{"effect": name}])
        if name in ("language_fr", "language_en"):
            return said("", effects=[{"effect": "language", "language": name[-2:]}])
        if name == "place":
            return said(f"Services près de {entities['place']}" if french else f"Services near {entities['place']}")
        return said(f"Choix : {name}" if french else f"Choice: {name}")

    async def ready(self) -> bool:
        return True


@pytest.fixture
def telegram() -> Iterator[StandIn]:
    with StandIn() as standing_in:
        yield standing_in


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def settings(telegram: StandIn) -> Settings:
    return Settings(telegram_token=telegram.token, telegram_api=telegram.origin, operator_name="Essai",
                    privacy_officer="responsable@essai.invalid")


@pytest.fixture
def conversations(engine: Engine, assistant: FakeAssistant, settings: Settings) -> Conversations:
    return Conversations(engine, assistant, settings)


@pytest.fixture
async def start(engine: Engine, conversations: Conversations, settings: Settings) -> AsyncIterator[Starting]:
    """Starts a channel; all are stopped at the end. Messages leave at once unless a pace is given."""
    running: list[TelegramChannel] = []

    async def starting(pace: Pace | None = None, given: Settings | None = None) -> TelegramChannel:
        channel = TelegramChannel(conversations, engine, given or settings, pace=pace or Pace(between=0.0, a_second=1000))
        await channel.start()
        running.append(channel)
        return channel

    yield starting
    for channel in running:
        await channel.stop()


@pytest.fixture
async def channel(start: Starting) -> TelegramChannel:
    return await start()
