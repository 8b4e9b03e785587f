"""Signing in and out on a page, and where to go from there. A form; no script."""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels import cookies
from bot.channels.session_api import CODE_LIMIT, whence
from bot.channels.staff import staff_words
from bot.people.login import TooManyLogins, WrongLogin
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
    services = request.app.state.services
    form = await request.form(**FORM)
    email, password, code, next_page = (str(form.get(name, "")) for name in ("email", "password", "code", "next"))
    again = partial(_page, request, email=email[:254], next_page=next_page[:200])
    if not cookies.allows_sign_in(request, services.settings):
        return again(problem="needs_https", status=403)
    try:
        token = await run_in_threadpool(partial(services.people.log_in, email, password, code=code[:CODE_LIMIT], **whence(request)))
    except WrongLogin:
        return again(problem="wrong_login", status=401)
    except TooManyLogins as limit:
        return again(problem="too_many_logins", status=429, headers={"Retry-After": str(limit.retry_after)})
    person = await run_in_threadpool(services.people.of_token, token)
    response = see_other(request, where_next(next_page, person))
    cookies.give(response, token, services.settings)
    return response


async def sign_out(request: Request) -> Response:
    """End the session."""
    services = request.app.state.services
    token = cookies.token_of(request, services.settings)
    if token:
        await run_in_threadpool(services.people.log_out, token)
    response = see_other(request, "/login")
    cookies.clear(response, services.settings)
    return response


routes = [
    Route("/login", show, methods=["GET"]),
    Route("/login", sign_in, methods=["POST"]),
    Route("/logout", sign_out, methods=["POST"]),
]
