"""The secret key: given as a setting, or made on the first run and kept in the data folder with mode 0600."""

from __future__ import annotations

import os
import secrets

from bot.settings import Settings

__all__ = ["secret_key"]


def secret_key(settings: Settings) -> str:
    """The key in force."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data / "secret.key"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        settings.data.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text("ascii").strip()
