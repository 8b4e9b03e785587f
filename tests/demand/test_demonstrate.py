"""A year of made-up months in a database of its own."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

import pytest

from bot.cli import demand
from bot.demand.demonstrate import demonstrate, months_before
from bot.demand.event import Event
from bot.demand.load import NotADemonstration
from bot.demand.published import published, published_tables
from bot.demand.synthetic import synthetic_month
from bot.settings import Settings
from bot.store.base import metadata

NOW = datetime(2026, 11, 28, tzinfo=UTC)


class NoServices:
    def all(self):
        return []


def test_the_months_before_cross_a_year():
    assert months_before("2026-02", 3) == ["2025-11", "2025-12", "2026-01"]


def test_made_up_events_are_events_and_the_same_for_the_same_dice():
    import random

    first, second = (list(synthetic_month("2026-08", 50, {"food": ["one"]}, random.Random(1))) for _ in range(2))
    assert first == second and len(first) == 50
    for event in first:
        Event.from_mapping(event)


def test_a_year_is_published_and_marked_and_a_second_one_is_refused(engine):
    months = [month for month, _ in demonstrate(engine, NoServices(), monthly=60, seed=1, now=NOW)]
    assert len(months) == 12 and months[-1] == "2026-10"
    assert published_tables(engine)[0]["periods"] == months
    assert published(engine, "doors").demonstration
    assert json.loads(json.dumps(published(engine, "doors").as_dict()))["demonstration"] is True
    with pytest.raises(NotADemonstration):
        list(demonstrate(engine, NoServices(), monthly=60, seed=1, now=NOW))


def test_the_command_uses_a_database_of_its_own_and_says_how_to_look(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(demand, "upgrade", metadata.create_all)
    parser = argparse.ArgumentParser()
    demand.add_parser(parser.add_subparsers())
    settings = Settings(data=tmp_path / "real")
    arguments = parser.parse_args(["demand", "demonstrate", "--data", str(tmp_path / "shown"), "--monthly", "40"])
    assert demand.run(arguments, settings) == 0
    assert f"up --data {tmp_path / 'shown'}" in capsys.readouterr().out
    assert not (tmp_path / "real").exists()
    assert demand.run(arguments, settings) == 1
    assert "holds events already" in capsys.readouterr().err
