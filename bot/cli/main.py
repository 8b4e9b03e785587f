"""The command line: `bonneporte COMMAND`. Each command is a module with add_parser and run."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from bot.runtime.paths import ROOT
from bot.settings import SettingError, load_settings

__all__ = ["main"]

# In the order of the help. A command's module is imported only when it is asked for or helped with.
COMMANDS = ("up", "understand", "chat", "directory", "people", "demand", "train", "test", "bench", "purge", "backup", "restore", "doctor")


def parser_for(command: str | None) -> argparse.ArgumentParser:
    """The parser; with one command's flags only when it is known, so that a quick command starts quickly."""
    parser = argparse.ArgumentParser(
        prog="bonneporte",
        description="Bonne Porte: a French and English assistant that orients residents to services near them. "
        "Settings are BONNEPORTE_* variables or a .env file (docs/settings.md).",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in (command,) if command in COMMANDS else COMMANDS:
        import_module(f"bot.cli.{name}").add_parser(commands)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    command = given[0] if given else None
    parser = parser_for(command)
    if command in ("help", None):
        parser.print_help()
        return 0
    parsed, rest = parser.parse_known_args(given)
    if rest and command not in ("test", "bench"):
        parser.error(f"unknown: {' '.join(rest)}")
    parsed.rest = rest
    flags = {name: getattr(parsed, name) for name in ("host", "port", "data") if getattr(parsed, name, None) is not None}
    if "data" in flags:
        from pathlib import Path

        flags["data"] = Path(flags["data"]).expanduser()
    try:
        settings = load_settings(root=ROOT, **flags)
        return int(import_module(f"bot.cli.{parsed.command}").run(parsed, settings))
    except SettingError as error:
        print(f"bonneporte: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `bonneporte … | head`: whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
