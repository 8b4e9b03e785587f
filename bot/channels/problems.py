"""RFC 9457 problem details, with a title in the reader's language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.words import load_words

__all__ = ["Problem", "language_of", "problem", "problem_handlers"]

words = load_words(Path(__file__).with_name("words.yml"))


class Problem(Exception):
    """An error to be told to the caller: its status, the name of its title in words.yml, headers and more members."""

    def __init__(self, status: int, name: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(name)
        self.status, self.name, self.headers, self.more = status, name, headers, more


def language_of(request: Request) -> str:
    """French unless the page (`lang`) or the browser (Accept-Language) says English first."""
    asked = request.query_params.get("lang") or getattr(request.state, "language", None)
    if asked in ("fr", "en"):
        return asked
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.strip().split(";")[0].lower()
        if tag[:2] in ("fr", "en"):
            return tag[:2]
    return "fr"


def problem(status: int, name: str, language: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """One problem as application/problem+json."""
    body = {"type": "about:blank", "status": status, "title": words(language, name), **more}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem(error.status, error.name, language_of(request), error.headers, **error.more)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    name = {404: "not_found", 405: "method"}.get(error.status_code, "refused")
    return problem(error.status_code, name, language_of(request), dict(error.headers or {}))


async def _defect(request: Request, error: Exception) -> Response:
    return problem(500, "defect", language_of(request))


problem_handlers: dict[type[Exception], Callable[[Request, Any], Awaitable[Response]]] = {Problem: _told, HTTPException: _http, Exception: _defect}
