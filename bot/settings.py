"""Settings: environment variables BONNEPORTE_*, read once, checked at start; a wrong one is refused by name.

An optional `.env` file in the project's root gives values that the environment does not.

    SettingError            a setting is wrong; the message names it and says what it takes
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = ["PREFIX", "SettingError", "Settings", "load_settings"]

PREFIX = "BONNEPORTE_"


class SettingError(ValueError):
    """A setting is wrong. The text names the variable, never its value (it may be a secret)."""


def _setting(default: Any, help: str, **extra: Any) -> Any:
    return field(default=default, metadata={"help": help, **extra})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Each field is the variable BONNEPORTE_<NAME>; its `help` is what docs/settings.md prints."""

    data: Path = _setting(Path(".data"), "Folder for the database, the model's caches and the first administrator's password file.")
    database_url: str = _setting("", "SQLAlchemy address of the database; empty: SQLite in DATA. postgresql+psycopg://… to grow.")
    host: str = _setting("127.0.0.1", "Address the public pages and API listen on.")
    port: int = _setting(8000, "Port of the public pages and API.", low=0, high=65535)
    private_port: int = _setting(0, "Loopback port for actions and metrics; 0: PORT + 1.", low=0, high=65535)
    rasa_port: int = _setting(0, "Loopback port for Rasa; 0: PORT + 2.", low=0, high=65535)
    public_url: str = _setting("", "Public origin for links, QR codes and the webhook, as https://aide.example.org; empty: http://HOST:PORT.", kind="origin")
    secret_key: str = _setting("", "Signs what must not be forged; empty: made on first run and kept in DATA.", secret=True)
    trusted_proxies: str = _setting("", "Comma-separated addresses of proxies whose X-Forwarded-For is believed.")
    telegram_token: str = _setting("", "Bot token from BotFather; empty: Telegram is off.", secret=True)
    telegram_api: str = _setting("https://api.telegram.org", "Origin of the Bot API, without /bot.", kind="origin")
    telegram_mode: str = _setting("polling", "How Telegram's updates come.", choices=("polling", "webhook"))
    telegram_secret: str = _setting("", "Secret that Telegram sends with each webhook call; empty: derived from SECRET_KEY.", secret=True)
    operator_name: str = _setting("", "Name of the organisation that runs this assistant, shown in the privacy notice.")
    privacy_officer: str = _setting("", "Name or title, and way to reach, the person responsible for privacy.")
    public_figures: str = _setting("off", "Whether citizens may read the published figures, at /chiffres and /figures.", choices=("off", "on"))
    telegram_name: str = _setting("", "Username of the bot, without @, for the links and QR codes of doors; empty: web only.")
    retention_hours: int = _setting(48, "Hours after the last message when a conversation's text is erased.", low=1, high=24 * 365)
    retention_handoff_days: int = _setting(30, "Days instead, once a navigator had the conversation.", low=1, high=365)
    learning_days: int = _setting(180, "Days that a sentence is kept which was not understood and whose resident agreed; 0: nobody is asked.", low=0, high=730)
    limit_messages: int = _setting(30, "Messages a minute for one conversation; more is answered 429.", low=1, high=100_000)
    limit_conversations: int = _setting(60, "New conversations an hour from one address; more is answered 429.", low=1, high=1_000_000)
    limit_logins: int = _setting(10, "Failed log-ins an hour for one account.", low=1, high=1000)
    limit_logins_address: int = _setting(60, "Failed log-ins an hour from one network address, whatever the account.", low=1, high=100_000)
    second_factor_roles: str = _setting("", "Comma-separated roles that must have a second factor; empty: nobody must, administrators and navigators are reminded.", names=("navigator", "table", "maintainer", "administrator"))
    wait_minutes: int = _setting(20, "Minutes without an answer after which somebody who waits for a person is told so.", low=1, high=1440)
    away_minutes: int = _setting(10, "Minutes that a navigator may be seen nowhere before what they have goes back to the queue.", low=2, high=1440)
    stale_days: int = _setting(180, "Days after which a service's record counts as verified long ago.", low=1, high=3650)
    answer_seconds: float = _setting(8.0, "Seconds the assistant has to answer; later counts as a failure.", low=0.1, high=120)
    log_level: str = _setting("info", "How much is logged (never what a resident wrote).", choices=("debug", "info", "warning", "error"))
    log_format: str = _setting("text", "How a line of the log is written.", choices=("text", "json"))

    @property
    def database(self) -> str:
        """SQLAlchemy address in force."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'bonneporte.db'}"

    @property
    def origin(self) -> str:
        """Public origin in force, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def actions_port(self) -> int:
        return self.private_port or self.port + 1

    @property
    def nlu_port(self) -> int:
        return self.rasa_port or self.port + 2


def _read_dotenv(path: Path) -> dict[str, str]:
    values: dict[str, str] = {}
    if not path.is_file():
        return values
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, sign, value = line.partition("=")
        if not sign:
            raise SettingError(f".env, line {number}: expected NAME=value")
        values[name.strip()] = value.strip().strip("\"'")
    return values


def _convert(spec: Any, name: str, raw: str) -> Any:
    meta = spec.metadata
    target = type(spec.default)
    if target in (int, float):
        try:
            value = target(raw)
        except ValueError:
            raise SettingError(f"{name} must be a number") from None
        if not meta["low"] <= value <= meta["high"]:
            raise SettingError(f"{name} must be from {meta['low']} to {meta['high']}")
        return value
    if issubclass(target, Path):
        return Path(raw).expanduser()
    if "choices" in meta and raw not in meta["choices"]:
        raise SettingError(f"{name} must be one of {', '.join(meta['choices'])}")
    if "names" in meta and not {one.strip() for one in raw.split(",") if one.strip()} <= set(meta["names"]):
        raise SettingError(f"{name} must hold only, separated by commas: {', '.join(meta['names'])}")
    if meta.get("kind") == "origin" and raw:
        parts = urlsplit(raw)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
            raise SettingError(f"{name} must be an origin as https://host[:port], with no path")
        return raw.rstrip("/")
    return raw


def load_settings(environ: Mapping[str, str] | None = None, root: Path | None = None, **given: Any) -> Settings:
    """The settings in force: `given` (command-line flags) before the environment before ROOT/.env before defaults.

    Raises SettingError for an unknown BONNEPORTE_* name in either place, or a value that does not fit.
    """
    environ = os.environ if environ is None else environ
    known = {PREFIX + spec.name.upper(): spec for spec in fields(Settings)}
    values: dict[str, Any] = {}
    sources = {**_read_dotenv((root or Path.cwd()) / ".env"), **environ}
    for name, raw in sources.items():
        if not name.startswith(PREFIX) or name == PREFIX + "ROOT" or name.startswith(PREFIX + "TEST_"):
            continue
        if name not in known:
            raise SettingError(f"{name} is not a setting (see docs/settings.md)")
        values[known[name].name] = _convert(known[name], name, raw)
    values.update({name: value for name, value in given.items() if value is not None})
    settings = Settings(**values)
    weak = settings.secret_key and len(settings.secret_key) < 32
    if weak:
        raise SettingError(f"{PREFIX}SECRET_KEY must have at least 32 characters (leave it empty to have one made)")
    return settings
