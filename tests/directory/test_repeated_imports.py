"""An import again and again: what is new, changed, unchanged, closed, back, and what is left alone."""

from dataclasses import replace

import pytest

from bot.directory import storage
from bot.directory.imports.apply import SMALL_SOURCE, apply
from bot.directory.imports.batch import Batch, Fault, ImportFault
from bot.directory.load import load_embedded
from bot.directory.records import Text
from bot.store.engine import reading

from .samples import make


def batch(*ids, origin="hsds", whole=True, **fields):
    return Batch(origin, [make(key, **fields) for key in ids], whole=whole)


def statuses(engine):
    with reading(engine) as connection:
        return {service.id: service.status for service in storage.read_services(connection)}


def version(engine):
    with reading(engine) as connection:
        return storage.current_version(connection)


def test_the_same_source_twice_changes_nothing(engine):
    apply(engine, batch("a", "b"))
    before = version(engine)
    assert str(apply(engine, batch("a", "b"))) == "0 added, 0 changed, 2 unchanged, 0 closed, 0 refused"
    assert version(engine) == before


def test_what_the_source_no_longer_has_closes_and_what_comes_back_opens(engine):
    apply(engine, batch("a", "b"))
    assert (apply(engine, batch("a")).closed, statuses(engine)) == (1, {"a": "active", "b": "inactive"})
    assert apply(engine, batch("a")).closed == 0
    again = apply(engine, batch("a", "b"))
    assert (again.changed, again.unchanged, statuses(engine)["b"]) == (1, 1, "active")


def test_a_part_of_a_source_closes_nothing(engine):
    apply(engine, batch("a", "b"))
    assert apply(engine, batch("a", whole=False)).closed == 0


def test_a_faulty_row_does_not_close_what_it_is_about(engine):
    apply(engine, batch("a", "b"))
    found = batch("a")
    found.faults.append(Fault("services.csv", 3, "name: is missing"))
    found.refused_ids.add("b")
    summary = apply(engine, found)
    assert (summary.closed, summary.refused, statuses(engine)["b"]) == (0, 1, "active")


def test_a_source_that_lost_most_of_its_services_is_refused_unless_it_is_meant(engine):
    apply(engine, batch(*(f"s{number}" for number in range(SMALL_SOURCE + 10))))
    with pytest.raises(ImportFault, match="29 of the 30 services"):
        apply(engine, batch("s0"))
    assert set(statuses(engine).values()) == {"active"}
    assert apply(engine, batch("s0"), close_many=True).closed == SMALL_SOURCE + 9


def test_another_source_under_the_same_name_closes_nothing(engine):
    apply(engine, batch("a", "b"))
    with pytest.raises(ImportFault, match="give it a name with --source"):
        apply(engine, batch("c"))
    assert statuses(engine) == {"a": "active", "b": "active"}
    assert apply(engine, batch("c"), close_many=True).closed == 2


def test_sources_do_not_touch_each_other(engine):
    apply(engine, batch("a", "b", origin="one"))
    summary = apply(engine, batch("c", origin="two"))
    assert (summary.added, summary.closed) == (1, 0)
    taken = apply(engine, Batch("two", [make("c"), make("a"), replace(make("b"), cost=Text("Gratuit"))], whole=True))
    assert (taken.unchanged, taken.elsewhere) == (2, 1)  # the same a from elsewhere is no change; another b is not ours to make
    assert "1 left to the source that has their ids" in str(taken)


def test_the_directory_imported_into_itself_changes_nothing(engine, tmp_path):
    from bot.directory.hsds.written import write_hsds_zip
    from bot.directory.imports.formats import read

    from .test_hsds import TODAY

    load_embedded(engine)
    with reading(engine) as connection:
        services = storage.read_services(connection)
    write_hsds_zip(services, tmp_path / "d.zip", TODAY)
    summary = apply(engine, read(tmp_path / "d.zip"))
    assert (summary.added, summary.changed, summary.unchanged, summary.closed) == (0, 0, len(services), 0)


def test_a_service_that_names_its_verifier_is_still_kept_up_to_date(engine):
    apply(engine, batch("a", verified_by="Source"))
    assert apply(engine, batch("a", verified_by="Source", cost={"fr": "Gratuit"})).changed == 1
    assert apply(engine, batch("a", verified_by=None)).changed == 1  # its own word taken back, not a maintainer's
