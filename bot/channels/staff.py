"""What the pages and calls of people who sign in share: who may, and what goes wrong in words of theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.problems import language_of
from bot.handoff.desk import DeskError, MovedOn, NoChannel, NoSuchRequest, NotOpen, NotYours, Refused, Taken
from bot.people.person import Person
from bot.words import load_words

__all__ = ["Endpoint", "fault", "refusal", "signed_in", "staff_words"]

Endpoint = Callable[[Request], Awaitable[Response]]

staff_words = load_words(Path(__file__).with_name("people_words.yml"))
# The status and the words of each of the desk's errors.
_FAULTS: dict[type[DeskError], tuple[int, str]] = {
    NoSuchRequest: (404, "no_request"),
    NotYours: (403, "not_yours"),
    Taken: (409, "taken"),
    NotOpen: (409, "not_open"),
    MovedOn: (409, "moved_on"),
    NoChannel: (409, "no_channel"),
    Refused: (400, "bad_field"),
}


def fault(error: DeskError) -> tuple[int, str]:
    """The HTTP status of a desk's error and the name of its words in people_words.yml."""
    return _FAULTS[type(error)]


def refusal(request: Request, status: int, name: str, headers: dict[str, str] | None = None, fill: dict[str, Any] | None = None,
            **more: Any) -> Response:
    """One problem (RFC 9457) with a title of people_words.yml, filled with `fill`, in the person's language."""
    person: Person | None = getattr(request.state, "person", None)
    language = person.language if person else language_of(request)
    body = {"type": "about:blank", "status": status, "title": staff_words(language, name, **(fill or {})), **more}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def signed_in(*roles: str) -> Callable[[Endpoint], Endpoint]:
    """An endpoint of the API for people with one of the roles, or an administrator; without roles, for whoever is signed in:
    else 401 or 403. The desk's errors become problems."""

    def guard(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def guarded(request: Request) -> Response:
            person: Person | None = request.state.person
            if person is None:
                return refusal(request, 401, "not_signed_in")
            if roles and not {*roles, "administrator"} & set(person.roles):
                return refusal(request, 403, "not_allowed")
            try:
                return await endpoint(request)
            except DeskError as error:
                status, name = fault(error)
                more: dict[str, Any] = {"field": error.field} if isinstance(error, Refused) else {}
                return refusal(request, status, name, **more)

        return guarded

    return guard
