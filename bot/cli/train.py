"""`bonneporte train`: trains the assistant if its sources changed."""

from __future__ import annotations

import argparse
import sys

from bot.runtime.model import TrainingFailed, current_model, train
from bot.settings import Settings

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's flags."""
    parser = commands.add_parser("train", help="train the assistant if its sources changed")
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit 1 when training failed."""
    model = current_model()
    if model and not arguments.force:
        print(f"nothing changed since {model.path.name} was trained (--force trains anyway)")
        return 0
    try:
        print(train().path)
    except TrainingFailed as error:
        print(f"bonneporte: {error}", file=sys.stderr)
        return 1
    return 0
