"""What is published, read back: one table over any months, with its rule and its digest.

    UnknownTable            no table of this name was planned or published
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from bot.demand.demonstration import is_demonstration
from bot.demand.doors import door_names
from bot.demand.months import months_of, parse_month
from bot.demand.plan import load_plan
from bot.demand.tables import demand_publications
from bot.directory.tables import services
from bot.store.engine import reading

__all__ = ["Publication", "Published", "UnknownTable", "answer", "digest_of", "names_in", "publications", "published", "published_tables"]


class UnknownTable(KeyError):
    """No such table."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One table for one period, as it was published. rows: the values of `dimensions` after the period, then the
    published value, null when withheld. digest: SHA-256 of the canonical JSON of answer().
    parameters: the rule's figures, the needs then sensitive, and the lines withheld to protect other cells."""

    table: str
    period: str
    dimensions: tuple[str, ...]
    rows: list[list[Any]]
    rule: dict[str, str]
    digest: str
    published_at: datetime
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Published:
    """One table over the periods asked for. cells: {dimension: value…, value, withheld}. rule: {fr, en}.
    names: {"door": public names by code, "service": names by id}, of those in the cells."""

    table: str
    dimensions: tuple[str, ...]
    cells: list[dict[str, Any]]
    rule: dict[str, str]
    digest: str
    periods: tuple[str, ...]
    demonstration: bool
    names: dict[str, dict[str, str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The contract's answer: {table, dimensions, cells, rule, digest}, with the periods and the demonstration mark."""
        return {
            "table": self.table, "dimensions": list(self.dimensions), "cells": self.cells, "rule": _bilingual(self.rule),
            "digest": self.digest, "periods": list(self.periods), "demonstration": self.demonstration,
        }


def answer(table: str, dimensions: Sequence[str], rows: Sequence[tuple[str, list[Any]]], rules: Sequence[dict[str, str]]) -> dict[str, Any]:
    """What is digested and given: {table, dimensions, cells, rule}, from (period, row) pairs and the rules in force."""
    cells = [
        {**dict(zip(dimensions, (period, *row[:-1]), strict=True)), "value": row[-1], "withheld": row[-1] is None}
        for period, row in rows
    ]
    return {"table": table, "dimensions": list(dimensions), "cells": cells, "rule": _bilingual(_joined(rules))}


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of {table, dimensions, cells, rule} as canonical JSON: keys sorted, no spaces, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _joined(rules: Sequence[dict[str, str]]) -> dict[str, str]:
    return {language: " ".join(dict.fromkeys(rule[language] for rule in rules)) for language in ("fr", "en")}


def _bilingual(rule: dict[str, str]) -> str:
    return f"{rule['fr']}\n{rule['en']}".strip()


def publications(connection: Connection, *, table: str | None = None, periods: Sequence[str] | None = None) -> list[Publication]:
    """Publications as they were made, by table and period."""
    query = select(demand_publications).order_by(demand_publications.c.table_name, demand_publications.c.period)
    if table is not None:
        query = query.where(demand_publications.c.table_name == table)
    if periods is not None:
        query = query.where(demand_publications.c.period.in_(periods))
    return [
        Publication(row.table_name, row.period, tuple(row.dimensions), row.cells, {"fr": row.rule["fr"], "en": row.rule["en"]},
                    row.digest, row.published_at, row.rule["parameters"])
        for row in connection.execute(query)
    ]


def published(engine: Engine, table: str, from_month: str | None = None, to_month: str | None = None) -> Published:
    """A table over the months from `from_month` to `to_month`, both included, null for no limit; a quarter is in when
    one of its months is. Raises UnknownTable, and ValueError for a month that is none or limits the wrong way round."""
    first, last = parse_month(from_month or "2000-01"), parse_month(to_month or "2099-12")
    if first > last:
        raise ValueError(f"{first} is after {last}")
    with reading(engine) as connection:
        keys = demand_publications.c
        periods = connection.execute(select(keys.period).where(keys.table_name == table).order_by(keys.period)).scalars().all()
        wanted = [period for period in periods if months_of(period)[0] <= last and months_of(period)[-1] >= first]
        found = publications(connection, table=table, periods=wanted)
        plan = load_plan().tables.get(table)
        if plan is None and not periods:
            raise UnknownTable(table)
        dimensions = found[-1].dimensions if found else (plan.period, *plan.dimensions) if plan else ()
        marked, names = is_demonstration(connection), names_in(connection, found)
    rules = [publication.rule for publication in found]
    document = answer(table, dimensions, [(publication.period, row) for publication in found for row in publication.rows], rules)
    return Published(
        table, dimensions, document["cells"], _joined(rules), digest_of(document), tuple(p.period for p in found), marked, names
    )


def names_in(connection: Connection, found: Sequence[Publication]) -> dict[str, dict[str, str]]:
    """Names of the doors and services in these publications; a service that left the directory has none."""
    names: dict[str, dict[str, str]] = {}
    for publication in found:
        if "door" in publication.dimensions and "door" not in names:
            names["door"] = door_names(connection)
        if "service" in publication.dimensions:
            ids = {row[0] for row in publication.rows}
            rows = connection.execute(select(services.c.id, services.c.name).where(services.c.id.in_(ids)))
            names.setdefault("service", {}).update((row.id, row.name) for row in rows)
    return names


def published_tables(engine: Engine) -> list[dict[str, Any]]:
    """The tables with something published: [{table, dimensions, period, periods}], in the plan's order."""
    keys = demand_publications.c
    with reading(engine) as connection:
        rows = connection.execute(select(keys.table_name, keys.period, keys.dimensions).order_by(keys.period)).all()
    tables: dict[str, dict[str, Any]] = {}
    for row in rows:
        entry = tables.setdefault(row.table_name, {"table": row.table_name, "periods": []})
        entry.update(dimensions=list(row.dimensions), period=row.dimensions[0])
        entry["periods"].append(row.period)
    order = {name: place for place, name in enumerate(load_plan().tables)}
    return sorted(tables.values(), key=lambda entry: (order.get(entry["table"], len(order)), entry["table"]))
