import re

import pytest

from bot.directory.cards import card
from bot.directory.hours import Moment
from bot.directory.ranking import Query, bare

from .samples import at, make, place

NOW = at("2026-11-24T10:00")  # a Tuesday
OFFICE = [{"byday": "MO,TU,WE,TH,FR", "opens_at": "08:30", "closes_at": "16:30"}]
CONTRACT = {
    "id", "name", "organization", "needs", "phone", "address", "municipality", "distance_km", "open_now", "opens_at", "hours",
    "languages", "cost", "eligibility", "bring", "accessibility", "url", "map_url", "why", "cautions", "verified_on", "source",
}


def shown(language="fr", where="61025", when=NOW, band=None, need="food", person=None, **fields):
    spot = place(where) if where else None
    query = Query(need, spot, language, when, band, **(person or {}))
    return card(bare(make("s", **fields), query, Moment(when)), language, when)


def test_every_field_of_the_contract_and_null_for_what_is_not_known():
    bare_card = shown(location=None, phones=[], languages=[], modes=[], source={"name": "x"})
    assert set(bare_card) >= CONTRACT
    unknown = ("phone", "address", "municipality", "distance_km", "open_now", "opens_at", "hours", "cost", "eligibility",
               "bring", "accessibility", "url", "map_url", "verified_on")
    assert {name: bare_card[name] for name in unknown} == dict.fromkeys(unknown)
    assert bare_card["languages"] == []


def test_a_distance_says_that_it_is_a_straight_line():
    found = shown("en")
    assert found["distance_km"] == 1.5 or found["distance_km"] == round(found["distance_km"], 1)
    assert any("straight line" in why for why in found["why"])
    assert any("ligne droite" in why for why in shown("fr")["why"])


def test_a_location_known_by_its_town_only_has_no_distance_within_it_and_a_map_by_address():
    spot = place("61025")
    found = shown(location={"address": "12, rue X", "municipality": "61025", "lat": spot.lat, "lon": spot.lon, "approximate": True})
    assert found["distance_km"] is None
    assert "Dans votre ville ou village (Joliette)" in found["why"]
    assert found["map_url"].startswith("https://www.openstreetmap.org/search?query=12%2C+rue+X")


def test_the_map_points_at_the_building():
    assert shown()["map_url"] == "https://www.openstreetmap.org/?mlat=46.02370&mlon=-73.44360#map=17/46.02370/-73.44360"


@pytest.mark.parametrize(
    ("language", "when", "text"),
    [
        ("fr", "2026-11-24T10:00", "Ouvert maintenant, jusqu’à 16 h 30"),
        ("en", "2026-11-24T10:00", "Open now, until 4:30 p.m."),
        ("fr", "2026-11-24T07:00", "Fermé en ce moment; ouvre aujourd’hui à 8 h 30"),
        ("en", "2026-11-24T18:00", "Closed right now; opens tomorrow at 8:30 a.m."),
        ("fr", "2026-11-27T18:00", "Fermé en ce moment; ouvre lundi à 8 h 30"),
        ("en", "2026-12-24T18:00", "Closed right now; opens Monday at 8:30 a.m."),  # over Christmas, a Friday
    ],
)
def test_open_and_opens_in_words(language, when, text):
    found = shown(language, when=at(when), schedules=OFFICE)
    assert text in found["why"] + found["cautions"]


def test_opens_at_is_an_iso_time_with_its_zone():
    assert shown(when=at("2026-11-24T18:00"), schedules=OFFICE)["opens_at"] == "2026-11-25T08:30:00-05:00"


@pytest.mark.parametrize(
    ("schedules", "fr", "en"),
    [
        (OFFICE, "Lundi au vendredi, 8 h 30 à 16 h 30", "Monday to Friday, 8:30 a.m. to 4:30 p.m."),
        (
            [{"byday": "MO,WE", "opens_at": "09:00", "closes_at": "12:00"}, {"byday": "MO,WE", "opens_at": "13:00", "closes_at": "17:00"}],
            "Lundi et mercredi, 9 h à midi et 13 h à 17 h", "Monday and Wednesday, 9 a.m. to noon and 1 p.m. to 5 p.m.",
        ),
        (
            [{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}],
            "24 heures sur 24, 7 jours sur 7", "24 hours a day, 7 days a week",
        ),
        (
            [{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "09:00", "closes_at": "24:00"}],
            "Tous les jours, 9 h à minuit", "Every day, 9 a.m. to midnight",
        ),
        (
            [{"byday": "SA", "opens_at": "10:00", "closes_at": "14:00", "valid_from": "2026-06-01", "valid_to": "2026-08-31"}],
            "Samedi, 10 h à 14 h (du 1er juin 2026 au 31 août 2026)", "Saturday, 10 a.m. to 2 p.m. (from June 1, 2026 to August 31, 2026)",
        ),
        (
            [*OFFICE, {"byday": "SA,SU", "opens_at": "08:00", "closes_at": "16:00"}],
            "Lundi au vendredi, 8 h 30 à 16 h 30; samedi et dimanche, 8 h à 16 h",
            "Monday to Friday, 8:30 a.m. to 4:30 p.m.; Saturday and Sunday, 8 a.m. to 4 p.m.",
        ),
    ],
)
def test_hours_in_one_line(schedules, fr, en):
    assert shown("fr", schedules=schedules)["hours"] == fr
    assert shown("en", schedules=schedules)["hours"] == en


@pytest.mark.parametrize(
    ("fields", "fr", "en"),
    [
        ({"languages": ["ht"]}, "Service en créole haïtien seulement", "Service in Haitian Creole only"),
        ({"source": {"name": "x", "date": "2020-08"}}, "Vérifié il y a longtemps (août 2020)", "Verified long ago (August 2020)"),
        ({"source": {"name": "x"}}, "Date de vérification inconnue", "Verification date unknown"),
        ({"min_age": 12, "max_age": 25}, "Âge demandé : 12 à 25 ans", "Age limit: 12 to 25 years"),
        ({"area": {"kind": "mrc", "codes": ["52"]}}, "Sert d’habitude un autre secteur; vérifiez avant d’y aller",
         "Usually serves another area; check before you go"),
        ({"closed_from": "2026-11-01", "closed_until": "2027-01-03"}, "Fermé jusqu’au 3 janvier 2027", "Closed until January 3, 2027"),
        ({"phones": [], "location": None}, "Nous n’avons pas encore son téléphone ni son adresse", "We do not have its phone or address yet"),
    ],
)
def test_cautions(fields, fr, en):
    assert fr in shown("fr", **fields)["cautions"]
    assert en in shown("en", **fields)["cautions"]


def test_an_age_that_does_not_suit_and_one_that_does():
    assert "Peut-être pas pour cet âge : 65 ans et plus" in shown(band="youth", min_age=65)["cautions"]
    assert "For this age (up to 17 years)" in shown("en", band="child", max_age=17)["why"]


def test_too_far_is_said_with_the_distance():
    far = {"municipality": "62085", "lat": 46.68, "lon": -73.9}
    found = shown(location=far, area={"kind": "rls", "codes": ["1411"]})
    assert any(text.startswith("C’est loin : ") for text in found["cautions"])


def test_a_holiday_asks_to_check_unless_it_is_open_day_and_night():
    christmas = at("2026-12-25T10:00")
    assert "Jour férié (Noël) : les heures peuvent changer" in shown(when=christmas, schedules=OFFICE)["cautions"]
    always = [{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}]
    assert not any("férié" in text for text in shown(when=christmas, schedules=always)["cautions"])


def test_a_text_missing_in_the_language_is_shown_in_the_other_and_says_so():
    found = shown("en", description={"fr": "Des paniers de nourriture"})
    assert found["description"] == "Des paniers de nourriture"
    assert "Text in French only" in found["cautions"]
    assert "Texte en anglais seulement" in shown("fr", cost={"en": "Free"})["cautions"]


def test_a_phone_with_an_extension_to_read_and_to_tap():
    phone = [{"number": "+14505550100", "display": "450 555-0100", "extension": "12"}]
    assert shown("fr", phones=phone)["phone"] == "450 555-0100, poste 12"
    assert shown("en", phones=phone)["phone"] == "450 555-0100, ext. 12"
    assert shown(phones=phone)["phone_dial"] == "tel:+14505550100;ext=12"
    assert shown(phones=[{"number": "811", "display": "811, option 1"}])["phone_dial"] == "tel:811"


def test_the_date_shown_is_the_sources_never_the_imports():
    assert shown(source={"name": "ODHF", "date": "2020-08"}, verified_on="2026-11-01")["verified_on"] == "2020-08"


def test_the_date_shown_is_that_of_the_person_who_verified_the_record_since():
    assert shown(source={"name": "ODHF", "date": "2020-08"}, verified_by="anne@example.org", verified_on="2026-11-01")["verified_on"] == "2026-11-01"


def test_french_text_has_french_typography():
    found = shown(schedules=OFFICE, min_age=12, source={"name": "x", "date": "2020"})
    for text in [*found["why"], *found["cautions"], found["hours"]]:
        assert not re.search(r"[^\u00a0]:|'|\bam\b", text), text


def test_a_closure_soon_is_said_beside_the_next_opening():
    closing = {"schedules": OFFICE, "closed_from": "2026-12-01", "closed_until": "2026-12-04", "closed_reason": {"fr": "Travaux", "en": "Works"}}
    said = shown(when=at("2026-11-24T07:00"), **closing)["cautions"]
    assert any("8 h 30" in each.replace("\u00a0", " ") for each in said) and any("décembre" in each and "Travaux" in each for each in said)
    assert not any("Travaux" in each for each in shown(when=at("2026-11-10T07:00"), **closing)["cautions"])
