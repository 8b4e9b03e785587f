"""Hours as other directories write them: seasons, single days, closed days, by appointment."""

import json
from datetime import date

import pytest

from bot.directory.hsds.hours import appointment_only
from bot.directory.imports.formats import read
from bot.directory.records import Schedule, SpecialHours

WEEKLY = {"byday": "MO,TU", "freq": "WEEKLY", "opens_at": "09:00", "closes_at": "17:00"}
CHRISTMAS = date(2026, 12, 25)


def read_hours(tmp_path, *schedules, **fields):
    service = {"id": "7", "name": "Banque alimentaire", "organization": {"id": "8", "name": "Organisme"}, "status": "active",
               "schedules": list(schedules), **fields}
    path = tmp_path / "d.json"
    path.write_text(json.dumps([service]), "utf-8")
    batch = read(path)
    [found] = batch.services
    return found, [fault.reason for fault in batch.faults if "schedule" in fault.reason]


@pytest.mark.parametrize(
    ("row", "special"),
    [
        ({"valid_from": "2026-12-25", "valid_to": "2026-12-25", "opens_at": "10:00", "closes_at": "12:00"}, [SpecialHours(CHRISTMAS, CHRISTMAS, 600, 720)]),
        ({"valid_from": "2026-12-25", "valid_to": "2026-12-25", "description": "Closed for Christmas"}, [SpecialHours(CHRISTMAS, CHRISTMAS)]),
        ({"valid_from": "2026-12-25", "valid_to": "2026-12-27", "description": "Fermé"}, [SpecialHours(CHRISTMAS, date(2026, 12, 27))]),
        ({"valid_from": "2026-06-01", "valid_to": "2026-12-27", "description": "Fermé"}, []),  # half a year: a mistake
        ({"valid_from": "2026-12-25", "valid_to": "2026-12-25"}, []),  # nothing is said of it
    ],
)
def test_single_days(tmp_path, row, special):
    found, faults = read_hours(tmp_path, WEEKLY, row)
    assert (list(found.special_hours), faults) == (special, [])
    assert found.schedules == (Schedule((0, 1), 540, 1020),)


def test_a_season_stays_a_season(tmp_path):
    found, _ = read_hours(tmp_path, {**WEEKLY, "valid_from": "2027-02-01", "valid_to": "2027-04-30"})
    assert found.schedules == (Schedule((0, 1), 540, 1020, date(2027, 2, 1), date(2027, 4, 30)),)
    assert found.special_hours == ()


@pytest.mark.parametrize("days", [("2026-13-01", "2026-13-01"), ("2026-12-25", "2026-12-01"), ("Noël", None)])
def test_a_day_that_is_none_is_left_out_and_the_rest_taken(tmp_path, days):
    found, faults = read_hours(tmp_path, WEEKLY, {**WEEKLY, "valid_from": days[0], "valid_to": days[1]})
    assert len(found.schedules) == 1 and len(faults) == 1 and "left out" in faults[0]


def test_holiday_schedules_of_1_1_have_their_days(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in {
        "organizations.csv": "id,name\n1,Organisme\n",
        "services.csv": "id,organization_id,name,status\n2,1,Banque alimentaire,active\n",
        "holiday_schedules.csv": "id,service_id,closed,opens_at,closes_at,start_date,end_date\n"
                                 "3,2,true,,,2026-12-25,2026-12-26\n4,2,false,10:00,12:00,2026-12-31,\n5,2,true,,,,\n",
    }.items():
        (folder / name).write_text(text, "utf-8")
    [found] = read(folder).services
    assert found.special_hours == (SpecialHours(CHRISTMAS, date(2026, 12, 26)), SpecialHours(date(2026, 12, 31), date(2026, 12, 31), 600, 720))
    assert found.holidays == "closed"  # the row without a date


@pytest.mark.parametrize(
    ("said", "only"),
    [
        ("Sur rendez-vous", True), ("Il faut prendre rendez-vous.", True), ("By appointment only", True), ("Appointment required", True),
        ("Sans rendez-vous", False), ("Sur rendez-vous ou sans rendez-vous", False), ("Walk-in, or by appointment", False),
        ("Accompagnement aux rendez-vous médicaux", False), ("", False),
    ],
)
def test_by_appointment(said, only):
    assert appointment_only({"application_process": said}) is only
    assert appointment_only({"schedules": [{"description": said}]}) is only
