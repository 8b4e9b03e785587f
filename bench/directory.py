"""Searching a directory of 100,000 services, beside a plain SQL query with a distance formula, on the same database.

    bonneporte bench directory [--services 100000] [--searches 400]

The directory is generated, the same at each run: services spread like the population of Quebec, with the mixture of
territories, hours, languages, ages and lines that real ones have. Ours answers the whole question (need, territory,
language, hours, age, ranking, why nothing fits); the SQL query only "the three nearest services of this need".
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, func, select

from bot.directory import storage
from bot.directory import tables as t
from bot.directory.cards import card
from bot.directory.catalogue import Directory
from bot.directory.hours import TORONTO
from bot.directory.hsds.written import write_hsds_json, write_hsds_zip
from bot.directory.imports.apply import apply
from bot.directory.imports.formats import read
from bot.directory.imports.quick import undisturbed
from bot.directory.ranking import Query
from bot.directory.records import Area, Location, Organization, Phone, Schedule, Service, Source, Text
from bot.needs import all_needs
from bot.places import Place, gazetteer
from bot.store.base import utcnow
from bot.store.engine import make_engine, reading, writing
from bot.store.schema import all_tables

SEED = 1623
MOST_MS = 20.0
CHUNK = 5000
IMPORTED = 10_000
AT = datetime(2026, 11, 24, 10, 0, tzinfo=TORONTO)


def towns() -> list[Place]:
    """All municipalities that have people."""
    return [place for place in gazetteer().places.values() if place.kind == "municipality" and place.population]


def services(number: int, seed: int = SEED) -> Iterator[Service]:
    """A directory of `number` services."""
    chance, needs = random.Random(seed), list(all_needs())
    places = towns()
    for each, place in enumerate(chance.choices(places, [place.population for place in places], k=number)):
        yield _service(chance, each, place, needs)


def _service(chance: random.Random, each: int, place: Place, needs: list[str]) -> Service:
    line = chance.random() < 0.002
    spot = Location(f"{each % 900 + 1}, rue d’Essai", None, place.code, place.name, place.lat + chance.gauss(0, 0.03), place.lon + chance.gauss(0, 0.04))
    kinds = [("municipality", place.code), ("mrc", place.code[:2]), ("rls", place.rls or place.code[:2]), ("region", place.rss)]
    kind, code = chance.choices(kinds, (3, 3, 3, 1))[0]
    area = Area("province") if line else Area(kind, (code,)) if chance.random() < 0.8 and code else None
    age = chance.random()
    return Service(
        id=f"essai-{each:06d}",
        organization=Organization(f"org-{each // 3}", Text(f"Organisme {each // 3}", f"Organization {each // 3}")),
        name=Text(f"Service {each}", f"Service {each}"),
        description=Text("Un service d’essai.", "A test service."),
        needs=tuple(chance.sample(needs, chance.choice((1, 1, 2, 3)))),
        source=Source("Essai", date="2026-09-01" if chance.random() < 0.7 else "2025-01-01"),
        locations=() if line else (spot,),
        area=area,
        phones=(Phone("+14505550100", "450 555-0100"),),
        schedules=(Schedule((0, 1, 2, 3, 4), 510, 990),) if chance.random() < 0.6 else (),
        languages=chance.choice((("fr",), ("fr", "en"), ("fr", "en"), ())),
        min_age=65 if age < 0.1 else None,
        max_age=17 if age > 0.9 else None,
        modes=("phone",) if line else ("on_site",),
    )


def questions(number: int) -> list[Query]:
    """What residents ask, where they live."""
    chance, places, needs = random.Random(SEED + 1), towns(), list(all_needs())
    return [
        Query(chance.choice(needs), place, chance.choice(("fr", "fr", "fr", "en")), AT, chance.choice((None, None, "senior", "adult", "youth")))
        for place in chance.choices(places, [place.population for place in places], k=number)
    ]


def plain_sql(engine: Engine) -> Callable[[Query], list[str]]:
    """The query that most directories run: the need's services, nearest first by a distance formula."""
    spot, at, tie = t.locations.c, t.service_at_locations.c, t.attributes.c

    def run(query: Query) -> list[str]:
        assert query.place is not None
        phi, other = func.radians(query.place.lat), func.radians(spot.latitude)
        half = (func.pow(func.sin((other - phi) / 2), 2)
                + func.cos(phi) * func.cos(other) * func.pow(func.sin(func.radians(spot.longitude - query.place.lon) / 2), 2))
        km = 2 * 6371.0 * func.asin(func.sqrt(half))
        wanted = (
            select(t.services.c.id, km.label("km"))
            .join(t.attributes, (tie.link_id == t.services.c.id) & (tie.link_entity == "service"))
            .join(t.service_at_locations, at.service_id == t.services.c.id)
            .join(t.locations, spot.id == at.location_id)
            .where(tie.taxonomy_term_id == f"need:{query.need}", t.services.c.status == "active")
            .order_by("km")
            .limit(3)
        )
        with reading(engine) as connection:
            return [row.id for row in connection.execute(wanted)]

    return run


def timed(run: Callable[[Query], object], asked: list[Query]) -> tuple[list[float], list[float]]:
    """Milliseconds of each search, in order of length: by the clock, and by processor time (steadier on a shared machine)."""
    found, worked = [], []
    for query in asked:
        start, before = time.perf_counter(), time.process_time()
        run(query)
        found.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - before) * 1000)
    return sorted(found), sorted(worked)


def p95(times: list[float]) -> float:
    return times[int(len(times) * 0.95)]


def line(name: str, times: tuple[list[float], list[float]]) -> str:
    clock, worked = times
    return f"{name:<44}{statistics.median(clock):>9.2f}{p95(clock):>9.2f}{clock[-1]:>9.2f}{statistics.median(worked):>12.2f}{p95(worked):>9.2f}"


def imported(folder: Path, number: int) -> str:
    """The speed of whole imports, of HSDS tables in a zip and of HSDS JSON: unpacked, read, checked, compared, written.

    Beside the clock's figure, the one by processor time: on a shared machine it is the steadier one."""
    made = list(services(number))
    write_hsds_zip(made, folder / "import.zip", AT.date())
    with (folder / "import.json").open("w", encoding="utf-8") as out:
        write_hsds_json(made, out, AT.date())
    said = []
    for name, form in (("import.zip", "a zip of HSDS tables"), ("import.json", "HSDS JSON")):
        engine = make_engine(f"sqlite:///{folder / name}.db")
        all_tables().create_all(engine)
        times = []
        with undisturbed():
            for _ in range(2):
                start, worked = time.perf_counter(), time.process_time()
                done = apply(engine, read(folder / name))
                times.append((number / (time.perf_counter() - start), number / (time.process_time() - worked)))
        engine.dispose()
        assert done.unchanged == number
        said.append(f"import of {number:,} services from {form}: {times[0][0]:,.0f} a second ({times[0][1]:,.0f} by processor time); "
                    f"the same again: {times[1][0]:,.0f} ({times[1][1]:,.0f})")
    return "\n".join(said)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bonneporte bench directory")
    parser.add_argument("--services", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=400)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        print(imported(Path(folder), min(options.services, IMPORTED)), flush=True)
        engine = make_engine(f"sqlite:///{Path(folder) / 'directory.db'}")
        all_tables().create_all(engine)
        start = time.perf_counter()
        with writing(engine) as connection:
            chunk: list[Service] = []
            for service in services(options.services):
                chunk.append(service)
                if len(chunk) == CHUNK:
                    storage.save(connection, chunk, "bench", utcnow())
                    chunk = []
            storage.save(connection, chunk, "bench", utcnow())
        print(f"{options.services:,} services written in {time.perf_counter() - start:.1f} s", flush=True)
        start = time.perf_counter()
        directory, asked = Directory(engine), questions(options.searches)
        directory.search(asked[0])
        print(f"read into memory and filed in {time.perf_counter() - start:.1f} s; {options.searches} searches, milliseconds:\n")
        gc.collect()
        print(f"{'':<44}{'median':>9}{'p95':>9}{'worst':>9}{'processor:':>12}{'p95':>9}")
        ours = timed(directory.search, asked)
        print(line("search: need, territory, fit, hours, ranking", ours))
        print(line("the same with its cards", timed(lambda query: [card(hit, query.language, AT) for hit in directory.search(query).services], asked)))
        print(line("plain SQL: the three nearest of the need", timed(plain_sql(engine), asked[:60])))
        engine.dispose()
    found, worked = (p95(each) for each in ours)
    held = found <= MOST_MS
    print(f"\np95 {found:.1f} ms ({worked:.1f} by processor time); at most {MOST_MS:.0f} ms: {'held' if held else 'NOT held'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
