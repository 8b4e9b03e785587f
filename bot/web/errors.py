"""Errors as a person reads them: a page with a line to call. What a program asked for keeps its problem details."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.chat_page import urgent_lines
from bot.web.rendering import WORDS, language_of, page

__all__ = ["for_people"]

Handler = Callable[[Request, Exception], Awaitable[Response]]


def for_people(handlers: Mapping[Any, Handler]) -> dict[Any, Handler]:
    """`handlers` of problem details, with pages instead for the errors of addresses outside /api that browsers open."""
    pages = {HTTPException: _http, Exception: _defect}
    return {kind: _either(pages[kind], handler) if kind in pages else handler for kind, handler in handlers.items()}


def _either(for_person: Handler, for_program: Handler) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        program = request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", "")
        return await (for_program if program else for_person)(request, error)

    return handle


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    name = "not_found" if error.status_code == 404 else "too_long" if error.status_code == 413 else "refused"
    return _page(request, name, error.status_code)


async def _defect(request: Request, error: Exception) -> Response:
    return _page(request, "broken", 500)


def _page(request: Request, name: str, status: int) -> Response:
    language = language_of(request)
    return page(request, "error.html", language, status=status, page="error", problem=WORDS(language, f"problem.{name}"),
                urgent=urgent_lines(language))
