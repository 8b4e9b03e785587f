"""HSDS 3.0 out and in: valid by the official schemas, and nothing lost on the way."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.directory.hsds.outward import as_hsds
from bot.directory.hsds.written import write_hsds_folder, write_hsds_json, write_hsds_zip
from bot.directory.imports.formats import read
from bot.directory.load import embedded_services
from bot.directory.records import Schedule, SpecialHours, Text

from .hsds_schema import OFFICIAL, json_faults, needs_schemas, official, table_faults
from .samples import make

TODAY = date(2026, 11, 24)

FULL = make(
    "plein",
    description={"fr": "Ligne une.\nLigne deux, « entre guillemets »; \"droits\".", "en": "<b>Not HTML</b> &amp; kept as it is"},
    url="https://exemple.test/service",
    locations=[
        {"name": {"fr": "Annexe"}, "address": "1, rue d’Essai", "city": "Joliette", "municipality": "61025", "postal_code": "J6E 1A1", "lat": 46.02, "lon": -73.44},
        {"city": "Rawdon", "municipality": "62037", "lat": 46.05, "lon": -73.71, "approximate": True},
    ],
    phones=[{"number": "+14505550100", "display": "450 555-0100", "extension": "007"}, {"number": "811", "display": "811"},
            {"number": "+14505550100", "display": "450 555-0100", "extension": "2, puis 1"}],
    schedules=[{"byday": "MO,TU", "opens_at": "08:30", "closes_at": "12:00"}, {"byday": "MO,TU", "opens_at": "13:00", "closes_at": "24:00"},
               {"byday": "SA", "opens_at": "22:00", "closes_at": "02:00", "valid_from": "2026-12-01", "valid_to": "2027-03-31"}],
    area={"kind": "rls", "codes": ["1411", "1412"]}, cost={"fr": "Gratuit", "en": "Free"}, eligibility={"en": "Residents only"},
    bring={"fr": "Carte d’assurance maladie", "en": "Health card"}, accessibility={"fr": "Rampe", "en": "Ramp"}, min_age=0, max_age=17,
    needs=["youth", "food"], modes=["on_site", "phone"], holidays="open", notes="À revoir.", languages=["fr", "en", "ht"],
    second_source={"name": "Autre", "url": "https://autre.test", "licence": "CC BY 4.0", "read_on": "2026-11-23"}, status="unverified",
    verified_by="m@exemple.test", verified_on="2026-10-02", closed_from="2026-12-20", closed_until="2027-01-05",
    closed_reason={"fr": "Congé des Fêtes", "en": "Holidays"}, source={"name": "Essai", "read_on": "2026-11-23"},
    special_hours=[{"first": "2026-12-24", "last": "2026-12-26"}, {"first": "2026-12-31", "opens_at": "10:00", "closes_at": "24:00"}],
    by_appointment=True, sex="female", family=True, capacity="waiting_list",
)


def back_and_forth(services, folder, form):
    path = folder / {"json": "d.json", "zip": "d.zip", "folder": "d"}[form]
    if form == "json":
        with path.open("w", encoding="utf-8") as out:
            write_hsds_json(services, out, TODAY)
    else:
        (write_hsds_zip if form == "zip" else write_hsds_folder)(services, path, TODAY)
    return read(path)


@pytest.mark.parametrize("form", ["json", "folder", "zip"])
def test_the_embedded_directory_comes_back_the_same(tmp_path, form):
    services = embedded_services()
    batch = back_and_forth(services, tmp_path, form)
    assert (batch.faults, dict(batch.unmapped)) == ([], {})
    assert sorted(batch.services, key=lambda each: each.id) == services


@pytest.mark.parametrize("form", ["json", "folder", "zip"])
def test_a_service_with_everything_in_it_comes_back_the_same(tmp_path, form):
    bare = make("nu", location=None, area=None, phones=[], languages=[], modes=[])
    assert back_and_forth([FULL, bare], tmp_path, form).services == [FULL, bare]


texts = st.builds(Text, *[st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), min_size=1)
                            .map(str.strip).filter(bool))] * 2).filter(bool)
hours = st.builds(Schedule, st.sets(st.integers(0, 6), min_size=1).map(lambda found: tuple(sorted(found))), st.integers(0, 1439), st.integers(0, 1440))


special = st.builds(lambda first, days, hours: SpecialHours(first, first + timedelta(days=days), *hours), st.dates(date(2020, 1, 1), date(2030, 1, 1)),
                    st.integers(0, 20), st.one_of(st.just(()), st.tuples(st.integers(0, 1439), st.integers(0, 1440))))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=texts, description=texts, schedules=st.lists(hours, max_size=4), days=st.lists(special, max_size=3),
       form=st.sampled_from(["json", "zip"]))
def test_any_text_and_any_hours_come_back_the_same(tmp_path, name, description, schedules, days, form):
    service = replace(FULL, name=name, description=description, schedules=tuple(schedules), special_hours=tuple(days))
    assert back_and_forth([service], tmp_path, form).services == [service]


def test_the_same_directory_gives_the_same_bytes(tmp_path):
    for name in ("a.zip", "b.zip"):
        write_hsds_zip([FULL], tmp_path / name, TODAY)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert "datapackage.json" in zipfile.ZipFile(tmp_path / "a.zip").namelist()


def test_a_temporary_closure_is_said_in_hsds_words_on_its_days_only():
    service = replace(FULL, status="active")
    assert as_hsds(service, date(2026, 12, 24))["status"] == "temporarily closed"
    assert as_hsds(service, TODAY)["status"] == "active"
    assert as_hsds(FULL, TODAY)["status"] == "inactive"  # not confirmed: not to be shown elsewhere either


def test_hsds_own_fields_hold_what_hsds_can_say():
    record = as_hsds(FULL, TODAY)
    assert record["name_en"] == "Service plein" and record["eligibility_description"] == "Residents only"
    assert record["service_at_locations"][0]["location"]["addresses"][0]["postal_code"] == "J6E 1A1"
    assert "addresses" not in record["service_at_locations"][1]["location"]  # no street is known: no invented address
    assert [each.get("closes_at") for each in record["schedules"]] == ["12:00:00", "00:00:00", "02:00:00", None, "00:00:00"]
    assert record["application_process"] == "Sur rendez-vous / By appointment"
    assert record["schedules"][3]["description"] == "Fermé / Closed" and record["schedules"][4]["valid_to"] == "2026-12-31"


@needs_schemas
def test_the_json_is_valid_by_the_official_schema():
    schema = official("compiled/service_with_definitions.json")
    for service in [FULL, *embedded_services()]:
        assert json_faults(as_hsds(service, TODAY), schema, schema, service.id) == []


@needs_schemas
def test_the_tables_are_valid_by_the_official_datapackage(tmp_path):
    write_hsds_folder([FULL, *embedded_services()], tmp_path, TODAY)
    assert table_faults(tmp_path, official("examples/csv/datapackage.json")) == []


@needs_schemas
def test_the_json_is_valid_for_jsonschema_too():
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed; the same schemas are checked by hsds_schema.py")
    validator = jsonschema.Draft202012Validator(official("compiled/service_with_definitions.json"), format_checker=jsonschema.FormatChecker())
    for service in [FULL, *embedded_services()]:
        assert list(validator.iter_errors(as_hsds(service, TODAY))) == []


@needs_schemas
def test_our_description_of_the_tables_is_the_official_one():
    from bot.directory.hsds.sheets import SHEETS

    for resource in official("examples/csv/datapackage.json")["resources"]:
        if resource["name"] in SHEETS:
            sheet = SHEETS[resource["name"]]
            theirs = [(each["name"], bool(each["constraints"].get("required"))) for each in resource["schema"]["fields"]]
            assert (sheet.path, [(each.name, each.required) for each in sheet.columns]) == (resource["path"], theirs)


@needs_schemas
@pytest.mark.parametrize("name", ["service_full.json", "service_list.json", "csv"])
def test_the_official_examples_come_in_with_their_faults_said(name):
    batch = read(OFFICIAL / "examples" / name)
    assert [service.name.best("en") for service in batch.services] == ["Community Counselling"]
    assert batch.services[0].status == "unverified"  # none of its terms is one of ours
    assert any("has no taxonomy term" in fault.reason or "table of terms" in fault.reason for fault in batch.faults)


def test_a_page_a_list_one_service_and_organizations_are_all_read(tmp_path):
    record = as_hsds(FULL, TODAY)
    organization = {**record["organization"], "services": [{key: value for key, value in record.items() if key != "organization"}]}
    for document in (record, [record], {"contents": [record]}, [organization], {"services": [record]}):
        path = tmp_path / "d.json"
        path.write_text(json.dumps(document), "utf-8")
        assert read(path).services == [FULL]


def test_to_standard_output(capsys):
    out = io.StringIO()
    assert write_hsds_json([FULL], out, TODAY) == 1
    page = json.loads(out.getvalue())
    assert (page["total_items"], page["empty"], page["contents"][0]["name"]) == (1, False, "Service plein")


def test_the_page_says_every_column_of_the_extension_and_every_field_of_a_mapping():
    import re

    from bot.cli.main import ROOT
    from bot.directory.hsds.sheets import EXTENSION
    from bot.directory.imports.mapped import FIELDS

    said = set(re.findall(r"`([\w.]+)`", (ROOT / "docs" / "hsds.md").read_text("utf-8")))
    columns = {name.partition(":")[0] for text in EXTENSION.values() for name in text.split()}
    assert columns <= said
    assert {field.removesuffix(".fr").removesuffix(".en") for field in FIELDS} <= said


def test_another_directorys_temporary_closure_keeps_residents_from_the_door(tmp_path):
    from bot.directory.hours import closed_for_a_while

    record = {key: value for key, value in as_hsds(replace(FULL, status="active"), date(2026, 12, 24)).items()
              if key not in ("record_status", "closed_from", "closed_until", "local_key", "alert_fr", "alert_en")}
    assert record["status"] == "temporarily closed"
    path = tmp_path / "d.json"
    path.write_text(json.dumps([record]), "utf-8")
    (service,) = read(path).services
    assert closed_for_a_while(service, TODAY) and service.closed_reason.best("fr") == "Congé des Fêtes" and service.status == "active"
