"""ODHF: what comes in, what never does, and what a wrong file gives."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bot.directory.imports.delimited as delimited
from bot.directory import storage
from bot.directory.catalogue import Directory
from bot.directory.imports.apply import apply
from bot.directory.imports.batch import ImportFault
from bot.directory.imports.odhf import COLUMNS, read_odhf
from bot.directory.search import Query
from bot.store.base import utcnow
from bot.store.engine import reading, writing

from .samples import at, place

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "odhf_quebec_utf8.csv"
ROW = {
    "odhf_index": "S1", "facility_name": "CLSC D'ESSAI", "source_facility_type": "CLSC", "street_no": "30", "street_name": "rue  Ferland",
    "city": "sorel-tracy", "postal_code": "J3P3C7", "csd_name": "Sorel-Tracy", "mun_code": "53052", "latitude": "46.045",
    "longitude": "-73.094", "rls_code": "1623", "provider": "Province of Québec",
}


def write(tmp_path, *rows, encoding="utf-8", columns=(*COLUMNS, "provider")):
    path = tmp_path / "odhf.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**ROW, "odhf_index": f"S{number}", **row} for number, row in enumerate(rows, 1))
    return path


def read(tmp_path, *rows, **options):
    return read_odhf(write(tmp_path, *rows, **options))


def stored(engine):
    with reading(engine) as connection:
        return storage.read_services(connection)


def test_a_row_becomes_an_unverified_service_with_its_source(tmp_path):
    service = read(tmp_path, {}).services[0]
    assert (service.id, service.name.fr, service.name.en, service.status) == ("odhf-S1", "CLSC D'ESSAI", None, "unverified")
    assert (service.source.date, service.verified_by, service.verified_on) == ("2020-08", None, None)
    spot = service.locations[0]
    assert (spot.address, spot.postal_code, spot.city, spot.lat) == ("30, rue Ferland", "J3P 3C7", "Sorel-Tracy", 46.045)
    assert service.area.codes == ("1623",) and service.needs[0] == "health_care"
    assert "Province" not in str(service)  # who gave the data is not who runs the place


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"source_facility_type": "CRJDA"}, "youth or child protection"),
        ({"source_facility_type": "CLSC, CRJDA, CRMDA"}, "youth or child protection"),
        ({"facility_name": "CLSC ET CENTRE DE PROTECTION DE L'ENFANCE ET DE LA JEUNESSE"}, "youth or child protection"),
        ({"facility_name": "FOYER DE GROUPE COUVRETTE", "source_facility_type": "CRDPM"}, "youth or child protection"),
        ({"facility_name": "HÔTEL QUALITY INN", "source_facility_type": "CHSGS"}, "temporary site"),
        ({"facility_name": "SNT - HÔPITAL DE LASALLE - ARÉNA", "source_facility_type": "CHSGS"}, "temporary site"),
        ({"source_facility_type": "CHSLD"}, "another kind of facility"),
        ({"source_facility_type": "CHPSY"}, "another kind of facility"),
        ({"facility_name": "CHSLD DES BÂTISSEURS", "source_facility_type": "CHSGS"}, "residence"),
        ({"facility_name": "CENTRE D'HEBERGEMENT VILLA MARIA", "source_facility_type": "CLSC, CHSLD"}, "residence"),
        ({"facility_name": "SIÈGE SOCIAL", "source_facility_type": "CRDITED"}, "office, not a service"),
    ],
)
def test_what_never_comes_in(tmp_path, row, reason):
    batch = read(tmp_path, row)
    assert (batch.services, batch.faults, dict(batch.left_out)) == ([], [], {reason: 1})


@pytest.mark.parametrize(
    ("row", "need"),
    [
        ({"facility_name": "HÔTEL-DIEU DE SOREL", "source_facility_type": "CHSGS"}, "health_care"),
        ({"facility_name": "HÔPITAL ET CHSLD D'YOUVILLE", "source_facility_type": "CHSGS, CHSLD"}, "health_care"),
        ({"facility_name": "CENTRE DE RÉADAPTATION", "source_facility_type": "CRDPA, CRDPM"}, "disability"),
        ({"facility_name": "CENTRE DE RÉADAPTATION EN DÉPENDANCE", "source_facility_type": "CRD"}, "substance_use"),
    ],
)
def test_what_comes_in(tmp_path, row, need):
    assert read(tmp_path, row).services[0].needs[0] == need


def test_every_fault_names_the_file_the_line_and_the_reason(tmp_path):
    rows = [{"longitude": ""}, {}, {"odhf_index": "S2"}, {"facility_name": ""}, {"latitude": "4.6"}, {"postal_code": "J3P"}]
    batch = read(tmp_path, *rows)
    assert [str(fault) for fault in batch.faults] == [
        "odhf.csv, line 2: has no coordinates",
        "odhf.csv, line 4: odhf_index S2 is there twice",
        "odhf.csv, line 5: name: is missing",
        "odhf.csv, line 6: location.lat: 4.6 is outside Quebec (44.0 to 63.5 degrees)",
        "odhf.csv, line 7: location.postal_code: 'J3P' does not have the expected form",
    ]
    assert [service.id for service in batch.services] == ["odhf-S2"]


def test_a_row_with_too_few_cells(tmp_path):
    path = write(tmp_path, {})
    path.write_text(path.read_text("utf-8") + "S9,TOO SHORT\n", "utf-8")
    assert "as many cells" in read_odhf(path).faults[0].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_accents_in_every_encoding(tmp_path, encoding):
    batch = read(tmp_path, {"facility_name": "CLSC DE SAINT-HÉLÈNE-DES-ÎLES"}, encoding=encoding)
    assert batch.services[0].name.fr == "CLSC DE SAINT-HÉLÈNE-DES-ÎLES"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04rest of a spreadsheet", "a zip archive or a spreadsheet"),
        (b"%PDF-1.7", "this is a PDF"),
        (b"a,b\n\x00\x01\x02", "not a text file"),
        (b"a,b\n\x81\x8d", "neither UTF-8 nor Windows-1252"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"facility_name,city\nx,y\n", "missing columns odhf_index, source_facility_type"),
        (",".join(COLUMNS).encode() + b"\n", "has a header and no rows"),
        (",".join(COLUMNS).encode() + b'\n"never closed,1\n', "line"),
    ],
)
def test_a_file_that_is_not_one(tmp_path, content, fault):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(ImportFault, match=fault):
        read_odhf(path)


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(ImportFault):
            read_odhf(path)


def test_a_file_that_is_too_big(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_BYTES", 100)
    with pytest.raises(ImportFault, match="more than the 100"):
        read(tmp_path, {})


def test_the_same_file_twice_changes_nothing(engine, tmp_path):
    batch = read(tmp_path, {}, {}, {"source_facility_type": "CHSLD"}, {"latitude": ""})
    first = apply(engine, batch)
    assert (first.added, first.changed, first.unchanged, first.refused, first.left_out) == (2, 0, 0, 1, {"another kind of facility": 1})
    before = stored(engine)
    with reading(engine) as connection:
        version = storage.current_version(connection)
    second = apply(engine, batch, datetime(2030, 1, 1, tzinfo=UTC))
    assert (second.added, second.changed, second.unchanged) == (0, 0, 2)
    assert stored(engine) == before
    with reading(engine) as connection:
        assert storage.current_version(connection) == version


def test_a_changed_row_updates_without_a_duplicate(engine, tmp_path):
    apply(engine, read(tmp_path, {}, {}))
    summary = apply(engine, read(tmp_path, {"facility_name": "CLSC NOUVEAU"}, {}))
    assert (summary.added, summary.changed, summary.unchanged) == (0, 1, 1)
    assert [service.name.fr for service in stored(engine)] == ["CLSC NOUVEAU", "CLSC D'ESSAI"]


def test_what_a_person_verified_is_kept(engine, tmp_path):
    from datetime import date

    from bot.directory.maintenance import Maintenance, review

    apply(engine, read(tmp_path, {}))
    maintenance, today, (service,) = Maintenance(engine), date(2026, 11, 24), stored(engine)
    maintenance.edit("m@example.org", service.id, {"status": "active"}, maintenance.sheet(service.id, today).seen, review("m@example.org", today))
    summary = apply(engine, read(tmp_path, {"facility_name": "AUTRE CLSC"}))
    assert (summary.kept, summary.to_review, summary.changed) == (1, 1, 0)
    assert (stored(engine)[0].status, stored(engine)[0].name) == ("active", service.name)


def test_residents_see_none_of_it_until_a_person_has_verified_it(engine, tmp_path):
    apply(engine, read(tmp_path, {}))
    query = Query("health_care", place("53052"), "fr", at("2026-11-24T10:00"))
    assert Directory(engine).search(query).services == []
    with writing(engine) as connection:
        storage.set_status(connection, ["odhf-S1"], "active", utcnow())
    assert [hit.service.id for hit in Directory(engine).search(query).services] == ["odhf-S1"]


@pytest.mark.skipif(not REAL.is_file(), reason="the real ODHF file is not on this machine")
def test_the_real_file():
    batch = read_odhf(REAL)
    assert 900 < len(batch.services) < 1100
    assert all(service.status == "unverified" for service in batch.services)
    text = " ".join(service.name.fr for service in batch.services).upper()
    for never in ("FOYER DE GROUPE", "PROTECTION DE L'ENFANCE", "JEUNES EN DIFFICULTÉ", "TEMPORAIRE", "COURTYARD", "QUALITY"):
        assert never not in text
    assert {fault.reason for fault in batch.faults} == {"has no coordinates"}
