"""The first run: an administrator with a password that is printed once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select, text, update

from bot.people.passwords import new_password
from bot.people.people import People
from bot.people.tables import people
from bot.settings import Settings
from bot.store.engine import writing

__all__ = ["FIRST_EMAIL", "FirstAdministrator", "first_administrator"]

FIRST_EMAIL = "admin@localhost"


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """What is printed once: the password is also in the file `path`, of mode 0600."""

    email: str
    password: str
    path: Path


def first_administrator(engine: Engine, settings: Settings) -> FirstAdministrator | None:
    """On the first run (there is no account), make the administrator FIRST_EMAIL; later null.

    The file is written before the commit: a kill in between leaves a file that opens nothing, and the next run makes
    both anew. OSError when the file cannot be written: then there is no account either.
    """
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":  # two first runs at once on one database
            connection.execute(text("LOCK TABLE people IN EXCLUSIVE MODE"))
        if connection.scalar(select(people.c.id).limit(1)) is not None:
            return None
        first = FirstAdministrator(FIRST_EMAIL, new_password(), settings.data / "first-administrator.txt")
        # A navigator too, of all territories: on the first day there is nobody else to answer.
        People(engine, settings).add_in(connection, first.email, first.password, ["administrator", "navigator"],
                                        name="Administration", territories=["all"])
        # Asked to change it, not made to: whoever installs it uses it at once, also from scripts.
        connection.execute(update(people).where(people.c.email == first.email).values(password_given="asked"))
        _keep(first.path, f"email: {first.email}\npassword: {first.password}\n")
        return first


def _keep(path: Path, content: str) -> None:
    """Write the file for its owner only; an older one, whatever its mode, is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
