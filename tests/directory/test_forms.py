import pytest

from bot.directory.forms import RecordError, as_dict, as_service, digest, minutes
from bot.needs import all_needs

from .samples import make


def reasons(**fields):
    with pytest.raises(RecordError) as caught:
        make("s", **fields)
    return caught.value.reasons


def test_there_and_back():
    service = make(
        "s", schedules=[{"byday": "MO,SA", "opens_at": "22:00", "closes_at": "24:00", "valid_from": "2026-01-01"}],
        cost={"fr": "Gratuit"}, min_age=12, closed_from="2026-11-01", holidays="open", url="https://example.org",
        second_source={"name": "autre", "date": "2025"}, notes="essai",
    )
    assert as_service(as_dict(service), all_needs()) == service
    assert digest(as_service(as_dict(service), all_needs())) == digest(service)


def test_a_record_that_says_nothing_of_the_fields_since_0_1_0_has_the_digest_that_it_had_then():
    """Otherwise each source's next import would rewrite every one of its records."""
    assert digest(make("s")) == "bf447b08237411255c9a76d279eb8867dceabecc2c66fe37032cbdea45255c59"
    told = ({"capacity": "full"}, {"family": True}, {"by_appointment": True}, {"sex": "male"}, {"closed_reason": {"fr": "Travaux"}},
            {"special_hours": [{"first": "2026-12-24"}]}, {"source": {"name": "Essai", "date": "2026-10-01", "read_on": "2026-11-01"}})
    assert len({digest(make("s")), *(digest(make("s", **fields)) for fields in told)}) == len(told) + 1


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"needs": ["foood"]}, "needs: 'foood' is not one of"),
        ({"needs": []}, "needs: is empty"),
        ({"name": None}, "name: is missing"),
        ({"name": {"de": "x"}}, "name: must be a text"),
        ({"source": None}, "source: is missing"),
        ({"source": {"name": "x", "date": "août 2020"}}, "source.date: 'août 2020' is not a date"),
        ({"source": {"name": "x", "date": "2020-13"}}, "source.date: '2020-13' is not a date"),
        ({"area": {"kind": "county", "codes": ["61"]}}, "area.kind: 'county' is not one of"),
        ({"area": {"kind": "rls", "codes": []}}, "area.codes: is empty"),
        ({"phones": [{"number": "450 555-0100"}]}, "phones.number: '450 555-0100' does not have the expected form"),
        ({"schedules": [{"byday": "LU", "opens_at": "08:00", "closes_at": "09:00"}]}, "schedules.byday: 'LU' is not one of"),
        ({"schedules": [{"byday": "MO", "opens_at": "8h", "closes_at": "09:00"}]}, "schedules.opens_at: '8h' is not a time"),
        ({"location": {"lat": -73.4, "lon": 46.0}}, "location.lat: -73.4 is outside Quebec"),
        ({"location": {"lat": 46.0}}, "location: has only one of lat and lon"),
        ({"location": {"postal_code": "J6E3Z1"}}, "location.postal_code: 'J6E3Z1' does not have"),
        ({"min_age": 30, "max_age": 20}, "min_age: is above max_age"),
        ({"min_age": "douze"}, "min_age: must be a whole number"),
        ({"status": "gone"}, "status: 'gone' is not one of"),
        ({"colour": "red"}, "colour: is not a field"),
    ],
)
def test_each_fault_is_named(fields, reason):
    assert any(reason in each for each in reasons(**fields)), reasons(**fields)


def test_all_faults_of_a_record_at_once():
    assert len(reasons(needs=["x"], name=None, min_age=-1)) == 3


def test_times():
    assert [minutes(text) for text in ("0:00", "08:30", "24:00")] == [0, 510, 1440]
    for wrong in ("24:01", "8", "12:60", ""):
        with pytest.raises(ValueError):
            minutes(wrong)
