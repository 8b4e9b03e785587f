"""Who asks: sets request.state.person from the session's cookie (null when there is none), and refuses what another
site makes a browser do with that cookie, or a sign-in that it forges.

The residents' API and pages and Telegram's webhook have no cookie, and partners' sites may call the API: they are left
alone. Somebody who must first change a given password, or set up a second factor, reaches the residents' pages and their
own account, and nothing else.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels import cookies
from bot.channels.problems import language_of, problem
from bot.channels.staff import refusal

__all__ = ["SIGN_IN", "PeopleMiddleware", "comes_from_elsewhere"]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110: they change nothing
RESIDENTS = "/api/conversations"  # a token in a header, which no other site has
# What somebody with something pending still reaches: the residents' side, signing in and out, their account.
OPEN = re.compile(r"/(chat|chiffres|figures|embed(/chat)?|privacy|confidentialite|d/.*|healthz|readyz|login|logout|api/session|(api/)?account(/.*)?"
                  r"|api/conversations(/.*)?|static/.*)?")
SIGN_IN = ("/api/session", "/login")  # guarded before there is a cookie: nobody is to be signed in as somebody else


def comes_from_elsewhere(headers: Headers, origin: str) -> bool:
    """Whether the browser says that another site sent it. `origin` is our public one.

    Sec-Fetch-Site is set by every browser since 2023 and cannot be forged by a page; Origin is for older ones. Our pages
    send no referrer, so their forms say "Origin: null": that tells nothing beside Sec-Fetch-Site, and is refused without
    it. A request with neither does not come from a page and brings no cookie that it was not given.
    """
    site, sender = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in (None, "same-origin", "none"):
        return True
    if sender is None or sender.rstrip("/") == origin or (sender == "null" and site is not None):
        return False
    # Reached by another of the machine's names (localhost for 127.0.0.1): the browser compares host and port, so do we.
    return not urlsplit(sender).netloc or urlsplit(sender).netloc != headers.get("host")


class PeopleMiddleware:
    """Plain ASGI, so that streams pass through. It finds its services in the application's state."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        services = scope["app"].state.services
        connection = HTTPConnection(scope)
        token = cookies.token_of(connection, services.settings)
        guarded = scope["path"] in SIGN_IN or (token is not None and not scope["path"].startswith(RESIDENTS))
        if guarded and scope["method"] not in SAFE and comes_from_elsewhere(connection.headers, services.settings.origin):
            await problem(403, "elsewhere", language_of(Request(scope)))(scope, receive, send)
            return
        # The residents' messages wait for no account.
        known = token is not None and not scope["path"].startswith((RESIDENTS, "/static/"))
        person = await run_in_threadpool(services.people.of_token, token) if known else None
        connection.state.person = person
        if person is not None and person.pending and not OPEN.fullmatch(scope["path"]):
            await _first(Request(scope), person.pending)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _first(request: Request, pending: str) -> Response:
    """What must be done first: told to a program, shown to a person."""
    if request.url.path.startswith("/api/"):
        return refusal(request, 403, f"pending_{pending}")
    return RedirectResponse("/account", 303, {"Cache-Control": "no-store"})
