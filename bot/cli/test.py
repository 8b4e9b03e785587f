"""`bonneporte test`: all tests; arguments are passed to pytest."""

from __future__ import annotations

import argparse
import os
import sys

from bot.runtime.model import TrainingFailed, current_model, train
from bot.runtime.paths import ROOT
from bot.settings import Settings

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Everything after `test` is pytest's."""
    commands.add_parser("test", help="run all tests (arguments go to pytest)", add_help=False)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Train first if it must be (so that its progress is seen), then pytest takes this process over: what it prints last
    is its own summary. Without a model the tests that need one say so by failing."""
    os.chdir(ROOT)
    if current_model() is None:
        try:
            train()
        except TrainingFailed as error:
            print(f"bonneporte: {error}", file=sys.stderr)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BONNEPORTE_") or name == "BONNEPORTE_ROOT"}
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *arguments.rest], clean)
