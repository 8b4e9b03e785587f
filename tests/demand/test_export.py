"""Files of the published tables open as they should, say their rule, and carry no formula."""

from __future__ import annotations

import csv
import io
import json

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert

from bot.demand.export import export, file_name, to_csv, to_json, to_xlsx
from bot.demand.publish import publish
from bot.demand.published import published
from bot.demand.tables import demand_doors
from tests.demand.conftest import NOVEMBER


@pytest.fixture
def doors(demonstration):
    """The published doors, of which one has a dangerous name."""
    engine = demonstration((20, {"door": "lab"}), publish=())
    with engine.begin() as connection:
        connection.execute(insert(demand_doors).values(code="=1+1", name="=HYPERLINK(\"x\")"))
    publish(engine, "2026-09", now=NOVEMBER)
    return published(engine, "doors")


@pytest.fixture
def needs(demonstration):
    return published(demonstration((20, {}), (9, {"territory": "0641"})), "need_by_territory")


def rows_of(data):
    assert data.startswith(b"\xef\xbb\xbf")  # Excel reads accents right only with it
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_has_one_row_a_cell_with_names_in_both_languages(needs):
    rows = rows_of(to_csv(needs))
    assert len(rows) == len(needs.cells)
    food = next(row for row in rows if row["need"] == "food" and row["territory"] == "0641")
    assert (food["month"], food["value"], food["withheld"]) == ("2026-09", "10", "false")
    assert (food["need_fr"], food["need_en"], food["month_fr"]) == ("Alimentation", "Food", "septembre 2026")
    assert food["territory_fr"] == "Nord de l'Île–Saint-Laurent"
    withheld = next(row for row in rows if row["need"] == "legal")
    assert (withheld["value"], withheld["withheld"]) == ("", "true")


def test_csv_says_the_rule_the_digest_and_that_it_is_a_demonstration(needs):
    rows = rows_of(to_csv(needs))
    assert "7 ou moins" in rows[0]["rule"] and "7 or less" in rows[0]["rule"]
    assert rows[0]["digest"] == needs.digest
    assert all("Démonstration" in row["demonstration"] and "Demonstration" in row["demonstration"] for row in rows)


def test_csv_of_nothing_has_its_head(demonstration):
    table = published(demonstration((20, {}), publish=()), "doors")
    assert rows_of(to_csv(table))[0]["digest"] == table.digest


def test_csv_cells_that_begin_like_a_formula_are_made_harmless(doors):
    rows = rows_of(to_csv(doors))
    assert "'=1+1" in {row["door"] for row in rows}
    assert not any(field.startswith(("=", "+", "-", "@")) for row in rows for field in row.values())


def test_xlsx_states_the_method_in_both_languages(needs):
    book = load_workbook(io.BytesIO(to_xlsx(needs)))
    assert book.sheetnames == ["Données - Data", "Méthode - Method"]
    method = "\n".join(str(cell) for row in book.worksheets[1].values for cell in row)
    for said in ("7 ou moins", "7 or less", needs.digest, "2026-09", "Démonstration", "made up"):
        assert said in method
    data = list(book.worksheets[0].values)
    assert len(data) == len(needs.cells) + 1
    assert any("Alimentation" in row and 20 in row for row in data)


def test_xlsx_holds_no_formula(doors):
    sheet = load_workbook(io.BytesIO(to_xlsx(doors))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=1+1" for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


def test_json_is_the_contract_s_answer(needs):
    body = json.loads(to_json(needs))
    assert {"table", "dimensions", "cells", "rule", "digest"} <= set(body)
    assert body["dimensions"] == ["month", "need", "territory"]
    assert set(body["cells"][0]) == {"month", "need", "territory", "value", "withheld"}
    assert isinstance(body["rule"], str) and body["demonstration"] is True


def test_the_file_s_name_says_what_and_when(needs):
    assert file_name(needs, "csv") == "demand-need_by_territory-2026-09.csv"
    with pytest.raises(KeyError):
        export(needs, "pdf")
