"""What a format makes of a file, before anything is written.

    ImportFault         the file as a whole cannot be read; the text says which and why. Nothing was changed
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.directory.records import Service

__all__ = ["MAX_FAULTS", "MAX_SERVICES", "Batch", "Fault", "ImportFault"]

# More is no directory of Quebec, and would fill the memory: 100,000 services are the design's, each with a few faults.
MAX_SERVICES = 300_000
MAX_FAULTS = 500_000


class ImportFault(ValueError):
    """The file cannot be read as this format."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in one row. `row` is the line of the file, as a text editor numbers it, or the number of the
    record in a JSON file (`unit` says which). refused: the row is left out; otherwise the rest of it was taken."""

    file: str
    row: int
    reason: str
    refused: bool = True
    unit: str = "line"

    def __str__(self) -> str:
        return f"{self.file}, {self.unit} {self.row}: {self.reason}"


@dataclass(slots=True)
class Batch:
    """services: sound ones, no id twice. faults: by row. left_out: sound rows that are not ours to show, by reason.

    refused_ids: services that are in the source but not sound: what we hold of them stays. whole: the source is
    complete, so a service of it that we hold and that is no longer there has closed. unmapped: taxonomy terms that the
    table of terms does not know, with how many services have them.
    """

    origin: str
    services: list[Service] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    refused_ids: set[str] = field(default_factory=set)
    whole: bool = False
    unmapped: Counter[str] = field(default_factory=Counter)

    def fault(self, fault: Fault) -> None:
        """Keep a fault. Raises ImportFault when there are more of them than a directory can have."""
        if len(self.faults) >= MAX_FAULTS:
            raise ImportFault(f"{fault.file}: has more than {MAX_FAULTS:,} faults, so it is not what it was read as; the first is {self.faults[0]}")
        self.faults.append(fault)

    def take(self, service: Service) -> None:
        """Keep a sound service. Raises ImportFault when there are more of them than a directory can have."""
        if len(self.services) >= MAX_SERVICES:
            raise ImportFault(f"the file holds more than the {MAX_SERVICES:,} services that an import takes")
        self.services.append(service)
