"""Who a service is for: ages, one sex, families, words; a wheelchair, who cannot go out, cost, places left."""

import pytest

from bot.directory.area import territory_of
from bot.directory.cards import card
from bot.directory.fit import Fit, band_of, fit, is_free, suits_age, wheelchair
from bot.directory.hours import Moment
from bot.directory.index import Index
from bot.directory.ranking import Query, bare, judge
from bot.directory.search import search

from .samples import at, make, place

NOW = at("2026-11-24T10:00")
LINE = {"location": None, "area": {"kind": "province"}, "modes": ["phone"]}


def query(**person):
    return Query("food", place("61025"), "fr", NOW, **person)


def score(person=None, **fields):
    asked = query(**(person or {}))
    return judge(make("s", **fields), asked, territory_of(asked.place), Moment(NOW)).score


@pytest.mark.parametrize(
    ("fields", "person", "eligible", "sure"),
    [
        ({}, {}, True, True),
        ({"min_age": 65}, {}, True, False),
        ({"min_age": 65}, {"age": 64}, False, True),
        ({"min_age": 65}, {"age": 65}, True, True),
        ({"min_age": 12, "max_age": 25}, {"age_band": "youth"}, True, True),
        ({"min_age": 16, "max_age": 35}, {"age_band": "adult"}, True, False),  # some adults
        ({"min_age": 16, "max_age": 35}, {"age_band": "adult", "age": 36}, False, True),  # the age wins over its band
        ({"min_age": 16, "max_age": 35}, {"age": 35}, True, True),
        ({"max_age": 17}, {"age": 18}, False, True),
        ({"sex": "female"}, {}, True, False),
        ({"sex": "female"}, {"sex": "female"}, True, True),
        ({"sex": "female"}, {"sex": "male"}, False, True),
        ({"family": True}, {}, True, False),
        ({"family": True}, {"family": True}, True, True),
        ({"family": True}, {"family": False}, False, True),
        ({"sex": "male", "family": True}, {"sex": "male"}, True, False),
        ({"sex": "male", "family": True}, {"sex": "male", "family": True}, True, True),
    ],
)
def test_limits(fields, person, eligible, sure):
    found = fit(make("s", **fields), query(**person))
    assert (found.eligible, found.sure or not eligible) == (eligible, sure)


@pytest.mark.parametrize(
    ("said", "band", "likely"),
    [
        ("Jeunes", "senior", False), ("Jeunes", "youth", True), ("Jeunes", None, True), ("Ados", "adult", False),
        ("Personnes aînées", "youth", False), ("Personnes aînées qui vivent seules", "senior", True),
        ("Jeunes et aînés", "adult", True), ("Selon le revenu", "adult", True),
    ],
)
def test_words_move_a_service_down_and_refuse_nobody(said, band, likely):
    found = fit(make("s", eligibility={"fr": said}), query(age_band=band))
    assert (found.eligible, found.likely) == (True, likely)


def test_words_that_name_the_persons_age_are_a_reason_to_show_it():
    shown = {language: card(bare(make("s", eligibility={"fr": "Jeunes", "en": "Youth"}), Query("food", place("61025"), language, NOW, age=15), Moment(NOW)), language, NOW)
             for language in ("fr", "en")}
    assert "Pour les jeunes" in shown["fr"]["why"] and "For young people" in shown["en"]["why"]


def test_a_service_for_a_people_is_never_sure_since_nobody_is_asked_who_they_are():
    found = fit(make("s", eligibility={"fr": "Personnes autochtones"}), query(age=40, sex="female"))
    assert found == Fit(eligible=True, sure=False, stated=True)


def test_bands_and_ages_meet_at_their_edges():
    assert [band_of(age) for age in (0, 13, 14, 24, 25, 64, 65, 115)] == ["child", "child", "youth", "youth", "adult", "adult", "senior", "senior"]
    clinic = make("s", min_age=12, max_age=25)
    assert [age for age in (11, 12, 25, 26) if suits_age(clinic, None, age)] == [12, 25]


def test_made_for_them_comes_before_for_everybody_and_that_before_perhaps_not_for_them():
    assert score({"age": 16}, min_age=12, max_age=25) > score({"age": 16}) > score(min_age=12, max_age=25) > score({"age": 40}, min_age=12, max_age=25)
    assert score({"sex": "male"}, sex="male") > score() > score(sex="male") > score({"sex": "female"}, sex="male")


@pytest.mark.parametrize(("said", "free"), [("Gratuit", True), ("Free of charge", True), ("Sans frais", True), ("5 $", False), (None, False),
                                            ("Partiellement gratuit", False)])
def test_free(said, free):
    service = make("s", cost={"fr": said} if said else None)
    assert is_free(service) is free
    assert (score(cost={"fr": said}) > score()) is free if said else True


@pytest.mark.parametrize(
    ("said", "access"),
    [("Accessible en fauteuil roulant", True), ("Wheelchair accessible", True), ("Rampe d’accès", True), ("Non accessible", False),
     ("Not wheelchair accessible", False), ("Inaccessible en fauteuil", False), ("Stationnement", None), (None, None)],
)
def test_wheelchair(said, access):
    service = make("s", accessibility={"fr": said} if said else None)
    assert wheelchair(service) is access
    asked = query(wheelchair=True)
    shown = card(bare(service, asked, Moment(NOW)), "fr", NOW)
    expected = {True: "Accessible en fauteuil roulant", False: "Pas accessible en fauteuil roulant", None: "Demandez si c’est accessible en fauteuil roulant"}
    assert expected[access] in shown["why" if access else "cautions"]


def test_who_cannot_go_out_gets_what_comes_to_them_first_and_a_line_before_an_office():
    office, home, line = make("office"), make("home", modes=["at_home"]), make("line", **LINE)
    result = search(Index([office, home, line]), query(stays_home=True))
    assert [hit.service.id for hit in result.services] == ["home", "line", "office"]
    assert "Il faut se déplacer" in card(result.services[2], "fr", NOW)["cautions"]
    assert [hit.service.id for hit in search(Index([office, line]), query()).services] == ["office", "line"]


def test_a_waiting_list_is_said_and_comes_lower_but_still_fits():
    result = search(Index([make("a", capacity="waiting_list"), make("b")]), query())
    assert [hit.service.id for hit in result.services] == ["b", "a"] and result.reason is None
    assert "Il y a une liste d’attente" in card(result.services[1], "fr", NOW)["cautions"]


@pytest.mark.parametrize(
    ("fields", "person", "where", "fr", "en"),
    [
        ({"sex": "female"}, {}, "cautions", "Pour les femmes seulement", "For women only"),
        ({"sex": "male"}, {"sex": "female"}, "cautions", "Pour les hommes seulement", "For men only"),
        ({"sex": "female"}, {"sex": "female"}, "why", "Pour les femmes", "For women"),
        ({"family": True}, {}, "cautions", "Pour qui a des enfants ou en attend un", "For people who have children or expect one"),
        ({"family": True}, {"family": True}, "why", "Pour les familles", "For families"),
        ({"min_age": 16, "max_age": 35}, {"age": 36}, "cautions", "Peut-être pas pour cet âge : 16 à 35 ans", "Maybe not for this age: 16 to 35 years"),
        ({"min_age": 16, "max_age": 35}, {"age": 35}, "why", "Pour cet âge (16 à 35 ans)", "For this age (16 to 35 years)"),
        ({"by_appointment": True}, {}, "cautions", "Sur rendez-vous : appelez avant d’y aller", "By appointment: call before you go"),
        ({"capacity": "full"}, {}, "cautions", "Complet en ce moment; demandez quand une place se libère", "Full right now; ask when there will be room"),
        ({"special_hours": [{"first": "2026-11-24", "opens_at": "09:00", "closes_at": "11:00"}]}, {}, "cautions", "Heures spéciales aujourd’hui", "Special hours today"),
    ],
)
def test_the_card_says_it_in_both_languages(fields, person, where, fr, en):
    for language, text in (("fr", fr), ("en", en)):
        asked = Query("food", place("61025"), language, NOW, **person)
        assert text in card(bare(make("s", **fields), asked, Moment(NOW)), language, NOW)[where]


@pytest.mark.parametrize(
    ("fields", "fr", "en"),
    [
        ({"by_appointment": True}, "Sur rendez-vous", "By appointment"),
        ({"schedules": [{"byday": "MO", "opens_at": "09:00", "closes_at": "12:00"}], "by_appointment": True}, "Lundi, 9 h à midi (sur rendez-vous)",
         "Monday, 9 a.m. to noon (by appointment)"),
        ({"schedules": [{"byday": "MO", "opens_at": "09:00", "closes_at": "12:00"}],
          "special_hours": [{"first": "2026-12-21", "last": "2026-12-23"}, {"first": "2026-12-14", "opens_at": "13:00", "closes_at": "15:00"},
                            {"first": "2027-04-01"}]},
         "Lundi, 9 h à midi; exception, 14 décembre : 13 h à 15 h; exception, 21 décembre au 23 décembre : fermé",
         "Monday, 9 a.m. to noon; exception, December 14: 1 p.m. to 3 p.m.; exception, December 21 to December 23: closed"),
    ],
)
def test_hours_in_one_line_with_what_is_exceptional_soon(fields, fr, en):
    for language, text in (("fr", fr), ("en", en)):
        asked = Query("food", place("61025"), language, NOW)
        assert card(bare(make("s", **fields), asked, Moment(NOW)), language, NOW)["hours"] == text


def test_hours_of_another_season_are_said_with_the_day_when_it_opens():
    clinic = make("s", schedules=[{"byday": "TU", "opens_at": "09:00", "closes_at": "12:00", "valid_from": "2027-02-01", "valid_to": "2027-04-30"}])
    said = card(bare(clinic, query(), Moment(NOW)), "fr", NOW)["cautions"]
    assert said[:2] == ["Fermé à ce temps-ci de l’année", "Fermé en ce moment; ouvre le 2 février à 9 h"]
