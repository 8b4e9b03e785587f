"""Text in pieces that fit in a Telegram message, as escaped HTML. Pure.

What is said is a list of groups (paragraphs), a group a list of lines, a line a list of spans. A tag never crosses a
line, so that a message can be cut between any two lines; a line too long by itself loses its formatting and is cut at
the end of a sentence, else between words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

__all__ = ["Group", "Line", "Span", "pack", "paragraphs", "size", "split_text"]

_SENTENCE_END = re.compile(r"(?<=[.!?…])[ \u00a0\n]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text: plain, bold, or a link."""

    text: str
    bold: bool = False
    url: str | None = None

    def html(self) -> str:
        shown = escape(self.text, quote=False)
        if self.url:
            return f'<a href="{escape(self.url)}">{shown}</a>'
        return f"<b>{shown}</b>" if self.bold else shown


Line = list[Span]
Group = list[Line]


def size(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units (https://core.telegram.org/api/entities#entity-length)."""
    return len(text.encode("utf-16-le")) // 2


def paragraphs(text: str) -> list[Group]:
    """Plain text as groups: a blank line ends a paragraph."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return [[[Span(line)] for line in block.split("\n") if line.strip()] for block in blocks if block.strip()]


def pack(groups: list[Group], limit: int) -> list[str]:
    """HTML texts of at most `limit` units each, cut between groups where possible, else between lines."""
    parts: list[str] = []
    current = ""
    for group in groups:
        lines = [_html(line) for line in group]
        whole = "\n".join(lines)
        if size(whole) <= limit:
            current = _add(parts, current, whole, "\n\n", limit)
            continue
        separator = "\n\n"
        for line, html in zip(group, lines, strict=True):
            pieces = [html] if size(html) <= limit else _plain_pieces(line, limit)
            for piece in pieces:
                current = _add(parts, current, piece, separator, limit)
                separator = "\n"
    if current:
        parts.append(current)
    return parts


def _add(parts: list[str], current: str, piece: str, separator: str, limit: int) -> str:
    """`current` with the piece; when that is too much, what was current is finished and the piece begins anew."""
    joined = f"{current}{separator}{piece}" if current else piece
    if size(joined) <= limit:
        return joined
    parts.append(current)
    return piece


def _html(line: Line) -> str:
    return "".join(span.html() for span in line)


def _plain_pieces(line: Line, limit: int) -> list[str]:
    return [escape(piece, quote=False) for piece in split_text("".join(span.text for span in line), limit)]


def split_text(text: str, limit: int) -> list[str]:
    """Pieces whose escaped length is at most `limit`, cut at sentences, else at spaces, else anywhere. Nothing is lost
    but the spaces at the cuts."""
    pieces: list[str] = []
    rest = text.strip()
    while size(escape(rest, quote=False)) > limit:
        room = _fitting(rest, limit)
        ends = [found.start() for found in _SENTENCE_END.finditer(rest, 0, room + 1) if 0 < found.start() <= room]
        cut = ends[-1] if ends else rest.rfind(" ", 1, room + 1)
        cut = cut if cut > 0 else room
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def _fitting(text: str, limit: int) -> int:
    """How many characters from the start fit in `limit` once escaped; never between the halves of one character."""
    used = 0
    for place, char in enumerate(text):
        used += size(escape(char, quote=False))
        if used > limit:
            return place
    return len(text)
