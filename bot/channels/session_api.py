"""Signing in and out, to the letter of docs/contract.md; the pages do it by `begin` and `end` too.

    NotSignedIn             the password, the code or the way they came is refused, or there were too many
"""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels import cookies
from bot.channels.api import body_of, client_address, text_field
from bot.channels.staff import refusal
from bot.people.login import TooManyLogins, WrongLogin
from bot.people.person import Person
from bot.people.sessions import told_agent

__all__ = ["CODE_LIMIT", "PASSWORD_LIMIT", "NotSignedIn", "begin", "end", "routes", "whence"]

EMAIL_LIMIT = 254
PASSWORD_LIMIT = 1024
CODE_LIMIT = 32


class NotSignedIn(Exception):
    """`status` and `why` (of people_words.yml), with what the answer's headers say."""

    def __init__(self, status: int, why: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(why)
        self.status, self.why, self.headers = status, why, headers


def whence(request: Request) -> dict[str, Any]:
    """Where a log-in comes from, as People.log_in takes it."""
    return {"address": client_address(request), "agent": told_agent(request.headers.get("user-agent", ""))}


async def begin(request: Request, email: str, password: str, code: str) -> tuple[str, Person]:
    """Sign in, wherever it is asked for: the token of the session and its person. Raises NotSignedIn."""
    services = request.app.state.services
    if not cookies.allows_sign_in(request, services.settings):
        raise NotSignedIn(403, "needs_https")
    try:
        token = await run_in_threadpool(partial(services.people.log_in, email, password, code=code, **whence(request)))
    except WrongLogin:
        raise NotSignedIn(401, "wrong_login") from None
    except TooManyLogins as limit:
        raise NotSignedIn(429, "too_many_logins", {"Retry-After": str(limit.retry_after)}) from None
    return token, await run_in_threadpool(services.people.of_token, token)


async def end(request: Request, response: Response) -> Response:
    """End the session if there is one, and let `response` take its cookie away."""
    services = request.app.state.services
    token = cookies.token_of(request, services.settings)
    if token:
        await run_in_threadpool(services.people.log_out, token)
    cookies.clear(response, services.settings)
    return response


async def sign_in(request: Request) -> Response:
    """POST {email, password, code?}: 200 {person}, with the session's cookie. `code` is of the second factor, or a recovery
    code, of whoever has one. person.pending says what must be done on the account's page, or by account_api.py, before
    anything else is open."""
    body = await body_of(request)
    email, password = text_field(body, "email", EMAIL_LIMIT), text_field(body, "password", PASSWORD_LIMIT)
    code = text_field(body, "code", CODE_LIMIT) or ""
    if not email or not password:
        return refusal(request, 400, "bad_field", field="password" if email else "email")
    try:
        token, person = await begin(request, email, password, code)
    except NotSignedIn as refused:
        return refusal(request, refused.status, refused.why, refused.headers)
    response = JSONResponse({
        "person": {"email": person.email, "name": person.name, "roles": person.roles, "territories": person.territories,
                   "languages": person.languages, "topics": person.topics, "language": person.language, "pending": person.pending}
    })
    cookies.give(response, token, request.app.state.services.settings)
    return response


async def sign_out(request: Request) -> Response:
    """DELETE: 204, and the token opens nothing any more. Without a session there is nothing to end: 204 too."""
    return await end(request, Response(status_code=204))


routes = [
    Route("/api/session", sign_in, methods=["POST"]),
    Route("/api/session", sign_out, methods=["DELETE"]),
]
