"""One's own account as JSON, for whoever is signed in: password, second factor, sessions. The same rules as its page
(bot/web/account_page.py): what would let a thief of a session keep it asks for the password again, and for the code where
there is a second factor, and counts as a try to log in.

It is open to somebody who must first change a given password, or set up a second factor.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels import cookies
from bot.channels.api import body_of, client_address, text_field
from bot.channels.session_api import CODE_LIMIT, PASSWORD_LIMIT
from bot.channels.staff import Endpoint, refusal, signed_in
from bot.people.own import NoSecondFactor, OwnAccount, SamePassword, TooManyLogins, WrongCode, WrongLogin
from bot.people.passwords import SHORTEST, WeakPassword

__all__ = ["routes"]

Act = Callable[[Request, OwnAccount, dict[str, Any]], Awaitable[Response]]


def acting(act: Act) -> Endpoint:
    """A call that changes the account; what is wrong becomes a problem that names the field."""

    @signed_in()
    @wraps(act)
    async def endpoint(request: Request) -> Response:
        body = {} if request.method == "DELETE" else await body_of(request)
        try:
            return await act(request, _own(request), body)
        except WrongLogin:
            return refusal(request, 400, "wrong_proof", field="password")
        except TooManyLogins as limit:
            return refusal(request, 429, "too_many_logins", {"Retry-After": str(limit.retry_after)})
        except WeakPassword:
            return refusal(request, 400, "weak_password", fill={"shortest": SHORTEST}, field="new")
        except SamePassword:
            return refusal(request, 400, "same_password", field="new")
        except WrongCode:
            return refusal(request, 400, "wrong_code", field="code")
        except NoSecondFactor:
            return refusal(request, 409, "no_second_factor")

    return endpoint


def _own(request: Request) -> OwnAccount:
    return OwnAccount(request.app.state.services.people)


def _token(request: Request) -> str:
    return cookies.token_of(request, request.app.state.services.settings) or ""


def _proof(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    return {"password": text_field(body, "password", PASSWORD_LIMIT) or "", "code": text_field(body, "code", CODE_LIMIT) or "",
            "address": client_address(request)}


@signed_in()
async def show(request: Request) -> Response:
    """200 {email, name, pending, second_factor: {since, codes, required}, sessions: [{id, agent, created_at, last_seen_at,
    expires_at, current}]}."""
    own, person = _own(request), request.state.person
    factor = await run_in_threadpool(own.second_factor, person)
    opened = await run_in_threadpool(own.sessions, person, _token(request))
    return JSONResponse({
        "email": person.email, "name": person.name, "pending": person.pending,
        "second_factor": {"since": factor.since.isoformat() if factor.since else None, "codes": factor.codes, "required": factor.required},
        "sessions": [{"id": one.id, "agent": one.agent, "current": one.current, "created_at": one.created_at.isoformat(),
                      "last_seen_at": one.last_seen_at.isoformat(), "expires_at": one.expires_at.isoformat()} for one in opened],
    })


@acting
async def password(request: Request, own: OwnAccount, body: dict[str, Any]) -> Response:
    """{password, new, code?}: 204. The other sessions end, this one stays."""
    new = text_field(body, "new", PASSWORD_LIMIT) or ""
    await run_in_threadpool(partial(own.change_password, request.state.person, _token(request), new=new, **_proof(request, body)))
    return Response(status_code=204)


@acting
async def begin(request: Request, own: OwnAccount, body: dict[str, Any]) -> Response:
    """{password, code?}: 201 {secret, uri}. It counts for nothing until it is confirmed."""
    await run_in_threadpool(partial(own.begin, request.state.person, **_proof(request, body)))
    secret, uri = await run_in_threadpool(own.pending, request.state.person)
    return JSONResponse({"secret": secret, "uri": uri}, 201)


@acting
async def confirm(request: Request, own: OwnAccount, body: dict[str, Any]) -> Response:
    """{code}: 200 {codes}: recovery codes, given this once."""
    code = text_field(body, "code", CODE_LIMIT) or ""
    return JSONResponse({"codes": await run_in_threadpool(own.confirm, request.state.person, _token(request), code)})


@acting
async def renew(request: Request, own: OwnAccount, body: dict[str, Any]) -> Response:
    """{password, code}: 200 {codes}, in place of the former."""
    return JSONResponse({"codes": await run_in_threadpool(partial(own.renew_codes, request.state.person, **_proof(request, body)))})


@acting
async def turn_off(request: Request, own: OwnAccount, body: dict[str, Any]) -> Response:
    """{password, code}: 204."""
    await run_in_threadpool(partial(own.turn_off, request.state.person, **_proof(request, body)))
    return Response(status_code=204)


@acting
async def end_one(request: Request, own: OwnAccount, body: dict[str, Any]) -> Response:
    """204, also for one that has ended."""
    await run_in_threadpool(own.end_session, request.state.person, request.path_params["id"])
    return Response(status_code=204)


@acting
async def end_others(request: Request, own: OwnAccount, body: dict[str, Any]) -> Response:
    """204: all but this one."""
    await run_in_threadpool(own.end_other_sessions, request.state.person, _token(request))
    return Response(status_code=204)


routes = [
    Route("/api/account", show, methods=["GET"]),
    Route("/api/account/password", password, methods=["POST"]),
    Route("/api/account/second-factor", begin, methods=["POST"]),
    Route("/api/account/second-factor/confirm", confirm, methods=["POST"]),
    Route("/api/account/second-factor/codes", renew, methods=["POST"]),
    Route("/api/account/second-factor/off", turn_off, methods=["POST"]),
    Route("/api/account/sessions", end_others, methods=["DELETE"]),
    Route("/api/account/sessions/{id}", end_one, methods=["DELETE"]),
]
