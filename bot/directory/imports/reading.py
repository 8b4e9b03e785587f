"""What reading a directory needs to know besides its file, and where it puts what it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.directory.forms import RecordError, as_service
from bot.directory.imports.batch import Batch, Fault
from bot.directory.imports.terms import TERMS, Terms, read_terms
from bot.directory.load import city_name
from bot.needs import all_needs

__all__ = ["AT", "DEFAULTS", "Options", "Reading"]

# Services between two words of progress.
PACE = 5000
# Key under which a row carries (file, line): a fault of a phone names the phone's own row.
AT = "@"


@dataclass(frozen=True, slots=True)
class Options:
    """origin: which source keeps these services up to date (its name in the database). source_name: what a card says
    where a record does not say it. language: of texts that do not say theirs; null to tell from each record's own.
    whole: the file is the complete source, so what is missing from it has closed. mapping: of a CSV's columns.
    progress: called with the number of services read, every PACE of them."""

    origin: str | None = None
    source_name: str | None = None
    language: str | None = None
    whole: bool = True
    terms: Path = TERMS
    mapping: Path | None = None
    city_of: Callable[[str], str | None] = city_name
    progress: Callable[[int], None] = lambda read: None


DEFAULTS = Options()


@dataclass(slots=True)
class Reading:
    """One import under way. `unit`: what a fault counts, line or record."""

    options: Options
    batch: Batch
    terms: Terms
    unit: str = "line"
    here: tuple[str, int] = ("", 0)
    _seen: set[str] = field(default_factory=set)

    @classmethod
    def start(cls, options: Options, origin: str, unit: str = "line") -> Reading:
        batch = Batch(options.origin or origin, whole=options.whole)
        return cls(options, batch, read_terms(options.terms), unit)

    def fault(self, reason: str, row: dict[str, Any] | None = None, refused: bool = False) -> None:
        """Note a fault, at `row`'s own place or where reading is."""
        file, line = (row or {}).get(AT) or self.here
        self.batch.fault(Fault(file, line, reason, refused, self.unit))

    def add(self, record: dict[str, Any]) -> None:
        """Take a record (forms.py) if it is sound and not there yet."""
        key = str(record.get("id") or "")
        if key in self._seen:
            self.fault(f"another record has the id {key}", refused=True)
            return
        self._seen.add(key)
        if len(self._seen) % PACE == 0:
            self.options.progress(len(self._seen))
        try:
            service = as_service(record, all_needs(), self.options.city_of)
        except RecordError as error:
            for reason in error.reasons:
                self.fault(reason, refused=True)
            self.batch.refused_ids.add(key)
            return
        self.batch.take(service)

    def needs_of(self, terms: list[tuple[str | None, str | None]]) -> list[str]:
        """Our needs for (name, code) terms, in their order; the unknown ones are counted."""
        found: dict[str, None] = {}
        for name, code in terms:
            needs = self.terms.needs(name, code)
            if needs is None:
                label = " · ".join(part for part in (code, name) if part)
                if label:
                    self.batch.unmapped[label] += 1
            else:
                found.update(dict.fromkeys(needs))
        return list(found)
