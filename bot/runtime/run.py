"""All processes of one machine, started and stopped together."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from bot import safety
from bot.channels.telegram.runner import TelegramChannel
from bot.conversation.assistant import RasaAssistant
from bot.runtime.app import private_app, public_app
from bot.runtime.background import Background
from bot.runtime.metrics import Measured
from bot.runtime.model import Model
from bot.runtime.rasa_process import RasaProcess
from bot.runtime.secret import remember_key
from bot.runtime.services import Services, build, open_database
from bot.settings import Settings
from bot.web.security import protected

__all__ = ["PortTaken", "free_port", "machine", "serve_public"]

logger = logging.getLogger(__name__)


class PortTaken(OSError):
    """Somebody else listens there. The text says where and what to do."""


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Server(uvicorn.Server):
    """A server inside our loop: the signals are ours."""

    def install_signal_handlers(self) -> None:
        pass

    def capture_signals(self):  # type: ignore[no-untyped-def]
        from contextlib import nullcontext

        return nullcontext()


@asynccontextmanager
async def _serving(app: ASGIApp, host: str, port: int, proxies: str = "") -> AsyncIterator[None]:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortTaken(f"port {port} on {host} is in use: stop what uses it, or give another with --port") from None
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False, server_header=False,
                            date_header=True, timeout_graceful_shutdown=5, proxy_headers=bool(proxies),
                            forwarded_allow_ips=proxies or None, lifespan="off")
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():
        await asyncio.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def machine(settings: Settings, model: Model) -> AsyncIterator[tuple[Services, RasaProcess]]:
    """The services with Rasa and its actions running behind them; everything stopped at the end, in order."""
    engine = open_database(settings)
    assistant = RasaAssistant(f"http://127.0.0.1:{settings.nlu_port}", settings.answer_seconds)
    services = build(settings, engine, assistant)
    if not remember_key(engine, services.secret):
        logger.error("another secret key than the one this database was used with: second factors do not open (see `doctor`)")
    rasa = RasaProcess(model, settings.nlu_port, settings.actions_port, settings.data / "rasa.log", assistant)
    async with _serving(private_app(services), "127.0.0.1", settings.actions_port):
        await rasa.start()
        await run_in_threadpool(services.directory.reload)
        await run_in_threadpool(safety.warm)  # the first message of the day may be the one that cannot wait
        try:
            yield services, rasa
        finally:
            await rasa.stop()
            await assistant.close()
            engine.dispose()


@asynccontextmanager
async def serve_public(services: Services) -> AsyncIterator[None]:
    """The public pages and API, Telegram when it has a token, and the background work."""
    settings = services.settings
    telegram = TelegramChannel(services.conversations, services.engine, settings, secret=services.secret) if settings.telegram_token else None
    extra = [telegram.webhook_route] if telegram and settings.telegram_mode == "webhook" else []
    app = public_app(services, extra)
    background = Background(services)
    outer = Measured(protected(app, https=settings.origin.startswith("https:")))
    async with _serving(outer, settings.host, settings.port, settings.trusted_proxies):
        background.start()
        if telegram:
            await telegram.start()
        try:
            yield
        finally:
            app.state.stopping.set()
            if telegram:
                await telegram.stop()
            await background.stop()
