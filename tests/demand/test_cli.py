"""bonneporte demand, from the arguments to what is printed and written."""

from __future__ import annotations

import argparse
import json

import pytest
from openpyxl import load_workbook

from bot.cli import demand
from bot.settings import Settings
from bot.store.base import metadata
from tests.demand.conftest import lines


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Runs `demand …` on a database of its own."""
    monkeypatch.setattr(demand, "upgrade", metadata.create_all)
    parser = argparse.ArgumentParser()
    demand.add_parser(parser.add_subparsers())
    settings = Settings(data=tmp_path)
    return lambda *arguments: demand.run(parser.parse_args(["demand", *map(str, arguments)]), settings)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(lines((20, {"month": "2026-01"}), (8, {"month": "2026-01", "need": "housing"}))), "utf-8")
    return path


def test_load_publish_show(call, file, capsys):
    assert call("load", file) == 0
    assert call("publish", "2026-01") == 0
    capsys.readouterr()
    assert call("show", "--table", "need_by_territory", "--language", "en") == 0
    printed = capsys.readouterr().out
    for said in ("January 2026", "Food | Pierre-De Saurel: 20", "Housing | Pierre-De Saurel: 10", "7 or less", "made up"):
        assert said in printed


def test_publish_twice_prints_the_same(call, file, capsys):
    call("load", file)
    capsys.readouterr()
    call("publish", "2026-01")
    first = capsys.readouterr().out
    assert call("publish", "2026-01") == 0
    assert capsys.readouterr().out == first


@pytest.mark.parametrize("month", ["2099-01", "2026-1", "hier"])
def test_a_month_that_is_not_over_or_no_month_fails(call, capsys, month):
    assert call("publish", month) == 1
    assert month in capsys.readouterr().err


def test_faults_are_printed_with_file_and_line(call, file, capsys):
    file.write_text(file.read_text("utf-8") + "\n{}", "utf-8")
    assert call("load", file) == 1
    assert f"{file}, line 29: month: is missing" in capsys.readouterr().err


def test_a_missing_file_fails(call, tmp_path, capsys):
    assert call("load", tmp_path / "none.jsonl") == 1
    assert "none.jsonl" in capsys.readouterr().err


def test_export_of_one_table_goes_to_the_standard_output(call, file, capfdbinary):
    call("load", file)
    call("publish", "2026-01")
    capfdbinary.readouterr()
    assert call("export", "--table", "waits", "--format", "json") == 0
    assert json.loads(capfdbinary.readouterr().out)["table"] == "waits"


def test_export_of_all_tables_goes_to_a_folder(call, file, tmp_path):
    call("load", file)
    call("publish", "2026-01")
    assert call("export", "--format", "xlsx", "--output", tmp_path / "out") == 0
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["demand-doors-2026-01.xlsx", "demand-need_by_territory-2026-01.xlsx", "demand-waits-2026-01.xlsx"]
    assert load_workbook(tmp_path / "out" / written[0]).sheetnames


def test_show_of_nothing_says_so(call, capsys):
    assert call("show", "--language", "en") == 0
    assert "Nothing is published yet" in capsys.readouterr().out


def test_doors_are_made_and_listed(call, capsys):
    assert call("doors", "clsc", "CLSC de démonstration") == 0
    capsys.readouterr()
    assert call("doors") == 0
    assert capsys.readouterr().out == "clsc\tCLSC de démonstration\n"
    assert call("doors", "nameless") == 1
