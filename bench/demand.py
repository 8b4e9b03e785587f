"""Publishing a month of 1,000,000 events, and a year's page, beside the same first table in plain SQL.

    python -m bench.demand [EVENTS]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert, text

from bot.demand.event import AGE_BANDS, REASONS, WAITS
from bot.demand.overview import overview
from bot.demand.publish import publish
from bot.demand.published import published
from bot.demand.tables import demand_events
from bot.demand.territories import territories
from bot.needs import all_needs
from bot.store.engine import make_engine, writing
from bot.store.schema import all_tables

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


def _all(connection, query: str) -> list:
    return connection.execute(text(query)).all()


def timed(label: str, work, budget: float | None = None) -> None:
    start = time.perf_counter()
    work()
    spent = time.perf_counter() - start
    print(f"{label}: {spent:.3f} s" + (f" (at most {budget} s)" if budget else ""), flush=True)


def main(events: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'demand.db'}")
        all_tables().create_all(engine)
        draw = random.Random(1)
        for number in range(1, 13):
            month = f"2026-{number:02}"
            big = number == 11
            fill(engine, month, events if big else 1000, draw)
            if number == 11:
                plain = "SELECT need, territory, count(*) FROM demand_events WHERE month = '2026-11' GROUP BY 1, 2"
                with engine.connect() as connection:
                    timed("plain SQL, one table, nothing protected", partial(_all, connection, plain))
                timed(f"publish a month of {events:,} events", lambda: publish(engine, "2026-11", now=NOW), 10)
            elif number == 12:
                timed(f"publish the month that ends its quarter, {events + 2000:,} events", lambda: publish(engine, "2026-12", now=NOW), 10)
            else:
                publish(engine, month, now=NOW)
        timed("the table's page", lambda: overview(engine), 0.3)
        timed("a year of needs by territory", lambda: published(engine, "need_by_territory", "2026-01", "2026-12"), 0.3)
        engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
