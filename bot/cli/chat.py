"""`bonneporte chat`: talk to the assistant in a terminal. Nothing of it is kept: the database is a temporary one."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import sys
import tempfile
from pathlib import Path
from typing import Any

from bot.runtime.model import TrainingFailed, current_model, train
from bot.runtime.run import free_port, machine
from bot.settings import Settings

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's flags."""
    parser = commands.add_parser("chat", help="talk to the assistant in this terminal")
    parser.add_argument("--language", choices=("fr", "en"), default="fr", help="language of the welcome")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Until an empty line with Ctrl-D, or Ctrl-C."""
    try:
        model = current_model() or train()
    except TrainingFailed as error:
        print(f"bonneporte: {error}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="bonneporte-chat-") as folder:
        own = dataclasses.replace(settings, data=Path(folder), database_url="", private_port=free_port(), rasa_port=free_port())
        asyncio.run(_chat(own, model, arguments.language))
    return 0


async def _chat(settings: Settings, model: Any, language: str) -> None:
    print("… (starting; Ctrl-D ends)", file=sys.stderr)
    async with machine(settings, model) as (services, rasa):
        await rasa.wait_ready()
        opened = await services.conversations.open(language=language)
        choices = show(opened.messages)
        while True:
            try:
                line = (await asyncio.to_thread(input, "> ")).strip()
            except EOFError:
                return
            if not line:
                continue
            tapped = choices[int(line) - 1]["choice"] if line.isdigit() and 0 < int(line) <= len(choices) else None
            answers = await services.conversations.post(opened.id, None if tapped else line, tapped)
            choices = show(answers)
            if tapped == "erase":
                return


def show(messages: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Print messages; the choices offered, numbered, that a number on the next line taps."""
    choices: list[dict[str, str]] = []
    for message in messages:
        print(f"\n{message['text']}")
        for line in message["helplines"]:
            print(f"  ☎ {line['name']}: {line['display']}" + (f" ({line['hours']})" if line["hours"] else ""))
        for service in message["services"]:
            print(f"  • {service['name']} — {service['organization']}")
            for part in (service["phone"], service["address"], service["hours"], *service["why"], *service["cautions"]):
                if part:
                    print(f"      {part}")
        choices += message["choices"]
    for number, one in enumerate(choices, 1):
        print(f"  [{number}] {one['label']}")
    return choices
