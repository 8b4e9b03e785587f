from datetime import date

import pytest

from bot.directory import storage
from bot.directory.catalogue import Directory
from bot.directory.index import Index
from bot.directory.load import EmbeddedError, Loaded, embedded_services, load_embedded
from bot.directory.maintenance import Maintenance
from bot.directory.search import Query, search
from bot.needs import all_needs
from bot.store.base import utcnow
from bot.store.engine import reading, writing

from .samples import at, make, place

TODAY = date(2026, 11, 28)
RECORD = """
- id: {id}
  organization: {{id: org, name: {{fr: Organisme, en: Organisation}}, url: null}}
  name: {{fr: {name}, en: {name}}}
  needs: [food]
  location: {{address: '1, rue X', municipality: '61025', lat: 46.02, lon: -73.44}}
  area: {{kind: mrc, codes: ['61']}}
  source: {{name: Essai, date: 2026-10}}
"""


def folder_of(tmp_path, **names):
    folder = tmp_path / "embedded"
    folder.mkdir(exist_ok=True)
    (folder / "all.yml").write_text("".join(RECORD.format(id=key, name=name) for key, name in names.items()), "utf-8")
    return folder


def names(engine):
    with reading(engine) as connection:
        return {service.id: (service.name.fr, service.status) for service in storage.read_services(connection)}


def test_loaded_into_an_empty_directory_once(engine, tmp_path):
    folder = folder_of(tmp_path, a="Un", b="Deux")
    assert load_embedded(engine, folder) == Loaded(added=2)
    assert load_embedded(engine, folder) is None
    with reading(engine) as connection:
        service = storage.read_services(connection)[0]
    assert (service.verified_by, service.verified_on, service.locations[0].city) == ("Bonne Porte", "2026-10", "Joliette")


def test_a_new_version_adds_changes_and_retires(engine, tmp_path):
    load_embedded(engine, folder_of(tmp_path, a="Un", b="Deux", c="Trois"))
    assert load_embedded(engine, folder_of(tmp_path, a="Un", b="Deux bis", d="Quatre")) == Loaded(1, 1, 1, 1, 0)
    assert names(engine) == {"a": ("Un", "active"), "b": ("Deux bis", "active"), "c": ("Trois", "inactive"), "d": ("Quatre", "active")}
    assert load_embedded(engine, folder_of(tmp_path, a="Un", b="Deux bis", c="Trois", d="Quatre")) == Loaded(0, 1, 3, 0, 0)
    assert names(engine)["c"] == ("Trois", "active")


def test_what_a_maintainer_took_over_is_left_alone(engine, tmp_path):
    load_embedded(engine, folder_of(tmp_path, a="Un"))
    maintenance = Maintenance(engine)
    seen = maintenance.sheet("a", TODAY).seen
    assert maintenance.edit("maintainer@example.org", "a", {"name": {"fr": "À moi", "en": "Mine"}}, seen)
    assert load_embedded(engine, folder_of(tmp_path, a="Autre")).kept == 1
    sheet = maintenance.sheet("a", TODAY)
    assert sheet.service.name.fr == "À moi" and sheet.held["name"].proposal == {"fr": "Autre", "en": "Autre"}


def test_a_directory_filled_from_elsewhere_is_not_touched(engine, tmp_path):
    with writing(engine) as connection:
        storage.save(connection, [make("theirs")], "211", utcnow())
    assert load_embedded(engine, folder_of(tmp_path, a="Un")) is None
    assert set(names(engine)) == {"theirs"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1", "all.yml: is not a list"),
        ("- [", "all.yml: "),
        ("- 1", "all.yml, record 1: the record is not a mapping"),
        (RECORD.format(id="a", name="x") * 2, "all.yml, a: another record has this id"),
        (RECORD.format(id="a", name="x").replace("food", "pizza"), "all.yml, a: needs: 'pizza'"),
    ],
)
def test_a_wrong_embedded_file_is_named_and_nothing_is_loaded(engine, tmp_path, text, fault):
    folder = folder_of(tmp_path)
    (folder / "all.yml").write_text(text, "utf-8")
    with pytest.raises(EmbeddedError, match=fault):
        load_embedded(engine, folder)
    assert names(engine) == {}


def test_the_real_embedded_directory_loads_and_is_found(engine):
    loaded = load_embedded(engine)
    assert loaded.added == len(embedded_services()) >= 80
    directory = Directory(engine)
    result = directory.search(Query("food", place("53052"), "fr", at("2026-11-24T10:00")))
    assert result.outcome == "near" and result.services


def test_every_need_is_answered_in_every_pilot_territory():
    index = Index(embedded_services())
    now = at("2026-11-24T10:00")
    nothing = [
        (need, key)
        for need in all_needs()
        for key in ("53052", "61025", "64008", "66023:bordeaux-cartierville", "66023:ahuntsic")
        if not search(index, Query(need, place(key), "fr", now)).services
    ]
    assert nothing == []


