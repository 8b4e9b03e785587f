"""Texts in French and English from YAML files beside the code that says them.

    MissingWords        a text that does not exist in a language: a defect, found by tests and at loading
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["LANGUAGES", "MissingWords", "Words", "load_words"]

LANGUAGES = ("fr", "en")


class MissingWords(KeyError):
    """The file has no such text, or not in this language."""


class Words:
    """The texts of one file: `words("fr", "buttons.human")`, with `{name}` places filled from keyword arguments."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.texts: dict[str, dict[str, str]] = {}
        self._collect("", yaml.safe_load(path.read_text("utf-8")))

    def _collect(self, prefix: str, node: dict[str, Any]) -> None:
        if set(node) & set(LANGUAGES) and all(isinstance(node.get(language), str) for language in LANGUAGES):
            self.texts[prefix] = node
            return
        for name, below in node.items():
            if not isinstance(below, dict):
                raise MissingWords(f"{self.path.name}: {prefix}.{name} is not in both languages")
            self._collect(f"{prefix}.{name}" if prefix else str(name), below)

    def __call__(self, language: str, name: str, /, **values: Any) -> str:
        try:
            text = self.texts[name][language]
        except KeyError:
            raise MissingWords(f"{self.path.name}: {name} in {language}") from None
        return text.format(**values) if values else text


@cache
def load_words(path: Path) -> Words:
    """The texts of `path`, read once."""
    return Words(path)
