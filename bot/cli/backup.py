"""`bonneporte backup FILE`: the whole database in one file, consistent while everything runs, for either kind of database."""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import delete, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings
from bot.store import portable
from bot.store.engine import insert_if_absent, make_engine, writing
from bot.store.tables import facts

__all__ = ["MADE", "add_parser", "database_file", "run"]

# The fact that says when the last backup was made: `doctor` reminds of it.
MADE = "backup_made"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's flags."""
    parser = commands.add_parser("backup", help="write the whole state to a file")
    parser.add_argument("file", type=Path)


def database_file(settings: Settings) -> Path | None:
    """The SQLite file, or null on another database."""
    url = make_url(settings.database)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit 1 when there is nothing to write, the file exists, or it could not be written."""
    try:
        made = _write(settings, arguments.file)
    except (Refused, OSError, sqlite3.Error) as error:
        reason = f"{arguments.file} exists" if isinstance(error, FileExistsError) else str(error)
        print(f"bonneporte: {reason}; nothing was written", file=sys.stderr)
        return 1
    except SQLAlchemyError as error:  # its text could name the address, with the password
        print(f"bonneporte: the database could not be read ({type(error).__name__}): check BONNEPORTE_DATABASE_URL", file=sys.stderr)
        return 1
    print(f"written to {arguments.file}: {sum(made.rows.values())} rows of {len(made.rows)} tables")
    if not settings.secret_key:
        print(f"keep {settings.data / 'secret.key'} with it: second factors need the same key")
    return 0


class Refused(RuntimeError):
    """There is nothing to back up."""


def _write(settings: Settings, file: Path) -> portable.Backup:
    source = database_file(settings)
    if source is not None and not source.is_file():
        raise Refused(f"there is no database at {source}")
    engine = make_engine(settings.database)
    try:
        if not inspect(engine).has_table("conversations"):
            raise Refused("the database is empty")
        made = portable.write(engine, file)
        with contextlib.suppress(SQLAlchemyError), writing(engine) as connection:  # the file is there whatever becomes of the note
            connection.execute(delete(facts).where(facts.c.name == MADE))
            insert_if_absent(connection, facts, name=MADE, value=made.made_at or "")
        return made
    finally:
        engine.dispose()
