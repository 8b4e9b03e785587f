"""`bonneporte doctor`: what is ready, what is not, and what to do."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from bot import safety
from bot.cli.checks import Finding, machine, outside, state
from bot.runtime.model import current_model
from bot.settings import Settings

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command has no flags."""
    commands.add_parser("doctor", help="check everything and say what to do")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit 1 when there is an error, 0 with warnings."""
    count = {"ok": 0, "warning": 0, "error": 0}
    for level, about, text in findings(settings):
        print(f"{level.upper():8}{about:22}{text}")
        count[level] += 1
    print(f"\n{count['error']} errors, {count['warning']} warnings")
    return int(count["error"] > 0)


def findings(settings: Settings) -> Iterator[Finding]:
    """Everything that is checked, in the order in which it matters."""
    yield from machine.environments()
    yield machine.processor()
    yield machine.memory()
    yield machine.disk(settings)
    yield machine.clock()
    yield ("ok", "model", "trained from the present sources") if current_model() else (
        "warning", "model", "not trained yet, or its sources changed: `bonneporte up` or `bonneporte train` trains it")
    yield from state.database(settings)
    yield from machine.readers(settings)
    yield ("ok", "crisis wording", "signed by a clinician") if safety.reviewed() else (
        "warning", "crisis wording", "no clinician has read and signed it: see bot/safety/words.yml, reviewed_by")
    for name, value in (("OPERATOR_NAME", settings.operator_name), ("PRIVACY_OFFICER", settings.privacy_officer)):
        yield ("ok", name.lower(), value) if value else ("warning", name.lower(), f"set BONNEPORTE_{name}: the privacy notice must name it")
    yield from outside.address(settings)
    yield from outside.telegram(settings)
