"""A whole database in one portable file, which restores into either kind of database.

The file is a SQLite database at the schema that the source had: copied page by page from SQLite, row by row from one
snapshot of PostgreSQL. Beside the tables it holds its contents (rows and SHA-256 of each table), so that a file that was
cut or changed on the way is refused. A file without them is a backup of before they were kept: SQLite's own check does.

    NotABackup              not such a file, damaged, or made by a newer version; the text says which
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from bot.store.engine import make_engine
from bot.store.rows import columns_at, copy_rows, set_sequences
from bot.store.schema import all_tables, is_known, revision_of, upgrade

__all__ = ["Backup", "NotABackup", "load", "read", "stage", "write"]

CONTENTS, ABOUT = "backup_contents", "backup_about"


class NotABackup(ValueError):
    """The file cannot be restored. The text says why and holds nothing of its content."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a file holds: rows by table, the revision of its schema, when it was made (null: an old one does not say)."""

    revision: str
    rows: dict[str, int]
    made_at: str | None


def write(engine: Engine, file: Path) -> Backup:
    """Write the whole database to a new file, of mode 0600, while everything runs; what it holds.

    The name is there only once the file is whole and on the disk. FileExistsError when it is there already; OSError,
    sqlite3.Error or SQLAlchemyError when it could not be done: then nothing is left of it.
    """
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    partial = file.with_name(f"{file.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if engine.dialect.name == "sqlite":
            _copy_pages(Path(str(engine.url.database)), partial)
        else:
            _copy_snapshot(engine, partial)
        _seal(partial)
        made = read(partial, whole=False)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(file)
    except BaseException:
        file.unlink(missing_ok=True)
        for left in partial.parent.glob(f"{partial.name}*"):
            left.unlink(missing_ok=True)
        raise
    return made


def _copy_pages(source: Path, target: Path) -> None:
    with _sqlite(source) as database, _sqlite(target) as copy:
        database.backup(copy)


def _copy_snapshot(engine: Engine, target: Path) -> None:
    """All rows as one transaction of PostgreSQL sees them, however long the copy takes and whatever is written meanwhile."""
    copy = make_engine(f"sqlite:///{target}")
    snapshot = engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        with snapshot as source:
            revision = revision_of(source)
            upgrade(copy, revision or "head")
            with copy.begin() as into:
                for table in all_tables().sorted_tables:
                    copy_rows(source, into, table, columns_at(source, table))
    finally:
        copy.dispose()


def _seal(file: Path) -> None:
    """Write down what the file holds, and make it one plain file: no write-ahead log beside it."""
    with _sqlite(file) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
        contents = [(name, *_digest(copy, name)) for name in _tables(copy)]
        copy.execute(f"CREATE TABLE {CONTENTS} (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, sha256 TEXT NOT NULL)")
        copy.execute(f"CREATE TABLE {ABOUT} (made_at TEXT NOT NULL)")
        copy.executemany(f"INSERT INTO {CONTENTS} VALUES (?, ?, ?)", contents)
        copy.execute(f"INSERT INTO {ABOUT} VALUES (?)", (datetime.now(UTC).isoformat(timespec="seconds"),))


def read(file: Path, *, whole: bool = True) -> Backup:
    """What a file holds, after checking every row of it (`whole`). Raises NotABackup."""
    if not file.is_file():
        raise NotABackup("there is no such file")
    try:
        with _sqlite(file, immutable=True) as copy:
            names = set(_tables(copy)) | {CONTENTS, ABOUT} & {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
            if not {"conversations", "alembic_version"} <= names:
                raise NotABackup("it holds no database of Bonne Porte")
            (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone() or (None,)
            if revision is None or not is_known(revision):
                raise NotABackup("it was made by a newer version: restore it with that version")
            if whole:
                _check(copy, sealed=CONTENTS in names)
            made_at = copy.execute(f"SELECT made_at FROM {ABOUT}").fetchone()[0] if ABOUT in names else None
            return Backup(revision, {name: _count(copy, name) for name in _tables(copy)}, made_at)
    except sqlite3.Error as error:
        raise NotABackup(f"it is damaged, or no backup ({error})") from None


def _check(copy: sqlite3.Connection, *, sealed: bool) -> None:
    if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise NotABackup("it is damaged")
    if not sealed:
        return
    kept = {name: (rows, digest) for name, rows, digest in copy.execute(f"SELECT name, rows, sha256 FROM {CONTENTS}")}
    if kept.keys() != set(_tables(copy)):
        raise NotABackup("tables are missing from it, or were added")
    for name, expected in kept.items():
        if _digest(copy, name) != expected:
            raise NotABackup(f"its table {name} is not as it was written")


def stage(file: Path, place: Path) -> Engine:
    """A copy of a backup at `place` (mode 0600), at the newest schema: to be changed, then loaded. Who calls removes it."""
    os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with _sqlite(file, immutable=True) as backup, _sqlite(place) as copy:
        backup.backup(copy)
        for name in (CONTENTS, ABOUT):
            copy.execute(f"DROP TABLE IF EXISTS {name}")
    engine = make_engine(f"sqlite:///{place}")
    upgrade(engine)
    return engine


def load(staged: Engine, connection: Connection) -> None:
    """Put the rows of a staged copy in place of all those of a PostgreSQL database at the newest schema, in the caller's
    transaction: a failure changes nothing."""
    tables = all_tables().sorted_tables
    connection.exec_driver_sql(f"TRUNCATE {', '.join(table.name for table in tables)}")
    with staged.connect().execution_options(bonneporte_reading=True) as source:
        for table in tables:
            copy_rows(source, connection, table, list(table.columns))
    set_sequences(connection, tables)


# Plain SQLite


@contextmanager
def _sqlite(file: Path, *, immutable: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are committed at the end. `immutable`: nothing is written, not even a lock beside it (unless
    there is a write-ahead log to read: somebody copied the files of a database)."""
    alone = not file.with_name(f"{file.name}-wal").exists()
    mode = "mode=rw" if not immutable else "immutable=1" if alone else "mode=ro"
    address = f"{file.resolve().as_uri()}?{mode}"
    with closing(sqlite3.connect(address, uri=True)) as connection, connection:
        yield connection


def _tables(copy: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN (?, ?) ORDER BY name"
    return [name for (name,) in copy.execute(query, (CONTENTS, ABOUT))]


def _count(copy: sqlite3.Connection, table: str) -> int:
    return int(copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def _digest(copy: sqlite3.Connection, table: str) -> tuple[int, str]:
    """(rows, SHA-256 over them in the order of the key)."""
    key = [name for _, name, *_, position in copy.execute(f'PRAGMA table_info("{table}")') if position]
    order = f" ORDER BY {', '.join(key)}" if key else ""
    rows, digest = 0, hashlib.sha256()
    for row in copy.execute(f'SELECT * FROM "{table}"{order}'):
        rows += 1
        digest.update(json.dumps(row, default=_as_text).encode() + b"\n")
    return rows, digest.hexdigest()


def _as_text(value: Any) -> str:
    return bytes(value).hex()
