"""The measured set of situations: sound, large enough, and well answered (bench/directory_ranking.py)."""

import pytest

from bench import directory_ranking as bench
from bot.directory.fit import AGE_BANDS
from bot.directory.index import Index
from bot.directory.load import embedded_services
from bot.needs import all_needs

SERVICES = {service.id: service for service in embedded_services()}


def test_there_are_at_least_sixty_of_every_need_and_both_languages():
    situations = bench.situations()
    assert len(situations) >= 60
    assert {each.query.need for each in situations} == set(all_needs())
    assert sum(each.query.language == "en" for each in situations) >= 15
    assert sum(bool(each.query.age or each.query.age_band or each.query.sex or each.query.family) for each in situations) >= 15


@pytest.mark.parametrize("situation", bench.situations(), ids=lambda each: each.say)
def test_each_named_service_exists_and_is_for_that_need(situation):
    for name, grade in situation.best.items():
        assert name in SERVICES, f"{name} is no longer embedded: name who a navigator would give now"
        assert situation.query.need in SERVICES[name].needs or situation.query.need == "civic_life"
        assert grade in (1, 2, 3)
    assert 3 in situation.best.values()
    assert situation.query.age_band in (None, *AGE_BANDS)


def test_a_perfect_answer_is_one_and_a_useless_one_zero():
    grades = {"a": 3, "b": 2, "c": 1, "d": 1}
    assert bench.ndcg(["a", "b", "d"], grades) == 1.0
    assert bench.ndcg(["x", "y", "z"], grades) == 0.0
    assert 0 < bench.ndcg(["x", "b", "a"], grades) < bench.ndcg(["b", "a", "x"], grades) < 1


def test_the_right_services_come_first():
    index = Index(service for service in SERVICES.values() if service.id in bench.pool())
    ours = bench.measured(bench.ours, index)
    assert sum(ours) / len(ours) >= bench.LEAST
    for other in (bench.nearest, bench.by_name):
        found = bench.measured(other, index)
        assert sum(found) / len(found) < sum(ours) / len(ours) - 0.1


def test_partner_violence_is_answered_by_its_own_line_first_of_the_lines():
    index = Index(SERVICES.values())
    for situation in bench.situations():
        if situation.query.need == "violence" and situation.query.age is None:
            shown = [name for name in bench.ours(index, situation.query) if SERVICES[name].wide]
            assert shown[0] == "sos-violence-conjugale", situation.say
