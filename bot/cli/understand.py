"""`bonneporte understand`: what the assistant makes of a message, without a server."""

from __future__ import annotations

import argparse
import json
import sys

from bot.runtime.model import TrainingFailed, current_model, train
from bot.settings import Settings
from bot.understanding import Understander

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's flags."""
    parser = commands.add_parser("understand", help="what the assistant makes of a message (JSON)")
    parser.add_argument("text", nargs="?", help="the message")
    parser.add_argument("--language", choices=("fr", "en"), help="what the conversation was in so far")
    parser.add_argument("--jsonl", action="store_true", help='messages from standard input: {"id"?, "text", "language"?} a line')


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """One JSON object a line on standard output. Exit 2 when a line cannot be read (said with its number)."""
    if bool(arguments.text) == arguments.jsonl:
        print("bonneporte: give a TEXT, or --jsonl and messages on standard input", file=sys.stderr)
        return 2
    try:
        model = current_model() or train()
    except TrainingFailed as error:
        print(f"bonneporte: {error}", file=sys.stderr)
        return 1
    with Understander(model) as understand:
        if not arguments.jsonl:
            print(json.dumps(understand(arguments.text, arguments.language), ensure_ascii=False))
            return 0
        bad = 0
        for number, line in enumerate(sys.stdin, 1):
            if not line.strip():
                continue
            try:
                asked = json.loads(line)
                text = asked["text"]
                if not isinstance(text, str):
                    raise TypeError
            except (ValueError, KeyError, TypeError):
                print(f"bonneporte: line {number} is not a JSON object with a text", file=sys.stderr)
                bad += 1
                continue
            found = understand(text, asked.get("language"))
            print(json.dumps(({"id": asked["id"]} if "id" in asked else {}) | found, ensure_ascii=False), flush=True)
    return 2 if bad else 0
