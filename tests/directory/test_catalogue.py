import pytest
from sqlalchemy import delete, event, select, update

from bot.directory import storage
from bot.directory import tables as t
from bot.directory.catalogue import CHECK_SECONDS, Directory
from bot.directory.search import Query
from bot.store.base import utcnow
from bot.store.engine import reading, writing

from .samples import at, make, place

NOW = at("2026-11-24T10:00")
FULL = {
    "description": {"fr": "Des paniers", "en": "Hampers"}, "cost": {"fr": "Gratuit"}, "bring": {"en": "A bag"},
    "schedules": [{"byday": "MO,TU", "opens_at": "08:00", "closes_at": "12:00"}, {"byday": "TU", "opens_at": "13:00", "closes_at": "24:00"}],
    "area": {"kind": "mrc", "codes": ["62", "61"]}, "needs": ["housing", "food"], "modes": ["phone", "on_site"],
    "languages": ["fr", "en"], "min_age": 12, "closed_from": "2027-01-01", "second_source": {"name": "b", "date": "2025"},
    "phones": [{"number": "+14505550100", "extension": "2"}, {"number": "811"}], "holidays": "closed", "url": "https://example.org",
}


def save(engine, *services, origin="test"):
    with writing(engine) as connection:
        storage.save(connection, services, origin, utcnow())


def read(engine):
    with reading(engine) as connection:
        return storage.read_services(connection)


def test_what_is_saved_is_read_back_the_same(engine):
    services = [make("a", **FULL), make("b", location=None, area={"kind": "province"}, languages=[]), make("c", area=None)]
    save(engine, *services)
    assert read(engine) == services


def test_saving_again_replaces_and_leaves_nothing_behind(engine):
    save(engine, make("a", **FULL), make("b"))
    save(engine, make("a", name="Autre nom", phones=[], location=None))
    assert [service.name.fr for service in read(engine)] == ["Autre nom", "Service b"]
    with reading(engine) as connection:
        assert len(connection.execute(select(t.phones)).all()) == 1
        assert len(connection.execute(select(t.locations)).all()) == 1
        assert {row.entity_id for row in connection.execute(select(t.translations).where(t.translations.c.entity == "location"))} <= {"b:location:0"}


def test_an_organization_of_two_services_is_one_and_follows_the_last(engine):
    save(engine, make("a", organization={"id": "o", "name": "Un"}), make("b", organization={"id": "o", "name": "Un"}))
    save(engine, make("b", organization={"id": "o", "name": "Deux"}))
    assert {service.organization.name.fr for service in read(engine)} == {"Deux"}


def test_a_failed_save_changes_nothing(engine):
    save(engine, make("a"))
    with pytest.raises(RuntimeError), writing(engine) as connection:
        storage.save(connection, [make("a", name="Autre"), make("b")], "test", utcnow())
        raise RuntimeError
    assert [service.name.fr for service in read(engine)] == ["Service a"]
    with reading(engine) as connection:
        assert storage.current_version(connection) == 1


def test_a_search_costs_no_query(engine):
    save(engine, *(make(f"s{n}") for n in range(30)))
    directory = Directory(engine, clock=lambda: 0.0)
    query = Query("food", place("61025"), "fr", NOW)
    directory.search(query)
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert len(directory.search(query).services) == 3
    assert statements == []


def test_a_change_by_another_process_is_seen_within_a_second(engine):
    now = [0.0]
    directory, other = Directory(engine, clock=lambda: now[0]), engine
    query = Query("food", place("61025"), "fr", NOW)
    assert directory.search(query).services == []
    save(other, make("a"))
    assert directory.search(query).services == []
    now[0] += CHECK_SECONDS
    assert [hit.service.id for hit in directory.search(query).services] == ["a"]
    with writing(other) as connection:
        storage.set_status(connection, ["a"], "inactive", utcnow())
    directory.reload()
    assert directory.search(query).services == [] and directory.get("a", "fr") is None


def test_it_goes_on_with_what_it_has_when_the_database_does_not_answer(engine):
    now = [0.0]
    save(engine, make("a"))
    directory = Directory(engine, clock=lambda: now[0])
    directory.reload()
    with writing(engine) as connection:
        connection.exec_driver_sql("ALTER TABLE directory_version RENAME TO gone")
    now[0] += CHECK_SECONDS
    assert directory.get("a", "fr")["name"] == "Service a"


def test_a_navigators_card_of_any_service_from_anywhere(engine):
    save(engine, make("a", area={"kind": "municipality", "codes": ["61030"]}), make("u", status="unverified"))
    directory = Directory(engine)
    found = directory.get("a", "en", NOW, place("53052"))
    assert found["name"] == "Service a"
    assert "Usually serves another area; check before you go" in found["cautions"]
    assert directory.get("a", "en", NOW)["distance_km"] is None
    assert directory.get("u", "fr") is None and directory.get("nothing", "fr") is None
    assert [service.id for service in directory.all()] == ["a"]


def test_an_emptied_directory_finds_nothing(engine):
    save(engine, make("a"))
    with writing(engine) as connection:
        connection.execute(delete(t.services))
        connection.execute(update(t.version).values(version=9))
    assert Directory(engine).search(Query("food", place("61025"), "fr", NOW)).outcome == "none"
