"""The webhook: 200 only after the commit, nothing without the secret."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from sqlalchemy import Engine, func, select
from starlette.applications import Starlette

from bot.channels.telegram.limits import Pace
from bot.channels.telegram.runner import TelegramChannel
from bot.channels.telegram.tables import telegram_updates
from bot.conversation.core import Conversations
from bot.settings import SettingError, Settings
from bot.store.engine import reading
from tests.telegram.conftest import until
from tests.telegram.stand_in import Resident, StandIn

FAST = Pace(between=0.0, a_second=1000)


@pytest.fixture
def ana(telegram: StandIn) -> Resident:
    return telegram.resident(language_code="fr")


@asynccontextmanager
async def on_the_web(channel_settings: Settings, conversations: Conversations, engine: Engine) -> AsyncIterator[TelegramChannel]:
    """The channel in webhook mode, its route served."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        settings = dataclasses.replace(channel_settings, telegram_mode="webhook", telegram_secret="un-secret_de-test",
                                       public_url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        channel = TelegramChannel(conversations, engine, settings, pace=FAST)
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=[channel.webhook_route]), log_level="critical", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await channel.start()
        try:
            yield channel
        finally:
            await channel.stop()
            server.should_exit = True
            await serving


async def test_a_webhook_is_answered_once_the_update_is_committed(
    telegram: StandIn, ana: Resident, engine: Engine, conversations: Conversations, settings: Settings
) -> None:
    async with on_the_web(settings, conversations, engine):
        ana.writes("bonjour à vous")
        await ana.hears("J'ai lu : bonjour à vous")
        await until(lambda: telegram.unconfirmed == [])
        telegram_updates.drop(engine)
        ana.writes("pendant une panne ici")
        await asyncio.sleep(0.4)
        assert len(telegram.unconfirmed) == 1
        telegram_updates.create(engine)
        await ana.hears("J'ai lu : pendant une panne ici", seconds=8)
        assert sum("pendant une panne ici" in seen.text for seen in ana.heard) == 1
        assert telegram.world.webhook["max_connections"] == 1


@pytest.mark.parametrize("given", [None, "", "un-secret_de-tesu", "é"])
async def test_a_webhook_call_without_the_secret_is_refused(
    telegram: StandIn, engine: Engine, conversations: Conversations, settings: Settings, given: str | None
) -> None:
    async with on_the_web(settings, conversations, engine) as channel, httpx.AsyncClient(trust_env=False) as client:
        headers = {} if given is None else {"X-Telegram-Bot-Api-Secret-Token": given.encode()}
        body = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}}
        reply = await client.post(f"{channel.settings.origin}/telegram/webhook", json=body, headers=headers)
        assert reply.status_code == 403
        headers = {"X-Telegram-Bot-Api-Secret-Token": "un-secret_de-test"}
        too_large = await client.post(f"{channel.settings.origin}/telegram/webhook", content=b"x" * 300_000, headers=headers)
        nonsense = await client.post(f"{channel.settings.origin}/telegram/webhook", content=b"[1", headers=headers)
        assert (too_large.status_code, nonsense.status_code) == (413, 200)
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(telegram_updates)) == 0


def test_a_webhook_needs_a_secret_from_somewhere(engine: Engine, conversations: Conversations, settings: Settings) -> None:
    webhook = dataclasses.replace(settings, telegram_mode="webhook")
    with pytest.raises(SettingError, match="TELEGRAM_SECRET"):
        TelegramChannel(conversations, engine, webhook)
    assert TelegramChannel(conversations, engine, webhook, secret="k" * 40).webhook_route.path == "/telegram/webhook"
