"""The navigators' desk: the queue and one conversation (desk_acts.py: what is done in it). It works whole without JavaScript: every act is a form that answers with a page. desk.js makes it
live, with the same pieces of page (/desk/queue, /desk/{id}/messages, parts of /desk/{id}), so that nothing is drawn twice.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.api import after_of
from bot.channels.desk_api import desk_state
from bot.channels.staff import fault, staff_words
from bot.demand.territories import territories
from bot.directory.fit import AGE_BANDS
from bot.directory.hours import TORONTO
from bot.handoff.desk import TEXT_LIMIT, Desk, DeskError, NoSuchRequest
from bot.handoff.outcome import OUTCOMES, REASONS
from bot.handoff.packet import age_label
from bot.handoff.queue import STATUSES
from bot.needs import all_needs, need_label
from bot.people.person import Person
from bot.store.base import utcnow
from bot.web.desk_search import look
from bot.web.rendering import WORDS, page
from bot.web.staff_pages import FORM, navigation, page_of, reader, when, words
from bot.words import LANGUAGES

__all__ = ["at_the_desk", "clock", "conversation_page", "desk_of", "desk_reader", "routes", "shared", "state_of", "waited"]


def waited(language: str, seconds: int) -> str:
    """A wait as a navigator reads it: under a minute, 12 min, 1 h 05, 2 d 3 h."""
    minutes, hours = seconds // 60, seconds // 3600
    if minutes < 1:
        return words(language, "time.under_minute")
    if hours < 1:
        return words(language, "time.minutes", minutes=minutes)
    if hours < 24:
        return words(language, "time.hours", hours=hours, minutes=minutes % 60)
    return words(language, "time.days", days=hours // 24, hours=hours % 24)


def clock(language: str, moment: str, now: datetime | None = None) -> str:
    """An ISO time as a navigator reads it, on Quebec's clock: the hour for today, with the day before it otherwise."""
    at = datetime.fromisoformat(moment)
    said = when(at, language)
    today = at.astimezone(TORONTO).date() == (now or utcnow()).astimezone(TORONTO).date()
    return said.partition(", ")[2] if today else said


_id = re.compile(r"[0-9a-f-]{36}")
#: Navigators and administrators.
at_the_desk = page_of(lambda person: person.at_the_desk)


def desk_reader(request: Request) -> tuple[Person, str]:
    """Who is at the desk, and in which language. Only inside at_the_desk."""
    person, language = reader(request)
    assert person is not None
    return person, language


def desk_of(request: Request) -> Desk:
    """The application's desk."""
    return request.app.state.services.desk


def _list(request: Request, person: Person, otherwise: str = "waiting", find: str = "") -> dict[str, Any]:
    """The list that the address asks for (?status=), or `find` in the person's own; and how many each list has. Blocks."""
    desk, asked = desk_of(request), request.query_params.get("status", otherwise)
    shown = asked if asked in STATUSES else "waiting"
    every = desk.queue(person, "all")
    chosen = {"waiting": [row for row in every if row["status"] == "waiting"], "mine": [row for row in every if row["mine"]], "all": every}
    rows = desk.find(person, find) if find else chosen[shown] if shown in chosen else desk.queue(person, shown)
    return {"rows": rows, "shown": "" if find else shown, "find": find, "counts": {name: len(some) for name, some in chosen.items()}}


def shared(request: Request, person: Person, language: str) -> dict[str, Any]:
    """What the templates of every page of the desk are filled with."""
    lang = request.query_params.get("lang")
    return {
        "words": words, "page": "desk", "person": person, "nav": navigation(person, language, "/desk"),
        "waited": partial(waited, language), "lang": lang if lang in LANGUAGES else None, "statuses": STATUSES,
        "territories": territories(), "available": True, "clock": partial(clock, language),
    }


async def state_of(request: Request, person: Person) -> dict[str, Any]:
    """The navigator's own state (desk_api.desk_state)."""
    return await run_in_threadpool(desk_state, request.app.state.services.engine, person)


@at_the_desk
async def queue(request: Request) -> Response:
    """The queue as a page."""
    return await _queue_page(request)


@at_the_desk
async def find(request: Request) -> Response:
    """The person's own requests in which something was said. Sent as a form: what is looked for may be a resident's word,
    and no address, history or proxy's log is to hold it."""
    text = (await request.form(**FORM)).get("find", "")
    return await _queue_page(request, find=text[:100].strip() if isinstance(text, str) else "")


async def _queue_page(request: Request, *, problem: str | None = None, status: int = 200, find: str = "") -> Response:
    person, language = desk_reader(request)
    listed = await run_in_threadpool(_list, request, person, "waiting", find)
    done, ended = request.query_params.get("done"), request.query_params.get("id", "")
    state = await state_of(request, person)
    return page(request, "desk.html", language, status=status, **{**shared(request, person, language), "available": state["available"]},
                **listed, problem=staff_words(language, problem) if problem else None, row=None,
                done=words(language, f"done.{done}") if done in ("closed", "returned", "transferred") else None,
                undo=ended if done == "closed" and _id.fullmatch(ended) else None)


@at_the_desk
async def queue_piece(request: Request) -> Response:
    """The queue's rows alone, for desk.js."""
    person, language = desk_reader(request)
    listed = await run_in_threadpool(_list, request, person)
    return page(request, "desk_queue.html", language, **shared(request, person, language), **listed, row=None)


@at_the_desk
async def conversation(request: Request) -> Response:
    """One request: its conversation, packet, notes, search and end."""
    return await conversation_page(request)


async def conversation_page(request: Request, *, problem: str | None = None, status: int = 200, draft: str = "",
                             note: str = "") -> Response:
    """The page, with what went wrong and what was typed and not sent (`draft`, `note`)."""
    person, language = desk_reader(request)
    try:
        row = await run_in_threadpool(desk_of(request).get, person, request.path_params["id"])
    except DeskError as error:
        code, name = fault(error)
        return await _queue_page(request, problem=problem or name, status=status if problem else code)
    listed = await run_in_threadpool(_list, request, person, "mine")
    found = await run_in_threadpool(look, request, row)
    directory = request.app.state.services.directory
    known = [await run_in_threadpool(directory.get, service, language) for service in row["packet"]["shown"]]
    spoken, state = row["spoken"], await state_of(request, person)
    await run_in_threadpool(desk_of(request).presence, person, row["id"], row["messages"][-1]["seq"] if row["messages"] else None)
    return page(
        request, "desk.html", language, status=status,
        **{**shared(request, person, language), "available": state["available"], "page": "desk talking"}, **listed, row=row,
        problem=staff_words(language, problem) if problem else None, done=None, undo=None, draft=draft, note=note, found=found,
        shown_cards=[card for card in known if card], needs=all_needs().values(), need_label=need_label,
        territory=territories().get(row["packet"]["territory"] or "", row["packet"]["territory"]), age_label=age_label, bands=tuple(AGE_BANDS), site_in=WORDS,
        outcomes=OUTCOMES, reasons=REASONS, spoken=spoken, canned=[(one["key"], one[spoken]) for one in state["canned"]],
        colleagues=state["colleagues"], text_limit=TEXT_LIMIT, once=secrets.token_hex(8), writes=row["channel"] != "referral", open=row["status"] == "navigator", may_end=row["status"] == "navigator" or
        (row["status"] == "waiting" and person.administrator),
    )


@at_the_desk
async def messages_piece(request: Request) -> Response:
    """Messages after `after` alone, for desk.js; 404 once the conversation is erased or somebody else's."""
    person, language = desk_reader(request)
    try:
        row = await run_in_threadpool(desk_of(request).get, person, request.path_params["id"], after_of(request))
    except DeskError as error:
        return Response(status_code=404 if isinstance(error, NoSuchRequest) else fault(error)[0])
    return page(request, "desk_messages.html", language, **shared(request, person, language), row=row)


routes = [
    Route("/desk", queue, methods=["GET"]),
    Route("/desk/queue", queue_piece, methods=["GET"]),
    Route("/desk/find", queue, methods=["GET"]),
    Route("/desk/find", find, methods=["POST"]),
    Route("/desk/{id}", conversation, methods=["GET"]),
    Route("/desk/{id}/messages", messages_piece, methods=["GET"]),
]
