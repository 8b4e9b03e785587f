"""The first pass changes nothing to what is found, and leaves most of a large directory unjudged."""

import pytest

import bot.directory.search as rules
from bench.directory import questions, services
from bot.directory import first_pass
from bot.directory.area import territory_of
from bot.directory.hours import Moment
from bot.directory.index import Index
from bot.directory.ranking import judge
from bot.directory.reach import WIDER_KM
from bot.directory.search import search


def all_hits(index, query, territory, moment):
    """Every service that could answer, judged: what the first pass must not differ from."""
    lat, lon = (query.place.lat, query.place.lon) if query.place else (None, None)
    found = index.candidates(query.need, territory, lat, lon, WIDER_KM)
    return [hit for service in found if (hit := judge(service, query, territory, moment))]


@pytest.fixture(scope="module")
def index():
    return Index(services(6000))


def test_the_same_answer_as_judging_everything(index, monkeypatch):
    asked = questions(250)
    quick = [search(index, query) for query in asked]
    monkeypatch.setattr(rules, "hits_worth_judging", all_hits)
    for query, result in zip(asked, quick, strict=True):
        assert search(index, query) == result, query


def test_the_same_next_pages(index, monkeypatch):
    from dataclasses import replace

    asked = [replace(query, offset=3 * number % 12, exclude=("essai-000001",)) for number, query in enumerate(questions(60))]
    quick = [search(index, query) for query in asked]
    monkeypatch.setattr(rules, "hits_worth_judging", all_hits)
    assert [search(index, query) for query in asked] == quick


def test_a_large_directory_is_mostly_not_judged(index, monkeypatch):
    judged = []
    monkeypatch.setattr(first_pass, "judge", lambda *given: judged.append(1) or judge(*given))
    asked = questions(100)
    for query in asked:
        search(index, query)
    everything = sum(len(all_hits(index, query, territory_of(query.place), Moment(query.at))) for query in asked)
    assert len(judged) < everything * 0.75  # far fewer in a larger one


def test_candidates_come_from_the_nearest_outwards(index):
    query = questions(1)[0]
    rings = list(index.rings(query.need, territory_of(query.place), query.place.lat, query.place.lon, WIDER_KM))
    least = [km for km, *_ in rings]
    assert least == sorted(least) and least[-1] == WIDER_KM
