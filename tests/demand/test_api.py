"""GET /api/demand, as in the contract."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.channels.demand_api import routes
from bot.channels.problems import problem_handlers
from tests.demand.conftest import SignedIn

TABLE = SimpleNamespace(roles=("table",))


def client(engine, person=TABLE):
    app = Starlette(routes=list(routes(engine)), exception_handlers=problem_handlers)
    return TestClient(SignedIn(app, person))


@pytest.fixture
def full(demonstration):
    return demonstration((20, {}), (9, {"language": "en", "territory": "0641"}))


def refused(answer, status):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status and answer.json()["title"]


@pytest.mark.parametrize("role", ["table", "administrator"])
def test_a_table_member_and_an_administrator_read(full, role):
    answer = client(full, SimpleNamespace(roles=("navigator", role))).get(
        "/api/demand", params={"from": "2026-09", "to": "2026-09", "table": "need_by_territory", "format": "json"}
    )
    assert answer.status_code == 200
    body = answer.json()
    assert {"table", "dimensions", "cells", "rule", "digest"} <= set(body)
    shown = [cell for cell in body["cells"] if not cell["withheld"]]
    assert {(cell["territory"], cell["value"]) for cell in shown} == {("1623", 20), ("0641", 10)}
    assert all(cell["value"] is None for cell in body["cells"] if cell["withheld"])


def test_nobody_signed_in_is_401(full):
    refused(client(full, None).get("/api/demand"), 401)


def test_another_role_is_403(full):
    refused(client(full, SimpleNamespace(roles=("navigator", "maintainer"))).get("/api/demand"), 403)


def test_without_middleware_it_is_401(full):
    app = Starlette(routes=list(routes(full)), exception_handlers=problem_handlers)
    refused(TestClient(app).get("/api/demand"), 401)


def test_without_a_table_the_published_tables_are_listed(full):
    listed = client(full).get("/api/demand").json()
    assert [entry["table"] for entry in listed] == [
        "need_by_territory", "doors", "waits", "language_by_need_by_region", "reason_by_need_by_region", "age_band_by_theme",
        "for_other_by_theme", "channels", "oriented", "asked_before_by_door",
    ]
    assert listed[0]["dimensions"] == ["month", "need", "territory"] and listed[0]["periods"] == ["2026-09"]


@pytest.mark.parametrize(("format", "kind"), [("csv", "text/csv"), ("xlsx", "spreadsheetml")])
def test_files_come_with_their_name_and_type(full, format, kind):
    answer = client(full).get("/api/demand", params={"table": "doors", "format": format})
    assert kind in answer.headers["content-type"]
    assert f'demand-doors-2026-09.{format}"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("wrong", [
    {"from": "2026-13"}, {"to": "september"}, {"from": "2026-09", "to": "2026-08"}, {"format": "pdf"}, {"format": "csv"},
])
def test_a_wrong_parameter_is_400(full, wrong):
    refused(client(full).get("/api/demand", params=wrong), 400)


def test_an_unknown_table_is_404(full):
    refused(client(full).get("/api/demand", params={"table": "salaries"}), 404)


def test_months_without_a_publication_give_no_cell(full):
    assert client(full).get("/api/demand", params={"table": "doors", "from": "2026-10"}).json()["cells"] == []
