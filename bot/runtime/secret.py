"""The secret key: given as a setting, or made on the first run and kept in the data folder with mode 0600.

A database remembers under which key its second factors were made, as a fingerprint that tells nothing of the key: a machine
that was given another one says so, instead of refusing everybody's codes.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, select

from bot.people.tables import second_factors
from bot.settings import SettingError, Settings
from bot.store.engine import insert_if_absent, is_used, reading, writing
from bot.store.tables import facts

__all__ = ["is_the_database_s", "remember_key", "secret_key"]

FACT = "secret_key"
SHORTEST = 32


def secret_key(settings: Settings, make: bool = True) -> str:
    """The key in force; "" when there is none and none is to be made. Raises SettingError for a file that holds none."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data / "secret.key"
    if not path.exists():
        if not make:
            return ""
        _make(path)
    key = path.read_text("ascii").strip()
    if len(key) < SHORTEST:  # the disk was full, or somebody emptied it
        raise SettingError(f"{path} holds no key: put the one of your backup there, or delete the file to have another made")
    return key


def _make(path: Path) -> None:
    """The file is whole from its first moment, and of two processes that make it at once one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _fingerprint(key: str) -> str:
    return hmac.digest(key.encode(), b"bonneporte: which key", hashlib.sha256).hex()


def is_the_database_s(connection: Connection, key: str) -> bool:
    """Whether this database was used with this key last (or with none yet). "" is no key at all: there is nothing to compare."""
    kept = connection.scalar(select(facts.c.value).where(facts.c.name == FACT))
    return not key or kept is None or kept == _fingerprint(key)


def remember_key(engine: Engine, key: str) -> bool:
    """Keep the fingerprint of the key, in place of another one's where nothing was made under that and nobody uses it now;
    false when another one is the database's."""
    with reading(engine) as connection:
        known = is_the_database_s(connection, key)
        made = connection.scalar(select(second_factors.c.person_id).where(second_factors.c.confirmed_at.is_not(None)).limit(1))
    if not known and (made is not None or is_used(engine)):
        return False
    with writing(engine) as connection:
        connection.execute(delete(facts).where(facts.c.name == FACT, facts.c.value != _fingerprint(key)))
        insert_if_absent(connection, facts, name=FACT, value=_fingerprint(key))
    return True
