"""A backup holds every row of every table as it was at one instant, and restores into either kind of database."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, func, insert, select, text
from sqlalchemy.engine import make_url

from bot.conversation.tables import outbox
from bot.store import portable, schema
from bot.store.base import utcnow
from bot.store.engine import make_engine, reading, writing
from bot.store.schema import all_tables, upgrade
from bot.store.tables import facts
from tests.store.samples import ROWS, everything, fill

REVISIONS = [one.revision for one in ScriptDirectory.from_config(schema._migrations()).walk_revisions()]


@pytest.fixture
def whole(empty_engine: Engine) -> Engine:
    """A database of each kind with rows in every table."""
    upgrade(empty_engine)
    with writing(empty_engine) as connection:
        fill(connection)
    return empty_engine


@pytest.fixture
def server(postgresql: str) -> Iterator[Engine]:
    """A PostgreSQL database at the newest schema, beside the one of `whole`."""
    outside = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS beside WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE beside"))
    outside.dispose()
    engine = make_engine(make_url(postgresql).set(database="beside").render_as_string(hide_password=False))
    upgrade(engine)
    yield engine
    engine.dispose()


def held(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with reading(engine) as connection:
        return everything(connection)


def test_every_row_of_every_table_is_in_a_backup_as_it_was(whole: Engine, tmp_path: Path) -> None:
    before = held(whole)
    assert all(before.values()), "a table without a row proves nothing"
    made = portable.write(whole, tmp_path / "copy")
    assert {name: len(rows) for name, rows in before.items()} == {name: made.rows[name] for name in before}
    staged = portable.stage(tmp_path / "copy", tmp_path / "staged")
    assert held(staged) == before
    staged.dispose()


def test_it_goes_into_postgresql_and_back_unchanged(whole: Engine, server: Engine, tmp_path: Path) -> None:
    before = held(whole)
    portable.write(whole, tmp_path / "first")
    with writing(server) as connection:
        fill(connection, datetime(2020, 1, 1, tzinfo=UTC))  # what is replaced
    staged = portable.stage(tmp_path / "first", tmp_path / "staged")
    with writing(server) as connection:
        portable.load(staged, connection)
    staged.dispose()
    assert held(server) == before
    portable.write(server, tmp_path / "second")
    again = portable.stage(tmp_path / "second", tmp_path / "again")
    assert held(again) == before
    again.dispose()


def test_numbering_goes_on_after_the_highest_number(whole: Engine, server: Engine, tmp_path: Path) -> None:
    portable.write(whole, tmp_path / "copy")
    staged = portable.stage(tmp_path / "copy", tmp_path / "staged")
    with writing(server) as connection:
        portable.load(staged, connection)
    staged.dispose()
    with writing(server) as connection:
        conversation = connection.scalar(select(outbox.c.conversation_id).limit(1))
        made = connection.execute(insert(outbox).values(conversation_id=conversation, seq=99, channel_ref="1", status="waiting",
                                                        not_before=utcnow(), sent_ids=[]))
        assert made.inserted_primary_key is not None and made.inserted_primary_key[0] == ROWS + 1


def test_a_load_that_fails_leaves_what_was_there(server: Engine, tmp_path: Path) -> None:
    with writing(server) as connection:
        fill(connection)
    before = held(server)
    portable.write(server, tmp_path / "copy")
    staged = portable.stage(tmp_path / "copy", tmp_path / "staged")
    with writing(staged) as connection:
        connection.execute(facts.update().values(name=facts.c.name + "x" * 80))  # longer than PostgreSQL takes
    with pytest.raises(Exception, match="too long"), writing(server) as connection:
        portable.load(staged, connection)
    staged.dispose()
    assert held(server) == before


def test_a_nul_that_sqlite_kept_does_not_stop_the_way_to_postgresql(server: Engine, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(insert(facts).values(name="a", value="b\x00c"))
    portable.write(engine, tmp_path / "copy")
    engine.dispose()
    staged = portable.stage(tmp_path / "copy", tmp_path / "staged")
    with writing(server) as connection:
        portable.load(staged, connection)
        assert connection.scalar(select(facts.c.value).where(facts.c.name == "a")) == "bc"
    staged.dispose()


def test_a_backup_is_of_one_instant_while_somebody_writes(whole: Engine, tmp_path: Path) -> None:
    """The writer adds a row to the first and the last table of the copy in each transaction: a backup holds both or neither."""
    first, last = all_tables().tables["canned_replies"], facts
    assert all_tables().sorted_tables.index(first) != all_tables().sorted_tables.index(last)
    stop, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            with writing(whole) as connection:
                connection.execute(insert(first).values(key=f"w{written}", fr="a", en="a", position=1, updated_at=utcnow()))
                connection.execute(insert(last).values(name=f"w{written}", value=""))
            written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while written < 20:
            pass
        seen = []
        for number in range(5):
            made = portable.write(whole, tmp_path / f"copy{number}")
            seen.append((made.rows["canned_replies"] - ROWS, made.rows["facts"] - ROWS))
    finally:
        stop.set()
        writer.join()
    assert all(one == other for one, other in seen), seen
    assert seen[0][0] >= 20 and seen[-1][0] > seen[0][0], "it was written to meanwhile"


@pytest.mark.parametrize("revision", [REVISIONS[-1], REVISIONS[len(REVISIONS) // 2]])
def test_a_backup_of_an_earlier_schema_comes_to_the_newest(revision: str, empty_engine: Engine, tmp_path: Path) -> None:
    """Of PostgreSQL too: it is copied at its own schema, so that a backup can be made before an upgrade."""
    upgrade(empty_engine, revision)
    with writing(empty_engine) as connection:
        connection.execute(insert(facts).values(name="kept", value="yes"))
    made = portable.write(empty_engine, tmp_path / "copy")
    assert made.revision == revision and portable.read(tmp_path / "copy") == made
    staged = portable.stage(tmp_path / "copy", tmp_path / "staged")
    with reading(staged) as connection:
        assert connection.scalar(select(facts.c.value).where(facts.c.name == "kept")) == "yes"
        assert schema.revision_of(connection) == REVISIONS[0]
    staged.dispose()


# What is refused


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine)
    with writing(engine) as connection:
        fill(connection)
    portable.write(engine, tmp_path / "copy")
    engine.dispose()
    return tmp_path / "copy"


def edit(file: Path, statement: str) -> None:
    with sqlite3.connect(file) as database:
        database.execute(statement)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE facts SET value = 'other' WHERE name = (SELECT min(name) FROM facts)", "table facts"),
        ("DELETE FROM audit_log", "table audit_log"),
        ("DROP TABLE outbox", "missing"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer version"),
        ("DROP TABLE alembic_version", "no database of Bonne Porte"),
    ],
)
def test_a_file_that_was_changed_is_refused_and_named(copy: Path, statement: str, told: str) -> None:
    edit(copy, statement)
    with pytest.raises(portable.NotABackup, match=told):
        portable.read(copy)


@pytest.mark.parametrize("keep", [0, 100, 50_000, -1])
def test_a_file_that_was_cut_is_refused(copy: Path, keep: int) -> None:
    copy.write_bytes(copy.read_bytes()[:keep])
    with pytest.raises(portable.NotABackup):
        portable.read(copy)


def test_a_bit_that_turned_is_found(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    places = [at for at in range(len(content)) if content.startswith(b"name1", at)]  # in a key, and in the key's index
    assert places
    for at in places:
        content[at + 4] ^= 8
    copy.write_bytes(content)
    with pytest.raises(portable.NotABackup):
        portable.read(copy)


def test_a_backup_of_before_the_contents_were_kept_is_taken(copy: Path) -> None:
    for table in (portable.CONTENTS, portable.ABOUT):
        edit(copy, f"DROP TABLE {table}")
    assert portable.read(copy).rows["facts"] == ROWS


def test_a_copy_of_the_files_of_a_database_is_read_with_its_log(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(insert(facts).values(name="in the log", value=""))
    for file in tmp_path.glob("a.db*"):
        (tmp_path / file.name.replace("a.db", "b.db")).write_bytes(file.read_bytes())
    engine.dispose()
    assert (tmp_path / "b.db-wal").exists()
    assert portable.read(tmp_path / "b.db").rows["facts"] == 1


def test_nothing_is_left_of_a_backup_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(portable, "_seal", full)
    with pytest.raises(sqlite3.OperationalError):
        portable.write(engine, tmp_path / "copy")
    assert not list(tmp_path.glob("copy*"))
    engine.dispose()


def test_memory_does_not_grow_with_the_rows(server: Engine, tmp_path: Path) -> None:
    import tracemalloc

    with writing(server) as connection:
        connection.execute(text("INSERT INTO facts SELECT 'f' || n, repeat('x', 1000) FROM generate_series(1, 30000) AS n"))
        assert connection.scalar(select(func.count()).select_from(facts)) == 30000
    tracemalloc.start()
    portable.write(server, tmp_path / "copy")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 15_000_000, peak
