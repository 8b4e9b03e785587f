"""Administrator's pages: ready-made replies, always in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handoff import canned
from bot.handoff.canned import CannedError
from bot.people import audit
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from bot.web.admin_pages import admin, admin_page, administrator, done, engine_of, form_of

__all__ = ["routes"]


async def _written(request: Request, work: Callable[[Connection], Any]) -> Any:
    def write() -> Any:
        with writing(engine_of(request)) as connection:
            return work(connection)

    return await run_in_threadpool(write)


async def _page(request: Request, *, problem: str | None = None, typed: dict[str, Any] | None = None) -> Response:
    def read() -> list[canned.Canned]:
        with reading(engine_of(request)) as connection:
            return canned.all_replies(connection)

    return admin_page(request, "admin_replies.html", "replies", status=400 if problem else 200, problem=problem, typed=typed,
                      replies=await run_in_threadpool(read), text_limit=canned.TEXT_LIMIT)


@admin
async def show(request: Request) -> Response:
    """All replies in order, each with its form."""
    return await _page(request)


@admin
async def save(request: Request) -> Response:
    """A new one, or another text for one; refused in one language only, with what was typed kept."""
    by, form = administrator(request), await form_of(request)
    typed: dict[str, Any] = {name: str(form.get(name, "")) for name in ("key", "fr", "en")}
    reply_id = request.path_params.get("id")
    try:
        await _written(request, lambda connection: canned.save(connection, **typed, by=by.id, now=utcnow(), reply_id=reply_id))
    except CannedError as error:
        return await _page(request, problem=f"reply_{error.field}", typed=typed | {"id": reply_id})
    return done(request, "/admin/replies", "reply_saved")


@admin
async def remove(request: Request) -> Response:
    """Take one away."""
    by = administrator(request)
    if not await _written(request, lambda connection: canned.remove(connection, request.path_params["id"], by=by.id, now=utcnow())):
        raise HTTPException(404)
    return done(request, "/admin/replies", "reply_removed")


@admin
async def move(request: Request) -> Response:
    """One place up or down."""
    by, down = administrator(request), str((await form_of(request)).get("to", "")) == "down"

    def work(connection: Connection) -> None:
        ids = [one.id for one in canned.all_replies(connection)]
        if request.path_params["id"] not in ids:
            raise HTTPException(404)
        at = ids.index(request.path_params["id"])
        other = at + (1 if down else -1)
        if 0 <= other < len(ids):
            ids[at], ids[other] = ids[other], ids[at]
            canned.order(connection, ids)
            audit.write(connection, by.id, "canned_ordered", utcnow())

    await _written(request, work)
    return done(request, "/admin/replies", "reply_moved")


routes = [
    Route("/admin/replies", show, methods=["GET"]),
    Route("/admin/replies", save, methods=["POST"]),
    Route("/admin/replies/{id:int}", save, methods=["POST"]),
    Route("/admin/replies/{id:int}/remove", remove, methods=["POST"]),
    Route("/admin/replies/{id:int}/move", move, methods=["POST"]),
]
