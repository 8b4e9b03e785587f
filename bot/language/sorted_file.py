"""A sorted text file searched where it lies: nothing is parsed when the program starts, and it costs its size only."""

from __future__ import annotations

from pathlib import Path

__all__ = ["SortedFile"]


class SortedFile:
    """Lines of "word, tab, rest", sorted by the bytes of the line, unique by word."""

    def __init__(self, path: Path) -> None:
        self._lines = path.read_bytes()

    def find(self, word: str) -> str | None:
        """The rest of the word's line, None when there is none. Never raises on a str."""
        wanted = word.encode("utf-8", "replace") + b"\t"
        low, high = 0, len(self._lines)
        while low < high:
            middle = self._lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self._lines.find(b"\n", middle)
            line = self._lines[middle:end]
            if line.startswith(wanted):
                return line[len(wanted):].decode("utf-8")
            if line < wanted:
                low = end + 1
            else:
                high = middle
        return None
