"""`bonneporte backup FILE`: the whole state in one file, consistent while everything runs (SQLite).

On PostgreSQL use its own pg_dump, which does the same better; the command says so.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.settings import Settings

__all__ = ["add_parser", "database_file", "run"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's flags."""
    parser = commands.add_parser("backup", help="write the whole state to a file")
    parser.add_argument("file", type=Path)


def database_file(settings: Settings) -> Path | None:
    """The SQLite file, or null on another database."""
    url = make_url(settings.database)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit 1 when there is nothing to write or the file exists."""
    source = database_file(settings)
    if source is None:
        print("bonneporte: on PostgreSQL use pg_dump, and keep DATA/secret.key with it", file=sys.stderr)
        return 1
    if not source.is_file():
        print(f"bonneporte: there is no database at {source}", file=sys.stderr)
        return 1
    if arguments.file.exists():
        print(f"bonneporte: {arguments.file} exists; nothing was written", file=sys.stderr)
        return 1
    os.close(os.open(arguments.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with sqlite3.connect(source) as database, sqlite3.connect(arguments.file) as copy:
        database.backup(copy)
    print(f"written to {arguments.file}")
    return 0
