"""A navigator's own things at the desk: whether they are on a break, their figures, the Telegram chat that is told."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.api import body_of
from bot.channels.staff import refusal, signed_in
from bot.handoff import canned, figures, navigators
from bot.people.person import Person
from bot.store.base import utcnow
from bot.store.engine import reading, writing

__all__ = ["desk_state", "new_code", "routes"]

ROLE = "navigator"


def desk_state(engine: Any, person: Person) -> dict[str, Any]:
    """{available, telegram, figures, colleagues, canned}: what the page and the API tell the person."""
    now = utcnow()
    with reading(engine) as connection:
        chosen = navigators.choices_of(connection, person.id)
        return {
            "available": chosen.available, "telegram": chosen.telegram,
            "figures": figures.as_dict(figures.figures(connection, person, now)),
            "colleagues": figures.colleagues(connection, person, now),
            "canned": [{"key": one.key, "fr": one.fr, "en": one.en} for one in canned.all_replies(connection)],
        }


def set_available(engine: Any, person: Person, available: bool) -> None:
    with writing(engine) as connection:
        navigators.set_available(connection, person.id, available, utcnow())


def new_code(engine: Any, person: Person) -> str:
    """A code that links a Telegram chat to the person."""
    with writing(engine) as connection:
        return navigators.new_code(connection, person.id, utcnow())


def unlink(engine: Any, person: Person) -> None:
    with writing(engine) as connection:
        navigators.unlink(connection, person.id, utcnow())


def _engine(request: Request) -> Any:
    return request.app.state.services.engine


@signed_in(ROLE)
async def state(request: Request) -> Response:
    return JSONResponse(await run_in_threadpool(desk_state, _engine(request), request.state.person))


@signed_in(ROLE)
async def choose(request: Request) -> Response:
    """{available}: false is a break."""
    available = (await body_of(request)).get("available")
    if not isinstance(available, bool):
        return refusal(request, 400, "bad_field", field="available")
    await run_in_threadpool(set_available, _engine(request), request.state.person, available)
    return JSONResponse({})


@signed_in(ROLE)
async def telegram_code(request: Request) -> Response:
    """201 {code, minutes}: to be sent to the bot as "/start CODE"."""
    code = await run_in_threadpool(new_code, _engine(request), request.state.person)
    return JSONResponse({"code": code, "minutes": int(navigators.CODE_LASTS.total_seconds() // 60)}, 201)


@signed_in(ROLE)
async def telegram_off(request: Request) -> Response:
    await run_in_threadpool(unlink, _engine(request), request.state.person)
    return Response(status_code=204)


routes = [
    Route("/api/desk", state, methods=["GET"]),
    Route("/api/desk", choose, methods=["POST"]),
    Route("/api/desk/telegram", telegram_code, methods=["POST"]),
    Route("/api/desk/telegram", telegram_off, methods=["DELETE"]),
]
