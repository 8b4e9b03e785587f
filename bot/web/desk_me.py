"""A navigator's own page: on a break or not, figures, colleagues, notices on Telegram."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.desk_api import new_code, set_available, unlink
from bot.handoff.navigators import CODE_LASTS
from bot.people.person import Person
from bot.web.desk_page import at_the_desk, desk_reader, shared, state_of
from bot.web.rendering import page
from bot.web.staff_pages import FORM, Endpoint, see_other

__all__ = ["routes"]


@at_the_desk
async def me(request: Request) -> Response:
    """The page."""
    return await _me_page(request)


async def _me_page(request: Request, code: str | None = None) -> Response:
    person, language = desk_reader(request)
    state = await state_of(request, person)
    return page(request, "desk_me.html", language, **{**shared(request, person, language), **state}, code=code,
                code_minutes=int(CODE_LASTS.total_seconds() // 60), done=request.query_params.get("done") == "available")


def choosing(choose: Callable[[Any, Person, dict[str, str]], None]) -> Endpoint:
    """A form of the navigator's own page: do it, then 303 back to it."""

    @at_the_desk
    async def endpoint(request: Request) -> Response:
        person, _ = desk_reader(request)
        form = {name: value for name, value in (await request.form(**FORM)).items() if isinstance(value, str)}
        await run_in_threadpool(choose, request.app.state.services.engine, person, form)
        return see_other(request, "/desk/me", done="available")

    return endpoint


def _available(engine: Any, person: Person, form: dict[str, str]) -> None:
    set_available(engine, person, form.get("available") == "yes")


def _telegram_off(engine: Any, person: Person, form: dict[str, str]) -> None:
    unlink(engine, person)


@at_the_desk
async def telegram_code(request: Request) -> Response:
    """The page with a code, shown once."""
    person, _ = desk_reader(request)
    return await _me_page(request, await run_in_threadpool(new_code, request.app.state.services.engine, person))


routes = [
    Route("/desk/me", me, methods=["GET"]),
    Route("/desk/me/available", choosing(_available), methods=["POST"]),
    Route("/desk/me/telegram", telegram_code, methods=["POST"]),
    Route("/desk/me/telegram/off", choosing(_telegram_off), methods=["POST"]),
]
