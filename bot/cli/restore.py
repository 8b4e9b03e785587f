"""`bonneporte restore FILE`: puts a backup in place of the database, and applies retention at once, so that what was
due to be erased since stays erased."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from pathlib import Path

from bot.cli.backup import database_file
from bot.conversation import erased
from bot.runtime.background import apply_retention
from bot.runtime.services import open_database
from bot.settings import Settings
from bot.store.engine import writing

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's flags."""
    parser = commands.add_parser("restore", help="put a backup in place (stop `up` first)")
    parser.add_argument("file", type=Path)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit 1 when the file is no backup or there is a database already."""
    target = database_file(settings)
    if target is None:
        print("bonneporte: on PostgreSQL use pg_restore", file=sys.stderr)
        return 1
    if target.exists():
        print(f"bonneporte: there is a database at {target}; move it away first", file=sys.stderr)
        return 1
    try:
        with sqlite3.connect(f"file:{arguments.file}?mode=ro", uri=True) as copy:
            copy.execute("SELECT count(*) FROM conversations")
            target.parent.mkdir(parents=True, exist_ok=True)
            with sqlite3.connect(target) as database:
                copy.backup(database)
    except sqlite3.Error as error:
        print(f"bonneporte: {arguments.file} is not a backup ({error})", file=sys.stderr)
        return 1
    engine = open_database(settings)
    with writing(engine) as connection:
        again = erased.apply(connection, settings.data, settings.retention_handoff_days + 1)
    late = apply_retention(engine, settings)
    print(f"restored to {target}; erased in it: {again} conversations that residents had erased since, {late} whose time had passed")
    return 0
