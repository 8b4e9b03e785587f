"""Signing in and out on a page, and where to go from there. A form; no script."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels import cookies, session_api
from bot.channels.staff import staff_words
from bot.web.rendering import page
from bot.web.staff_pages import FORM, navigation, reader, see_other, where_next, words
from bot.words import LANGUAGES

__all__ = ["routes"]


def _page(request: Request, *, email: str = "", next_page: str = "", problem: str | None = None, status: int = 200,
          headers: dict[str, str] | None = None) -> Response:
    person, language = reader(request)
    lang = request.query_params.get("lang")
    return page(request, "login.html", language, words=words, status=status, headers=headers, page="login", person=person,
                lang=lang if lang in LANGUAGES else None,
                nav=navigation(person, language, "/login"), email=email, next_page=next_page,
                problem=staff_words(language, problem) if problem else None)


async def show(request: Request) -> Response:
    """The form; for somebody who is signed in, their pages and the way out."""
    return _page(request, next_page=request.query_params.get("next", "")[:200])


async def sign_in(request: Request) -> Response:
    """The form's answer: 303 to the person's page, or the form again with what is wrong."""
    form = await request.form(**FORM)
    email, password, code, next_page = (str(form.get(name, "")) for name in ("email", "password", "code", "next"))
    again = partial(_page, request, email=email[:254], next_page=next_page[:200])
    try:
        token, person = await session_api.begin(request, email, password, code[: session_api.CODE_LIMIT])
    except session_api.NotSignedIn as refused:
        return again(problem=refused.why, status=refused.status, headers=refused.headers)
    response = see_other(request, where_next(next_page, person))
    cookies.give(response, token, request.app.state.services.settings)
    return response


async def sign_out(request: Request) -> Response:
    """End the session."""
    return await session_api.end(request, see_other(request, "/login"))


routes = [
    Route("/login", show, methods=["GET"]),
    Route("/login", sign_in, methods=["POST"]),
    Route("/logout", sign_out, methods=["POST"]),
]
