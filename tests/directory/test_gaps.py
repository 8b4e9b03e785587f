"""Nothing found is one of the contract's reasons; what is further, a line and a person follow; the event carries it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.services import Orientation
from bot.directory.index import Index
from bot.directory.search import Query, search

from .samples import at, make, place

NOW = at("2026-11-24T10:00")
LINE = {"location": None, "area": {"kind": "province"}, "modes": ["phone"]}
FURTHER = {"location": {"municipality": "62085", "lat": 46.40, "lon": -73.60}, "area": {"kind": "rls", "codes": ["1411"]}}  # 42 km north
WINTER = [{"byday": "TU", "opens_at": "09:00", "closes_at": "12:00", "valid_from": "2027-02-01", "valid_to": "2027-04-30"}]

# What is wrong with the only service nearby, and for whom -> the reason.
TABLE = [
    ("none_exists", {"needs": ["income"]}, {}),
    ("closed", {"closed_from": "2026-11-01", "closed_until": "2026-12-31"}, {}),
    ("closed", {"closed_from": "2026-11-01"}, {}),
    ("closed", {"schedules": WINTER}, {}),
    ("too_far", FURTHER, {}),
    ("not_eligible", {"min_age": 65}, {"age": 40}),
    ("not_eligible", {"max_age": 17}, {"age_band": "adult"}),
    ("not_eligible", {"sex": "female"}, {"sex": "male"}),
    ("not_eligible", {"family": True}, {"family": False}),
    ("not_eligible", {"area": {"kind": "mrc", "codes": ["52"]}}, {}),  # another territory's
    ("wrong_language", {"languages": ["fr"]}, {"language": "en"}),
    ("no_capacity", {"capacity": "full"}, {}),
]
FIT = [
    {}, {"min_age": 65}, {"capacity": "waiting_list"}, {"languages": []}, {"by_appointment": True},
    {"schedules": [{"byday": "SU", "opens_at": "09:00", "closes_at": "10:00"}]},  # closed at this hour only
    {"closed_from": "2026-12-01"}, {"special_hours": [{"first": "2026-11-24"}]}, {"eligibility": {"fr": "Jeunes"}},
]


def asked(**person):
    return Query("food", place("61025"), person.pop("language", "fr"), NOW, **person)


@pytest.mark.parametrize(("reason", "fields", "person"), TABLE)
def test_the_reason(reason, fields, person):
    assert search(Index([make("s", **fields)]), asked(**person)).reason == reason


@pytest.mark.parametrize("fields", FIT, ids=str)
def test_what_is_no_reason(fields):
    assert search(Index([make("s", **fields)]), asked()).reason is None


@pytest.mark.parametrize(("reason", "fields", "person"), TABLE)
def test_what_is_further_and_a_line_follow_and_what_does_not_fit_is_said_not_hidden(reason, fields, person):
    lines = [make(f"line-{n}", **LINE) for n in range(4)]
    result = search(Index([make("s", **fields), make("further", **FURTHER), *lines]), asked(**person))
    shown = [hit.service.id for hit in result.services]
    assert len(shown) == 3 and "further" in shown and any(name.startswith("line") for name in shown)
    # Another territory's service is only worth showing when there is nothing else.
    assert ("s" in shown) is (reason not in ("none_exists", "too_far") and "area" not in fields)


def test_another_territorys_service_that_is_not_shown_is_still_the_reason():
    result = search(Index([make("s", area={"kind": "mrc", "codes": ["52"]}), make("line", **LINE)]), asked())
    assert ([hit.service.id for hit in result.services], result.reason) == (["line"], "not_eligible")


def test_the_reason_is_that_of_the_service_that_came_closest():
    services = [make("both", min_age=65, capacity="full"), make("one", closed_from="2026-11-01")]
    assert search(Index(services), asked(age=40)).reason == "closed"


def test_a_fitting_service_nearby_is_the_end_of_it():
    services = [make("fits"), make("full", capacity="full"), *(make(f"line-{n}", **LINE) for n in range(4))]
    result = search(Index(services), asked())
    assert result.reason is None and result.services[0].service.id == "fits"


def say(services, **person):
    """What the assistant says and the event that it asks for, with this directory."""
    index = Index(services)
    directory = SimpleNamespace(search=lambda query: search(index, query), has_local=index.has_local)
    slots = {"need": ["food"], "place": "61025", "language": person.get("language", "fr"), "for_whom": person.get("age_band"),
             "age": person.get("age"), "sex": person.get("sex"), "family": {True: "yes", False: "no"}.get(person.get("family"))}
    tracker = SimpleNamespace(get_slot=slots.get)
    orientation, dispatcher = Orientation(directory, lambda: NOW), CollectingDispatcher()
    orientation.say(dispatcher, tracker, "food", orientation.search(tracker, "food"), counted=True)
    [message] = dispatcher.messages
    return message["response"], message["custom"]


@pytest.mark.parametrize(("reason", "fields", "person"), TABLE)
def test_the_event_carries_the_reason_and_somebody_can_always_be_called(reason, fields, person):
    response, custom = say([make("s", **fields)], **person)
    [event] = custom["effects"]
    assert (event["effect"], event["met"], event["reason"], event["oriented_to"]) == ("oriented", False, reason, None)
    assert [line["id"] for line in custom["helplines"]] == ["811-2"]
    assert response in ("utter_services_but", "utter_services_far", "utter_services_none")


def test_a_line_of_the_directory_is_enough_and_a_met_need_has_no_reason():
    _, custom = say([make("s", capacity="full"), make("line", **LINE)])
    assert "helplines" not in custom and custom["effects"][0]["reason"] == "no_capacity"
    response, custom = say([make("s")])
    assert (response, custom["effects"][0]["met"], custom["effects"][0]["reason"]) == ("utter_services", True, None)


def test_a_person_is_offered_with_every_answer():
    import yaml

    from tests.machine import ROOT

    responses = yaml.safe_load((ROOT / "stories/domain/responses.yml").read_text("utf-8"))["responses"]
    for name in ("utter_services", "utter_services_but", "utter_services_far", "utter_services_none"):
        for variation in responses[name]:
            assert "/human" in [button["payload"] for button in variation["buttons"]], name


def test_a_closure_that_ends_is_no_longer_a_reason():
    closed = make("s", closed_from="2026-11-01", closed_until="2026-11-24")
    tomorrow = Query("food", place("61025"), "fr", NOW + timedelta(days=1))
    assert search(Index([closed]), asked()).reason == "closed"
    assert search(Index([closed]), tomorrow).reason is None
