"""Settings: read once, checked at start, a wrong one refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import SettingError, load_settings


def test_defaults_need_nothing(tmp_path: Path) -> None:
    settings = load_settings({}, tmp_path)
    assert settings.database.startswith("sqlite:///")
    assert settings.origin == "http://127.0.0.1:8000"
    assert (settings.actions_port, settings.nlu_port) == (8001, 8002)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "eighty"), ("PORT", "70000"), ("TELEGRAM_MODE", "carrier-pigeon"), ("PUBLIC_URL", "aide.example.org"),
     ("PUBLIC_URL", "https://a.example/b"), ("RETENTION_HOURS", "0"), ("SECRET_KEY", "short"), ("NO_SUCH_THING", "1")],
)
def test_a_wrong_setting_is_refused_by_name_and_its_value_is_not_told(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name) as refused:
        load_settings({f"BONNEPORTE_{name}": value}, tmp_path)
    assert len(value) < 3 or value not in str(refused.value)


def test_the_environment_wins_over_the_file_and_a_flag_over_both(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# ours\nBONNEPORTE_PORT=9001\nBONNEPORTE_OPERATOR_NAME='CDC de Sorel'\n")
    assert load_settings({}, tmp_path).port == 9001
    assert load_settings({}, tmp_path).operator_name == "CDC de Sorel"
    assert load_settings({"BONNEPORTE_PORT": "9002"}, tmp_path).port == 9002
    assert load_settings({"BONNEPORTE_PORT": "9002"}, tmp_path, port=9003).port == 9003
