"""`bonneporte directory …`, as a person or a script uses it."""

import argparse
import json

import pytest

from bot.cli.directory import add_parser, run
from bot.directory.forms import as_service
from bot.directory.load import embedded_services, load_embedded
from bot.needs import all_needs
from bot.settings import Settings

from .test_imports import write


@pytest.fixture
def bonneporte(engine, tmp_path):
    """Runs a directory subcommand on a database with the embedded directory; the exit code."""
    load_embedded(engine)
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())

    def command(*arguments, **settings):
        return run(parser.parse_args(["directory", *map(str, arguments)]), Settings(data=tmp_path, **settings), engine)

    return command


def test_search_as_json_gives_cards(bonneporte, capsys):
    assert bonneporte("search", "--need", "food", "--place", "Sorel-Tracy", "--at", "2026-11-24T10:00", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["need"], found["place"]["code"], found["outcome"], found["at"]) == ("food", "53052", "near", "2026-11-24T10:00:00-05:00")
    assert 0 < len(found["services"]) <= 3
    assert all("food" in each["needs"] and each["source"] for each in found["services"])


def test_search_in_a_terminal_in_english(bonneporte, capsys):
    assert bonneporte("search", "--need", "health_care", "--place", "Joliette", "--language", "en") == 0
    out = capsys.readouterr().out
    assert out.startswith("Access to health care · Joliette · near")
    assert "straight line" in out or "In your town" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--need", "pizza", "--place", "Joliette"), "'pizza' is not a need"),
        (("--need", "food", "--place", "Xyzzyville"), "is not a place"),
        (("--need", "food", "--place", "Saint-Donat"), "can be several places"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(bonneporte, capsys, arguments, says):
    assert bonneporte("search", *arguments) == 2
    assert says in capsys.readouterr().err


def test_a_time_that_is_none_is_refused(bonneporte, capsys):
    with pytest.raises(SystemExit) as stopped:
        bonneporte("search", "--need", "food", "--place", "Joliette", "--at", "demain")
    assert stopped.value.code == 2
    assert "is not a time" in capsys.readouterr().err


def test_validate_counts_and_changes_nothing(bonneporte, tmp_path, capsys):
    path = write(tmp_path, {}, {"latitude": ""}, {"source_facility_type": "CHSLD"})
    assert bonneporte("validate", path, "--format", "odhf") == 1
    out = capsys.readouterr()
    assert "sound services: 1; faults: 1; rows left out: 1" in out.out and "odhf.csv, line 3: has no coordinates" in out.err
    assert bonneporte("export") == 0
    assert len(json.loads(capsys.readouterr().out)["contents"]) == len(embedded_services())


def test_import_says_what_it_did_and_that_residents_do_not_see_it_yet(bonneporte, tmp_path, capsys):
    path = write(tmp_path, {}, {"source_facility_type": "CHSLD"})
    assert bonneporte("import", path, "--format", "odhf") == 0
    assert capsys.readouterr().out.startswith("1 added, 0 changed, 0 unchanged, 0 closed, 0 refused; left out: 1 another kind of facility")
    assert bonneporte("import", path) == 0
    assert capsys.readouterr().out.startswith("0 added, 0 changed, 1 unchanged")


def test_import_of_a_wrong_file(bonneporte, tmp_path, capsys):
    path = tmp_path / "bad.csv"
    path.write_bytes(b"PK\x03\x04")
    assert bonneporte("import", path) == 1
    assert "Nothing was changed" in capsys.readouterr().err


def test_export_to_a_file_reads_back_to_the_same_services(bonneporte, tmp_path, capsys):
    path = tmp_path / "out.json"
    assert bonneporte("export", path, "--format", "bonneporte") == 0
    document = json.loads(path.read_text("utf-8"))
    assert document["format"] == "bonneporte-directory/1"
    assert [as_service(record, all_needs()) for record in document["services"]] == embedded_services()


@pytest.mark.parametrize(("name", "options"), [("out.json", ()), ("out.json", ("--format", "bonneporte")), ("out.zip", ()), ("out", ())])
def test_what_is_exported_is_imported_again_and_changes_nothing(bonneporte, tmp_path, capsys, name, options):
    assert bonneporte("export", tmp_path / name, *options) == 0
    assert bonneporte("validate", tmp_path / name) == 0
    capsys.readouterr()
    assert bonneporte("import", tmp_path / name) == 0
    assert capsys.readouterr().out.startswith(f"0 added, 0 changed, {len(embedded_services())} unchanged, 0 closed, 0 refused")


def test_plain_records_are_one_file(bonneporte, tmp_path, capsys):
    assert bonneporte("export", tmp_path / "out.zip", "--format", "bonneporte") == 2
    assert "ends in .json" in capsys.readouterr().err


def test_stale_lists_the_old_and_the_undated(bonneporte, capsys):
    assert bonneporte("stale", "--json") == 0
    found = {each["id"]: each["verified_on"] for each in json.loads(capsys.readouterr().out)}
    assert found["hotel-dieu-de-sorel"] == "2020-08" and found["info-social-811"] is None
    assert bonneporte("stale") == 0
    assert capsys.readouterr().out.startswith("unknown")


def test_stale_follows_the_setting_and_a_maintainers_review_and_lists_the_oldest_first(bonneporte, engine, capsys):
    from bot.directory.maintenance import Maintenance
    from bot.store.base import utcnow

    def listed(**settings):
        assert bonneporte("stale", "--json", **settings) == 0
        return json.loads(capsys.readouterr().out)

    usual, patient = listed(), listed(stale_days=3650)
    assert 0 < len(patient) < len(usual)
    dates = [each["verified_on"] or "" for each in usual]
    assert dates == sorted(dates)
    assert all(each["read_on"] for each in patient if each["verified_on"] is None)
    Maintenance(engine).verify("anne@example.org", usual[0]["id"], utcnow().date(), "Appel")
    assert usual[0]["id"] not in [each["id"] for each in listed()]


def test_search_says_a_closure_and_ranks_it_lower(bonneporte, engine, capsys):
    from datetime import date

    from bot.directory.maintenance import Maintenance

    def found():
        assert bonneporte("search", "--need", "food", "--place", "Sorel-Tracy", "--at", "2026-11-24T10:00", "--json") == 0
        return json.loads(capsys.readouterr().out)["services"]

    first = found()[0]["id"]
    Maintenance(engine).close("anne@example.org", first, date(2026, 11, 20), date(2026, 12, 1), {"fr": "travaux", "en": "works"})
    again = found()
    assert again[0]["id"] != first
    bonneporte("search", "--need", "food", "--place", "Sorel-Tracy", "--at", "2026-12-05T10:00")
    assert "travaux" not in capsys.readouterr().out
    Maintenance(engine).reopen("anne@example.org", first)
    assert found()[0]["id"] == first
