"""`bonneporte up`: everything on one machine."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import time

import uvloop

from bot.people.first import FirstAdministrator, first_administrator
from bot.runtime import logs
from bot.runtime.model import TrainingFailed, current_model, train
from bot.runtime.run import PortTaken, machine, serve_public
from bot.settings import Settings

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's flags."""
    parser = commands.add_parser("up", help="run everything on this machine (Ctrl-C stops it all)")
    parser.add_argument("--host", help="address of the public pages and API (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="their port (default 8000); the next two are used on loopback")
    parser.add_argument("--data", help="folder for the database and logs (default .data)")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run until Ctrl-C or SIGTERM."""
    logs.begin(settings)
    try:
        model = current_model() or train(say)
        return uvloop.run(_up(settings, model))
    except (TrainingFailed, PortTaken) as error:
        say(f"bonneporte: {error}")
        return 1


async def _up(settings: Settings, model) -> int:  # type: ignore[no-untyped-def]
    began = time.monotonic()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with machine(settings, model) as (services, rasa), serve_public(services):
        password = first_administrator(services.engine, settings)
        say("starting the assistant …")
        ready = asyncio.create_task(rasa.wait_ready())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            if ready.result():
                say(f"ready in {time.monotonic() - began:.0f} s")
            else:
                say(f"the assistant is not ready yet; the reason may be in {settings.data / 'rasa.log'}. Crisis lines work meanwhile.")
            _addresses(settings, password)
            await stop.wait()
        ready.cancel()
        say("stopping …")
    return 0


def _addresses(settings: Settings, password: FirstAdministrator | None) -> None:
    print(f"\n  Chat for residents    {settings.origin}/")
    print(f"  Navigator's desk      {settings.origin}/desk")
    print(f"  Table's page          {settings.origin}/table")
    print(f"  Telegram              {'on' if settings.telegram_token else 'off (set BONNEPORTE_TELEGRAM_TOKEN)'}")
    if password:
        print(f"\n  First administrator   {password.email}\n  Password              {password.password}")
        print(f"  (also in {password.path}; change it at {settings.origin}/account, then delete the file)")
    print("\n  Ctrl-C stops everything.\n", flush=True)
