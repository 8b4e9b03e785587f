"""backup and restore, as an operator uses them: on either database, and from one to the other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, text, update

from bot.cli.main import main
from bot.conversation.core import Conversations
from bot.conversation.tables import conversations, messages
from bot.people.tables import people, sessions
from bot.runtime.services import open_database
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import make_engine, reading, writing
from tests.cli.test_keeping import Silent
from tests.store.samples import everything, fill


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'bonneporte.db'}"


@pytest.fixture
def server(postgresql: str) -> Iterator[str]:
    """An empty PostgreSQL."""
    empty(postgresql)
    yield postgresql


def empty(address: str) -> None:
    engine = make_engine(address)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    else:
        for end in ("", "-wal", "-shm"):
            Path(f"{engine.url.database}{end}").unlink(missing_ok=True)
    engine.dispose()


@pytest.fixture(params=["sqlite", "server"])
def address(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Either database, empty, in the environment."""
    chosen: str = request.getfixturevalue(request.param)
    monkeypatch.setenv("BONNEPORTE_DATA", str(tmp_path / "data"))
    use(monkeypatch, chosen)
    return chosen


def use(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("BONNEPORTE_DATABASE_URL", address)


def settings_for(address: str, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", database_url=address)


def opened(address: str, tmp_path: Path) -> Conversations:
    settings = settings_for(address, tmp_path)
    return Conversations(open_database(settings), Silent(), settings)


def ids(address: str) -> set[str]:
    engine = make_engine(address)
    with reading(engine) as connection:
        found = set(connection.scalars(select(conversations.c.id)))
    engine.dispose()
    return found


def held(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with reading(engine) as connection:
        found = everything(connection)
    engine.dispose()
    return found


def test_growing_to_postgresql_is_a_backup_an_address_and_a_restore(sqlite: str, server: str, tmp_path: Path,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    """And back; nothing is rewritten, and everything is there but the sessions."""
    monkeypatch.setenv("BONNEPORTE_DATA", str(tmp_path / "data"))
    use(monkeypatch, sqlite)
    engine = open_database(settings_for(sqlite, tmp_path))
    with writing(engine) as connection:
        fill(connection)
    before = held(engine)
    for number, address in enumerate((server, sqlite)):
        assert main(["backup", str(tmp_path / f"copy{number}")]) == 0
        empty(address)
        use(monkeypatch, address)
        assert main(["restore", str(tmp_path / f"copy{number}")]) == 0
        after = held(make_engine(address))
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"sessions", "login_attempts", "follow_ups"}, "what is due goes"
        assert not after["sessions"]


def test_what_was_erased_after_a_backup_stays_erased_after_a_restore(address: str, tmp_path: Path) -> None:
    core = opened(address, tmp_path)
    kept, erased = (asyncio.run(core.open()).id for _ in range(2))
    assert main(["backup", str(tmp_path / "copy")]) == 0
    asyncio.run(core.erase(erased))
    core.engine.dispose()
    assert main(["restore", str(tmp_path / "copy"), "--force"]) == 0
    assert ids(address) == {kept}


def test_what_another_machine_erased_is_erased_by_its_log(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    core = opened(address, tmp_path)
    other = Conversations(core.engine, Silent(), Settings(data=tmp_path / "other", database_url=address))
    kept, erased = (asyncio.run(core.open()).id for _ in range(2))
    assert main(["backup", str(tmp_path / "copy")]) == 0
    asyncio.run(other.erase(erased))
    core.engine.dispose()
    restore = ["restore", str(tmp_path / "copy"), "--force"]
    assert main([*restore, "--erased", str(tmp_path / "nowhere.log")]) == 1
    assert "nowhere.log" in capsys.readouterr().err
    assert main([*restore, "--erased", str(tmp_path / "other" / "erased.log")]) == 0
    assert ids(address) == {kept}
    assert main(restore) == 0, "and the log was taken over"
    assert ids(address) == {kept}


def test_what_is_due_to_be_erased_is_not_restored(address: str, tmp_path: Path) -> None:
    core = opened(address, tmp_path)
    old, kept = (asyncio.run(core.open()).id for _ in range(2))
    with writing(core.engine) as connection:
        connection.execute(update(conversations).where(conversations.c.id == old).values(last_message_at=utcnow() - timedelta(hours=47)))
    assert main(["backup", str(tmp_path / "copy")]) == 0
    with writing(core.engine) as connection:
        connection.execute(update(conversations).where(conversations.c.id == old).values(last_message_at=utcnow() - timedelta(hours=49)))
    assert main(["backup", str(tmp_path / "later")]) == 0
    core.engine.dispose()
    assert main(["restore", str(tmp_path / "later"), "--force"]) == 0
    assert ids(address) == {kept}
    assert main(["restore", str(tmp_path / "copy"), "--force"]) == 0
    assert ids(address) == {kept, old}


def test_nobody_is_signed_in_after_a_restore(address: str, tmp_path: Path) -> None:
    """Whoever was signed out since the backup would be in again."""
    core = opened(address, tmp_path)
    with writing(core.engine) as connection:
        fill(connection)
    assert main(["backup", str(tmp_path / "copy")]) == 0
    core.engine.dispose()
    assert main(["restore", str(tmp_path / "copy"), "--force"]) == 0
    engine = make_engine(address)
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(sessions)) == 0
        assert connection.scalar(select(func.count()).select_from(people)) == 3
    engine.dispose()


def test_a_database_that_is_not_empty_is_replaced_only_by_force(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    core = opened(address, tmp_path)
    asyncio.run(core.open())
    assert main(["backup", str(tmp_path / "copy")]) == 0
    since = asyncio.run(core.open()).id
    core.engine.dispose()
    assert main(["restore", str(tmp_path / "copy")]) == 1
    told = capsys.readouterr().err
    assert "2 conversations" in told and "--force" in told
    assert since in ids(address)
    assert main(["restore", str(tmp_path / "copy"), "--force"]) == 0
    assert since not in ids(address)


def test_nothing_is_replaced_while_something_uses_the_database(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    core = opened(address, tmp_path)
    assert main(["backup", str(tmp_path / "copy")]) == 0
    since = asyncio.run(core.open()).id
    with reading(core.engine) as connection:  # as `up` does, between two requests
        connection.execute(select(people.c.id)).all()
        connection.rollback()
        assert main(["restore", str(tmp_path / "copy"), "--force"]) == 1
    assert "stop" in capsys.readouterr().err
    core.engine.dispose()
    assert since in ids(address)


def test_a_backup_is_for_its_owner_only_and_never_overwrites(address: str, tmp_path: Path) -> None:
    open_database(settings_for(address, tmp_path)).dispose()
    assert main(["backup", str(tmp_path / "copy")]) == 0
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.glob("copy*")] == ["copy"]
    content = (tmp_path / "copy").read_bytes()
    assert main(["backup", str(tmp_path / "copy")]) == 1
    assert (tmp_path / "copy").read_bytes() == content


def test_what_is_no_backup_is_refused_and_leaves_no_trace(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "noise").write_bytes(b"not a database at all" * 100)
    for name in ("noise", "nowhere"):
        assert main(["restore", str(tmp_path / name)]) == 1
        assert name in capsys.readouterr().err
    assert not list((tmp_path / "data").glob("restore*"))
    assert not list((tmp_path / "data").glob("*.db"))


def test_a_backup_of_nothing_says_so(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", str(tmp_path / "copy")]) == 1
    assert "database" in capsys.readouterr().err and not (tmp_path / "copy").exists()


def test_a_server_that_does_not_answer_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str,
                                                                      capsys: pytest.CaptureFixture[str]) -> None:
    opened(address, tmp_path).engine.dispose()
    assert main(["backup", str(tmp_path / "copy")]) == 0
    use(monkeypatch, "postgresql+psycopg://ada:trouvaille@127.0.0.1:1/nowhere")
    assert main(["backup", str(tmp_path / "other")]) == 1
    assert main(["restore", str(tmp_path / "copy")]) == 1
    told = capsys.readouterr().err
    assert "BONNEPORTE_DATABASE_URL" in told and "trouvaille" not in told


def test_going_back_to_a_former_version(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The newer version's file is replaced on SQLite. On PostgreSQL its tables are not ours to drop: another database is asked for."""
    core = opened(address, tmp_path)
    assert main(["backup", str(tmp_path / "copy")]) == 0
    since = asyncio.run(core.open()).id
    with writing(core.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    core.engine.dispose()
    on_server = address.startswith("postgresql")
    assert main(["restore", str(tmp_path / "copy"), "--force"]) == int(on_server)
    assert ("empty database" in capsys.readouterr().err) is on_server
    assert (since in ids(address)) is on_server


def test_a_message_that_waited_at_the_moment_of_the_backup_is_answered_after_the_restore(address: str, tmp_path: Path) -> None:
    core = opened(address, tmp_path)
    conversation = asyncio.run(core.open()).id
    with writing(core.engine) as connection:
        connection.execute(insert(messages).values(
            conversation_id=conversation, seq=90, from_="resident", language="fr", kind="text", text="allo", choices=[], services=[],
            helplines=[], handled=False, created_at=utcnow()))
    assert main(["backup", str(tmp_path / "copy")]) == 0
    core.engine.dispose()
    assert main(["restore", str(tmp_path / "copy"), "--force"]) == 0
    engine = make_engine(address)
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(messages).where(messages.c.handled.is_(False))) == 1
    engine.dispose()
