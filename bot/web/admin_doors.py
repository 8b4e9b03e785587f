"""Administrator's pages: doors, the partner places whose link or poster brings residents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demand import doors
from bot.handoff import referrals
from bot.people import audit
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from bot.web.admin_pages import admin, admin_page, administrator, done, engine_of, form_of

__all__ = ["routes"]

NAME_LIMIT = 200


async def _page(request: Request, *, problem: str | None = None, typed: dict[str, Any] | None = None) -> Response:
    def read() -> tuple[list[doors.Door], set[str]]:
        with reading(engine_of(request)) as connection:
            return doors.all_doors(connection), referrals.allowed(connection)

    found, referring = await run_in_threadpool(read)
    return admin_page(request, "admin_doors.html", "doors", status=400 if problem else 200, problem=problem, typed=typed,
                      doors=found, referring=referring, origin=request.app.state.services.settings.origin, limit=NAME_LIMIT)


@admin
async def show(request: Request) -> Response:
    """All doors with their links and posters."""
    return await _page(request)


@admin
async def add(request: Request) -> Response:
    """A new door."""
    return await _save(request, None)


@admin
async def change(request: Request) -> Response:
    """Another name or place of a door."""
    return await _save(request, request.path_params["code"])


async def _save(request: Request, code: str | None) -> Response:
    by, form = administrator(request), await form_of(request)
    typed = {name: " ".join(str(form.get(name, "")).replace("\x00", "").split()) for name in ("code", "name", "place")} | {"of": code}
    given = code or str(typed["code"])
    name, place = str(typed["name"])[:NAME_LIMIT], str(typed["place"])[:NAME_LIMIT]
    if not doors.CODE.fullmatch(given):
        return await _page(request, problem="door_code", typed=typed)
    if not name:
        return await _page(request, problem="door_name", typed=typed)

    def work(connection: Connection) -> bool:
        saved = doors.change_door(connection, given, name, place) if code else doors.add_door(connection, given, name, place)
        if saved:
            audit.write(connection, by.id, "door_changed" if code else "door_added", utcnow(), door=given)
        return saved

    def write() -> bool:
        with writing(engine_of(request)) as connection:
            return work(connection)

    if await run_in_threadpool(write):
        return done(request, "/admin/doors", "door_saved")
    if code:
        raise HTTPException(404)
    return await _page(request, problem="door_taken", typed=typed)


@admin
async def refer(request: Request) -> Response:
    """Let a door refer people by its own form, or no longer."""
    by, code = administrator(request), request.path_params["code"]
    yes = str((await form_of(request)).get("allow", "")) == "yes"

    def write() -> bool:
        with writing(engine_of(request)) as connection:
            return doors.is_door(connection, code) and referrals.allow(connection, code, yes, by=by.id, now=utcnow())

    if not await run_in_threadpool(write):
        raise HTTPException(404)
    return done(request, "/admin/doors", "referrals_on" if yes else "referrals_off")


routes = [
    Route("/admin/doors", show, methods=["GET"]),
    Route("/admin/doors", add, methods=["POST"]),
    Route("/admin/doors/{code}", change, methods=["POST"]),
    Route("/admin/doors/{code}/referrals", refer, methods=["POST"]),
]
