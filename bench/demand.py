"""Publishing a month of 1,000,000 events and showing a year, beside the same cube in DuckDB, with nothing protected; and
what a year at 300 and at 1,000 requests a month still says of English demand.

    python -m bench.demand [EVENTS]
"""

from __future__ import annotations

import contextlib
import csv
import json
import random
import sqlite3
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import insert
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.demand.event import AGE_BANDS, REASONS, WAITS
from bot.demand.load import load
from bot.demand.publish import publish
from bot.demand.published import published, published_tables
from bot.demand.synthetic import synthetic_month
from bot.demand.tables import demand_events
from bot.demand.territories import territories
from bot.needs import all_needs
from bot.store.engine import make_engine, writing
from bot.store.schema import all_tables
from bot.web.demand_page import routes

CHUNK = 50_000
NOW = datetime(2027, 1, 15, tzinfo=UTC)


def fill(engine, month: str, events: int, draw: random.Random) -> None:
    """So many made-up events in a month."""
    needs, places = list(all_needs()), list(territories())
    for start in range(0, events, CHUNK):
        rows = []
        for _ in range(min(CHUNK, events - start)):
            met = draw.random() < 0.7
            rows.append({
                "month": month, "id": UUID(int=draw.getrandbits(128)), "need": draw.choice(needs), "territory": draw.choice(places),
                "language": "en" if draw.random() < 0.07 else "fr", "for_other": False, "age_band": draw.choice(AGE_BANDS),
                "door": None, "channel": "web", "met": met, "reason": None if met else draw.choice(REASONS), "oriented_to": None,
                "wait": draw.choice(WAITS), "asked_before": None,
            })
        rows.sort(key=lambda row: row["id"].int)
        with writing(engine) as connection:
            connection.execute(insert(demand_events), rows)


def timed(label: str, work, budget: float | None = None) -> None:
    start, busy = time.perf_counter(), time.process_time()
    work()
    spent, busy = time.perf_counter() - start, time.process_time() - busy
    print(f"{label}: {spent:.3f} s" + (f" (at most {budget} s)" if budget else "") + f", {busy:.3f} s of one processor", flush=True)


# The plan's tables of a month as a user of DuckDB would count them.
CUBE = (
    "need, territory", "door", "wait", "language, need, territory[:2]", "reason, need, territory[:2]", "age_band, need", "for_other, need", "channel",
    "oriented_to", "asked_before, door", "language, reason, territory[:2]", "language, reason",
)


def cube(path: Path, month: str) -> None:
    """Every table of the plan, counted by DuckDB from the same SQLite file; nothing is withheld or attacked."""
    import duckdb

    with duckdb.connect() as connection:
        with contextlib.closing(sqlite3.connect(path)) as source:
            names = [row[1] for row in source.execute("PRAGMA table_info(demand_events)") if row[1] != "id"]
            rows = source.execute(f"SELECT {', '.join(names)} FROM demand_events WHERE month = ?", (month,)).fetchall()
        connection.execute(f"CREATE TABLE events ({', '.join(name + ' VARCHAR' for name in names)})")
        csv_file = path.with_suffix(".csv")
        with csv_file.open("w", newline="") as out:
            csv.writer(out).writerows(rows)
        connection.execute(f"COPY events FROM '{csv_file}'")
        start = time.perf_counter()
        for dimensions in CUBE:
            connection.execute(f"SELECT {dimensions}, count(*) FROM events GROUP BY ALL").fetchall()
        print(f"  DuckDB alone, once the events are in it: {time.perf_counter() - start:.3f} s")


def page(engine) -> None:
    """The table's page over its year, from the database to the bytes."""
    answer = TestClient(SignedIn(Starlette(routes=list(routes(engine))))).get("/table")
    assert answer.status_code == 200


class SignedIn:
    """The page as a table member sees it."""

    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        scope.setdefault("state", {})["person"] = SimpleNamespace(roles=("table",), language="fr")
        await self.app(scope, receive, send)


def main(events: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demand.db"
        engine = make_engine(f"sqlite:///{path}")
        all_tables().create_all(engine)
        draw = random.Random(1)
        for number in range(1, 13):
            month = f"2026-{number:02}"
            fill(engine, month, events if number == 11 else 1000, draw)
            if number == 11:
                timed("the same cube in DuckDB, events read from the same file", lambda: cube(path, "2026-11"))
                timed(f"publish a month of {events:,} events", lambda: publish(engine, "2026-11", now=NOW), 10)
            elif number == 12:
                timed(f"publish the month that ends its quarter and half-year, {events + 5000:,} events", lambda: publish(engine, "2026-12", now=NOW), 10)
            else:
                publish(engine, month, now=NOW)
        page(engine)  # once, for the templates
        timed("the table's page, a year", lambda: page(engine), 0.3)
        timed("a year of needs by territory", lambda: published(engine, "need_by_territory", "2026-01", "2026-12"), 0.3)
        engine.dispose()
    for monthly in (300, 1000):
        year(monthly)


def year(monthly: int) -> None:
    """A year of made-up months with 7 % English, and what was published of them."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'year.db'}")
        all_tables().create_all(engine)
        draw = random.Random(monthly)
        for number in range(1, 13):
            load(engine, [json.dumps(event) for event in synthetic_month(f"2026-{number:02}", monthly, {}, draw)])
            publish(engine, f"2026-{number:02}", now=NOW)
        print(f"a year at {monthly} requests a month, 7 % in English: cells shown of cells published")
        for entry in published_tables(engine):
            cells = published(engine, entry["table"]).cells
            print(f"  {entry['table']}: {sum(not cell['withheld'] for cell in cells)} of {len(cells)}, {len(entry['periods'])} periods")
        print("  ", [(cell["half"], cell["english"], cell["value"]) for cell in published(engine, "english").cells])
        engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
