"""Published and attacked: somebody with everything ever published, by integer programs that share nothing with the audit."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.demand import publish as publishing
from bot.demand.disclosure import Rule
from bot.demand.export import to_json
from bot.demand.load import load
from bot.demand.plan import Plan, load_plan
from bot.demand.publish import publish
from bot.demand.published import published, published_tables
from bot.demand.register import entries
from bot.demand.tables import demand_publications
from bot.demand.territories import regions, territories
from bot.needs import all_needs
from bot.store.engine import make_engine
from bot.store.schema import all_tables
from tests.demand.attacker import MANY, Attacker
from tests.demand.conftest import EVENT, SignedIn
from tests.demand.pages import ADDRESSES, PERSON, demand_routes

NEXT_YEAR = datetime(2027, 2, 10, tzinfo=UTC)
NEEDS, PLACES, DOORS = ("food", "housing", "violence"), ("1411", "1412", "1623"), ("clsc",)
QUARTER = ("2026-07", "2026-08", "2026-09")
HALF = (*QUARTER, "2026-10", "2026-11", "2026-12")
THRESHOLD, SENSITIVE, HALF_STEP = 7, 17, 2


@pytest.fixture
def small(tmp_path):
    """A database, in a Quebec of three needs and three local networks: few enough unknowns for whole-number programs."""
    shrunk = [(all_needs(), set(NEEDS)), (territories(), set(PLACES)), (regions(), {place[:2] for place in PLACES})]
    whole = [dict(known) for known, _ in shrunk]
    for known, kept in shrunk:
        for key in set(known) - kept:
            del known[key]
    engine = make_engine(f"sqlite:///{tmp_path / 'small.db'}")
    all_tables().create_all(engine)
    try:
        yield engine
    finally:
        engine.dispose()
        for (known, _), before in zip(shrunk, whole, strict=True):  # in the order in which everything else reads them
            known.clear()
            known.update(before)


def events(months, monthly, seed):
    """Lines for `demand load`; the shape (how uneven, how much English, how much unmet) is drawn with the rest."""
    draw = random.Random(seed)
    english, unmet, gap = draw.choice((0.03, 0.07, 0.3)), draw.choice((0.1, 0.3, 0.8)), draw.choice((0.2, 0.7))
    needs, places = [draw.random() ** 2 for _ in NEEDS], [draw.random() ** 2 for _ in (*PLACES, None)]
    for month in months:
        for _ in range(draw.randint(monthly // 2, monthly)):
            speaks = draw.random() < english
            reason = None
            if draw.random() < unmet:
                reason = "wrong_language" if speaks and draw.random() < gap else draw.choice(("too_far", "too_far", "no_capacity", "closed"))
            yield json.dumps({
                **EVENT, "month": month, "need": draw.choices(NEEDS, needs)[0], "territory": draw.choices((*PLACES, None), places)[0],
                "language": "en" if speaks else "fr", "met": reason is None, "reason": reason, "for_other": draw.random() < 0.2,
                "age_band": draw.choice(("senior", "senior", "adult", None)), "door": draw.choice((*DOORS, None, None)),
                "channel": draw.choice(("web", "web", "telegram")), "wait": draw.choice(("none", "none", "none", "under_5", "never")),
                "oriented_to": None if reason else draw.choice(("one", "one", "one", "two")), "asked_before": draw.choice((True, False, None, None)),
            })


def everything_published(engine):
    """(table, cell, least, greatest) of each cell, as the exports give it and by the rule that it was published under. The
    attacker is even told which withheld cells may be large: those withheld to protect others."""
    found = []
    with engine.connect() as connection:
        kept = {(row.table_name, row.period): row.rule["parameters"] for row in connection.execute(select(demand_publications))}
    for entry in published_tables(engine):
        table = json.loads(to_json(published(engine, entry["table"])))
        for cell in table["cells"]:
            value, withheld = cell.pop("value"), cell.pop("withheld")
            names = list(cell.values())
            rule = kept[table["table"], names[0]]
            hot = table["table"] == "oriented" or any(
                need.sensitive and (cell.get("need") == need.id or cell.get("theme") == need.theme) for need in all_needs().values())
            threshold, half = rule["sensitive_threshold" if hot else "threshold"], rule["rounding_base"] // 2
            line = names[2:] if table["table"] == "reason_by_need_by_region" else names[1:]
            if withheld:
                found.append((table["table"], cell, 0, MANY if line in rule["withheld_lines"] else threshold))
            else:
                found.append((table["table"], cell, max(value - half, threshold + 1), value + half))
    return found


def exposed(cells, most=None, among=lambda low: True, doors=DOORS, knowing_us=False):
    """The cells that keep too few candidates: (table, cell, least). A world that fits everything is a witness for every
    cell at once, so that most are settled by the worlds found for others. Of one cell in ten, every candidate is tried."""
    attacker, found = Attacker(cells, doors, knowing_us), []
    attacker.look_around(random.Random(0))
    for number, (table, cell, low, _) in enumerate(cells):
        seen = attacker.seen[number]
        if not among(low) or (seen and number % 10 and max(seen) - min(seen) >= 4 and (low or 0 in seen)):
            continue
        least, greatest = attacker.extreme(number, greatest=False), attacker.extreme(number, greatest=True)
        assert least is not None, "what was published contradicts itself"
        gaps = number % 10 == 0 and not all(count in seen or attacker.is_possible(number, count) for count in range(least, min(greatest, least + 4)))
        if greatest - least < 4 or gaps or (low == 0 and least > 0):
            found.append((table, cell, least))
            if most and len(found) >= most:
                break
    return found


@pytest.mark.parametrize(("monthly", "seed"), [(20, 1), (60, 2), (60, 3), (150, 4), (150, 5), (400, 6)])
def test_whoever_holds_a_quarter_s_publications_keeps_five_candidates_for_every_cell(small, monthly, seed):
    load(small, events(QUARTER, monthly, seed))
    for month in QUARTER:
        publish(small, month, now=NEXT_YEAR)
    cells = everything_published(small)
    assert len({table for table, *_ in cells}) >= 8
    assert exposed(cells) == []


def test_nor_do_a_half_year_s_with_late_events_and_the_english_tables(small):
    load(small, events(HALF, 120, 7))
    for month in HALF:
        publish(small, month, now=NEXT_YEAR)
        load(small, events((month,), 15, month))  # late: they count in the next month that is open
    cells = everything_published(small)
    assert "english" in {table for table, *_ in cells}
    assert exposed(cells) == []


@pytest.mark.parametrize(("before", "after"), [(Rule(), Rule(12, 22, 5)), (Rule(10, 17, 7), Rule()), (Rule(), Rule(10, 17, 7))],
                         ids=["higher thresholds", "a finer base", "a coarser base"])
def test_nor_when_the_parameters_change_in_the_middle_of_a_quarter(small, before, after):
    tables = load_plan().tables
    load(small, events(QUARTER, 150, 10))
    for number, month in enumerate(QUARTER):
        publish(small, month, now=NEXT_YEAR, plan=Plan(before if number == 0 else after, tables))
    assert [entry.what["from_month"] for entry in register_of(small, "parameters")] == [QUARTER[1], QUARTER[0]]
    assert exposed(everything_published(small)) == []


@pytest.mark.parametrize(("monthly", "seed"), [(60, 13), (200, 14)])
def test_nor_to_somebody_who_has_read_the_program(small, monthly, seed):
    """No table joins a service and a reason; whoever knows us joins them all the same."""
    load(small, events(QUARTER, monthly, seed))
    for month in QUARTER:
        publish(small, month, now=NEXT_YEAR)
    assert exposed(everything_published(small), knowing_us=True) == []


def register_of(engine, kind):
    with engine.connect() as connection:
        return entries(connection, kind)


def test_nor_of_a_door_that_two_people_came_by(small):
    """A partner whose two clients both had not asked anywhere before, made in the middle of the quarter."""
    load(small, events(QUARTER, 150, 11))
    for month in QUARTER:
        if month == QUARTER[1]:
            two = {**EVENT, "month": month, "territory": "1623", "door": "shop", "asked_before": False, "language": "en", "met": False,
                   "reason": "wrong_language", "oriented_to": None, "wait": "never"}
            load(small, [json.dumps(two)] * 2)
        publish(small, month, now=NEXT_YEAR)
    cells = everything_published(small)
    theirs = [(cell, low, high) for table, cell, low, high in cells if cell.get("door") == "shop"]
    assert len(theirs) >= 2 and all((low, high) == (0, THRESHOLD) for _, low, high in theirs)
    assert exposed(cells, doors=(*DOORS, "shop")) == []


def attack_without(monkeypatch, engine, seed=8):
    """Publish a quarter with the audit off, and what the attack then finds."""
    monkeypatch.setattr(publishing, "withhold_until_safe", lambda *given: set())
    load(engine, events(QUARTER, 150, seed))
    for month in QUARTER:
        publish(engine, month, now=NEXT_YEAR)


def test_without_the_rounding_the_attack_succeeds(small, monkeypatch):
    monkeypatch.setattr("bot.demand.disclosure.protect", lambda count, rule, *, sensitive: None if count <= (17 if sensitive else 7) else count)
    attack_without(monkeypatch, small)
    exact = [(table, cell, high - HALF_STEP if low else 0, high - HALF_STEP if low else high) for table, cell, low, high in everything_published(small)]
    assert exposed(exact, most=1, among=lambda low: low == 0)  # not the figures alone: what was withheld beside them


def test_without_the_threshold_the_attack_succeeds(small, monkeypatch):
    monkeypatch.setattr("bot.demand.disclosure.protect", lambda count, rule, *, sensitive: (count + 2) // 5 * 5)
    attack_without(monkeypatch, small)
    cells = [(table, cell, max(0, high - 4), high) for table, cell, low, high in everything_published(small)]
    assert exposed(cells, most=3)  # a 0 stands for 0 to 2 only


def released(tmp_path, monkeypatch, times, redrawn):
    """The same month released so many times, each in a database of its own, by the rule or with each count rounded up or
    down at random, so that it is right on average; everything that the attacker then holds, release by release."""
    draw, cells = random.Random(1), []

    def at_random(count, rule, *, sensitive):
        if count <= (SENSITIVE if sensitive else THRESHOLD):
            return None
        return count - count % 5 + (5 if draw.random() < count % 5 / 5 else 0)

    for number in range(times):
        engine = make_engine(f"sqlite:///{tmp_path / f'{times}-{redrawn}-{number}.db'}")
        all_tables().create_all(engine)
        load(engine, events(QUARTER[:1], 400, 12))
        with monkeypatch.context() as patch:
            if redrawn:
                patch.setattr("bot.demand.disclosure.protect", at_random)
                patch.setattr(publishing, "withhold_until_safe", lambda *given: set())
            publish(engine, QUARTER[0], now=NEXT_YEAR)
        for table, cell, low, high in everything_published(engine):
            value = high - HALF_STEP
            cells.append((table, cell, max(value - 4, low and THRESHOLD + 1), value + 4) if redrawn and low else (table, cell, low, high))
        engine.dispose()
    return cells


def test_with_the_rounding_redrawn_in_each_release_the_attack_succeeds(small, tmp_path, monkeypatch):
    """Solved whole, over every release at once: the same figures five times tell no more than once; drawn anew, the second
    release gives the first cells away, and twelve (a year of monthly releases) give away most of what is shown."""
    assert exposed(released(tmp_path, monkeypatch, 5, redrawn=False)) == []
    once = released(tmp_path, monkeypatch, 1, redrawn=True)
    assert exposed(once) == []
    shown = sum(low > 0 for _, _, low, _ in once)
    found = {times: {(table, *cell.values()) for table, cell, _ in exposed(released(tmp_path, monkeypatch, times, redrawn=True))} for times in (2, 12)}
    assert 0 < len(found[2]) <= len(found[12])
    assert len(found[12]) > shown / 2


def test_without_the_audit_the_tables_together_give_cells_away(small, monkeypatch):
    attack_without(monkeypatch, small, seed=5)
    assert exposed(everything_published(small), most=1)


def test_every_table_of_the_plan_is_attacked(small):
    load(small, events(HALF, 120, 9))
    for month in HALF:
        publish(small, month, now=NEXT_YEAR)
    attacked = {table for table, *_ in everything_published(small)}
    with small.connect() as connection:
        left_out = {name for entry in entries(connection, "publication") for name in entry.what["left_out"]}
    assert attacked | left_out == set(load_plan().tables)


def values_of(engine):
    return {
        (table.table, tuple(value for name, value in cell.items() if name not in ("value", "withheld"))): cell["value"]
        for entry in published_tables(engine) for table in [published(engine, entry["table"])] for cell in table.cells
    }


@pytest.mark.parametrize("seed", range(6))
def test_one_resident_more_changes_its_own_cells_by_one_step_and_others_only_by_withholding(small, tmp_path, seed):
    """Published whole, attack and all. What the attack withholds may move with a resident; no figure of another cell does."""
    draw, lines = random.Random(seed), list(events(("2026-09",), 150, seed + 20))
    resident = json.loads(draw.choice(lines))
    second = make_engine(f"sqlite:///{tmp_path / 'second.db'}")
    all_tables().create_all(second)
    load(small, lines)
    load(second, [*lines, json.dumps(resident)])
    for engine in (small, second):
        publish(engine, "2026-09", now=NEXT_YEAR)
    before, after = values_of(small), values_of(second)
    second.dispose()
    labels = {resident["need"], all_needs()[resident["need"]].theme, resident["territory"] or "unknown", resident["language"], resident["reason"],
              (resident["territory"] or "unknown")[:2], resident["door"] or "none", resident["wait"], resident["channel"], resident["age_band"],
              resident["oriented_to"] or "none", "yes" if resident["for_other"] else "no", "yes" if resident["asked_before"] else "no", "unknown"}
    for place in before.keys() & after.keys():
        one, other = before[place], after[place]
        if one is None or other is None or one == other:
            continue
        assert other - one == 5
        assert set(place[1][1:]) <= labels


def test_pages_and_files_depend_on_published_cells_alone(small, tmp_path):
    """Two months whose counts differ everywhere, and whose published cells do not: not one byte tells them apart."""
    told = []
    # Food 28 or 31, shown as 30; housing 2 or 4 and violence 6 or 2, withheld; 36 or 37 in all, shown as 35.
    for name, food, housing, violence in (("one", 28, 2, 6), ("two", 31, 4, 2)):
        engine = make_engine(f"sqlite:///{tmp_path / name}.db")
        all_tables().create_all(engine)
        small_month = {**EVENT, "month": "2026-07", "territory": "1411", "door": None}
        for need, number in (("food", food), ("housing", housing), ("violence", violence)):
            load(engine, [json.dumps({**small_month, "need": need})] * number)
        publish(engine, "2026-07", now=NEXT_YEAR)
        client = TestClient(SignedIn(Starlette(routes=demand_routes(engine)), PERSON))
        answers = [client.get(address) for address in ADDRESSES]
        assert all(answer.status_code == 200 for answer in answers), [(str(a.url), a.status_code) for a in answers]
        told.append([answer.text for answer in answers])
        engine.dispose()
    assert told[0] == told[1]
