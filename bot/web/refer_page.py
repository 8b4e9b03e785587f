"""A door's referral form, /d/{door}/refer: a minute, in both languages, without JavaScript and without an account.

What is typed is sent once and kept only where referrals.py says; a page that shows an error shows the fields again, and
no page of this address is kept by a browser (Cache-Control: no-store).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.api import client_address
from bot.conversation.known import AGE_BANDS
from bot.demand.doors import door_names
from bot.handoff import referrals
from bot.handoff.packet import age_label
from bot.handoff.referrals import NOTE_LENGTH, Referral, ReferralError, Referred
from bot.needs import all_needs
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from bot.web.rendering import language_of, page
from bot.words import LANGUAGES, load_words

__all__ = ["routes"]

words = load_words(Path(__file__).with_name("refer_words.yml"))
FORM = {"max_files": 0, "max_fields": 12}
_ONCE = re.compile(r"[0-9a-f]{32}")
FIELDS = ("need", "place", "language", "age_band", "contact", "note", "agreed", "once", "place_key")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a form: told when it was sent; else the field that is wrong, and the places to choose from."""

    told: Referred | None = None
    field: str | None = None
    places: tuple[tuple[str, str], ...] = ()
    code: int = 200


def _door(request: Request) -> str | None:
    """The public name of the door, null when it is none or may not refer."""
    code = request.path_params["door"]
    with reading(request.app.state.services.engine) as connection:
        return door_names(connection).get(code) if code in referrals.allowed(connection) else None


async def form(request: Request) -> Response:
    """The empty form; 404 for a door that may not refer."""
    door = await run_in_threadpool(_door, request)
    language = language_of(request)
    if door is None:
        return _page(request, language, None, {}, Outcome(code=404))
    return _page(request, language, door, {"language": language}, Outcome())


async def send(request: Request) -> Response:
    """The form sent: what to expect, or what is wrong beside the fields as they were."""
    door = await run_in_threadpool(_door, request)
    language = language_of(request)
    if door is None:
        return _page(request, language, None, {}, Outcome(code=404))
    given = {name: str(value) for name, value in (await request.form(**FORM)).items() if name in FIELDS and isinstance(value, str)}
    if not await request.app.state.services.floods.allow("conversations", client_address(request)):
        return _page(request, language, door, given, Outcome(field="too_many", code=429))
    return _page(request, language, door, given, await run_in_threadpool(_refer, request, given))


def _refer(request: Request, given: dict[str, str]) -> Outcome:
    place, name = given.get("place_key") or None, given.get("place", "").strip()[:100]
    if place is None and name:
        found = referrals.places_named(name)
        if not found:
            return Outcome(field="place", code=422)
        if len(found) > 1:
            language = language_of(request)
            return Outcome(field="which", places=tuple((one.key, one.display(language)) for one in found[:8]), code=422)
        place = found[0].key
    once = given.get("once", "")
    one = Referral(
        need=given.get("need", ""), place=place, language=given.get("language", ""), contact=given.get("contact", "")[:300],
        agreed=given.get("agreed") == "yes", once=once if _ONCE.fullmatch(once) else secrets.token_hex(16),
        age_band=given.get("age_band") or None, note=given.get("note", ""),
    )
    try:
        with writing(request.app.state.services.engine) as connection:
            return Outcome(told=referrals.refer(connection, request.path_params["door"], one, utcnow()))
    except ReferralError as error:
        return Outcome(field=error.field, code=422)


def _page(request: Request, language: str, door: str | None, given: dict[str, str], outcome: Outcome) -> Response:
    values: dict[str, Any] = {
        "door": door, "given": {**dict.fromkeys(FIELDS, ""), **(given if outcome.told is None else {})}, "outcome": outcome, "page": "refer",
        "needs": [(need.id, need.label(language)) for need in all_needs().values()], "bands": [(band, age_label(band, language)) for band in AGE_BANDS],
        "tongues": LANGUAGES, "note_length": NOTE_LENGTH, "once": given.get("once") or secrets.token_hex(16),
        "settings": request.app.state.services.settings, "address": request.path_params["door"],
    }
    return page(request, "refer.html", language, words=words, status=outcome.code, **values)


routes = [
    Route("/d/{door}/refer", form, methods=["GET"]),
    Route("/d/{door}/refer", send, methods=["POST"]),
]
