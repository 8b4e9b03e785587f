"""What a table does with its figures: the brief, decisions, the register, the page for citizens."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.demand.actions import Action, ActionError, actions, note_action
from bot.demand.brief import changed
from bot.demand.register import entries, note
from bot.store.engine import reading, writing
from bot.web import demand_acts, demand_page
from tests.demand.conftest import NOVEMBER, SignedIn

TABLE, ADMINISTRATOR, NAVIGATOR = (SimpleNamespace(id=None, roles=(role,)) for role in ("table", "administrator", "navigator"))
DECISION = {"month": "2026-09", "need": "transport", "region": "16", "text": "Un essai de transport bénévole", "lead": "La municipalité",
            "co_lead": "Le CLSC", "next_step": "Trouver dix conducteurs", "due": "2026-12-01"}


def client(engine, person=TABLE, public=False, now=NOVEMBER):
    routes = [*demand_page.routes(engine, public=public), *demand_acts.routes(engine, now=lambda: now)]
    return TestClient(SignedIn(Starlette(routes=routes), person), follow_redirects=False)


@pytest.fixture
def full(demonstration):
    return demonstration(
        (100, {"month": "2026-08"}), (240, {}), (60, {"month": "2026-08", "need": "housing"}), (64, {"need": "housing"}),
        (12, {"need": "transport", "met": False, "reason": "too_far"}), publish=("2026-08", "2026-09"),
    )


# The brief


@pytest.mark.parametrize(("language", "said"), [
    ("fr", ("Alimentation\u00a0: en hausse, de 100 à 240", "Transport\u00a0: trop loin, 10", "septembre 2026", "Masqué ne veut pas dire zéro")),
    ("en", ("Food: up, from 100 to 240", "Transport: too far, 10", "September 2026", "Withheld does not mean zero", "The rule:")),
])
def test_the_brief_says_what_rose_what_is_unmet_and_how_far_to_trust_it(full, language, said):
    text = client(full).get(f"/table/brief?lang={language}").text
    for words in said:
        assert words in text
    assert "Logement\u00a0: en" not in text and "Housing: up" not in text  # 60 and 64: chance and rounding explain it


def test_a_month_with_none_before_it_says_so(full):
    assert "No month is published just before" in client(full).get("/table/brief?lang=en&month=2026-08").text


def test_a_difference_within_rounding_is_no_change():
    assert not changed(100, 104, 1, 5)


@given(st.integers(8, 5000), st.integers(1, 20), st.integers(-2, 2), st.integers(-2, 2))
def test_the_same_count_rounded_either_way_is_never_a_change(count, cells, one, other):
    assert not changed(count * cells + one * cells, count * cells + other * cells, cells, 5)


def test_a_cell_that_only_came_above_the_threshold_is_no_rise(demonstration):
    engine = demonstration((7, {"month": "2026-08"}), (9, {}), publish=("2026-08", "2026-09"))
    assert "Nothing changed" in client(engine).get("/table/brief?lang=en").text


# Decisions


def test_a_decision_is_noted_seen_beside_later_figures_and_finished(full):
    page = client(full)
    assert page.post("/table/decisions", data=DECISION).status_code == 303
    for address in ("/table", "/table/brief", "/table/decisions"):
        assert DECISION["text"] in page.get(address).text
    assert "décision en cours" in page.get("/table").text
    assert DECISION["text"] not in page.get("/table?month=2026-08").text  # it answers the month after
    key = re.search(r'action="/table/decisions/([0-9a-f-]+)', page.get("/table/decisions").text)[1]
    assert page.post(f"/table/decisions/{key}", data={"done": "yes"}).status_code == 303
    assert "C’est fait." in page.get("/table/decisions").text
    with reading(full) as connection:
        assert actions(connection)[0].done_at is not None


@pytest.mark.parametrize("wrong", [{"co_lead": " la municipalité "}, {"text": ""}, {"due": "demain"}, {"need": "gold"}, {"region": "99"}, {"month": "2026"}])
def test_a_decision_without_two_leads_a_text_and_a_date_is_refused_and_what_was_typed_stays(full, wrong):
    answer = client(full).post("/table/decisions", data=DECISION | wrong)
    assert answer.status_code == 400 and 'role="alert"' in answer.text
    assert "Trouver dix conducteurs" in answer.text
    with pytest.raises(ActionError):
        Action(**(DECISION | wrong))
    with reading(full) as connection:
        assert actions(connection) == []


def test_what_is_typed_is_shown_as_text(full):
    page = client(full)
    page.post("/table/decisions", data=DECISION | {"text": "<script>x</script>"})
    assert "<script>" not in page.get("/table").text


def test_a_decision_that_is_none_is_404(full):
    assert client(full).post("/table/decisions/00000000-0000-4000-8000-000000000000", data={"done": "yes"}).status_code == 404


# The register


def test_the_register_shows_publications_parameters_and_what_an_administrator_adds(full):
    page = client(full, ADMINISTRATOR)
    assert page.post("/table/register", data={"kind": "review", "text": "Relu les seuils", "next_review": "2027-11-01"}).status_code == 303
    assert page.post("/table/register", data={"kind": "incident", "text": "Panne de deux heures"}).status_code == 303
    text = page.get("/table/register?lang=en").text
    for said in ("From August 2026 on: withheld at 7 or less (17 or less if sensitive), rounded to 5", "September 2026: 10 tables",
                 "Relu les seuils", "Panne de deux heures", '<time datetime="2027-11-01">'):
        assert said in text
    assert "This date has passed" in client(full, ADMINISTRATOR, now=datetime(2027, 12, 1, tzinfo=UTC)).get("/table/register?lang=en").text


def test_a_table_member_reads_the_register_and_adds_nothing(full):
    page = client(full)
    assert "<textarea" not in page.get("/table/register").text
    assert page.post("/table/register", data={"kind": "incident", "text": "x"}).status_code == 403
    with reading(full) as connection:
        assert entries(connection, "incident") == []


@pytest.mark.parametrize("wrong", [{"text": ""}, {"kind": "publication"}, {"kind": "review"}, {"kind": "review", "next_review": "2027"}])
def test_a_line_without_text_or_a_review_without_its_date_is_refused(full, wrong):
    assert client(full, ADMINISTRATOR).post("/table/register", data={"kind": "incident", "text": "Panne"} | wrong).status_code == 400


def test_a_change_of_parameters_is_noted_with_the_first_month_it_applies_to(engine):
    from dataclasses import replace

    from bot.demand.disclosure import Rule
    from bot.demand.plan import load_plan
    from bot.demand.publish import publish
    from bot.demand.published import publications

    stricter = replace(load_plan(), rule=Rule(threshold=12, sensitive_threshold=17))
    publish(engine, "2026-08", now=NOVEMBER)
    publish(engine, "2026-09", now=NOVEMBER, plan=stricter)
    with reading(engine) as connection:
        assert sorted(entry.what["from_month"] for entry in entries(connection, "parameters")) == ["2026-08", "2026-09"]
        kept = {one.period: one.parameters["threshold"] for one in publications(connection, table="doors")}
    assert kept == {"2026-08": 7, "2026-09": 12}


# Who reads


@pytest.mark.parametrize("address", ["/table", "/table/brief", "/table/decisions", "/table/register"])
def test_another_role_is_refused_and_nobody_is_sent_to_sign_in(full, address):
    answer = client(full, NAVIGATOR).get(address)
    assert answer.status_code == 403 and "Alimentation" not in answer.text
    answer = client(full, None).get(address)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/login?next=")


def test_citizens_read_the_figures_only_when_the_operator_wishes(full):
    with writing(full) as connection:
        note_action(connection, Action(**DECISION), NOVEMBER)
        note(connection, "incident", NOVEMBER, text="Panne")
    for address in ("/chiffres", "/figures"):
        assert client(full, None).get(address).status_code == 404
        answer = client(full, None, public=True).get(address)
        assert answer.status_code == 200 and "max-age" in answer.headers["cache-control"]
        assert ("Needs by territory" if address == "/figures" else "Besoins par territoire") in answer.text
        for kept_inside in (DECISION["text"], "Panne", "/table/decisions", "/api/demand"):
            assert kept_inside not in answer.text
        assert ("made up" if address == "/figures" else "inventées") in answer.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_is_inline_on_any_of_the_pages(full, language):
    from tests.demand.test_page import Page

    for address in ("/table/brief", "/table/decisions", "/table/register"):
        text = client(full, ADMINISTRATOR).get(f"{address}?lang={language}").text
        assert Page(text).inline == []
        assert "made up" in text or "inventées" in text
