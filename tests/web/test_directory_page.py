"""The maintainers' pages as forms that answer with pages: who may, every act, what goes wrong, both languages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from bot.directory import reports
from bot.directory.imports.apply import apply
from bot.directory.imports.batch import Batch
from bot.store.engine import writing
from bot.web.directory_fields import words
from bot.web.directory_page import DONE, today
from tests.directory.samples import make
from tests.web.directory_house import DirectoryHouse, build

ANNE = "anne@example.org"
TEMPLATES = ("directory.html", "directory_record.html", "directory_edit.html")


@pytest.fixture
def house(tmp_path) -> DirectoryHouse:
    return build(tmp_path)


@pytest.fixture
def anne(house):
    return house.client()


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of the page's long form, untouched."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1] if value else ""))
    for name, value in re.findall(r'<textarea id="([^"]*)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[name] = [unescape(value)]
    for name, options in re.findall(r'<select id="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', options)[:1] or [""]
    return found


def send(client, key="frigo", page=None, **changes):
    values = {**fields(page or client.get(f"/directory/{key}/edit").text), **{name: value if isinstance(value, list) else [value] for name, value in changes.items()}}
    return client.post(f"/directory/{key}/edit", data=values)


def stored(house, key="frigo"):
    return house.maintenance.sheet(key, today())


@pytest.mark.parametrize(("role", "status", "place"), [
    (None, 303, "/login?next=%2Fdirectory%2Ffrigo"), ("navigator", 303, "/desk"), ("table", 303, "/table"), ("maintainer", 200, None), ("administrator", 200, None),
])
def test_only_maintainers_and_administrators_open_the_pages(house, role, status, place):
    client = house.client(role)
    reply = client.get("/directory/frigo")
    assert (reply.status_code, reply.headers.get("location")) == (status, place)
    posted = client.post("/directory/frigo/close", data={"from": "2026-12-01"})
    assert posted.status_code == 303 and (stored(house).service.closed_from is not None) is (status == 200)


def test_what_another_site_sends_is_refused(house, anne):
    reply = anne.post("/directory/frigo/reopen", headers={"sec-fetch-site": "cross-site"})
    assert reply.status_code == 403


@pytest.mark.parametrize(("language", "title", "stale"), [("fr", "Répertoire", "À vérifier de nouveau (1)"), ("en", "Directory", "To verify again (1)")])
def test_the_list_in_both_languages(anne, language, title, stale):
    page = anne.get(f"/directory?lang={language}").text
    assert f"<h1>{title}</h1>" in page and stale in page and f'<html lang="{language}"' in page
    assert ("Frigo du quartier" if language == "fr" else "Neighbourhood fridge") in page


def test_search_and_what_it_does_not_find(anne):
    assert "Aucune fiche ne répond" in anne.get("/directory?lang=fr&q=pizza").text
    page = anne.get("/directory?lang=fr&q=frigo&show=zzz&need=zzz&page=9999999").text
    assert page.count("<h3>") == 1 and "Frigo du quartier" in page
    assert "<script>" not in anne.get("/directory?q=<script>alert(1)</script>").text


def test_an_edit_is_saved_said_and_noted(house, anne):
    reply = send(anne, phones="450 555-0199, poste 3", min_age="18", cost_fr="Gratuit", hours="lundi au vendredi 8:30-12:00, 13:00-16:30")
    assert (reply.status_code, reply.headers["location"]) == (303, "/directory/frigo?done=edited")
    sheet = stored(house)
    assert sheet.service.phones[0].extension == "3" and sheet.service.min_age == 18 and len(sheet.service.schedules) == 2
    assert (sheet.changes[0].author, set(sheet.changes[0].fields)) == (ANNE, {"phones", "min_age", "cost", "schedules"})
    page = anne.get(reply.headers["location"] + "&lang=fr").text
    assert "La fiche est enregistrée." in page and "Modifiée par anne@example.org" in page and "450 555-0199, poste 3" in page


def test_the_next_resident_sees_the_change_at_once(house, anne):
    directory = house.app.state.services.directory
    assert directory.service("frigo").min_age is None
    send(anne, min_age="18")
    assert directory.service("frigo").min_age == 18


def test_a_form_sent_back_as_it_came_changes_nothing(house, anne):
    assert send(anne).headers["location"] == "/directory/frigo?done=unchanged" and stored(house).changes == []


def test_a_text_in_one_language_is_said_to_be_only_in_that_one(anne):
    assert "Des repas. (in French only)" in anne.get("/directory/frigo?lang=en").text


def test_an_edit_with_a_review_says_who_and_when(house, anne):
    send(anne, min_age="18", verified=["yes"], how="Appel à l’organisme")
    service = stored(house).service
    assert (service.verified_by, service.verified_on, service.second_source.name, service.min_age) == (ANNE, today().isoformat(), "Appel à l’organisme", 18)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_typed_is_lost(house, anne, language):
    page = anne.get(f"/directory/frigo/edit?lang={language}").text
    values = {**fields(page), "phones": ["appelez-nous"], "min_age": ["99"], "max_age": ["12"], "notes": ["à garder"]}
    reply = anne.post(f"/directory/frigo/edit?lang={language}", data=values)
    assert reply.status_code == 422 and stored(house).changes == []
    text = unescape(reply.text)
    assert words(language, "fault.phones", text="appelez-nous") in text and "à garder" in text and ">appelez-nous</textarea>" in text
    assert 'aria-describedby="phones-error phones-hint"' in text and 'aria-invalid="true"' in text and 'href="#phones"' in text
    again = anne.post(f"/directory/frigo/edit?lang={language}", data={**values, "phones": [""]})
    assert again.status_code == 422 and words(language, "fault.ages") in unescape(again.text)


def test_two_maintainers_at_once_both_keep_what_does_not_clash(house, anne):
    ben = house.client(name="ben")
    page = ben.get("/directory/frigo/edit").text
    send(anne, min_age="18")
    assert send(ben, page=page, cost_fr="Gratuit").headers["location"].endswith("done=edited")
    service = stored(house).service
    assert (service.min_age, service.cost.fr) == (18, "Gratuit")


def test_two_maintainers_on_the_same_field_the_second_is_told_and_decides(house, anne):
    ben = house.client(name="ben")
    page = ben.get("/directory/frigo/edit").text
    send(anne, min_age="18", max_age="99")
    reply = send(ben, page=page, min_age="21")
    assert reply.status_code == 409 and "Une autre personne a changé cette fiche" in unescape(reply.text)
    assert fields(reply.text)["min_age"] == ["21"] and fields(reply.text)["max_age"] == ["99"]
    assert send(ben, page=reply.text).status_code == 303
    assert (stored(house).service.min_age, stored(house).service.max_age) == (21, 99)


def test_verify_today(house, anne):
    reply = anne.post("/directory/vieux/verify", data={"source": "Appel", "url": "https://exemple.test", "on": today().isoformat()})
    assert reply.headers["location"] == "/directory/vieux?done=verified"
    sheet = stored(house, "vieux")
    assert not sheet.stale and sheet.service.second_source.url == "https://exemple.test" and sheet.service.source.date == "2020-08"


@pytest.mark.parametrize(("act", "form", "problem"), [
    ("verify", {"on": "demain"}, "not_noted"), ("verify", {}, "not_noted"), ("close", {"from": ""}, "not_noted"),
    ("verify", {"on": (today() + timedelta(days=2)).isoformat()}, "future"), ("close", {"from": "2026-12-02", "until": "2026-12-01"}, "closure"),
])
def test_a_small_form_that_cannot_be_carried_out_says_why(house, anne, act, form, problem):
    reply = anne.post(f"/directory/frigo/{act}?lang=en", data=form)
    assert reply.status_code == 422 and words("en", f"problem.{problem}") in unescape(reply.text) and stored(house).changes == []


def test_the_other_language_of_an_answer_to_a_form_is_a_page_that_exists(anne):
    refused = anne.post("/directory/frigo/verify", data={"on": "demain"})
    link = re.search(r'href="([^"]*)" lang="en" hreflang', refused.text)
    assert link and link[1] == "/directory/frigo?lang=en" and anne.get(link[1]).status_code == 200


def test_close_for_a_while_and_reopen(house, anne):
    anne.post("/directory/frigo/close", data={"from": "2026-12-20", "until": "2027-01-05", "reason_fr": "congé", "reason_en": "holidays"})
    assert stored(house).service.closed_reason.en == "holidays"
    assert "Fermeture notée" in anne.get("/directory/frigo?lang=fr").text
    assert anne.post("/directory/frigo/reopen").headers["location"].endswith("done=reopened")
    assert stored(house).service.closed_until is None


def test_reports_are_settled(house, anne):
    with writing(house.engine) as connection:
        for kind in ("phone", "phone", "closed"):
            reports.report(connection, "frigo", kind, date(2026, 11, 20))
    page = anne.get("/directory/frigo?lang=fr").text
    assert "Le téléphone : dit 2 fois, la dernière le 2026-11-20" in page.replace("\u00a0", " ")
    for one, outcome in zip(stored(house).reports, ("fixed", "not_wrong"), strict=True):
        assert anne.post("/directory/frigo/reports", data={outcome: str(one.id)}).headers["location"].endswith("done=treated")
    assert stored(house).reports == []


def test_undo_from_the_history_and_what_stands_in_its_way(house, anne):
    send(anne, min_age="18")
    send(anne, min_age="21")
    later, earlier = stored(house).changes
    refused = anne.post("/directory/frigo/undo?lang=fr", data={"change": str(earlier.id)})
    assert refused.status_code == 409 and "Annulez d’abord le changement le plus récent" in unescape(refused.text)
    assert anne.post("/directory/frigo/undo", data={"change": str(later.id)}).headers["location"].endswith("done=undone")
    assert stored(house).service.min_age == 18 and "Annulé depuis" in anne.get("/directory/frigo?lang=fr").text


def test_what_a_source_says_against_us_is_shown_and_settled(house, anne):
    send(anne, min_age="18")
    apply(house.engine, Batch("211", [make("frigo", name={"fr": "Frigo du quartier", "en": "Neighbourhood fridge"}, description={"fr": "Des repas."}, min_age=21)]))
    page = anne.get("/directory/frigo?lang=fr").text
    assert "La source dit autre chose que nous" in page and "La source a changé (1)" in unescape(anne.get("/directory?lang=fr").text)
    assert anne.post("/directory/frigo/source", data={"take": "min_age"}).headers["location"].endswith("done=settled")
    assert stored(house).service.min_age == 21 and stored(house).held == {}


@pytest.mark.parametrize("path", ["/directory/zz", "/directory/zz/edit"])
def test_a_record_that_does_not_exist(anne, path):
    reply = anne.get(path)
    assert reply.status_code == 404 and "Cette fiche n’existe pas" in unescape(reply.text)
    assert anne.post("/directory/zz/close", data={"from": "2026-12-01"}).status_code == 404


@pytest.mark.parametrize("change", ["", "x", "99", "9" * 30])
def test_a_change_that_does_not_exist(anne, change):
    assert anne.post("/directory/frigo/undo", data={"change": change}).status_code == 404


def test_markup_in_a_record_is_only_text(house, anne):
    send(anne, name_fr="<b>gras</b>", notes="</textarea><script>")
    for path in ("/directory", "/directory/frigo", "/directory/frigo/edit"):
        page = anne.get(f"{path}?lang=fr").text
        assert "<b>gras" not in page and "<script>" not in page and "&lt;b&gt;gras" in page


# The words


@pytest.mark.parametrize("name", sorted(words.texts))
def test_both_languages_say_it_with_the_same_places(name):
    text = words.texts[name]
    assert text["fr"].strip() and text["en"].strip()
    assert set(re.findall(r"\{(\w+)", text["fr"])) == set(re.findall(r"\{(\w+)", text["en"]))
    assert not re.search(r" [:»?!;]|« |'", text["fr"])


def test_every_word_that_the_pages_use_exists_and_none_is_left_over():
    from bot.web.rendering import STATIC

    source = "".join((STATIC.parent / "templates" / name).read_text("utf-8") for name in TEMPLATES)
    code = "".join(path.read_text("utf-8") for path in STATIC.parent.glob("directory_*.py"))
    used = set(re.findall(r'"([\w.]+)"', source + code)) | set(re.findall(r"'([\w.]+)'", source + code))
    begun = tuple(re.findall(r'["\']([\w.]+\.)(?:["\']\s*~|\{)', source + code))
    said_by = ("title", "problem.", "done.", "fault.", "day.", "form.", "record.", "action.", "field.", "state.", "holidays.", "close.reason_", "sex.", "capacity.", "yes.")
    left = [name for name in words.texts if name not in used and not name.startswith((*begun, *said_by))]
    assert left == []
    assert all(f"done.{one}" in words.texts for one in DONE)


def test_every_field_of_a_record_and_every_action_has_its_words():
    from dataclasses import fields as of_class

    from bot.directory.forms import as_dict
    from bot.directory.history import ACTIONS
    from bot.directory.records import Service

    names = {*as_dict(make("s")), *(each.name for each in of_class(Service))}
    assert [name for name in names if name != "id" and f"field.{name}" not in words.texts] == []
    assert [name for name in ACTIONS if f"action.{name}" not in words.texts] == []
