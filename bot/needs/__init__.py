"""The needs a resident can be oriented on. A need is data: its entry in needs.yml and its training examples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

__all__ = ["Need", "all_needs", "need_label"]


@dataclass(frozen=True, slots=True)
class Need:
    """id: the public name; theme: the concertation table's; sensitive: published only above the higher threshold."""

    id: str
    theme: str
    fr: str
    en: str
    sensitive: bool

    def label(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


@cache
def all_needs() -> dict[str, Need]:
    """All needs by id, in the order in which they are offered."""
    entries = yaml.safe_load(Path(__file__).with_name("needs.yml").read_text("utf-8"))
    return {entry["id"]: Need(entry["id"], entry["theme"], entry["fr"], entry["en"], entry.get("sensitive", False)) for entry in entries}


def need_label(need: str, language: str) -> str:
    """The need's name for people; the id itself when it is unknown."""
    entry = all_needs().get(need)
    return entry.label(language) if entry else need
