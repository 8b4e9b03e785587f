"""Telegram's reading of parse_mode=HTML, as strict as the real one where a mistake of ours could hide.

Source: https://core.telegram.org/bots/api#html-style. Only the tags listed there; every tag closed, in order; "<" that
begins no tag is an error; the entities &lt; &gt; &amp; &quot; and numeric ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

__all__ = ["BadHtml", "Formatted", "read_html", "utf16_length"]

TAGS = frozenset(["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a", "code", "pre", "blockquote", "tg-emoji"])
TYPES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "s": "strikethrough",
         "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote"}
_TAG = re.compile(r"<(/?)([a-zA-Z-]+)((?:\s+[a-zA-Z-]+(?:=\"[^\"<>]*\")?)*)\s*>")
_HREF = re.compile(r"href=\"([^\"]*)\"")


class BadHtml(ValueError):
    """What Telegram refuses with "can't parse entities"."""


@dataclass
class Formatted:
    """The text that people see, and what is bold or linked in it."""

    text: str
    entities: list[dict[str, Any]] = field(default_factory=list)


def utf16_length(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def read_html(source: str) -> Formatted:
    """Raises BadHtml."""
    text, at = "", 0
    stack: list[tuple[str, int, str]] = []
    entities: list[dict[str, Any]] = []
    while at < len(source):
        less = source.find("<", at)
        if less < 0:
            text += unescape(source[at:])
            break
        text += unescape(source[at:less])
        found = _TAG.match(source, less)
        if found is None:
            raise BadHtml(f"unsupported start tag at byte offset {less}")
        closing, tag, attributes = found.group(1), found.group(2).lower(), found.group(3)
        if tag not in TAGS:
            raise BadHtml(f'unsupported start tag "{tag}" at byte offset {less}')
        offset = utf16_length(text)
        if closing:
            if not stack or stack[-1][0] != tag:
                raise BadHtml(f"unexpected end tag at byte offset {less}")
            _, start, href = stack.pop()
            if offset > start:
                entity = {"type": TYPES.get(tag, tag), "offset": start, "length": offset - start}
                entities.append({**entity, "url": href} if tag == "a" else entity)
        else:
            href = _HREF.search(attributes)
            if tag == "a" and href is None:
                raise BadHtml(f"empty link at byte offset {less}")
            stack.append((tag, offset, unescape(href.group(1)) if href else ""))
        at = found.end()
    if stack:
        raise BadHtml(f'can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return Formatted(text, entities)
