"""Published tables as files: CSV, XLSX and JSON. Each carries the rule, the digest and the demonstration mark."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.demand.labels import label, words
from bot.demand.published import Published

__all__ = ["FORMATS", "MEDIA_TYPES", "export", "file_name", "to_csv", "to_json", "to_xlsx"]

MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = tuple(MEDIA_TYPES)
LANGUAGES = ("fr", "en")
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection). A door's name is the only free text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NAME_WIDTH, CODE_WIDTH = 30, 16  # characters
UTF8_WITH_BOM = "utf-8-sig"  # without the mark Excel reads accents wrong


def export(table: Published, format: str) -> bytes:
    """The file's bytes. Raises KeyError for a format not in FORMATS."""
    return {"json": to_json, "csv": to_csv, "xlsx": to_xlsx}[format](table)


def file_name(table: Published, format: str) -> str:
    """demand-TABLE-FIRST-LAST.csv"""
    span = dict.fromkeys((table.periods[0], table.periods[-1])) if table.periods else ()
    return "-".join(("demand", table.table, *span)) + f".{format}"


def to_json(table: Published) -> bytes:
    """The contract's answer, indented."""
    return (json.dumps(table.as_dict(), ensure_ascii=False, indent=1) + "\n").encode()


def to_csv(table: Published) -> bytes:
    """One row a cell: codes, value (empty when withheld), withheld, names in both languages. The first row also holds
    the demonstration mark, the rule and the digest, so that the file stays one plain table."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = [f"{dimension}_{language}" for dimension in table.dimensions for language in LANGUAGES]
    writer.writerow([*table.dimensions, "value", "withheld", *names, "demonstration", "rule", "digest"])
    about = [_mark(table), table.as_dict()["rule"], table.digest]
    for cell in table.cells:
        codes = [cell[dimension] for dimension in table.dimensions]
        value = "" if cell["withheld"] else cell["value"]
        withheld = "true" if cell["withheld"] else "false"
        writer.writerow([_harmless(field) for field in (*codes, value, withheld, *_names(table, cell), *about)])
        about = [_mark(table), "", ""]
    if not table.cells:
        writer.writerow([*[""] * (len(table.dimensions) + 2 + len(names)), *about])
    return text.getvalue().encode(UTF8_WITH_BOM)


def to_xlsx(table: Published) -> bytes:
    """A workbook: the cells with names in both languages, and a sheet that states the method in both."""
    workbook = Workbook()
    data = workbook.active
    data.title = _both("export.data", " - ")
    heads = [f"{words(language, f'dimensions.{dimension}')} ({language})" for dimension in table.dimensions for language in LANGUAGES]
    _row(data, [*heads, *[f"code: {dimension}" for dimension in table.dimensions], _both("export.value"), _both("export.withheld")], bold=True)
    yes, no = _both("export.is_withheld"), _both("export.is_shown")
    for cell in table.cells:
        codes = [cell[dimension] for dimension in table.dimensions]
        _row(data, [*_names(table, cell), *codes, cell["value"], yes if cell["withheld"] else no])
    data.freeze_panes = "A2"
    data.auto_filter.ref = data.dimensions
    for number in range(1, data.max_column + 1):
        data.column_dimensions[get_column_letter(number)].width = NAME_WIDTH if number <= len(heads) else CODE_WIDTH
    for cell in data[1]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    data.oddHeader.center.text = _mark(table)  # a printed sheet is marked too
    method = workbook.create_sheet(_both("export.method", " - "))
    method.column_dimensions["A"].width, method.column_dimensions["B"].width = 36, 100
    if table.demonstration:
        _row(method, [_both("demonstration", " ")], bold=True)
    _row(method, [_both("export.table"), _both(f"tables.{table.table}")])
    _row(method, [_both("export.periods"), ", ".join(table.periods)])
    for language in LANGUAGES:
        _row(method, [words(language, "export.method"), table.rule[language]])
    for language in LANGUAGES:
        asked = " " + words(language, "page.asked_before_help") if "asked_before" in table.dimensions else ""
        _row(method, [words(language, "export.reading"), words(language, "page.coverage") + asked])
    _row(method, [_both("export.digest"), table.digest])
    for row in method.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _row(sheet: Worksheet, values: list[Any], *, bold: bool = False) -> None:
    cells = [Cell(sheet, value=value) for value in values]
    for cell, value in zip(cells, values, strict=True):
        if isinstance(value, str):
            cell.data_type = "s"  # text even when it begins like a formula
            cell.quotePrefix = value.startswith(FORMULA_STARTS)
        if bold:
            cell.font = Font(bold=True)
    sheet.append(cells)


def _names(table: Published, cell: dict[str, Any]) -> list[str]:
    return [label(language, dimension, cell[dimension], table.names) for dimension in table.dimensions for language in LANGUAGES]


def _both(name: str, between: str = " / ") -> str:
    return between.join(words(language, name) for language in LANGUAGES)


def _mark(table: Published) -> str:
    return _both("demonstration", " ") if table.demonstration else ""


def _harmless(field: object) -> object:
    return f"'{field}" if isinstance(field, str) and field.startswith(FORMULA_STARTS) else field
