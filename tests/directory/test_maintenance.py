"""What maintainers do: each change with its author and its undo, and never overwritten in silence by an import."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.directory import history, reports, storage
from bot.directory.catalogue import Directory
from bot.directory.forms import RecordError, as_dict
from bot.directory.imports.apply import apply
from bot.directory.imports.batch import Batch
from bot.directory.maintenance import CannotUndo, Changed, Maintenance, NoSuchService, review
from bot.directory.search import Query
from bot.store.engine import reading, writing

from .samples import at, make, place

ANNE, BEN = "anne@example.org", "ben@example.org"
TODAY = date(2026, 11, 28)
NEW_PHONE = [{"number": "+14505550199", "display": "450 555-0199", "extension": None}]
OTHER_PHONE = [{"number": "+14505550133", "display": "450 555-0133", "extension": None}]


def batch(*services, whole=True):
    return Batch("211", list(services), whole=whole)


@pytest.fixture
def house(engine):
    apply(engine, batch(make("a"), make("b")))
    return Maintenance(engine)


def edit(house, patch, key="a", by=ANNE):
    return house.edit(by, key, patch, house.sheet(key, TODAY).seen)


def test_an_edit_is_kept_with_its_author_its_time_and_what_it_was(house):
    assert edit(house, {"phones": NEW_PHONE})
    sheet = house.sheet("a", TODAY)
    assert sheet.service.phones[0].display == "450 555-0199"
    (change,) = sheet.changes
    assert (change.author, change.action, set(change.fields)) == (ANNE, "edited", {"phones"})
    assert change.fields["phones"][0][0]["display"] == "450 555-0100" and change.at.tzinfo


def test_an_edit_that_changes_nothing_is_no_change(house):
    assert not edit(house, {"phones": [{"number": "+14505550100", "display": "450 555-0100", "extension": None}]})
    assert house.sheet("a", TODAY).changes == []


def test_the_snapshot_that_residents_search_follows_an_edit(house):
    directory = Directory(house.engine, clock=iter(range(100)).__next__)
    assert directory.service("a").phones[0].display == "450 555-0100"
    edit(house, {"phones": NEW_PHONE})
    assert directory.service("a").phones[0].display == "450 555-0199"


def test_an_edit_on_a_record_that_somebody_changed_meanwhile_is_refused(house):
    seen = house.sheet("a", TODAY).seen
    edit(house, {"min_age": 18}, by=BEN)
    with pytest.raises(Changed):
        house.edit(ANNE, "a", {"min_age": 65}, seen)
    assert house.sheet("a", TODAY).service.min_age == 18


def test_an_edit_that_makes_no_service_is_refused_with_its_field(house):
    with pytest.raises(RecordError, match="min_age: is above max_age"):
        edit(house, {"min_age": 18, "max_age": 12})
    with pytest.raises(RecordError, match="needs: is empty"):
        edit(house, {"needs": []})
    assert house.sheet("a", TODAY).changes == []


def test_a_service_that_does_not_exist(house):
    for act in (lambda: house.sheet("zz", TODAY), lambda: house.reopen(ANNE, "zz"), lambda: house.undo(ANNE, "a", 99)):
        with pytest.raises(NoSuchService):
            act()


def test_undo_puts_back_what_was_and_is_itself_a_change_that_can_be_undone(house):
    edit(house, {"phones": NEW_PHONE, "min_age": 18})
    (first,) = house.sheet("a", TODAY).changes
    assert house.undo(BEN, "a", first.id)
    sheet = house.sheet("a", TODAY)
    assert (sheet.service.min_age, sheet.service.phones[0].display) == (None, "450 555-0100")
    assert (sheet.changes[0].action, sheet.changes[0].author, sheet.changes[0].undoes, sheet.undone) == ("undone", BEN, first.id, {first.id})
    assert house.undo(ANNE, "a", sheet.changes[0].id)
    assert house.sheet("a", TODAY).service.min_age == 18


def test_a_change_under_a_later_one_of_the_same_field_cannot_be_undone_before_it(house):
    edit(house, {"min_age": 18})
    edit(house, {"min_age": 21})
    later, earlier = house.sheet("a", TODAY).changes
    with pytest.raises(CannotUndo):
        house.undo(ANNE, "a", earlier.id)
    house.undo(ANNE, "a", later.id)
    assert house.undo(ANNE, "a", earlier.id) and house.sheet("a", TODAY).service.min_age is None


patches = st.fixed_dictionaries({}, optional={
    "min_age": st.integers(0, 30), "max_age": st.integers(40, 99), "cost": st.fixed_dictionaries({"fr": st.sampled_from("abc"), "en": st.none()}),
    "languages": st.sampled_from([["fr"], ["en"], ["fr", "en", "es"]]), "needs": st.sampled_from([["food"], ["food", "youth"], ["youth"]]),
})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(patches, min_size=1, max_size=5))
def test_undoing_everything_from_the_last_change_back_gives_the_record_as_it_was(house, several):
    before = as_dict(house.sheet("b", TODAY).service)
    made = [change for change in (edit(house, patch, "b") and house.sheet("b", TODAY).changes[0] for patch in several) if change]
    for change in reversed(made):
        assert house.undo(ANNE, "b", change.id)
    sheet = house.sheet("b", TODAY)
    assert as_dict(sheet.service) == before and sheet.held == {}


def test_two_maintainers_at_the_same_instant_one_is_told_and_nothing_is_lost(house):
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    seen, together = house.sheet("a", TODAY).seen, Barrier(4)

    def act(number):
        together.wait()
        try:
            return house.edit(f"p{number}@example.org", "a", {"min_age": number}, seen)
        except Changed:
            return "told"

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(act, range(1, 5)))
    assert sorted(map(str, done)) == ["True", "told", "told", "told"]
    sheet = house.sheet("a", TODAY)
    assert len(sheet.changes) == 1 and sheet.service.min_age == done.index(True) + 1


def test_an_import_and_a_maintainer_at_the_same_instant_both_stand(house):
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    for number in range(1, 6):
        together = Barrier(2)

        def imported(number=number, together=together):
            together.wait()
            apply(house.engine, batch(make("a", cost={"fr": f"{number} $"}), make("b")))

        def verified(number=number, together=together):
            together.wait()
            house.verify(f"p{number}@example.org", "b", TODAY)

        with ThreadPoolExecutor(2) as pool:
            for future in (pool.submit(imported), pool.submit(verified)):
                future.result()
        assert house.sheet("a", TODAY).service.cost.fr == f"{number} $"
        assert house.sheet("b", TODAY).service.verified_by == f"p{number}@example.org"


# Imports and what a maintainer did


def test_what_a_maintainer_edited_stands_while_its_source_says_the_same_as_before(house):
    edit(house, {"phones": NEW_PHONE})
    assert apply(house.engine, batch(make("a"), make("b"))).unchanged == 2
    summary = apply(house.engine, batch(make("a", cost={"fr": "Gratuit"}), make("b")))
    assert (summary.changed, summary.kept, summary.to_review) == (1, 1, 0)
    service = house.sheet("a", TODAY).service
    assert (service.phones[0].display, service.cost.fr) == ("450 555-0199", "Gratuit")


def test_once_the_source_changes_that_field_it_is_listed_and_our_word_still_stands(house):
    edit(house, {"phones": NEW_PHONE})
    summary = apply(house.engine, batch(make("a", phones=OTHER_PHONE), make("b")))
    assert (summary.changed, summary.kept, summary.to_review) == (0, 1, 1) and "1 to review" in str(summary)
    sheet = house.sheet("a", TODAY)
    assert sheet.service.phones[0].display == "450 555-0199" and sheet.held["phones"].proposal == OTHER_PHONE
    again = apply(house.engine, batch(make("a", phones=OTHER_PHONE), make("b")))
    assert (again.unchanged, again.to_review) == (2, 0)  # the same file twice asks once


def test_a_proposal_is_taken_or_ours_is_kept(house):
    for key in ("a", "b"):
        edit(house, {"phones": NEW_PHONE}, key)
    apply(house.engine, batch(make("a", phones=OTHER_PHONE), make("b", phones=OTHER_PHONE)))
    assert house.settle(BEN, "a", "phones", take=True) and house.settle(BEN, "b", "phones", take=False)
    assert not house.settle(BEN, "a", "phones", take=True)
    taken, ours = house.sheet("a", TODAY), house.sheet("b", TODAY)
    assert taken.service.phones[0].display == "450 555-0133" and taken.held == {} and taken.changes[0].action == "taken"
    assert ours.service.phones[0].display == "450 555-0199" and not ours.held["phones"].proposed
    assert apply(house.engine, batch(make("a", phones=OTHER_PHONE), make("b", phones=OTHER_PHONE))).unchanged == 2
    assert apply(house.engine, batch(make("a"), make("b"))).to_review == 1  # b's source changes once more; a's is followed
    assert house.sheet("a", TODAY).service.phones[0].display == "450 555-0100"


def test_a_source_that_comes_round_to_our_word_ends_the_matter(house):
    edit(house, {"phones": NEW_PHONE})
    apply(house.engine, batch(make("a", phones=NEW_PHONE), make("b")))
    assert house.sheet("a", TODAY).held == {}
    apply(house.engine, batch(make("a", phones=OTHER_PHONE), make("b")))
    assert house.sheet("a", TODAY).service.phones[0].display == "450 555-0133"


def test_a_source_that_goes_back_to_what_it_said_withdraws_its_proposal(house):
    edit(house, {"phones": NEW_PHONE})
    apply(house.engine, batch(make("a", phones=OTHER_PHONE), make("b")))
    apply(house.engine, batch(make("a"), make("b")))
    sheet = house.sheet("a", TODAY)
    assert not sheet.held["phones"].proposed and sheet.service.phones[0].display == "450 555-0199"


def test_after_a_review_every_field_is_the_maintainers_word(house):
    house.verify(ANNE, "a", TODAY, "Appel à l’organisme")
    summary = apply(house.engine, batch(make("a", phones=OTHER_PHONE, source={"name": "Essai", "date": "2026-11-01"}), make("b", phones=OTHER_PHONE)))
    assert (summary.changed, summary.to_review) == (2, 1)  # of a only its source's own date
    sheet = house.sheet("a", TODAY)
    assert sheet.service.phones[0].display == "450 555-0100" and sheet.held["phones"].proposal == OTHER_PHONE
    assert (sheet.service.checked_on, sheet.service.verified_by, sheet.service.second_source.name) == ("2026-11-28", ANNE, "Appel à l’organisme")
    assert sheet.service.source.date == "2026-11-01"


def test_what_a_maintainer_worked_on_is_not_closed_by_its_source_but_asked_about(house):
    edit(house, {"phones": NEW_PHONE})
    summary = apply(house.engine, batch(make("b"), whole=True))
    assert (summary.closed, summary.to_review) == (0, 1)
    sheet = house.sheet("a", TODAY)
    assert sheet.service.status == "active" and sheet.held["status"].proposal == "inactive"
    assert apply(house.engine, batch(make("b"))).to_review == 0
    apply(house.engine, batch(make("a"), make("b")))  # it is back
    assert "status" not in house.sheet("a", TODAY).held


def test_a_service_that_a_maintainer_put_away_does_not_come_back_by_an_import(house):
    edit(house, {"status": "inactive"})
    assert apply(house.engine, batch(make("a"), make("b"))).unchanged == 2
    assert house.sheet("a", TODAY).service.status == "inactive"


def test_undoing_an_imports_change_holds_against_the_next_one(house):
    apply(house.engine, batch(make("a", phones=OTHER_PHONE), make("b")))
    (change,) = house.sheet("a", TODAY).changes
    assert (change.author, change.action) == ("211", "imported")
    house.undo(ANNE, "a", change.id)
    apply(house.engine, batch(make("a", phones=OTHER_PHONE, cost={"fr": "Gratuit"}), make("b")))
    assert house.sheet("a", TODAY).service.phones[0].display == "450 555-0100"


# Closed for a while


def test_a_closure_with_its_reason_is_said_on_the_card_and_ends_by_itself(house):
    house.close(ANNE, "a", date(2026, 12, 20), date(2027, 1, 5), {"fr": "rénovations", "en": "renovations"})
    directory = Directory(house.engine)
    cautions = {day: directory.get("a", language, at(f"{day}T10:00"))["cautions"]
                for day, language in (("2026-12-01", "fr"), ("2026-12-10", "fr"), ("2026-12-24", "en"), ("2027-01-06", "fr"))}
    assert not any("rénovations" in each for day in ("2026-12-01", "2027-01-06") for each in cautions[day])
    assert "Fermé du 20 décembre 2026 au 5 janvier 2027 : rénovations" in cautions["2026-12-10"]
    assert "Closed until January 5, 2027: renovations" in cautions["2026-12-24"]
    assert house.reopen(ANNE, "a") and not house.reopen(ANNE, "a")
    sheet = house.sheet("a", TODAY)
    assert sheet.service.closed_from is None and [change.action for change in sheet.changes] == ["reopened", "closed"]


def test_a_search_says_that_a_service_is_closed_for_now_and_puts_it_lower(house):
    house.close(ANNE, "a", date(2026, 11, 1), None, None)
    result = Directory(house.engine).search(Query("food", place("61025"), "fr", at("2026-11-24T10:00")))
    assert [(hit.service.id, hit.faults) for hit in result.services] == [("b", ()), ("a", ("closed",))]


def test_a_reason_in_one_language_is_given_in_the_other_which_says_so(house):
    house.close(ANNE, "a", date(2026, 11, 1), None, {"fr": "déménagement"})
    cautions = Directory(house.engine).get("a", "en", at("2026-11-24T10:00"))["cautions"]
    assert "Closed for some time; the reopening date is not known: déménagement" in cautions and "Text in French only" in cautions


def test_a_closure_that_ends_before_it_begins_is_refused(house):
    with pytest.raises(RecordError, match="closed_until: is before"):
        house.close(ANNE, "a", date(2026, 12, 2), date(2026, 12, 1), None)


# How old a verification is


@pytest.mark.parametrize(("days", "stale"), [(179, False), (180, False), (181, True)])
def test_a_record_is_stale_after_the_days_of_the_setting_and_its_review_makes_it_new(house, days, stale):
    on = date.fromordinal(TODAY.toordinal() - days)
    house.verify(ANNE, "a", on)
    assert house.sheet("a", TODAY).stale is stale
    assert Maintenance(house.engine, stale_days=days - 1).sheet("a", TODAY).stale
    noon = at("2026-11-28T12:00")
    cautions = Directory(house.engine).get("a", "fr", noon)["cautions"]
    assert any(each.startswith("Vérifié il y a longtemps") for each in cautions) is stale
    assert any("longtemps" in each for each in Directory(house.engine, stale_days=days - 1).get("a", "fr", noon)["cautions"])


def test_a_stale_record_is_found_lower_and_never_dropped(house):
    house.verify(ANNE, "a", date(2025, 1, 1))
    house.verify(ANNE, "b", TODAY)
    query = Query("food", place("61025"), "fr", at("2026-11-28T12:00"))
    assert [hit.service.id for hit in Directory(house.engine).search(query).services] == ["b", "a"]
    assert [hit.stale for hit in Directory(house.engine, stale_days=3650).search(query).services] == [False, False]


# What residents report


def test_the_same_fault_told_again_is_one_open_report_that_counts(engine):
    with writing(engine) as connection:
        for day in (1, 3):
            reports.report(connection, "a", "phone", date(2026, 11, day))
        reports.report(connection, "a", "closed", date(2026, 11, 2))
    with reading(engine) as connection:
        found = reports.open_reports(connection, "a")
        assert [(one.kind, one.count, one.first_on.day, one.last_on.day) for one in found] == [("phone", 2, 1, 3), ("closed", 1, 2, 2)]
        assert reports.open_counts(connection) == {"a": 3}


def test_a_treated_report_leaves_the_queue_and_the_next_word_opens_another(house):
    with writing(house.engine) as connection:
        reports.report(connection, "a", "phone", TODAY)
    (one,) = house.sheet("a", TODAY).reports
    assert house.treat(ANNE, [one.id], "fixed") == 1 and house.treat(BEN, [one.id], "not_wrong") == 0
    assert house.sheet("a", TODAY).reports == []
    with writing(house.engine) as connection:
        reports.report(connection, "a", "phone", TODAY)
    assert len(house.sheet("a", TODAY).reports) == 1


def test_a_report_has_room_for_nothing_but_codes_days_and_a_count():
    from bot.directory.kept_tables import reports as table

    assert {column.name for column in table.columns} == {"id", "service_id", "kind", "first_on", "last_on", "count", "status", "treated_by", "treated_at"}
    with pytest.raises(ValueError, match="le numéro"):
        reports.report(None, "a", "le numéro ne marche pas", TODAY)


def test_a_review_is_a_few_fields_of_a_record():
    assert review(ANNE, TODAY) == {"verified_by": ANNE, "verified_on": "2026-11-28"}
    assert history.differences({"a": 1, "b": 2}, {"a": 1, "b": 3}) == {"b": [2, 3]}


def test_reading_some_services_gives_the_same_as_reading_all(engine):
    from bot.directory.load import load_embedded

    load_embedded(engine)
    with reading(engine) as connection:
        everything = storage.read_services(connection)
        assert storage.read_services(connection, ids=[service.id for service in everything]) == everything
        some = [service.id for service in everything[::7]]
        assert [service.id for service in storage.read_services(connection, ids=some)] == some
        assert storage.read_services(connection, ids=[]) == [] and storage.read_services(connection, ids=["zz"]) == []
