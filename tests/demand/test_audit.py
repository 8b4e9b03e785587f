"""An attacker with everything ever published: three months, all tables, against what each cell can have been."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demand.audit import Inconsistent, Known, audit, intersected
from bot.demand.counts import Counts
from bot.demand.disclosure import Rule, candidates, protect
from bot.demand.load import load
from bot.demand.network import ENDLESS
from bot.demand.plan import LISTED, load_plan
from bot.demand.publish import publish_due
from bot.demand.published import publications
from bot.demand.register import entries
from bot.demand.remedy import is_left_out, line_of, withhold_until_safe
from tests.demand.conftest import NOVEMBER, lines

MONTHS, QUARTER = ("2026-07", "2026-08", "2026-09"), "2026-Q3"
PLACES = ("1623", "1411", "1412", "0641", "0642")
RULE = Rule()


def made_up(monthly, seed=1):
    """Counts of a quarter with 7 % English, from so many events a month."""
    draw, counts = random.Random(seed), Counts()
    for month in MONTHS:
        for _ in range(monthly):
            need, english, met = draw.choice(("food", "transport", "housing", "violence")), draw.random() < 0.07, draw.random() < 0.7
            reason = None if met else "wrong_language" if english and draw.random() < 0.6 else draw.choice(("too_far", "no_capacity"))
            counts.requests[month, need, draw.choice(PLACES), "en" if english else "fr", reason] += 1
            counts.doors[month, draw.choice(("none", "none", "clsc")), draw.choice(("yes", "no", "unknown"))] += 1
            counts.waits[month, draw.choice(("none", "none", "none", "under_5", "never"))] += 1
            theme = {"food": "food_security", "violence": "safety"}.get(need, need)
            counts.ages[month, draw.choice(("senior", "adult", "unknown")), theme] += 1
            counts.channels[month, draw.choice(("web", "web", "telegram"))] += 1
            counts.services[month, draw.choice(("none", "one", "two"))] += 1
            counts.others[month, theme] += draw.random() < 0.2
    return counts


def everything(counts, tell=None):
    """What each cell of each table tells by itself; `tell(count, sensitive)` stands in for the rule."""
    known = {}
    for table in load_plan().tables.values():
        for period, months in _periods(table.period):
            found = counts.of_table(table.name, months)
            listed = [cell for cell in found if table.name == LISTED and cell not in table.grid(())]
            for cell in (*table.grid(("clsc",)), *listed):
                hot = table.is_sensitive(cell)
                known[table.name, period, cell] = (tell or by_the_rule)(found[cell], hot)
    return known


def _periods(period):
    return {"month": [(m, (m,)) for m in MONTHS], "quarter": [(QUARTER, MONTHS)], "half": []}[period]


def by_the_rule(count, hot):
    value = protect(count, RULE, sensitive=hot)
    return Known(*candidates(value, RULE, sensitive=hot), value is None)


def safe(counts, known):
    """The attack's view once what has to be is withheld; only the quarter's tables and the last month are of today."""
    withheld = withhold_until_safe(counts, MONTHS, known, {place[:2] for place in known if place[1] in (MONTHS[-1], QUARTER)})
    return {
        place: Known(0, ENDLESS, True) if line_of(place) in withheld else cell
        for place, cell in known.items() if line_of(place) not in withheld or not is_left_out(line_of(place))
    }


@pytest.mark.parametrize("monthly", [60, 300, 1000])
def test_after_what_publishing_withholds_the_attack_finds_nothing(monthly):
    counts = made_up(monthly)
    assert audit(counts, MONTHS, safe(counts, everything(counts))) == []


def test_without_the_rounding_the_attack_succeeds():
    def exact(count, hot):
        cell = by_the_rule(count, hot)
        return cell if cell.withheld else Known(count, count, False)

    assert audit(made_up(300), MONTHS, everything(made_up(300), exact))


def test_without_the_threshold_the_attack_succeeds():
    def shown(count, hot):
        value = (count + 2) // 5 * 5
        return Known(max(0, value - 2), value + 2, False)

    assert audit(made_up(300), MONTHS, everything(made_up(300), shown))


def test_with_the_rounding_redrawn_in_each_release_the_attack_succeeds():
    draw, counts = random.Random(2), made_up(300)

    def redrawn(count, hot):
        """Up or down to a multiple of 5 at random, in four releases."""
        cell = by_the_rule(count, hot)
        if cell.withheld:
            return cell
        for _ in range(4):
            value = count // 5 * 5 if count % 5 == 0 or draw.random() < 0.5 else count // 5 * 5 + 5
            cell = intersected(cell, Known(value - 4, value + 4, False))
        return cell

    assert audit(counts, MONTHS, everything(counts, redrawn))


def test_a_quarter_that_gives_a_cell_of_its_months_away_is_found():
    """33 to 37 in French, and at most 12 in each month: each month had at least 9."""
    counts = Counts()
    for month, number in zip(MONTHS, (12, 12, 12), strict=True):
        counts.requests[month, "food", "1311", "fr", None] = number
        counts.doors[month, "none", "unknown"], counts.waits[month, "none"] = number, number
        counts.ages[month, "unknown", "food_security"] = counts.channels[month, "web"] = counts.services[month, "none"] = number
    counts.requests[MONTHS[0], "food", "1311", "fr", None] -= 3
    counts.requests[MONTHS[0], "food", "1311", "en", None] = 3
    known = {("need_by_territory", month, ("food", "1311")): Known(8, 12, False) for month in MONTHS}
    known |= {("language_by_need_by_region", QUARTER, ("fr", "food", "13")): Known(33, 37, False),
              ("language_by_need_by_region", QUARTER, ("en", "food", "13")): Known(0, 7, True)}
    found = audit(counts, MONTHS, known)
    assert {(finding.low, finding.high) for finding in found if finding.place[0] == "need_by_territory"} == {(9, 12)}


def test_counts_that_are_not_behind_the_publication_are_refused():
    counts = made_up(60)
    known = everything(counts)
    counts.requests[MONTHS[0], "food", "1623", "fr", None] += 500
    with pytest.raises(Inconsistent):
        audit(counts, MONTHS, known)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 300))
def test_one_resident_more_or_less_changes_by_the_rule_its_own_cells_by_one_step_and_no_other(seed, monthly):
    counts = made_up(monthly, seed)
    before = everything(counts)
    resident = random.Random(seed).choice(sorted(counts.requests, key=str))
    counts.requests[resident] -= 1
    after = everything(counts)
    month, need, place, language, reason = resident
    own = {need, place, language, reason}
    for place_of_cell, cell in before.items():
        now = after[place_of_cell]
        if now != cell:
            assert place_of_cell[1] in (month, QUARTER)
            assert own & set(place_of_cell[2]) or place_of_cell[0].startswith("english")
            assert now.withheld or cell.low - now.low == 5


def test_publishing_runs_the_attack_and_notes_it_and_its_parameters_in_the_register(engine):
    groups = Counter()
    for (month, need, place, language, reason), count in made_up(60).requests.items():
        groups[month, need, place, language, reason] = count
    load(engine, lines(*((count, {"month": m, "need": n, "territory": p, "language": lang, "met": r is None, "reason": r})
                         for (m, n, p, lang, r), count in groups.items())))
    assert publish_due(engine, NOVEMBER) == [*MONTHS, "2026-10"]
    assert publish_due(engine, NOVEMBER) == []
    with engine.connect() as connection:
        assert len(entries(connection, "parameters")) == 1
        assert entries(connection, "parameters")[0].what["from_month"] == MONTHS[0]
        assert {entry.what["audit"] for entry in entries(connection, "publication")} == {"passed"}
        assert {"need_by_territory"} <= {publication.table for publication in publications(connection)}


def test_a_month_is_due_on_the_5th(engine):
    from datetime import UTC, datetime

    load(engine, lines((20, {"month": "2026-09"})))
    assert publish_due(engine, datetime(2026, 10, 4, 23, 0, tzinfo=UTC)) == []
    assert publish_due(engine, datetime(2026, 10, 5, 12, 0, tzinfo=UTC)) == ["2026-09"]
