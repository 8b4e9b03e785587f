"""A year at 300 and at 1,000 requests a month, 7 % of them in English: what the tables still say of English demand."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.demand.load import load
from bot.demand.months import half_of, months_of
from bot.demand.publish import publish
from bot.demand.published import published
from bot.demand.register import entries
from bot.demand.synthetic import synthetic_month
from bot.store.engine import make_engine
from bot.store.schema import all_tables

NEXT_YEAR = datetime(2027, 2, 10, tzinfo=UTC)
YEAR = (*months_of("2026-H1"), *months_of("2026-H2"))


@pytest.mark.parametrize(("monthly", "regions_shown"), [(300, 1), (1000, 3)])
def test_english_demand_without_an_english_service_is_said_truly_every_half_year(tmp_path, monthly, regions_shown):
    engine, draw = make_engine(f"sqlite:///{tmp_path / 'year.db'}"), random.Random(monthly)
    all_tables().create_all(engine)
    true: Counter = Counter()
    for month in YEAR:
        events = list(synthetic_month(month, monthly, {}, draw))
        load(engine, map(json.dumps, events))
        for event in events:
            if event["language"] == "en":
                true[half_of(month), "english_gap" if event["reason"] == "wrong_language" else "english_served"] += 1
        publish(engine, month, now=NEXT_YEAR)
    told = {(cell["half"], cell["english"]): cell["value"] for cell in published(engine, "english").cells}
    assert len(told) == 4 and None not in told.values()
    assert all(abs(value - true[place]) <= 2 for place, value in told.items())
    regional = [cell["value"] for cell in published(engine, "english_by_region").cells if cell["english"] == "english_served"]
    assert sum(value is not None for value in regional) >= 2 * regions_shown
    with engine.connect() as connection:
        left_out = {name for entry in entries(connection, "publication") for name in entry.what["left_out"]}
    engine.dispose()
    assert not left_out & {"english", "need_by_territory", "doors", "reason_by_need_by_region", "language_by_need_by_region"}
