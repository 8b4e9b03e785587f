"""Administrator's pages: opening hours of the desk. A week of split shifts for everybody or for one territory, and the days
that are not as the others."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demand.territories import territories
from bot.handoff import opening, opening_hours
from bot.handoff.opening import DAY, EXCEPTION_KINDS, OpeningError, Shift
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from bot.web.admin_pages import admin, admin_page, administrator, done, engine_of, form_of

__all__ = ["routes"]

EVERYBODY = "all"
ROWS = 2  # shifts of a day that one can type; a day that is full shows one more
BLANK = {"first": "", "last": "", "kind": EXCEPTION_KINDS[0], **{f"span-{number}-{end}": "" for number in range(ROWS) for end in ("opens", "closes")}}
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


def minutes(text: str, end: bool = False) -> int:
    """Minutes from midnight of "8:30"; an end at 0:00 is midnight at the end of the day. Raises OpeningError."""
    found = _TIME.fullmatch(text.strip())
    value = int(found[1]) * 60 + int(found[2]) if found else -1
    if not found or value > DAY:
        raise OpeningError("closes" if end else "opens")
    return DAY if end and value == 0 else value


def clock(value: int) -> str:
    """Minutes from midnight as a time input takes them; the end of the day as 00:00."""
    return f"{value // 60 % 24:02d}:{value % 60:02d}"


def _spans(form: FormData, prefix: str) -> list[tuple[int, int]]:
    """The pairs <prefix>-<n>-opens, <prefix>-<n>-closes that are filled in. Raises OpeningError: a half-filled one too."""
    found, number = [], 0
    while f"{prefix}-{number}-opens" in form:
        opens, closes = (str(form.get(f"{prefix}-{number}-{one}", "")) for one in ("opens", "closes"))
        if opens or closes:
            found.append((minutes(opens), minutes(closes, end=True)))
        number += 1
    return found


def _asked(value: str) -> str | None:
    """The territory of the page: null is everybody's. 404 for one that does not exist."""
    if value != EVERYBODY and value not in territories():
        raise HTTPException(404)
    return None if value == EVERYBODY else value


def _look(engine: Engine, territory: str | None) -> dict[str, Any]:
    now = utcnow()
    with reading(engine) as connection:
        weeks = opening_hours.weeks(connection)
        hours = opening_hours.read(connection, territory)
        today = now.astimezone(opening.TORONTO).date()
        exceptions = [one for one in opening_hours.exceptions(connection, since=today)
                      if territory is None or one.territory in (None, territory)]
    return {"weeks": weeks, "exceptions": exceptions, "open": opening.is_open(hours, now),
            "opens": opening.next_opening(hours, now), "closes": opening.closes_at(hours, now)}


def _typed_week(shifts: tuple[Shift, ...]) -> list[list[tuple[str, str]]]:
    days = [[(clock(one.opens), clock(one.closes)) for one in shifts if one.weekday == day] for day in range(7)]
    return [day + [("", "")] * max(1, ROWS - len(day)) for day in days]


async def _page(request: Request, value: str, *, problem: str | None = None, week: list[list[tuple[str, str]]] | None = None,
                typed: dict[str, str] | None = None) -> Response:
    territory = _asked(value)
    found = await run_in_threadpool(partial(_look, engine_of(request), territory))
    own = found["weeks"].get(territory, ())
    return admin_page(
        request, "admin_hours.html", "hours", status=400 if problem else 200, problem=problem, typed=BLANK | (typed or {}), territory=territory,
        value=value, week=week or _typed_week(own or found["weeks"].get(None, ())), own=bool(own), clock=clock, kinds=EXCEPTION_KINDS,
        everybody=EVERYBODY, rows=ROWS, all_territories=territories(), **found,
    )


@admin
async def show(request: Request) -> Response:
    """The hours in force for everybody, or for ?territory=CODE."""
    return await _page(request, request.query_params.get("territory") or EVERYBODY)


@admin
async def set_week(request: Request) -> Response:
    """Replace a week; a territory's empty one follows everybody's again."""
    form = await form_of(request)
    value = str(form.get("territory", EVERYBODY))
    territory, by, now = _asked(value), administrator(request), utcnow()
    typed = [[(str(form.get(f"{day}-{number}-opens", "")), str(form.get(f"{day}-{number}-closes", ""))) for number in range(24)
              if f"{day}-{number}-opens" in form] or [("", "")] for day in range(7)]
    try:
        follow = "follow" in form
        shifts = [] if follow else [Shift(day, opens, closes) for day in range(7) for opens, closes in _spans(form, str(day))]

        def write() -> None:
            with writing(engine_of(request)) as connection:
                opening_hours.set_week(connection, territory, shifts, by=by.id, now=now)

        await run_in_threadpool(write)
    except OpeningError as error:
        return await _page(request, value, problem=f"hours_{error.field}", week=typed)
    return done(request, "/admin/hours", "hours_set", territory=value)


@admin
async def add_exception(request: Request) -> Response:
    """A vacation, a closure, or days with other hours."""
    form = await form_of(request)
    value = str(form.get("territory", EVERYBODY))
    territory, by, now = _asked(value), administrator(request), utcnow()
    typed = {name: str(one) for name, one in form.items()}
    try:
        first = _day(typed.get("first", ""), "first_day")
        last = _day(typed.get("last", "") or typed.get("first", ""), "last_day")
        spans = _spans(form, "span")
        if typed.get("kind") == "hours" and not spans:
            raise OpeningError("opens")

        def write() -> None:
            with writing(engine_of(request)) as connection:
                opening_hours.add_exception(connection, territory, first, last, spans if typed.get("kind") == "hours" else [],
                                            kind=typed.get("kind", ""), by=by.id, now=now)

        await run_in_threadpool(write)
    except OpeningError as error:
        return await _page(request, value, problem=f"hours_{error.field}", typed=typed)
    return done(request, "/admin/hours", "exception_added", territory=value)


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OpeningError(field) from None


@admin
async def remove_exception(request: Request) -> Response:
    """Take one away: the week's hours hold again."""
    by, value = administrator(request), str((await form_of(request)).get("territory", EVERYBODY))

    def write() -> bool:
        with writing(engine_of(request)) as connection:
            return opening_hours.remove_exception(connection, request.path_params["id"], by=by.id, now=utcnow())

    if not await run_in_threadpool(write):
        raise HTTPException(404)
    return done(request, "/admin/hours", "exception_removed", territory=value)


routes = [
    Route("/admin/hours", show, methods=["GET"]),
    Route("/admin/hours", set_week, methods=["POST"]),
    Route("/admin/hours/exceptions", add_exception, methods=["POST"]),
    Route("/admin/hours/exceptions/{id:int}/remove", remove_exception, methods=["POST"]),
]
