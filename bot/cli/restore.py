"""`bonneporte restore FILE`: puts a backup in place, in whichever database the settings name.

The file is checked, copied into the data folder, brought to the newest schema, and rid of what was erased since and of
what is due to be; only then does it take the database's place, at once. Whatever fails before leaves all as it was.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, inspect, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.cli.backup import database_file
from bot.conversation import erased
from bot.people.tables import login_attempts, sessions
from bot.runtime.background import apply_retention
from bot.runtime.services import open_database
from bot.settings import Settings
from bot.store import portable
from bot.store.engine import is_used, make_engine, writing
from bot.store.schema import all_tables, is_known, revision_of, upgrade

__all__ = ["add_parser", "run"]

# What a person who is asked whether to overwrite it knows a database by.
TOLD = {"conversations": "conversations", "people": "accounts", "demand_events": "events", "demand_publications": "published tables",
        "directory_services": "services"}


class Refused(RuntimeError):
    """It is not done; the text says why and what to do."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's flags."""
    parser = commands.add_parser("restore", help="put a backup in place (stop `up` first)")
    parser.add_argument("file", type=Path)
    parser.add_argument("--force", action="store_true", help="replace a database that is not empty")
    parser.add_argument("--erased", type=Path, action="append", default=[], metavar="FILE",
                        help="another machine's erased.log, to erase again what its residents erased (may be repeated)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit 1 when the file is no backup, something is in the way, or the database does not answer: nothing was changed then."""
    try:
        told = _restore(arguments.file, settings, arguments.force, arguments.erased)
    except portable.NotABackup as error:
        return _say(f"{arguments.file} cannot be restored: {error}")
    except (Refused, OSError, sqlite3.Error) as error:
        return _say(str(error))
    except SQLAlchemyError as error:  # its text could name the address, with the password
        return _say(f"the database refused ({_kind(error)}); nothing was changed. Check BONNEPORTE_DATABASE_URL and the database's own log")
    print(told)
    return 0


def _say(text: str) -> int:
    print(f"bonneporte: {text}", file=sys.stderr)
    return 1


def _kind(error: SQLAlchemyError) -> str:
    return type(error.orig if isinstance(error, DBAPIError) and error.orig else error).__name__


def _restore(file: Path, settings: Settings, force: bool, logs: list[Path]) -> str:
    for log in logs:
        if not log.is_file():
            raise Refused(f"there is no file {log}")
    made = portable.read(file)
    with _staged(file, settings) as (staged, place):
        with writing(staged) as connection:
            again = erased.apply(connection, settings.data, settings.retention_handoff_days + 1, logs)
            for table in (sessions, login_attempts):  # whoever was signed out since must not be in again
                connection.execute(delete(table))
        late = apply_retention(staged, settings)
        if database_file(settings) is None:
            _into_server(staged, settings, force)
        else:
            _into_file(staged, place, settings, force)
    open_database(settings).dispose()
    return (f"restored {sum(made.rows.values())} rows{f' of {made.made_at}' if made.made_at else ''}; erased in it: {again} "
            f"conversations that residents had erased since, {late} whose time had passed. Everybody signs in again")


@contextmanager
def _staged(file: Path, settings: Settings) -> Iterator[tuple[Engine, Path]]:
    """A copy of the backup to be changed, which does not outlive the command: it holds what residents wrote."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = settings.data / "restore.partial"
    _remove(place)
    engine = None
    try:
        engine = portable.stage(file, place)
        yield engine, place
    finally:
        if engine is not None:
            engine.dispose()
        _remove(place)


def _remove(place: Path) -> None:
    """A SQLite database with what stands beside it."""
    for end in ("", "-wal", "-shm", "-journal"):
        place.with_name(place.name + end).unlink(missing_ok=True)


def _into_file(staged: Engine, place: Path, settings: Settings, force: bool) -> None:
    target = database_file(settings)
    assert target is not None
    if target.exists():
        present = make_engine(settings.database)
        try:
            with present.connect() as connection:
                _look(connection, force)
            if is_used(present):
                raise Refused(f"something uses {target}: stop `up` first")
        except SQLAlchemyError as error:
            if not force:
                raise Refused(f"{target} is there and cannot be read ({_kind(error)}); --force replaces it") from None
        finally:
            present.dispose()
    with staged.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    staged.dispose()
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove(target)
    place.replace(target)


def _into_server(staged: Engine, settings: Settings, force: bool) -> None:
    target = make_engine(settings.database)
    try:
        with target.connect() as connection:
            there = revision_of(connection)
            if there is not None and not is_known(there):
                raise Refused("the database is of a newer version of Bonne Porte: name an empty database in BONNEPORTE_DATABASE_URL")
            _look(connection, force)
        if is_used(target):
            raise Refused("another process uses the database: stop every `up` first")
        upgrade(target)
        with writing(target) as connection:
            portable.load(staged, connection)
    finally:
        target.dispose()


def _look(connection: Connection, force: bool) -> None:
    """Refuse a database that holds anything, unless forced."""
    names = set(inspect(connection).get_table_names())
    present = [table for table in all_tables().sorted_tables if table.name in names]
    held = {table.name: rows for table in present if (rows := connection.scalar(select(func.count()).select_from(table)) or 0)}
    if held and not force:
        told = ", ".join(f"{held[name]} {words}" for name, words in TOLD.items() if name in held) or f"rows in {', '.join(held)}"
        raise Refused(f"the database is not empty ({told}). Nothing was changed. Make a backup of it if it matters, then add --force to replace it")
