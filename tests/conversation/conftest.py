"""The core over a hand-written assistant; a file that needs another one has its own fixtures of these names."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.conversation.assistant import AssistantFailure, Turn
from bot.conversation.core import Conversations
from bot.settings import Settings


class Echo:
    """Says back what it understood; can fail, be slow, or ask for effects."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.down = False
        self.seconds = 0.0
        self.effects: list[dict[str, Any]] = []
        self.during: Any = None
        self.act: str | None = None

    async def turn(self, text: str, metadata: dict[str, Any], tracker: list[dict[str, Any]] | None) -> Turn:
        if self.down:
            raise AssistantFailure("down")
        self.heard.append(text)
        await asyncio.sleep(self.seconds)
        if self.during:
            self.during()
        said = {"response": "utter_echo", "text": f"echo {text}", "buttons": [], "custom": {"effects": self.effects} if self.effects else None}
        return Turn([said], [*(tracker or []), {"event": "user"}], {"need": ["food"], "place": "53052"}, {"act": self.act})

    async def ready(self) -> bool:
        return not self.down


@pytest.fixture
def assistant() -> Echo:
    return Echo()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def core(engine: Engine, assistant: Echo, settings: Settings) -> Conversations:
    return Conversations(engine, assistant, settings)
