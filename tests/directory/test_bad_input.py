"""What is broken, hostile or enormous: a clear error, nothing changed, memory bounded."""

import json
import stat
import subprocess
import sys
import zipfile

import pytest

from bot.cli.main import ROOT
from bot.directory import storage
from bot.directory.hsds.outward import as_hsds
from bot.directory.hsds.written import write_hsds_json, write_hsds_zip
from bot.directory.imports import package, stream
from bot.directory.imports.apply import apply
from bot.directory.imports.batch import ImportFault
from bot.directory.imports.formats import read
from bot.directory.imports.reading import Options
from bot.store.engine import reading

from .samples import make
from .test_hsds import TODAY


def archive(path, *entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries:
            out.writestr(name, content)
    return path


def test_a_zip_cut_short(tmp_path):
    path = tmp_path / "d.zip"
    write_hsds_zip([make("s")], path, TODAY)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(ImportFault, match="damaged"):
        read(path)


def test_a_zip_with_a_flipped_byte_in_a_file(tmp_path):
    path = tmp_path / "d.zip"
    write_hsds_zip([make(f"s{number}") for number in range(50)], path, TODAY)
    raw = bytearray(path.read_bytes())
    raw[2000:2010] = bytes(10)
    path.write_bytes(raw)
    with pytest.raises(ImportFault):
        read(path)


def test_what_is_no_zip_in_spite_of_its_name(tmp_path):
    path = tmp_path / "d.zip"
    path.write_bytes(b"id,name\n1,x\n")
    with pytest.raises(ImportFault, match="damaged or not a plain zip"):
        read(path)


@pytest.mark.parametrize("name", ["../services.csv", "/etc/services.csv", "a/../../services.csv", "..\\services.csv", "C:/services.csv"])
def test_a_path_that_leaves_its_folder(tmp_path, name):
    path = archive(tmp_path / "d.zip", (name, "id,name\n"))
    with pytest.raises(ImportFault, match="outside its folder"):
        read(path)
    assert [each.name for each in tmp_path.iterdir()] == ["d.zip"]


def test_a_link_in_an_archive(tmp_path):
    info = zipfile.ZipInfo("services.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "d.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(info, "/etc/passwd")
    with pytest.raises(ImportFault, match="is a link"):
        read(path)


def test_a_zip_bomb(tmp_path):
    path = archive(tmp_path / "d.zip", ("services.csv", b"0" * 50_000_000))
    with pytest.raises(ImportFault, match="unfolds to far more"):
        read(path)


def test_too_many_files_and_the_same_one_twice(tmp_path):
    path = archive(tmp_path / "d.zip", *((f"{number}.csv", "") for number in range(package.MAX_ENTRIES + 1)))
    with pytest.raises(ImportFault, match="holds 501 files"):
        read(path)
    path = archive(tmp_path / "e.zip", ("services.csv", "id\n"), ("copy/services.csv", "id\n"))
    with pytest.raises(ImportFault, match="twice"):
        read(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no HSDS|it is not JSON"), ("{", "it is not JSON"), ('{"contents": [{"id": "x"', "record 1: .*not all of it"),
        ("[" * 100_000, "nested too deeply"), ('{"a": ' * 100_000, "nested too deeply"), ('"text"', "holds no HSDS services"),
        ('{"format": "bonneporte-directory/1"}', "is not a file of the format"), ("[1, 2", "not all of it"),
    ],
)
def test_json_that_is_none(tmp_path, text, says):
    path = tmp_path / "d.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ImportFault, match=says):
        read(path)


@pytest.mark.parametrize("value", [7, "text", [1], None, True, {"id": []}, {"name": {}, "organization": {"name": 3}}, {"organization": {"name": "x"}, "name": "y", "phones": "z", "attributes": [3]}])
def test_records_of_the_wrong_form_are_said_one_by_one(tmp_path, value):
    path = tmp_path / "d.json"
    path.write_text(json.dumps([value]), "utf-8")
    batch = read(path)
    assert batch.faults and all(fault.file == "d.json" and fault.row == 1 for fault in batch.faults)
    assert not [service for service in batch.services if service.status == "active"]


def test_what_no_database_holds_is_taken_out_or_refused_by_record(tmp_path, engine):
    records = [as_hsds(make(key), TODAY) for key in ("nul", "half", "long", "place", "day", "code")]
    records[0]["name_fr"] = "Ser\0vice"
    records[1]["description_fr"] = "moitié \ud800"
    records[2]["phones"][0]["extension_text"] = "1" * 40
    records[3]["service_at_locations"][0]["location"]["external_identifier"] = "pas un code"
    records[4]["verified_on"] = "le lendemain de la veille"
    records[5]["languages"][0]["code"] = "a very long language"
    path = tmp_path / "d.json"
    path.write_text(json.dumps(records), "utf-8")
    batch = read(path)
    assert [(service.id, service.name.fr, service.description.fr) for service in batch.services] == [("nul", "Service", None), ("half", "Service half", "moitié ?")]
    assert [fault.row for fault in batch.faults] == [3, 4, 5, 6] and apply(engine, batch).refused == 4


def test_a_file_is_read_by_records_whatever_the_size_of_its_blocks(tmp_path, monkeypatch):
    services = [make(f"s{number}") for number in range(20)]
    path = tmp_path / "d.json"
    with path.open("w", encoding="utf-8") as out:
        write_hsds_json(services, out, TODAY)
    for size in (300, 777, 5000):
        monkeypatch.setattr(stream, "BLOCK", size)
        assert read(path).services == services


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_json_in_every_encoding_reads_the_same(tmp_path, encoding):
    path = tmp_path / "d.json"
    path.write_text(json.dumps([as_hsds(make("s", description={"fr": "Dépôt à Noël"}), TODAY)], ensure_ascii=False), encoding)
    assert read(path).services[0].description.fr == "Dépôt à Noël"


@pytest.mark.parametrize("name", ["d.json", "d.csv"])
def test_utf_16_is_said_to_be_utf_16(tmp_path, name):
    (tmp_path / name).write_text("[]", "utf-16")
    with pytest.raises(ImportFault, match="UTF-16"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["d.csv", "d.json", "d.zip"])
def test_a_file_of_500_megabytes_is_refused_by_its_size(tmp_path, name):
    path = tmp_path / name
    with path.open("wb") as out:
        out.truncate(500_000_000)
    with pytest.raises(ImportFault, match="500,000,000 bytes are more than"):
        read(path)


def test_a_folder_of_huge_tables_is_refused_by_its_size(tmp_path):
    for name in ("services.csv", "organizations.csv"):
        with (tmp_path / name).open("wb") as out:
            out.truncate(100_000_000)
    with pytest.raises(ImportFault, match="tables of 200,000,000 bytes"):
        read(tmp_path)


def test_one_endless_record_takes_bounded_memory(tmp_path):
    path = tmp_path / "d.json"
    with path.open("w") as out:
        out.write('[{"name": "')
        for _ in range(200):
            out.write("x" * 500_000)
    code = ("import resource, sys; from pathlib import Path\nfrom bot.directory.imports.formats import read\n"
            "from bot.directory.imports.batch import ImportFault\nbefore = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "try: read(Path(sys.argv[1]))\nexcept ImportFault as error: print(error)\n"
            "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)")
    done = subprocess.run([sys.executable, "-c", code, path], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert "longer than 5,000,000" in done[0] and int(done[1]) < 80  # MB, for a file of 100


@pytest.mark.parametrize(("module", "limit", "number", "says"), [
    ("bot.directory.imports.batch", "MAX_FAULTS", 20, r"more than 20 faults.*the first is d\.json, record 1"),
    ("bot.directory.imports.batch", "MAX_SERVICES", 20, "more than the 20 services"),
])
def test_millions_of_tiny_records_are_refused_before_they_fill_the_memory(tmp_path, monkeypatch, module, limit, number, says):
    from importlib import import_module

    records = [7] * 50 if limit == "MAX_FAULTS" else [as_hsds(make(f"s{number}"), TODAY) for number in range(30)]
    path = tmp_path / "d.json"
    path.write_text(json.dumps(records), "utf-8")
    monkeypatch.setattr(import_module(module), limit, number)
    with pytest.raises(ImportFault, match=says):
        read(path)


def test_millions_of_tiny_rows_are_refused_before_they_fill_the_memory(tmp_path, monkeypatch):
    from bot.directory.hsds import tabular

    write_hsds_zip([make(f"s{number}") for number in range(20)], tmp_path / "d.zip", TODAY)
    monkeypatch.setattr(tabular, "MAX_ROWS", 100)
    with pytest.raises(ImportFault, match="more than the 100 rows"):
        read(tmp_path / "d.zip")
    monkeypatch.setattr("bot.directory.imports.batch.MAX_FAULTS", 5)
    (tmp_path / "o.csv").write_text(",".join(("odhf_index", *"bcdefghijklm")) + "\n" + "x\n" * 10, "utf-8")
    with pytest.raises(ImportFault):
        read(tmp_path / "o.csv", "odhf")


def test_a_mapping_that_unfolds_like_a_billion_laughs(tmp_path):
    lines = ["a0: &a0 [ha, ha]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (tmp_path / "m.yml").write_text("\n".join(lines))
    (tmp_path / "d.csv").write_text("a\n1\n")
    with pytest.raises(ImportFault, match=r"m\.yml, line 2: aliases"):
        read(tmp_path / "d.csv", options=Options(mapping=tmp_path / "m.yml"))


def test_nothing_is_written_when_writing_fails_half_way(tmp_path, engine, monkeypatch):
    path = tmp_path / "d.zip"
    write_hsds_zip([make(f"s{number}") for number in range(2500)], path, TODAY)
    batch = read(path)
    apply(engine, read_part(batch, 3))
    with reading(engine) as connection:
        before = storage.read_services(connection), storage.current_version(connection)

    def stop(done, total):
        if done >= 2000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(engine, batch, progress=stop)
    with reading(engine) as connection:
        assert (storage.read_services(connection), storage.current_version(connection)) == before
    assert apply(engine, batch).added == 2497


def read_part(batch, number):
    from bot.directory.imports.batch import Batch

    return Batch(batch.origin, batch.services[:number])
