"""CSV files as people really have them: UTF-8 with or without a byte-order mark, or Windows-1252; and what is no CSV."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.directory.imports.batch import ImportFault

__all__ = ["MAX_BYTES", "encoding_of", "read_rows"]

# A directory of 100,000 services is about 100 MB; more is a mistake.
MAX_BYTES = 200_000_000
BLOCK = 1 << 20
# Longest cell: a description, never a whole file behind an unclosed quotation mark.
MAX_CELL = 100_000
# Beginnings of files that people take for a CSV.
_KINDS = {b"PK\x03\x04": "a zip archive or a spreadsheet", b"%PDF": "a PDF", b"\x1f\x8b": "a gzip archive",
          b"\xd0\xcf\x11\xe0": "an old Excel workbook", b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text"}


def encoding_of(path: Path) -> str:
    """utf-8-sig or cp1252, whichever the whole file is. Raises ImportFault for a file that is neither, too big or missing."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ImportFault(f"{path.name}: {size:,} bytes are more than the {MAX_BYTES:,} that an import takes")
        possible = {"utf-8-sig": codecs.getincrementaldecoder("utf-8-sig")(), "cp1252": codecs.getincrementaldecoder("cp1252")()}
        with path.open("rb") as file:
            for number, block in enumerate(iter(lambda: file.read(BLOCK), b"")):
                if number == 0:
                    kind = next((kind for mark, kind in _KINDS.items() if block.startswith(mark)), None)
                    if kind:
                        raise ImportFault(f"{path.name}: this is {kind}, not a CSV file (save it as CSV, UTF-8)")
                if b"\0" in block:
                    raise ImportFault(f"{path.name}: this is not a text file")
                possible = {name: decoder for name, decoder in possible.items() if _decodes(decoder, block)}
            possible = {name: decoder for name, decoder in possible.items() if _decodes(decoder, b"", True)}
    except OSError as error:
        raise ImportFault(f"{path}: {error.strerror or error}") from None
    if not possible:
        raise ImportFault(f"{path.name}: the text is neither UTF-8 nor Windows-1252")
    return next(iter(possible))


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def read_rows(path: Path, required: Iterable[str], delimiter: str | None = ",", fold: bool = False) -> Iterator[tuple[int, dict[str, str] | None]]:
    """(line, cells by column) of each row, spaces trimmed; null cells for a row with too many or too few of them.

    delimiter: null to tell it from the header (a spreadsheet in French writes semicolons). fold: names of columns in
    lower case, as HSDS has them. Raises ImportFault for a file that is no CSV or lacks one of the `required` columns.
    """
    encoding = encoding_of(path)
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, strict=True, delimiter=delimiter or _delimiter(path, encoding))
        try:
            header = [name.strip().lower() if fold else name.strip() for name in next(reader, [])]
            twice = next((name for name in header if name and header.count(name) > 1), None)
            if twice:
                raise ImportFault(f"{path.name}: two columns are named {twice!r}")
            if not any(header):
                raise ImportFault(f"{path.name}: the file is empty")
            missing = [name for name in required if name not in header]
            if missing:
                raise ImportFault(f"{path.name}: missing column{'s' if len(missing) > 1 else ''} {', '.join(missing)}")
            line = reader.line_num + 1
            for cells in reader:
                if cells:
                    fits = len(cells) == len(header)
                    yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)} if fits else None
                line = reader.line_num + 1
        except csv.Error as error:
            raise ImportFault(f"{path.name}, line {reader.line_num}: {error}") from None


def _delimiter(path: Path, encoding: str) -> str:
    """The one of comma, semicolon and tab that the header has most of; a comma when it has none."""
    with path.open(encoding=encoding, newline="") as file:
        header = file.readline(MAX_CELL)
    return max((",", ";", "\t"), key=header.count)
