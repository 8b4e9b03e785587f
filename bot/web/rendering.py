"""What every page shares: the templates, the words around them, static files with addresses that may be kept forever.

A page of another part (the desk, the table) calls `page(request, "name.html", language, words=its_words, …)` and its
template extends base.html, which documents its blocks.
"""

from __future__ import annotations

import hashlib
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.web import display
from bot.words import LANGUAGES, Words, load_words

__all__ = ["STATIC", "WORDS", "address_of", "language_of", "page", "static_mount"]

HERE = Path(__file__).parent
STATIC = HERE / "static"
WORDS = load_words(HERE / "words.yml")
# A versioned address never changes its content: a year is the longest that RFC 9111's readers honour.
KEPT_FOREVER = "public, max-age=31536000, immutable"
KEPT_AN_HOUR = "public, max-age=3600"


class _Static(StaticFiles):
    """Static files: kept forever under their versioned address, an hour under the plain one (partners' embed.js)."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = scope["query_string"].decode("latin-1") == f"v={_version(path)}"
        response.headers["Cache-Control"] = KEPT_FOREVER if versioned else KEPT_AN_HOUR
        return response


static_mount = Mount("/static", _Static(directory=STATIC), name="static")


@cache
def _version(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""


def address_of(name: str) -> str:
    """The versioned address of a static file."""
    return f"/static/{name}?v={_version(name)}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )
    environment.globals.update(static=address_of, display=display, languages=LANGUAGES)
    return environment


def language_of(request: Request) -> str:
    """French or English: what the address asks for (`?lang=`), else what the browser prefers of the two, else French."""
    asked = request.query_params.get("lang")
    return asked if asked in LANGUAGES else _preferred(request.headers.get("accept-language", ""))


def _preferred(header: str) -> str:
    best = {"fr": 0.0, "en": 0.0}
    for part in header.lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = tag[:2]
        if language in best and tag[2:3] in ("", "-"):
            try:
                best[language] = max(best[language], float(weight or 1))
            except ValueError:
                continue
    return "en" if best["en"] > best["fr"] else "fr"


def _reminders(request: Request, language: str) -> list[str]:
    """What somebody who is signed in is advised to do with their account; base.html shows it on staff's pages only."""
    person = getattr(request.state, "person", None)
    if person is None or request.url.path.startswith("/account"):
        return []
    return [WORDS(language, f"reminder.{name}") for name in getattr(person, "advised", ())]


def page(request: Request, template: str, language: str, *, words: Words = WORDS, status: int = 200,
         headers: dict[str, str] | None = None, **values: Any) -> HTMLResponse:
    """One page. In its template: `language`, `t("name")` for `words`, `site("name")` for the shared ones, `path`."""
    html = _environment().get_template(template).render(
        language=language, other="en" if language == "fr" else "fr", t=partial(words, language), site=partial(WORDS, language),
        words=words, path=request.url.path, reminders=_reminders(request, language),
        marked=getattr(request.app.state, "demonstration", False), **{"embed": False, "nav": (), **values},
    )
    kept = {"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": language}
    return HTMLResponse(html, status, {**kept, **(headers or {})})
