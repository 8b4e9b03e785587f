"""JSON documents read one record at a time, so that memory follows a record's size and not the file's.

    ImportFault         the file is too big, no text, or no JSON; the text says where
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.directory.imports.batch import ImportFault

__all__ = ["MAX_BYTES", "MAX_WHOLE", "read_json", "records_of"]

# 100,000 services with everything in them.
MAX_BYTES = 450_000_000
# A document of another shape is held in memory as a whole, about eight times its size.
MAX_WHOLE = 30_000_000
# The longest record, and how much is read at a time.
MAX_RECORD = 5_000_000
BLOCK = 1 << 18
_SPACE = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def _text(path: Path) -> Iterator[str]:
    """The text in blocks: UTF-8 with or without a byte-order mark, else Windows-1252."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ImportFault(f"{path.name}: {size:,} bytes are more than the {MAX_BYTES:,} that an import takes")
        with path.open("rb") as start:
            if start.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                raise ImportFault(f"{path.name}: this is UTF-16 text: save it as UTF-8")
        encoding = "utf-8-sig" if _is_utf8(path) else "cp1252"
        with path.open(encoding=encoding) as file:
            yield from iter(lambda: file.read(BLOCK), "")
    except OSError as error:
        raise ImportFault(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ImportFault(f"{path.name}: the text is neither UTF-8 nor Windows-1252") from None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            for block in iter(lambda: file.read(BLOCK), b""):
                decoder.decode(block)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return False
    return True


def read_json(path: Path) -> Any:
    """The whole document. Raises ImportFault when it is longer than MAX_WHOLE."""
    parts, total = [], 0
    for block in _text(path):
        total += len(block)
        if total > MAX_WHOLE:
            raise ImportFault(f"{path.name}: is longer than the {MAX_WHOLE:,} characters that a JSON document of this shape may have "
                              "(a page with contents, or a list, may be longer; so may tables)")
        parts.append(block)
    text = "".join(parts)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ImportFault(f"{path.name}, line {error.lineno}: {error.msg}: it is not JSON, or not all of it") from None
    except (RecursionError, ValueError) as error:
        raise ImportFault(f"{path.name}: is nested too deeply or holds an impossible number ({type(error).__name__})") from None


def records_of(path: Path, key: str) -> Iterator[Any] | None:
    """The records of a list, or of the list `key` of an object that holds only plain values before it, one at a time;
    null when the document has another shape. Raises ImportFault, also while the records are read."""
    blocks = _text(path)
    head = next(blocks, "")
    found = re.match(rf'\s*(?:\[|\{{[^\[\]{{}}]{{0,5000}}?"{key}"\s*:\s*\[)', head)
    return _records(path, head[found.end() :], blocks) if found else None


def _records(path: Path, buffer: str, blocks: Iterator[str]) -> Iterator[Any]:
    number = 0
    while True:
        start = _SPACE.match(buffer).end()  # type: ignore[union-attr]
        if start < len(buffer) and buffer[start] == "]":
            return
        try:
            record, end = _DECODER.raw_decode(buffer, start)
            if end == len(buffer) and buffer[end - 1] not in '}]"':
                raise json.JSONDecodeError("cut", buffer, end)  # a number may go on in the next block
        except RecursionError:
            raise ImportFault(f"{path.name}, record {number + 1}: is nested too deeply") from None
        except ValueError as error:
            if len(buffer) - start > MAX_RECORD:
                raise ImportFault(f"{path.name}, record {number + 1}: is no JSON, or longer than {MAX_RECORD:,} characters") from None
            # As much again as there is: a long record is not tried at each block.
            more = _more(blocks, max(len(buffer) - start, 1))
            if not more:
                raise ImportFault(f"{path.name}, record {number + 1}: {getattr(error, 'msg', error)}: it is not JSON, or not all of it") from None
            buffer = buffer[start:] + more
            continue
        number += 1
        yield record
        buffer = buffer[end:]


def _more(blocks: Iterator[str], length: int) -> str:
    parts, total = [], 0
    for block in blocks:
        parts.append(block)
        total += len(block)
        if total >= length:
            break
    return "".join(parts)
