"""What a maintainer writes as lines: numbers, hours, territories; and that a form left alone changes nothing."""

import pytest

from bot.directory.forms import as_dict, as_service
from bot.directory.load import city_name, embedded_services
from bot.needs import all_needs
from bot.web.directory_fields import (
    area_of,
    hours_lines,
    hours_of,
    phones_from,
    special_lines,
    special_of,
)
from bot.web.directory_form import patch_of, shown
from bot.web.directory_shown import shown_value
from tests.directory.samples import make

WEEK = [{"byday": "MO,TU,WE,TH,FR", "opens_at": "08:30", "closes_at": "16:30", "valid_from": None, "valid_to": None}]


def spans(text, known=(), language="fr"):
    return [(each["byday"], each["opens_at"], each["closes_at"]) for each in hours_of(text, known, language)]


@pytest.mark.parametrize(("text", "found"), [
    ("lundi au vendredi 8:30-16:30", [("MO,TU,WE,TH,FR", "08:30", "16:30")]),
    ("lundi au vendredi 8 h 30 à 12 h, 13 h à 16 h 30", [("MO,TU,WE,TH,FR", "08:30", "12:00"), ("MO,TU,WE,TH,FR", "13:00", "16:30")]),
    ("Monday to Friday 9:00 AM - 5:00 PM", [("MO,TU,WE,TH,FR", "09:00", "17:00")]),
    ("mardi, jeudi: 9h-12h et 18h-20h", [("TU,TH", "09:00", "12:00"), ("TU,TH", "18:00", "20:00")]),
    ("tous les jours 0:00-24:00", [("MO,TU,WE,TH,FR,SA,SU", "00:00", "24:00")]),
    ("every day 8:00-20:00", [("MO,TU,WE,TH,FR,SA,SU", "08:00", "20:00")]),
    ("samedi 22:00-02:00", [("SA", "22:00", "02:00")]), ("dimanche 18h à minuit", [("SU", "18:00", "24:00")]), ("lundi 9h à midi", [("MO", "09:00", "12:00")]),
    ("", []), ("\n  \n", []),
])
def test_hours_as_people_write_them(text, found):
    assert spans(text) == found


@pytest.mark.parametrize("text", ["bientôt", "lundi", "8:30-16:30", "lundi 8:30", "lundi 25:00-26:00", "lundi 8:30-16:30 sauf en été", "lundi 8:30-16:30 (été)", "someday 8:30-9:30", "lundi 8-9 ()"])
def test_hours_that_nobody_can_read_are_said_by_their_line(text):
    with pytest.raises(ValueError, match="^" + text.replace("(", r"\(").replace(")", r"\)") + "$"):
        hours_of(f"mardi 9:00-10:00\n{text}", [], "fr")


def test_a_season():
    (summer,) = hours_of("lundi 9:00-10:00 (du 2026-06-24 au 2026-09-01)", [], "fr")
    assert (summer["valid_from"], summer["valid_to"]) == ("2026-06-24", "2026-09-01")
    assert hours_of("\n".join(hours_lines([summer], "en")), [], "fr") == [summer]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_line_that_was_there_keeps_all_that_it_does_not_show(language):
    known = [{**WEEK[0], "something_more": True}]
    line = hours_lines(known, language)[0]
    assert line in ("lundi au vendredi 08:30-16:30", "Monday to Friday 08:30-16:30")
    assert hours_of(f"{line}\nSA 9:00-10:00", known, language)[0] is known[0]


@pytest.mark.parametrize(("text", "found"), [
    ("2026-12-24 fermé", [{"first": "2026-12-24", "last": "2026-12-24"}]),
    ("du 2026-12-24 au 2026-12-26 : fermé", [{"first": "2026-12-24", "last": "2026-12-26"}]),
    ("2026-12-24 to 2026-12-26 closed", [{"first": "2026-12-24", "last": "2026-12-26"}]),
    ("2026-12-31 10:00-12:00, 13 h à 15 h", [{"first": "2026-12-31", "last": "2026-12-31", "opens_at": "10:00", "closes_at": "12:00"},
                                            {"first": "2026-12-31", "last": "2026-12-31", "opens_at": "13:00", "closes_at": "15:00"}]),
])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_special_days_as_people_write_them_and_back(text, found, language):
    assert special_of(text, [], "fr") == found
    assert special_of("\n".join(special_lines(found, language)), [], "fr") == found


@pytest.mark.parametrize("text", ["Noël", "2026-12-24", "2026-02-30 fermé", "2026-12-26 au 2026-12-24 fermé", "2026-12-24 peut-être", "2026-12-24 10:00"])
def test_special_days_that_nobody_can_read_are_said_by_their_line(text):
    with pytest.raises(ValueError, match=f"^{text}$"):
        special_of(f"2026-12-24 fermé\n{text}", [], "fr")


def test_numbers_one_a_line_and_those_that_were_there_as_they_were():
    known = [{"number": "811", "display": "811, option 1", "extension": None}, {"number": "+14505550100", "display": "450 555-0100", "extension": "7"}]
    found = phones_from("811, option 1\n450 555-0100, poste 7\n(450) 555-0133 p. 12\r\n1-800-555-0199", known, "fr")
    assert found[:2] == known
    assert found[2:] == [{"number": "+14505550133", "display": "450 555-0133", "extension": "12"}, {"number": "+18005550199", "display": "1 800 555-0199", "extension": None}]
    with pytest.raises(ValueError, match="appelez-nous"):
        phones_from("450 555-0100\nappelez-nous", [], "fr")


@pytest.mark.parametrize(("kind", "text", "area"), [
    ("", "1411", None), ("province", "", {"kind": "province", "codes": []}), ("rls", "1411, 1412", {"kind": "rls", "codes": ["1411", "1412"]}),
    ("municipality", "Joliette\nRawdon", {"kind": "municipality", "codes": ["61025", "62037"]}), ("mrc", "Matawinie", {"kind": "mrc", "codes": ["62"]}),
    ("mrc", "MRC de Joliette", {"kind": "mrc", "codes": ["61"]}), ("region", "Lanaudière", {"kind": "region", "codes": ["14"]}),
])
def test_territories_by_code_or_name(kind, text, area):
    assert area_of(kind, text) == area


@pytest.mark.parametrize(("kind", "text"), [("municipality", "Le Quartier"), ("region", "Joliette"), ("rls", "Pierre-De Saurel")])
def test_a_territory_that_is_none_of_its_kind(kind, text):
    with pytest.raises(ValueError, match=text):
        area_of(kind, text)


def filled(record, language="fr", **changes):
    values = {**shown(record, language), **changes}
    return patch_of(record, {name: value for name, value in values.items() if isinstance(value, str)}, lambda name: list(values.get(name, [])), language)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_form_that_is_sent_back_as_it_came_changes_nothing_in_any_embedded_record(language):
    for service in embedded_services():
        found = filled(as_dict(service), language)
        assert (found.patch, found.faults) == ({}, {}), service.id


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_form_sent_back_keeps_seasons_special_days_and_for_whom(language):
    record = as_dict(make("s", by_appointment=True, family=True, sex="female", capacity="waiting_list",
                          special_hours=[{"first": "2026-12-24", "last": "2026-12-26"}, {"first": "2026-12-31", "opens_at": "10:00", "closes_at": "24:00"}],
                          schedules=[{**WEEK[0], "valid_from": "2027-02-01", "valid_to": "2027-04-30"}]))
    assert (filled(record, language).patch, filled(record, language).faults) == ({}, {})
    cleared = filled(record, language, by_appointment=[], family=[], sex="", capacity="", special_hours="")
    assert cleared.patch == {"by_appointment": False, "family": False, "sex": None, "capacity": None, "special_hours": []}
    assert as_service({**record, **cleared.patch}, all_needs(), city_name).special_hours == ()


def test_an_age_of_nought_is_shown_and_a_no_is_not():
    assert (shown_value("fr", "min_age", 0), shown_value("fr", "family", False), shown_value("en", "family", True)) == ("0", "", "yes")


def test_each_field_changes_only_itself():
    record = as_dict(make("s"))
    changes = {
        "name_en": ("name", {"fr": "Service s", "en": "Fridge"}), "description_fr": ("description", {"fr": "Fridge", "en": None}), "url": ("url", "https://essai.test"),
        "min_age": ("min_age", 18), "main_need": ("needs", ["youth", "food"]), "modes": ("modes", ["on_site", "phone"]), "languages": ("languages", ["fr"]),
        "other_languages": ("languages", ["fr", "en", "es"]), "area_codes": ("area", {"kind": "mrc", "codes": ["62"]}), "status": ("status", "inactive"),
        "special_hours": ("special_hours", [{"first": "2026-12-24", "last": "2026-12-24"}]), "by_appointment": ("by_appointment", True),
        "family": ("family", True), "sex": ("sex", "female"), "capacity": ("capacity", "full"),
        "holidays": ("holidays", "open"), "notes": ("notes", "Fridge"), "cost_en": ("cost", {"fr": None, "en": "Fridge"}),
    }
    typed = {"url": "https://essai.test", "min_age": "18", "main_need": "youth", "modes": ["phone", "on_site"], "languages": ["fr"], "other_languages": "ES",
             "area_codes": "62", "status": "inactive", "holidays": "open", "special_hours": "2026-12-24 fermé", "by_appointment": ["yes"], "family": ["yes"],
             "sex": "female", "capacity": "full"}
    for name, (field, value) in changes.items():
        found = filled(record, **{name: typed.get(name, "Fridge")})
        assert (found.patch, found.faults) == ({field: value}, {}), name
        as_service({**record, **found.patch}, all_needs(), city_name)


def test_an_address_that_changes_stands_at_its_towns_centre_unless_its_point_is_given():
    record = as_dict(make("s"))
    moved = filled(record, address_0="2, rue Neuve").patch["locations"][0]
    assert (moved["address"], moved["approximate"], moved["municipality"]) == ("2, rue Neuve", True, "61025")
    exact = filled(record, address_0="2, rue Neuve", coordinates_0="46.03, -73.44").patch["locations"][0]
    assert (exact["lat"], exact["lon"], exact["approximate"]) == (46.03, -73.44, False)
    town = filled(record, city_0="Rawdon").patch["locations"][0]
    assert (town["municipality"], town["city"], town["approximate"]) == ("62037", "Rawdon", True)
    code = filled(record, postal_0="j6e1a1").patch["locations"][0]
    assert (code["postal_code"], code["lat"], code["approximate"]) == ("J6E 1A1", record["locations"][0]["lat"], False)


def test_an_address_is_added_and_taken_away():
    record = as_dict(make("s"))
    added = filled(record, address_1="3, rue Deux", city_1="Rawdon").patch["locations"]
    assert [place["city"] for place in added] == ["Joliette", "Rawdon"]
    gone = filled(record, address_0="", city_0="", postal_0="", coordinates_0="").patch["locations"]
    assert gone == []


@pytest.mark.parametrize(("changes", "fault"), [
    ({"name_fr": "", "name_en": ""}, "name_fr"), ({"phones": "x"}, "phones"), ({"hours": "x"}, "hours"), ({"special_hours": "x"}, "special_hours"), ({"url": "javascript:alert(1)"}, "url"),
    ({"min_age": "dix"}, "min_age"), ({"min_age": "٣"}, "min_age"), ({"other_languages": "espagnol!"}, "languages"), ({"area_codes": "Nulle part"}, "area_codes"),
    ({"city_0": "Nulle part"}, "city_0"), ({"postal_0": "12345"}, "postal_0"), ({"coordinates_0": "ici"}, "coordinates_0"), ({"main_need": "", "needs": []}, "needs"),
    ({"main_need": "pizza"}, "needs"),
])
def test_what_cannot_be_read_names_its_field(changes, fault):
    assert list(filled(as_dict(make("s")), **changes).faults) == [fault]
