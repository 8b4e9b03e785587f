"""What every answer carries and what every request may bring, as plain ASGI middleware.

    protected           all of these around an application, outermost: also around its own answer to a defect
    SecurityHeaders     a Content-Security-Policy of our own files only, and the other headers that browsers act on
    BoundedBodies       413 for a body larger than its address allows, whatever its Content-Length says
    QuietDefects        a defect is logged by its kind and place, never its text, which may hold what somebody wrote
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["BODY_LIMIT", "EMBEDDED", "BoundedBodies", "QuietDefects", "SecurityHeaders", "protected"]

logger = logging.getLogger(__name__)

# Above any form or JSON a resident sends: 4,096 characters, four bytes each, percent-encoded, and the fields around.
BODY_LIMIT = 64 * 1024
# Only these pages may stand in a frame on a partner's site.
EMBEDDED = "/embed"
# Read by partners' pages from another origin.
SHARED_FILES = ("/static/embed.js",)

# Nothing but our own files, nothing inline, no third party (docs/decisions on privacy; OWASP CSP cheat sheet).
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
# Features that no page of ours uses: a page that holds distress asks for nothing of the device.
_FEATURES = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi",
             "payment", "publickey-credentials-get", "screen-wake-lock", "usb", "browsing-topics")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds the headers to every HTTP answer. `https`: whether the public address is https (then HSTS, one year)."""

    def __init__(self, app: ASGIApp, https: bool = False) -> None:
        self.app, self.https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        embedded = path == EMBEDDED or path.startswith(EMBEDDED + "/")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), embedded, path in SHARED_FILES)
            await send(message)

        await self.app(scope, receive, with_headers)

    def _add(self, headers: MutableHeaders, embedded: bool, shared: bool) -> None:
        for name, value in _HEADERS.items():
            headers[name] = value
        headers["Content-Security-Policy"] = _POLICY.format(ancestors="http: https:" if embedded else "'none'")
        headers["Cross-Origin-Resource-Policy"] = "cross-origin" if embedded or shared else "same-origin"
        if not embedded:
            headers["X-Frame-Options"] = "DENY"
        if self.https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        # What people write must not stay on a shared computer.
        headers.setdefault("Cache-Control", "no-store")


class BoundedBodies:
    """Refuses bodies over `limit` bytes; `exceptions` gives another limit to addresses that begin with its keys.

    The refusal is an HTTPException where the body is read, so that it is told as any other error, in the right language.
    """

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT, exceptions: Mapping[str, int] | None = None) -> None:
        self.app, self.limit, self.exceptions = app, limit, dict(exceptions or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = next((one for start, one in self.exceptions.items() if scope["path"].startswith(start)), self.limit)
        announced = Headers(scope=scope).get("content-length", "0")
        received = int(announced) if announced.isdigit() and int(announced) > limit else 0

        async def bounded_receive() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > limit:
                    raise HTTPException(413)
            return message

        await self.app(scope, bounded_receive, send)


class QuietDefects:
    """Ends an exception that the application already answered with a 500, before the server writes it down whole."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            places = traceback.extract_tb(error.__traceback__)
            logger.error("defect: %s at %s", type(error).__name__, " < ".join(f"{one.name}:{one.lineno}" for one in places[:-7:-1]))
            if not begun:
                raise


def protected(app: ASGIApp, https: bool = False, exceptions: Mapping[str, int] | None = None) -> ASGIApp:
    """The application with all three. Not in Starlette's `middleware`: its answer to a defect is made outside of those."""
    return QuietDefects(SecurityHeaders(BoundedBodies(app, exceptions=exceptions), https=https))
