"""What a format makes of a file, before anything is written.

    ImportFault         the file as a whole cannot be read; the text says which and why. Nothing was changed
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.directory.records import Service

__all__ = ["Batch", "Fault", "ImportFault"]


class ImportFault(ValueError):
    """The file cannot be read as this format."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in one row. `row` is the line of the file, as a text editor numbers it."""

    file: str
    row: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.row}: {self.reason}"


@dataclass(slots=True)
class Batch:
    """services: sound ones, no id twice. faults: rows refused. left_out: sound rows that are not ours to show, by reason."""

    origin: str
    services: list[Service] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
