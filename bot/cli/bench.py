"""`bonneporte bench`: runs the measurements of bench/; a name runs only that one."""

from __future__ import annotations

import argparse
import subprocess
import sys

from bot.runtime.paths import ROOT
from bot.settings import Settings

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's flags."""
    names = ", ".join(sorted(path.stem.replace("_", "-") for path in (ROOT / "bench").glob("[a-z]*.py")))
    parser = commands.add_parser("bench", help="run the measurements")
    parser.add_argument("name", nargs="?", help=f"one of: {names}")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Each measurement is a script of its own; the exit code is the worst of theirs."""
    scripts = sorted((ROOT / "bench").glob(f"{(arguments.name or '[a-z]*').replace('-', '_')}.py"))
    if not scripts:
        print(f"bonneporte: no measurement {arguments.name}", file=sys.stderr)
        return 2
    worst = 0
    for script in scripts:
        print(f"== {script.stem.replace('_', '-')}", flush=True)
        worst = max(worst, subprocess.call([sys.executable, "-m", f"bench.{script.stem}", *arguments.rest], cwd=ROOT))
    return worst
