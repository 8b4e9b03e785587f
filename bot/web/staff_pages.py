"""What the pages of people who sign in share: their language, the way between pages, who may open which."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse

from bot.people.person import Person
from bot.web.rendering import language_of
from bot.words import LANGUAGES, load_words

__all__ = ["FORM", "home_of", "navigation", "reader", "see_other", "to_login", "where_next", "words"]

words = load_words(Path(__file__).with_name("desk_words.yml"))
# No file in any form of ours.
FORM = {"max_files": 0, "max_fields": 20}
# Where signing in may lead: pages of ours, never an address that somebody put in a link.
_next = re.compile(r"/(desk|table|directory)(/[A-Za-z0-9._:-]*)?(\?[\w=&%-]*)?")


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


def to_login(request: Request) -> RedirectResponse:
    """Sign in first, then come back to this page."""
    return see_other(request, "/login", next=request.url.path if request.method == "GET" else f"/{request.url.path.split('/')[1]}")


def home_of(person: Person) -> str:
    """The page that a person begins with."""
    if person.at_the_desk:
        return "/desk"
    if "table" in person.roles:
        return "/table"
    return "/directory" if person.keeps_the_directory else "/login"


def where_next(asked: str | None, person: Person) -> str:
    """The page to go to after signing in."""
    return asked if asked and _next.fullmatch(asked) else home_of(person)


def navigation(person: Person | None, language: str, current: str) -> list[dict[str, Any]]:
    """base.html's `nav`: the pages that the person may open."""
    if person is None:
        return []
    pages = [("/desk", "desk")] if person.at_the_desk else []
    if {"table", "administrator"} & set(person.roles):
        pages.append(("/table", "table"))
    if person.keeps_the_directory:
        pages.append(("/directory", "directory"))
    return [{"href": href, "label": words(language, f"nav.{name}"), "current": href == current}
            for href, name in [*pages, ("/login", "home")]]
