"""One's own account, for whoever is signed in: password, second factor, sessions. Forms; no script.

Secrets and recovery codes stand in the answer to the form that made them, which no cache and no history keeps; the QR code
is an image of our own (the Content-Security-Policy refuses data: addresses), drawn only while it is being set up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels import cookies
from bot.channels.api import client_address
from bot.channels.session_api import CODE_LIMIT
from bot.channels.staff import staff_words
from bot.people.own import NoSecondFactor, OwnAccount, SamePassword, TooManyLogins, WrongCode, WrongLogin
from bot.people.passwords import LONGEST, SHORTEST, WeakPassword
from bot.people.person import Person
from bot.people.totp import qr_svg
from bot.web.rendering import page
from bot.web.staff_pages import FORM, navigation, other_language, reader, see_other, signed_in, when
from bot.words import LANGUAGES, load_words

__all__ = ["routes"]

words = load_words(Path(__file__).with_name("account_words.yml"))
DONE = ("password", "ended", "ended_all", "removed")
Act = Callable[[Request, OwnAccount, Person, str, dict[str, str]], Awaitable[Response]]


def _own(request: Request) -> OwnAccount:
    return OwnAccount(request.app.state.services.people)


def _token(request: Request) -> str:
    return cookies.token_of(request, request.app.state.services.settings) or ""


async def _page(request: Request, *, section: str | None = None, problem: str | None = None, status: int = 200,
                headers: dict[str, str] | None = None, codes: list[str] | None = None) -> Response:
    """The account, with what went wrong said in the section whose form was sent."""
    person, language = reader(request)
    assert person is not None
    own = _own(request)
    factor = await run_in_threadpool(own.second_factor, person)
    opened = await run_in_threadpool(own.sessions, person, _token(request))
    try:
        secret, uri = await run_in_threadpool(own.pending, person)
    except NoSecondFactor:
        secret, uri = "", ""
    lang, done = request.query_params.get("lang"), request.query_params.get("done")
    return page(
        request, "account.html", language, words=words, status=status, headers=headers, page="account", person=person,
        nav=navigation(person, language, "/account"), lang=lang if lang in LANGUAGES else None, factor=factor, sessions=opened,
        # In fours, to be typed.
        secret=" ".join(secret[i:i + 4] for i in range(0, len(secret), 4)), uri=uri, codes=codes, section=section, problem=problem,
        done=words(language, f"done.{done}") if done in DONE else None, shortest=SHORTEST, longest=LONGEST,
        when=when, elsewhere=other_language(request, language, "/account"),
    )


@signed_in
async def show(request: Request) -> Response:
    """The page."""
    return await _page(request)


@signed_in
async def qr(request: Request) -> Response:
    """The QR code of the second factor being set up; 404 when none is."""
    try:
        _, uri = await run_in_threadpool(_own(request).pending, request.state.person)
    except NoSecondFactor:
        raise HTTPException(404) from None
    return Response(await run_in_threadpool(qr_svg, uri), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def acting(section: str, act: Act) -> Callable[[Request], Awaitable[Response]]:
    """A form of the page: do it, or show the page again with what is wrong said beside the form."""

    @signed_in
    async def endpoint(request: Request) -> Response:
        person, language = reader(request)
        assert person is not None
        form = {name: value for name, value in (await request.form(**FORM)).items() if isinstance(value, str)}
        again = partial(_page, request, section=section)
        try:
            return await act(request, _own(request), person, _token(request), form)
        except WrongLogin:
            return await again(problem=staff_words(language, "wrong_proof"), status=400)
        except TooManyLogins as limit:
            return await again(problem=staff_words(language, "too_many_logins"), status=429,
                               headers={"Retry-After": str(limit.retry_after)})
        except WeakPassword:
            return await again(problem=staff_words(language, "weak_password", shortest=SHORTEST), status=400)
        except SamePassword:
            return await again(problem=staff_words(language, "same_password"), status=400)
        except WrongCode:
            return await again(problem=staff_words(language, "wrong_code"), status=400)
        except NoSecondFactor:
            return await again(problem=staff_words(language, "no_second_factor"), status=400)

    return endpoint


def _proof(request: Request, form: dict[str, str]) -> dict[str, Any]:
    return {"password": form.get("password", ""), "code": form.get("code", "")[:CODE_LIMIT], "address": client_address(request)}


async def _password(request: Request, own: OwnAccount, person: Person, token: str, form: dict[str, str]) -> Response:
    if form.get("new") != form.get("again"):
        return await _page(request, section="password", problem=words(reader(request)[1], "problem.not_twice"), status=400)
    await run_in_threadpool(partial(own.change_password, person, token, new=form.get("new", ""), **_proof(request, form)))
    return see_other(request, "/account", done="password")


async def _begin(request: Request, own: OwnAccount, person: Person, token: str, form: dict[str, str]) -> Response:
    await run_in_threadpool(partial(own.begin, person, **_proof(request, form)))
    return see_other(request, "/account")


async def _confirm(request: Request, own: OwnAccount, person: Person, token: str, form: dict[str, str]) -> Response:
    codes = await run_in_threadpool(own.confirm, person, token, form.get("code", "")[:CODE_LIMIT])
    return await _page(request, codes=codes)


async def _renew(request: Request, own: OwnAccount, person: Person, token: str, form: dict[str, str]) -> Response:
    codes = await run_in_threadpool(partial(own.renew_codes, person, **_proof(request, form)))
    return await _page(request, codes=codes)


async def _off(request: Request, own: OwnAccount, person: Person, token: str, form: dict[str, str]) -> Response:
    await run_in_threadpool(partial(own.turn_off, person, **_proof(request, form)))
    return see_other(request, "/account", done="removed")


async def _end_one(request: Request, own: OwnAccount, person: Person, token: str, form: dict[str, str]) -> Response:
    await run_in_threadpool(own.end_session, person, request.path_params["id"])
    return see_other(request, "/account", done="ended")


async def _end_others(request: Request, own: OwnAccount, person: Person, token: str, form: dict[str, str]) -> Response:
    await run_in_threadpool(own.end_other_sessions, person, token)
    return see_other(request, "/account", done="ended_all")


routes = [
    Route("/account", show, methods=["GET"]),
    Route("/account/password", acting("password", _password), methods=["POST"]),
    Route("/account/second-factor", acting("factor", _begin), methods=["POST"]),
    Route("/account/second-factor/qr.svg", qr, methods=["GET"]),
    Route("/account/second-factor/confirm", acting("factor", _confirm), methods=["POST"]),
    Route("/account/second-factor/codes", acting("codes", _renew), methods=["POST"]),
    Route("/account/second-factor/off", acting("off", _off), methods=["POST"]),
    Route("/account/sessions/end", acting("sessions", _end_others), methods=["POST"]),
    Route("/account/sessions/{id}/end", acting("sessions", _end_one), methods=["POST"]),
]
