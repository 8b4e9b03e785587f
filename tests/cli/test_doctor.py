"""doctor: each thing that is wrong is named, with what to do; what is right is not called wrong."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, insert, text, update

from bot.cli.checks import Finding, machine, outside, state
from bot.cli.main import main
from bot.conversation.core import Conversations
from bot.conversation.tables import conversations, messages, outbox
from bot.demand.tables import demand_events
from bot.directory.tables import services
from bot.handoff.desk_tables import desk_shifts
from bot.people.first import first_administrator
from bot.people.tables import second_factors
from bot.runtime.secret import remember_key
from bot.runtime.services import open_database
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import writing
from tests.cli.test_keeping import Silent
from tests.telegram.stand_in import StandIn


def told(findings: Any, level: str, about: str) -> str:
    """The texts of a level about something, joined."""
    return " ".join(text for one, what, text in findings if one == level and what == about)


@pytest.fixture
def settings(tmp_path: Path, empty_engine: Engine) -> Settings:
    empty_engine.dispose()
    return Settings(data=tmp_path / "data", database_url=empty_engine.url.render_as_string(hide_password=False))


@pytest.fixture
def engine_(settings: Settings) -> Iterator[Engine]:
    engine = open_database(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def look(settings: Settings, engine_: Engine) -> Callable[[], list[Finding]]:
    return lambda: list(state.database(settings))


def test_what_should_go_on_by_itself_and_does_not(engine_: Engine, settings: Settings, look: Callable[[], list[Finding]]) -> None:
    core = Conversations(engine_, Silent(), settings)
    late, lively = (asyncio.run(core.open()).id for _ in range(2))
    assert told(look(), "ok", "retention") and not told(look(), "warning", "messages")
    old = utcnow() - timedelta(hours=51)
    with writing(engine_) as connection:
        connection.execute(update(conversations).where(conversations.c.id == late).values(last_message_at=old))
        connection.execute(insert(messages).values(conversation_id=lively, seq=90, from_="resident", language="fr", kind="text", text="allo",
                                                   choices=[], services=[], helplines=[], handled=False, created_at=old))
        connection.execute(insert(outbox).values(conversation_id=lively, seq=2, channel_ref="1", status="waiting", not_before=old, sent_ids=[]))
        connection.execute(insert(demand_events).values(month="2026-01", id=UUID(int=1), need="food", language="fr", for_other=False,
                                                        channel="web", met=True, wait="none"))
    found = look()
    assert told(found, "warning", "retention").startswith("1 conversations") and "purge" in told(found, "warning", "retention")
    assert told(found, "warning", "messages").startswith("1 of residents")
    assert told(found, "warning", "telegram").startswith("1 messages wait")
    assert "demand publish 2026-01" in told(found, "warning", "publishing")


def test_a_retention_that_is_an_hour_late_is_no_fault(engine_: Engine, settings: Settings, look: Callable[[], list[Finding]]) -> None:
    one = asyncio.run(Conversations(engine_, Silent(), settings).open()).id
    with writing(engine_) as connection:
        connection.execute(update(conversations).where(conversations.c.id == one).values(last_message_at=utcnow() - timedelta(hours=49)))
    assert told(look(), "ok", "retention")


def test_a_backup_is_asked_for_until_one_is_made_and_when_it_is_old(engine_: Engine, settings: Settings, look: Callable[[], list[Finding]],
                                                                     tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "none was made" in told(look(), "warning", "backup")
    monkeypatch.setenv("BONNEPORTE_DATA", str(settings.data))
    monkeypatch.setenv("BONNEPORTE_DATABASE_URL", settings.database_url)
    assert main(["backup", str(tmp_path / "copy")]) == 0
    assert told(look(), "ok", "backup")
    with writing(engine_) as connection:
        connection.execute(update(state.facts).where(state.facts.c.name == state.MADE).values(value=(datetime.now(UTC) - timedelta(days=8)).isoformat()))
    assert "off this machine" in told(look(), "warning", "backup")


def test_the_first_days_of_the_accounts(engine_: Engine, settings: Settings, look: Callable[[], list[Finding]]) -> None:
    first = first_administrator(engine_, settings)
    assert first is not None
    found = told(look(), "warning", "accounts")
    assert "printed password" in found and "second factor" in found
    assert "admin/hours" in told(look(), "warning", "opening hours")
    with writing(engine_) as connection:
        connection.execute(update(state.people).values(password_given=None))
        connection.execute(insert(desk_shifts).values(weekday=0, opens=480, closes=1020))
        person = connection.scalar(state.select(state.people.c.id))
        connection.execute(insert(second_factors).values(person_id=person, salt="s", confirmed_at=utcnow()))
    assert told(look(), "warning", "accounts") == f"delete {first.path}: its password was changed"
    first.path.unlink()
    assert not told(look(), "warning", "accounts") and not told(look(), "warning", "opening hours")


def test_another_secret_key_than_the_database_s(engine_: Engine, settings: Settings) -> None:
    mine, other = "k" * 40, "o" * 40
    assert remember_key(engine_, mine)
    assert not told(state.database(replace(settings, secret_key=mine)), "error", "secret key")
    assert "people reset-totp" in told(state.database(replace(settings, secret_key=other)), "error", "secret key")
    engine_.dispose()
    assert remember_key(engine_, other), "nothing was made under the first: the second takes its place"
    with writing(engine_) as connection:
        connection.execute(text("INSERT INTO people (id, email, name, password_hash, roles, territories, languages, topics, language, created_at) "
                                "VALUES ('p', 'a@b.ca', 'A', '', '[]', '[]', '[]', '[]', 'fr', '2026-11-01 00:00:00')"))
        connection.execute(insert(second_factors).values(person_id="p", salt="s", confirmed_at=utcnow()))
    assert not remember_key(engine_, mine), "a code made under the second would open no more"


def test_an_empty_key_file_is_refused_rather_than_used(settings: Settings, engine_: Engine) -> None:
    (settings.data / "secret.key").write_text("")
    assert "holds no key" in told(state.database(settings), "error", "secret key")


def test_an_empty_directory_is_an_error(engine_: Engine, look: Callable[[], list[Finding]]) -> None:
    with writing(engine_) as connection:
        connection.execute(delete(services))
    assert "directory import" in told(look(), "error", "directory")


@pytest.mark.parametrize(("revision", "level", "words"), [("0031x", "error", "newer version"), ("0001", "warning", "older version")])
def test_a_schema_of_another_version(engine_: Engine, look: Callable[[], list[Finding]], revision: str, level: str, words: str) -> None:
    with writing(engine_) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    assert words in told(look(), level, "database")


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    found = list(state.database(Settings(data=tmp_path, database_url="postgresql+psycopg://ada:trouvaille@127.0.0.1:1/nowhere")))
    assert "BONNEPORTE_DATABASE_URL" in told(found, "error", "database") and "trouvaille" not in str(found)


# The address


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({}, "ok"),
        ({"host": "0.0.0.0"}, "warning"),
        ({"public_url": "http://aide.example.org"}, "error"),
        ({"public_url": "https://aide.example.org"}, "warning"),
        ({"public_url": "https://aide.example.org", "trusted_proxies": "127.0.0.1"}, "ok"),
    ],
)
def test_the_address_that_people_reach(given: dict[str, str], level: str) -> None:
    assert next(outside.address(Settings(**given)))[0] == level


# Telegram


@pytest.fixture(scope="module")
def telegram() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.mark.parametrize(
    ("given", "level", "words"),
    [
        ({}, "ok", "polling"),
        ({"telegram_token": "1:wrong"}, "error", "refused"),
        ({"telegram_name": "AnotherBot"}, "error", "print posters again"),
        ({"telegram_mode": "webhook"}, "error", "https"),
        ({"telegram_api": "http://127.0.0.1:1"}, "error", "cannot be reached"),
        ({"telegram_token": ""}, "ok", "off"),
    ],
)
def test_telegram(telegram: StandIn, given: dict[str, str], level: str, words: str) -> None:
    settings = Settings(**{"telegram_token": telegram.token, "telegram_api": telegram.origin, **given})
    found = list(outside.telegram(settings))
    assert words in told(found, level, "telegram"), found
    assert telegram.token not in str(found)


# The machine


@pytest.mark.parametrize(("kept", "level"), [(True, "ok"), (None, "ok"), (False, "warning")])
def test_the_clock_is_believed_when_something_keeps_it(kept: bool | None, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "kernel_says_synchronised", lambda: kept)
    assert machine.clock()[0] == level


@pytest.mark.parametrize(("seconds", "words"), [(-60, "ahead of"), (60, "behind"), (-3, None), (3, None)])
def test_a_clock_is_compared_with_another(seconds: int, words: str | None) -> None:
    found = machine.clock_drift("the database's", datetime.now(UTC) + timedelta(seconds=seconds))
    assert (found is None) if words is None else (found is not None and words in found[2] and "NTP" in found[2])


@pytest.mark.parametrize(("free", "level"), [(50, "error"), (500, "warning"), (5000, "ok")])
def test_room_on_the_disk(free: int, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free * machine.MIB}))
    assert machine.disk(Settings(data=tmp_path / "not" / "made"))[0] == level


def test_files_that_others_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    (data / "secret.key").write_text("k")
    os.chmod(data / "secret.key", 0o644)
    assert "chmod 700" in told(machine.readers(Settings(data=data)), "warning", "files")
    data.chmod(0o700)
    assert told(machine.readers(Settings(data=data)), "ok", "files")
    (tmp_path / ".env").write_text("BONNEPORTE_TELEGRAM_TOKEN=1")
    os.chmod(tmp_path / ".env", 0o644)
    assert "chmod 600" in told(machine.readers(Settings(data=data)), "warning", "files")


def test_a_data_folder_is_made_for_its_owner_only(settings: Settings, engine_: Engine) -> None:
    assert settings.data.stat().st_mode & 0o777 == 0o700
