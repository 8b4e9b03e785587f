"""`bonneporte doctor`: what is ready, what is not, and what to do."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy import inspect

from bot import safety
from bot.cli.backup import database_file
from bot.directory.catalogue import Directory
from bot.directory.held import waiting
from bot.directory.reports import open_counts
from bot.directory.trust import is_stale
from bot.runtime.model import current_model
from bot.runtime.paths import nlu_python
from bot.settings import Settings
from bot.store.engine import make_engine, reading

__all__ = ["add_parser", "run"]

Finding = tuple[str, str, str]  # ok, warning or error; about what; what to do


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command has no flags."""
    commands.add_parser("doctor", help="check everything and say what to do")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit 1 when there is an error, 0 with warnings."""
    worst = 0
    for level, about, text in findings(settings):
        print(f"{level.upper():8}{about:22}{text}")
        worst = max(worst, int(level == "error"))
    return worst


def findings(settings: Settings) -> Iterator[Finding]:
    """Everything that is checked, in the order in which it matters."""
    yield from environments()
    yield processor()
    yield ("ok", "model", "trained from the present sources") if current_model() else ("warning", "model", "not trained yet: `bonneporte train`")
    yield from database(settings)
    yield ("ok", "crisis wording", "signed by a clinician") if safety.reviewed() else (
        "warning", "crisis wording", "no clinician has read and signed it: see bot/safety/words.yml, reviewed_by")
    for name, value in (("OPERATOR_NAME", settings.operator_name), ("PRIVACY_OFFICER", settings.privacy_officer)):
        yield ("ok", name.lower(), value) if value else ("warning", name.lower(), f"set BONNEPORTE_{name}: the privacy notice must name it")
    yield telegram(settings)
    yield clock()


def environments() -> Iterator[Finding]:
    yield "ok", "application", f"Python {sys.version.split()[0]}"
    check = "import sys, rasa; print(f'Python {sys.version.split()[0]}, Rasa {rasa.__version__}')"
    try:
        found = subprocess.run([nlu_python(), "-c", check], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        yield "error", "rasa's environment", "missing: run ./bonneporte up, which makes it"
        return
    yield ("ok", "rasa's environment", found.stdout.strip()) if found.returncode == 0 else (
        "error", "rasa's environment", "broken: delete .envs/nlu and run ./bonneporte up")


def processor() -> Finding:
    info = Path("/proc/cpuinfo")
    flags = info.read_text() if info.is_file() else ""
    if sys.platform.startswith("linux") and " avx" in flags:
        return "ok", "processor", "Linux with AVX, which Rasa's TensorFlow needs"
    return "error", "processor", "Rasa's TensorFlow needs Linux on x86-64 with AVX"


def database(settings: Settings) -> Iterator[Finding]:
    file = database_file(settings)
    if file is not None and not file.exists():
        yield "warning", "database", "not made yet: `bonneporte up` makes it"
        return
    try:
        engine = make_engine(settings.database)
        if not inspect(engine).has_table("conversations"):
            yield "warning", "database", "not made yet: `bonneporte up` makes it"
            return
        yield "ok", "database", engine.dialect.name
        services = Directory(engine).all()
        today = datetime.now(UTC).date()
        stale, total = sum(is_stale(service.checked_on, today, settings.stale_days) for service in services), len(services)
        with reading(engine) as connection:
            told, asked = sum(open_counts(connection).values()), len(waiting(connection))
        if told or asked:
            yield "warning", "directory's queue", f"{told} reports of residents, {asked} services of which a source says otherwise: see /directory"
        yield ("warning" if stale else "ok"), "directory", f"{total} services, {stale} verified long ago or at an unknown date (`bonneporte directory stale`)"
    except Exception as error:  # whatever the driver raises: the person needs its kind, not a traceback
        yield "error", "database", f"{type(error).__name__}: check BONNEPORTE_DATABASE_URL"


def telegram(settings: Settings) -> Finding:
    if not settings.telegram_token:
        return "ok", "telegram", "off (BONNEPORTE_TELEGRAM_TOKEN is not set)"
    try:
        reply = httpx.get(f"{settings.telegram_api}/bot{settings.telegram_token}/getMe", timeout=5).json()
        if reply.get("ok"):
            return "ok", "telegram", f"@{reply['result']['username']}, {settings.telegram_mode}"
        return "error", "telegram", "the token is refused: get one from BotFather"
    except (httpx.HTTPError, ValueError):
        return "error", "telegram", "the Bot API cannot be reached: check BONNEPORTE_TELEGRAM_API and the network"


def clock() -> Finding:
    now = datetime.now(UTC)
    return ("ok", "clock", now.isoformat(timespec="seconds")) if now.year >= 2026 else ("error", "clock", "the clock is wrong: set it (ntp)")
