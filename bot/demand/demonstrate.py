"""A database of its own with a year of made-up months, published month by month as real ones are.

    NotADemonstration       (load.py) the database holds real conversations or events
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Engine

from bot.demand.actions import Action, note_action
from bot.demand.doors import add_door
from bot.demand.load import NotADemonstration, load
from bot.demand.months import QUEBEC, current_month
from bot.demand.publish import publish
from bot.demand.synthetic import DOORS, synthetic_month
from bot.store.engine import writing

__all__ = ["MONTHS", "demonstrate"]

MONTHS = 12
MOST_SERVICES = 8  # of a need: those that its requests lead to
# Requests grow from this share of --monthly to all of it over the year.
FIRST_SHARE = 0.7


class _Services(Protocol):
    """What is asked of the directory: all services, each with its id and the needs it answers."""

    def all(self) -> list[Any]: ...


def months_before(month: str, count: int) -> list[str]:
    """The months before this one, the oldest first."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(number - count, number)]


def demonstrate(engine: Engine, directory: _Services, *, monthly: int, seed: int, now: datetime) -> Iterator[tuple[str, int]]:
    """Fill an empty database with the last MONTHS months, made up; (month, cells shown) as each is published. Raises
    NotADemonstration when there is something in the database already."""
    draw = random.Random(seed)
    services: dict[str, list[str]] = {}
    for service in directory.all():
        for need in service.needs[:1]:
            services.setdefault(need, []).append(service.id)
    for ids in services.values():
        draw.shuffle(ids)
        del ids[MOST_SERVICES:]
    if not load(engine, []).first:
        raise NotADemonstration("this database holds events already: choose another folder with --data, or remove it first")
    with writing(engine) as connection:
        for code, name in DOORS.items():
            add_door(connection, code, name)
    months = months_before(current_month(now), MONTHS)
    for number, month in enumerate(months):
        requests = round(monthly * (FIRST_SHARE + (1 - FIRST_SHARE) * number / (MONTHS - 1)) * draw.uniform(0.95, 1.0))
        load(engine, (json.dumps(event) for event in synthetic_month(month, requests, services, draw)))
        done = publish(engine, month, now=now)
        yield month, sum(row[-1] is not None for publication in done for row in publication.rows)
    local = now.astimezone(QUEBEC).date()
    with writing(engine) as connection:
        for action in _examples(months[-4], local):
            note_action(connection, action, now)


def _examples(month: str, today: date) -> list[Action]:
    due = date(today.year + (today.month > 9), (today.month + 2) % 12 + 1, 1).isoformat()
    return [
        Action(month, "transport", "16", "Exemple de décision : un essai de transport bénévole vers les rendez-vous. / Example of a decision: a trial of volunteer rides to appointments.",
               "Exemple : municipalité / municipality", "Exemple : groupe d’entraide / community group", "Trouver dix conducteurs / Find ten drivers", due),
        Action(month, "housing", "14", "Exemple de décision : une soirée d’information sur le logement, aussi en anglais. / Example of a decision: an information evening on housing, in English too.",
               "Exemple : CLSC", "Exemple : école / school", "Réserver la salle / Book the room", due),
    ]
