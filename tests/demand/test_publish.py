"""A finished month is published once, whole, and never changes."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.demand import publish as publishing
from bot.demand.correct import correct, count
from bot.demand.event import Event
from bot.demand.load import load
from bot.demand.plan import load_plan
from bot.demand.publish import NotFinished, Refused, publish
from bot.demand.published import UnknownTable, published, published_tables
from bot.demand.register import entries
from bot.demand.tables import demand_doors, demand_publications
from bot.store.engine import writing
from tests.demand.conftest import EVENT, NOVEMBER, SignedIn, lines
from tests.demand.pages import PERSON, demand_routes


def value(table, **dimensions):
    found = [cell for cell in table.cells if dimensions.items() <= cell.items()]
    assert len(found) == 1
    assert found[0]["withheld"] == (found[0]["value"] is None)
    return found[0]["value"]


def test_an_unfinished_month_is_refused(engine):
    with pytest.raises(NotFinished, match="2026-11 is not over"):
        publish(engine, "2026-11", now=NOVEMBER)
    with pytest.raises(NotFinished):
        publish(engine, "2027-01", now=NOVEMBER)


def test_the_month_ends_at_midnight_in_quebec_not_in_utc(engine):
    with pytest.raises(NotFinished):
        publish(engine, "2026-10", now=datetime(2026, 11, 1, 3, 59, tzinfo=UTC))
    assert publish(engine, "2026-10", now=datetime(2026, 11, 1, 4, 0, tzinfo=UTC))


def test_what_is_no_month_is_refused(engine):
    with pytest.raises(ValueError, match="2026-9"):
        publish(engine, "2026-9", now=NOVEMBER)


def test_counts_are_withheld_at_7_and_rounded_above(demonstration):
    engine = demonstration(
        (7, {"territory": "1411"}), (8, {"territory": "1412"}), (13, {"territory": "1623"}), (17, {"need": "violence"}),
        (18, {"need": "violence", "territory": "1411"}), (9, {"territory": None}),
    )
    table = published(engine, "need_by_territory", "2026-09", "2026-09")
    assert value(table, need="food", territory="1411") is None
    assert value(table, need="food", territory="1412") == 10
    assert value(table, need="food", territory="1623") == 15
    assert value(table, need="violence", territory="1623") is None
    assert value(table, need="violence", territory="1411") == 20
    assert value(table, need="food", territory="unknown") == 10


def test_the_grid_is_the_same_whether_something_happened_or_not(demonstration):
    engine = demonstration((20, {}), publish=("2026-08", "2026-09"))
    for name in ("need_by_territory", "waits"):
        empty, full = (published(engine, name, month, month) for month in ("2026-08", "2026-09"))
        assert [{**cell, "month": "", "value": 0, "withheld": 0} for cell in empty.cells] == [
            {**cell, "month": "", "value": 0, "withheld": 0} for cell in full.cells
        ]
        assert all(cell["withheld"] for cell in empty.cells)


def test_all_dimensions_land_in_their_tables(demonstration):
    engine = demonstration(
        (10, {"language": "en", "door": "clsc", "wait": "under_5", "age_band": None}),
        (12, {"met": False, "reason": "too_far", "need": "transport", "territory": "0641"}),
        (20, {"need": "substance_use", "age_band": "youth"}),
    )
    assert value(published(engine, "doors"), door="clsc") == 10
    assert value(published(engine, "doors"), door="none") == 30
    assert value(published(engine, "waits"), wait="under_5") == 10
    language = published(engine, "language_by_need_by_region")
    assert value(language, language="en", need="food", region="16", quarter="2026-Q3") == 10
    reason = published(engine, "reason_by_need_by_region")
    assert value(reason, reason="too_far", need="transport", region="06") == 10
    assert value(reason, reason="too_far", need="food", region="16") is None
    ages = published(engine, "age_band_by_theme")
    assert [cell for cell in ages.cells if cell["age_band"] == "unknown"] == []  # what is not said is not published beside
    assert value(published(engine, "channels"), channel="web") == 40
    assert value(ages, age_band="youth", theme="mental_health") == 20


def test_a_theme_that_holds_a_sensitive_need_is_sensitive(demonstration):
    engine = demonstration((17, {"need": "substance_use"}))
    assert value(published(engine, "age_band_by_theme"), age_band="senior", theme="mental_health") is None


def test_twice_gives_the_same_and_changes_nothing(demonstration):
    engine = demonstration((20, {}), publish=())
    first = publish(engine, "2026-09", now=NOVEMBER)
    load(engine, lines((50, {"month": "2026-09"})))
    second = publish(engine, "2026-09", now=datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert second == first


def test_late_events_count_in_the_next_month(demonstration):
    engine = demonstration((20, {}))
    assert load(engine, lines((15, {"month": "2026-09"}))).late == 15
    publish(engine, "2026-10", now=NOVEMBER)
    assert value(published(engine, "need_by_territory", "2026-10", "2026-10"), need="food", territory="1623") == 15


def test_a_quarter_comes_with_its_last_month_and_counts_its_own_events(demonstration):
    engine = demonstration((4, {"month": "2026-07"}), (4, {"month": "2026-08"}), (4, {}), publish=("2026-07", "2026-08"))
    with pytest.raises(AssertionError):
        value(published(engine, "language_by_need_by_region"), language="fr", need="food", region="16")
    publish(engine, "2026-09", now=NOVEMBER)
    months = published(engine, "need_by_territory", "2026-07", "2026-09")
    assert all(cell["withheld"] for cell in months.cells)
    assert value(published(engine, "language_by_need_by_region"), language="fr", need="food", region="16") == 10


def test_an_event_late_for_a_published_quarter_counts_in_the_next_even_when_its_month_is_not_published(demonstration):
    engine = demonstration((20, {}))
    load(engine, lines((15, {"month": "2026-08"})))
    publish(engine, "2026-08", now=NOVEMBER)
    assert all(cell["withheld"] for cell in published(engine, "need_by_territory", "2026-08", "2026-08").cells)


def test_the_digest_is_the_sha256_of_the_canonical_answer(demonstration):
    engine = demonstration((20, {}))
    for entry in published_tables(engine):
        table = published(engine, entry["table"], "2026-09", "2026-09")
        body = {name: table.as_dict()[name] for name in ("table", "dimensions", "cells", "rule")}
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert table.digest == hashlib.sha256(text.encode()).hexdigest()
        with engine.connect() as connection:
            kept = connection.execute(
                select(demand_publications.c.digest).where(demand_publications.c.table_name == entry["table"])
            ).scalar_one()
        assert table.digest == kept


def test_a_longer_view_holds_its_published_periods_and_nothing_else(demonstration):
    engine = demonstration((20, {"month": "2026-08"}), (30, {}), publish=("2026-08", "2026-09"))
    table = published(engine, "need_by_territory", "2026-08", "2026-09")
    assert table.periods == ("2026-08", "2026-09")
    assert value(table, month="2026-08", need="food", territory="1623") == 20
    assert value(table, month="2026-09", need="food", territory="1623") == 30


def test_a_quarter_is_given_for_any_of_its_months(demonstration):
    engine = demonstration((20, {}))
    assert published(engine, "age_band_by_theme", "2026-08", "2026-08").periods == ("2026-Q3",)
    assert published(engine, "age_band_by_theme", "2026-10").periods == ()


def test_an_unknown_table_and_limits_the_wrong_way_round_are_refused(engine):
    with pytest.raises(UnknownTable):
        published(engine, "salaries")
    with pytest.raises(ValueError):
        published(engine, "doors", "2026-09", "2026-08")


def test_the_rule_is_said_in_both_languages_with_its_parameters(demonstration):
    engine = demonstration((20, {}))
    rule = published(engine, "doors").rule
    assert "7 ou moins" in rule["fr"] and "17 ou moins" in rule["fr"] and "multiple de 5" in rule["fr"]
    assert "7 or less" in rule["en"] and "17 or less" in rule["en"] and "multiple of 5" in rule["en"]
    for language, needs in (("fr", "itinérance, santé mentale, dépendances, violence"), ("en", "homelessness, mental health")):
        assert needs in rule[language]


def test_a_door_made_by_the_operator_has_its_cell_even_when_nobody_came_by_it(demonstration):
    engine = demonstration((20, {}), publish=())
    with engine.begin() as connection:
        connection.execute(insert(demand_doors).values(code="library", name="Bibliothèque"))
    publish(engine, "2026-09", now=NOVEMBER)
    assert value(published(engine, "doors"), door="library") is None


def test_the_plan_holds_the_tables_of_the_issue():
    plan = load_plan()
    assert (plan.rule.threshold, plan.rule.sensitive_threshold, plan.rule.rounding_base) == (7, 17, 5)
    assert {name: (table.period, table.dimensions) for name, table in plan.tables.items()} == {
        "need_by_territory": ("month", ("need", "territory")),
        "doors": ("month", ("door",)),
        "waits": ("month", ("wait",)),
        "language_by_need_by_region": ("quarter", ("language", "need", "region")),
        "reason_by_need_by_region": ("quarter", ("reason", "need", "region")),
        "age_band_by_theme": ("quarter", ("age_band", "theme")),
        "for_other_by_theme": ("quarter", ("for_other", "theme")),
        "channels": ("quarter", ("channel",)),
        "oriented": ("quarter", ("service",)),
        "asked_before_by_door": ("quarter", ("asked_before", "door")),
        "english_by_region": ("half", ("english", "region")),
        "english": ("half", ("english",)),
    }


def test_the_order_of_the_listed_services_tells_nothing_beside_their_figures(demonstration):
    engine = demonstration((18, {"oriented_to": "b"}), (22, {"oriented_to": "c"}), (21, {"oriented_to": "a"}), (40, {"oriented_to": "z"}))
    listed = [(cell["service"], cell["value"]) for cell in published(engine, "oriented").cells]
    assert listed == [("none", None), ("z", 40), ("a", 20), ("b", 20), ("c", 20)]


@pytest.mark.parametrize("corrected_while_the_attack_is_played", [False, True])
def test_a_correction_while_a_month_is_being_published_is_in_what_is_published(engine, monkeypatch, corrected_while_the_attack_is_played):
    october, held = datetime(2026, 10, 15, tzinfo=UTC), []
    with writing(engine) as connection:
        held += [count(connection, Event.from_mapping({**EVENT, "month": "2026-10"}), f"who-{number}", now=october) for number in range(20)]
    attack, changed = publishing.withhold_until_safe, []

    def meanwhile(*given):
        if corrected_while_the_attack_is_played and not changed:
            changed.append(True)
            with writing(engine) as connection:
                for one in held[:10]:
                    correct(connection, one, {"wait": "never"}, now=NOVEMBER)
        return attack(*given)

    monkeypatch.setattr(publishing, "withhold_until_safe", meanwhile)
    publish(engine, "2026-10", now=NOVEMBER)
    assert value(published(engine, "waits"), wait="never") == (10 if corrected_while_the_attack_is_played else None)
    assert value(published(engine, "waits"), wait="none") == (10 if corrected_while_the_attack_is_played else 20)


def test_a_month_that_is_refused_is_told_in_the_register_once_and_the_next_months_wait(demonstration, monkeypatch):
    engine = demonstration((20, {}), (20, {"month": "2026-10"}), publish=())

    def refuses(*given):
        raise Refused("need_by_territory")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "withhold_until_safe", refuses)
        assert publishing.publish_due(engine, NOVEMBER) == [] and publishing.publish_due(engine, NOVEMBER) == []
    with engine.connect() as connection:
        assert [(entry.what["month"], entry.what["audit"]) for entry in entries(connection, "publication")] == [("2026-09", "refused")]
    page = TestClient(SignedIn(Starlette(routes=demand_routes(engine)), PERSON)).get("/table/register?lang=en").text
    assert "Nothing is published" in page
    assert publishing.publish_due(engine, NOVEMBER) == ["2026-09", "2026-10"]
