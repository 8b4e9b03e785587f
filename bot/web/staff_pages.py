"""What the pages of people who sign in share: their language, the way between pages, who may open which."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.directory.hours import TORONTO
from bot.people.person import Person
from bot.web.rendering import language_of
from bot.words import LANGUAGES, load_words

__all__ = ["FORM", "Endpoint", "home_of", "navigation", "other_language", "page_for", "page_of", "reader", "see_other", "to_login", "when", "where_next", "words"]

Endpoint = Callable[[Request], Awaitable[Response]]
words = load_words(Path(__file__).with_name("desk_words.yml"))
# No file in any form of ours.
FORM = {"max_files": 0, "max_fields": 20}
# Where signing in may lead: pages of ours, never an address that somebody put in a link.
_next = re.compile(r"/(desk|table|directory|account|admin|doors)(/[A-Za-z0-9._:-]+)*(\?[\w=&%-]*)?")


def reader(request: Request) -> tuple[Person | None, str]:
    """Who reads, and in which language: what the address asks for (?lang=), else their own, else the browser's. The
    person given speaks that language too."""
    person: Person | None = request.state.person
    if person is None:
        return None, language_of(request)
    language = language_of(request) if request.query_params.get("lang") in LANGUAGES else person.language
    return replace(person, language=language), language


def see_other(request: Request, path: str, **query: str) -> RedirectResponse:
    """303 to another page of ours, in the language that this one was asked for."""
    if request.query_params.get("lang") in LANGUAGES:
        query["lang"] = request.query_params["lang"]
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303, {"Cache-Control": "no-store"})


def other_language(request: Request, language: str, page: str | None = None) -> str:
    """Where the link to the other language leads: this page with what it was asked; `page` when this one answers a form,
    since its own address takes only that."""
    path = request.url.path if request.method == "GET" or page is None else page
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("lang", "done") and request.method == "GET"]
    return f"{path}?{urlencode([*kept, ('lang', 'en' if language == 'fr' else 'fr')])}"


def to_login(request: Request) -> RedirectResponse:
    """Sign in first, then come back to this page."""
    return see_other(request, "/login", next=request.url.path if request.method == "GET" else f"/{request.url.path.split('/')[1]}")


def page_for(*roles: str) -> Callable[[Endpoint], Endpoint]:
    """A page for people with one of the roles; without roles, for whoever is signed in. Anybody else signs in, or is told
    that it is not theirs (403)."""

    def refuse(request: Request, person: Person) -> Response | None:
        if roles and not set(roles) & set(person.roles):
            raise HTTPException(403)
        return None

    return _guarded(refuse)


def page_of(may: Callable[[Person], bool]) -> Callable[[Endpoint], Endpoint]:
    """A page for those who `may`; somebody else is sent to sign in or to the page that is theirs."""

    return _guarded(lambda request, person: None if may(person) else see_other(request, home_of(person)))


def _guarded(refuse: Callable[[Request, Person], Response | None]) -> Callable[[Endpoint], Endpoint]:
    """Whoever is not signed in does so first; `refuse` answers in the page's place, or null."""

    def guard(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def guarded(request: Request) -> Response:
            person: Person | None = request.state.person
            if person is None:
                return to_login(request)
            return refuse(request, person) or await endpoint(request)

        return guarded

    return guard


def home_of(person: Person) -> str:
    """The page that a person begins with."""
    if person.pending:
        return "/account"
    if person.at_the_desk:
        return "/desk"
    if "table" in person.roles:
        return "/table"
    return "/directory" if person.keeps_the_directory else "/account"


def where_next(asked: str | None, person: Person) -> str:
    """The page to go to after signing in."""
    return asked if not person.pending and asked and _next.fullmatch(asked) else home_of(person)


def when(moment: datetime | None, language: str) -> str:
    """A time as staff read it, on Quebec's wall clock: 2026-11-28, 12 h 40 or 2026-11-28, 12:40; empty for none."""
    if moment is None:
        return ""
    local = moment.astimezone(TORONTO)
    return f"{local:%Y-%m-%d}, {local.hour} h {local:%M}" if language == "fr" else f"{local:%Y-%m-%d, %H:%M}"


def navigation(person: Person | None, language: str, current: str) -> list[dict[str, Any]]:
    """base.html's `nav`: the pages that the person may open."""
    if person is None:
        return []
    pages = [("/desk", "desk")] if person.at_the_desk else []
    if {"table", "administrator"} & set(person.roles):
        pages.append(("/table", "table"))
    if person.keeps_the_directory:
        pages.append(("/directory", "directory"))
    if person.administrator:
        pages.append(("/admin", "admin"))
    return [{"href": href, "label": words(language, f"nav.{name}"), "current": href == current}
            for href, name in [*pages, ("/account", "home")]]
