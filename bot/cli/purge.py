"""`bonneporte purge`: applies the retention rules now."""

from __future__ import annotations

import argparse

from bot.runtime.background import apply_retention
from bot.runtime.services import open_database
from bot.settings import Settings

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command has no flags."""
    commands.add_parser("purge", help="apply the retention rules now (they also run hourly)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Says how many conversations were erased."""
    gone = apply_retention(open_database(settings), settings)
    print(f"{gone} conversations erased")
    return 0
