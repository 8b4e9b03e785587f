"""An event holds the contract's fields and nothing else."""

from __future__ import annotations

import pytest

from bot.demand.event import FIELDS, Event, EventError
from tests.demand.conftest import EVENT


def test_the_contract_s_event_is_taken():
    assert Event.from_mapping(EVENT).need == "food"


def test_fields_are_those_of_the_contract():
    assert set(FIELDS) == {
        "month", "need", "territory", "language", "for_other", "age_band", "door", "channel", "met", "reason", "oriented_to",
        "wait", "asked_before",
    }


def test_fields_that_may_be_null_may_be_left_out():
    short = {name: EVENT[name] for name in ("month", "need", "language", "for_other", "channel", "met", "wait")}
    event = Event.from_mapping(short)
    assert (event.territory, event.door, event.reason) == (None, None, None)


@pytest.mark.parametrize(("field", "value"), [
    ("month", "2026-13"), ("month", "2026-9"), ("month", None), ("month", 202609), ("need", "pizza"), ("need", None),
    ("need", ["food"]), ("territory", "9999"), ("territory", 1623), ("language", "es"), ("language", None), ("for_other", 1),
    ("for_other", None), ("age_band", "old"), ("door", "two\nlines"), ("door", ""), ("door", "d" * 65), ("channel", "fax"),
    ("met", "true"), ("reason", "closed"), ("oriented_to", 7), ("wait", "long"), ("wait", None), ("asked_before", "yes"),
])
def test_a_bad_value_is_refused_by_the_name_of_its_field(field, value):
    with pytest.raises(EventError) as error:
        Event.from_mapping({**EVENT, field: value})
    assert error.value.field == field
    assert str(error.value).startswith(f"{field}: ")


def test_an_unmet_need_has_a_reason():
    with pytest.raises(EventError, match=r"^reason: "):
        Event.from_mapping({**EVENT, "met": False})
    assert Event.from_mapping({**EVENT, "met": False, "reason": "closed"}).reason == "closed"


@pytest.mark.parametrize("name", ["conversation", "text", "chat_id", "at"])
def test_a_field_that_could_identify_is_refused(name):
    with pytest.raises(EventError, match=f"^{name}: "):
        Event.from_mapping({**EVENT, name: "x"})


def test_a_missing_field_is_named():
    with pytest.raises(EventError, match=r"^wait: is missing"):
        Event.from_mapping({name: value for name, value in EVENT.items() if name != "wait"})
