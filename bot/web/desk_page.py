"""The navigators' desk. It works whole without JavaScript: every act is a form that answers with a page. desk.js makes it
live, with the same pieces of page (/desk/queue, /desk/{id}/messages, parts of /desk/{id}), so that nothing is drawn twice.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.api import after_of
from bot.channels.desk_api import desk_state, new_code, set_available, unlink
from bot.channels.staff import fault, staff_words
from bot.demand.territories import territories
from bot.directory.fit import AGE_BANDS
from bot.directory.hours import TORONTO
from bot.handoff.canned import text_of
from bot.handoff.desk import TEXT_LIMIT, Desk, DeskError, NoSuchRequest
from bot.handoff.navigators import CODE_LASTS
from bot.handoff.outcome import OUTCOMES, REASONS
from bot.handoff.packet import age_label
from bot.handoff.queue import STATUSES
from bot.needs import all_needs, need_label
from bot.people.person import Person
from bot.store.base import utcnow
from bot.store.engine import reading
from bot.web.desk_search import look, seen_from
from bot.web.rendering import WORDS, page
from bot.web.staff_pages import FORM, navigation, page_of, reader, see_other, when, words
from bot.words import LANGUAGES

__all__ = ["clock", "routes", "waited"]

Endpoint = Callable[[Request], Awaitable[Response]]


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


def _reader(request: Request) -> tuple[Person, str]:
    """Who is at the desk, and in which language. Only inside at_the_desk."""
    person, language = reader(request)
    assert person is not None
    return person, language


def _desk(request: Request) -> Desk:
    return request.app.state.services.desk


def _list(request: Request, person: Person, otherwise: str = "waiting") -> dict[str, Any]:
    """The list that the address asks for (?status=, or ?find= in the person's own), and how many each list has. Blocks."""
    desk, asked = _desk(request), request.query_params.get("status", otherwise)
    shown, find = asked if asked in STATUSES else "waiting", request.query_params.get("find", "")[:100].strip()
    every = desk.queue(person, "all")
    chosen = {"waiting": [row for row in every if row["status"] == "waiting"], "mine": [row for row in every if row["mine"]], "all": every}
    rows = desk.find(person, find) if find else chosen[shown] if shown in chosen else desk.queue(person, shown)
    return {"rows": rows, "shown": "" if find else shown, "find": find, "counts": {name: len(some) for name, some in chosen.items()}}


def _shared(request: Request, person: Person, language: str) -> dict[str, Any]:
    lang = request.query_params.get("lang")
    return {
        "words": words, "page": "desk", "person": person, "nav": navigation(person, language, "/desk"),
        "waited": partial(waited, language), "lang": lang if lang in LANGUAGES else None, "statuses": STATUSES,
        "territories": territories(), "available": True, "clock": partial(clock, language),
    }


async def _state(request: Request, person: Person) -> dict[str, Any]:
    return await run_in_threadpool(desk_state, request.app.state.services.engine, person)


@at_the_desk
async def queue(request: Request) -> Response:
    """The queue as a page."""
    return await _queue_page(request)


async def _queue_page(request: Request, *, problem: str | None = None, status: int = 200) -> Response:
    person, language = _reader(request)
    listed = await run_in_threadpool(_list, request, person)
    done, ended = request.query_params.get("done"), request.query_params.get("id", "")
    state = await _state(request, person)
    return page(request, "desk.html", language, status=status, **{**_shared(request, person, language), "available": state["available"]},
                **listed, problem=staff_words(language, problem) if problem else None, row=None,
                done=words(language, f"done.{done}") if done in ("closed", "returned", "transferred") else None,
                undo=ended if done == "closed" and _id.fullmatch(ended) else None)


@at_the_desk
async def queue_piece(request: Request) -> Response:
    """The queue's rows alone, for desk.js."""
    person, language = _reader(request)
    listed = await run_in_threadpool(_list, request, person)
    return page(request, "desk_queue.html", language, **_shared(request, person, language), **listed, row=None)


@at_the_desk
async def conversation(request: Request) -> Response:
    """One request: its conversation, packet, notes, search and end."""
    return await _conversation_page(request)


async def _conversation_page(request: Request, *, problem: str | None = None, status: int = 200, draft: str = "",
                             note: str = "") -> Response:
    person, language = _reader(request)
    try:
        row = await run_in_threadpool(_desk(request).get, person, request.path_params["id"])
    except DeskError as error:
        code, name = fault(error)
        return await _queue_page(request, problem=problem or name, status=status if problem else code)
    listed = await run_in_threadpool(_list, request, person, "mine")
    found = await run_in_threadpool(look, request, row)
    directory = request.app.state.services.directory
    known = [await run_in_threadpool(directory.get, service, language) for service in row["packet"]["shown"]]
    spoken, state = row["spoken"], await _state(request, person)
    await run_in_threadpool(_desk(request).presence, person, row["id"], row["messages"][-1]["seq"] if row["messages"] else None)
    return page(
        request, "desk.html", language, status=status, **{**_shared(request, person, language), "available": state["available"]}, **listed, row=row,
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
    person, language = _reader(request)
    try:
        row = await run_in_threadpool(_desk(request).get, person, request.path_params["id"], after_of(request))
    except DeskError as error:
        return Response(status_code=404 if isinstance(error, NoSuchRequest) else fault(error)[0])
    return page(request, "desk_messages.html", language, **_shared(request, person, language), row=row)


def acting(then: str | None, act: Callable[[Request, Person, dict[str, str]], Awaitable[None]]) -> Endpoint:
    """A form's answer: do it, then 303 to the queue with `then` said, or to the conversation when null. What goes wrong is
    said on the page, with what was typed kept."""

    @at_the_desk
    async def endpoint(request: Request) -> Response:
        person, _ = _reader(request)
        form = {name: value for name, value in (await request.form(**FORM)).items() if isinstance(value, str)}
        try:
            await act(request, person, form)
        except DeskError as error:
            code, name = fault(error)
            typed = {"note": form.get("note", "")} if "note" in form else {"draft": form.get("text", "")}
            return await _conversation_page(request, problem=name, status=code, **typed)
        if then is None:
            return see_other(request, f"/desk/{request.path_params['id']}")
        ended = {"id": request.path_params["id"]} if then == "closed" else {}
        return see_other(request, "/desk", done=then, **ended)

    return endpoint


async def _claim(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(_desk(request).claim, person, request.path_params["id"])


async def _say(request: Request, person: Person, form: dict[str, str]) -> None:
    """A text, a ready-made reply or a service's card, in the language that the resident reads now."""
    desk, request_id = _desk(request), request.path_params["id"]
    found = await run_in_threadpool(desk.context, person, request_id)
    language, card = found["spoken"], None
    text = form.get("text", "").replace("\r\n", "\n")
    if form.get("canned"):
        text = await run_in_threadpool(_canned, request, form["canned"], language)
    if form.get("service"):
        card = await run_in_threadpool(seen_from, request, found, form["service"], form.get("place"), form.get("age"))
        text = ""
    await run_in_threadpool(desk.say, person, request_id, text, card, None, form.get("once", "")[:58] or None)


def _canned(request: Request, key: str, language: str) -> str:
    with reading(request.app.state.services.engine) as connection:
        return text_of(connection, key, language) or ""


async def _danger(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(_desk(request).note_danger, person, request.path_params["id"])


async def _contact_used(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(_desk(request).contact_used, person, request.path_params["id"])


async def _note(request: Request, person: Person, form: dict[str, str]) -> None:
    text = form.get("note", "").replace("\r\n", "\n")
    await run_in_threadpool(_desk(request).note, person, request.path_params["id"], text)


async def _transfer(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(_desk(request).transfer, person, request.path_params["id"], form.get("to"))


async def _return(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(_desk(request).give_back, person, request.path_params["id"])


async def _close(request: Request, person: Person, form: dict[str, str]) -> None:
    outcome, reason, need = (form.get(name) or None for name in ("outcome", "reason", "need"))
    await run_in_threadpool(_desk(request).close, person, request.path_params["id"], outcome, reason, need)


async def _reopen(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(_desk(request).reopen, person, request.path_params["id"])


@at_the_desk
async def me(request: Request) -> Response:
    """The navigator's own: on a break or not, figures, colleagues, notices on Telegram."""
    return await _me_page(request)


async def _me_page(request: Request, code: str | None = None) -> Response:
    person, language = _reader(request)
    state = await _state(request, person)
    return page(request, "desk_me.html", language, **{**_shared(request, person, language), **state}, code=code,
                code_minutes=int(CODE_LASTS.total_seconds() // 60), done=request.query_params.get("done") == "available")


def choosing(choose: Callable[[Any, Person, dict[str, str]], None]) -> Endpoint:
    """A form of the navigator's own page: do it, then 303 back to it."""

    @at_the_desk
    async def endpoint(request: Request) -> Response:
        person, _ = _reader(request)
        form = {name: value for name, value in (await request.form(**FORM)).items() if isinstance(value, str)}
        await run_in_threadpool(choose, request.app.state.services.engine, person, form)
        return see_other(request, "/desk/me", done="available")

    return endpoint


def _available(engine: Any, person: Person, form: dict[str, str]) -> None:
    set_available(engine, person, form.get("available") == "yes")


def _telegram_off(engine: Any, person: Person, form: dict[str, str]) -> None:
    unlink(engine, person)


@at_the_desk
async def telegram_code(request: Request) -> Response:
    """The page with a code, shown once."""
    person, _ = _reader(request)
    return await _me_page(request, await run_in_threadpool(new_code, request.app.state.services.engine, person))


routes = [
    Route("/desk", queue, methods=["GET"]),
    Route("/desk/queue", queue_piece, methods=["GET"]),
    Route("/desk/me", me, methods=["GET"]),
    Route("/desk/me/available", choosing(_available), methods=["POST"]),
    Route("/desk/me/telegram", telegram_code, methods=["POST"]),
    Route("/desk/me/telegram/off", choosing(_telegram_off), methods=["POST"]),
    Route("/desk/{id}", conversation, methods=["GET"]),
    Route("/desk/{id}/messages", messages_piece, methods=["GET"]),
    Route("/desk/{id}/claim", acting(None, _claim), methods=["POST"]),
    Route("/desk/{id}/messages", acting(None, _say), methods=["POST"]),
    Route("/desk/{id}/danger", acting(None, _danger), methods=["POST"]),
    Route("/desk/{id}/contact/used", acting(None, _contact_used), methods=["POST"]),
    Route("/desk/{id}/notes", acting(None, _note), methods=["POST"]),
    Route("/desk/{id}/transfer", acting("transferred", _transfer), methods=["POST"]),
    Route("/desk/{id}/return", acting("returned", _return), methods=["POST"]),
    Route("/desk/{id}/close", acting("closed", _close), methods=["POST"]),
    Route("/desk/{id}/reopen", acting(None, _reopen), methods=["POST"]),
]
