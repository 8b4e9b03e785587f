"""purge and doctor, as an operator uses them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.cli.main import main
from bot.conversation.core import Conversations
from bot.conversation.tables import conversations
from bot.demand.months import current_month
from bot.learning import sentences
from bot.runtime.background import apply_retention
from bot.runtime.services import open_database
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import reading, writing


class Silent:
    """An assistant that is not there."""

    async def turn(self, *_: object) -> None:
        raise AssertionError

    async def ready(self) -> bool:
        return False


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BONNEPORTE_DATA", str(tmp_path / "data"))
    return Settings(data=tmp_path / "data")


def ids(settings: Settings) -> set[str]:
    engine = open_database(settings)
    with reading(engine) as connection:
        found = set(connection.scalars(select(conversations.c.id)))
    engine.dispose()
    return found


@pytest.mark.parametrize(
    ("handed_off", "hours", "stays"), [(False, 47, True), (False, 49, False), (True, 49, True), (True, 24 * 31, False)]
)
def test_text_is_erased_after_48_hours_or_30_days_once_handed_off(settings: Settings, handed_off: bool, hours: int, stays: bool) -> None:
    engine = open_database(settings)
    conversation = asyncio.run(Conversations(engine, Silent(), settings).open()).id
    with writing(engine) as connection:
        connection.execute(
            update(conversations).where(conversations.c.id == conversation)
            .values(last_message_at=utcnow() - timedelta(hours=hours), handed_off=handed_off)
        )
    assert apply_retention(engine, settings) == int(not stays)
    assert (conversation in ids(settings)) is stays


def test_doctor_names_what_is_missing_and_fails_only_on_errors(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor"])
    told = capsys.readouterr().out
    for about in ("rasa's environment", "processor", "model", "database", "crisis wording", "operator_name", "privacy_officer", "telegram", "clock"):
        assert about in told
    assert "WARNING operator_name" in told and "reviewed_by" in told
    assert code == int("ERROR" in told)


def test_a_wrong_setting_ends_any_command_with_its_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BONNEPORTE_PORT", "many")
    assert main(["doctor"]) == 2
    assert "BONNEPORTE_PORT" in capsys.readouterr().err


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    told = capsys.readouterr().out
    for command in ("up", "understand", "chat", "directory", "people", "demand", "train", "test", "bench", "purge", "backup", "restore", "doctor"):
        assert command in told


def test_sentences_that_residents_let_us_keep_are_in_the_backup_and_leave_by_the_retention(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_database(settings)
    with writing(engine) as connection:
        for month in ("2020-01", current_month(utcnow())):
            sentences.set_apart(connection, [({"state": "yes", "language": "fr", "text": month, "guessed": [], "chosen": []}, None)], month)
    engine.dispose()
    assert main(["backup", str(tmp_path / "copy.db")]) == 0
    for file in settings.data.glob("bonneporte.db*"):
        file.unlink()
    assert main(["restore", str(tmp_path / "copy.db")]) == 0
    engine = open_database(settings)
    with reading(engine) as connection:
        assert [one.text for one in sentences.listed(connection)] == [current_month(utcnow())]
    monkeypatch.setenv("BONNEPORTE_LEARNING_DAYS", "0")
    assert main(["purge"]) == 0
    with reading(engine) as connection:
        assert sentences.listed(connection) == []
    engine.dispose()
