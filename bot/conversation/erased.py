"""Which conversations residents erased, beside the database: what was erased stays erased when a backup is restored.

Only random ids are kept, one a line, and none longer than the longest retention: older backups hold nothing to erase.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from bot.conversation import storage

__all__ = ["apply", "remember"]

FILE = "erased.log"


def remember(data: Path, conversation_id: str) -> None:
    """Write an id down before its conversation is erased: at worst, one too many is remembered."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / FILE).open("a", encoding="ascii") as file:
        file.write(f"{datetime.now(UTC).date().isoformat()} {conversation_id}\n")
        file.flush()
        os.fsync(file.fileno())


def apply(connection: Connection, data: Path, keep_days: int, others: Sequence[Path] = ()) -> int:
    """Erase again what was erased before, here or on the machines whose logs `others` are, and forget the ids older than
    `keep_days`; how many were there again."""
    path = data / FILE
    oldest = (datetime.now(UTC).date() - timedelta(days=keep_days)).isoformat()
    found = {line for log in (path, *others) if log.is_file() for line in log.read_text("ascii").splitlines()}
    kept = sorted(line for line in found if line[:10] >= oldest)
    gone = sum(storage.erase(connection, line[11:]) for line in kept)
    if kept or path.is_file():
        partial = path.with_suffix(".partial")
        partial.write_text("".join(f"{line}\n" for line in kept), "ascii")
        partial.replace(path)
    return gone
