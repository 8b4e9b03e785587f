"""What a navigator does in a conversation from its page: each act is a form that answers with a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.staff import fault
from bot.handoff.canned import text_of
from bot.handoff.desk import DeskError
from bot.people.person import Person
from bot.store.engine import reading
from bot.web.desk_page import at_the_desk, conversation_page, desk_of, desk_reader
from bot.web.desk_search import seen_from
from bot.web.staff_pages import FORM, Endpoint, see_other

__all__ = ["routes"]


def acting(then: str | None, act: Callable[[Request, Person, dict[str, str]], Awaitable[None]]) -> Endpoint:
    """A form's answer: do it, then 303 to the queue with `then` said, or to the conversation when null. What goes wrong is
    said on the page, with what was typed kept."""

    @at_the_desk
    async def endpoint(request: Request) -> Response:
        person, _ = desk_reader(request)
        form = {name: value for name, value in (await request.form(**FORM)).items() if isinstance(value, str)}
        try:
            await act(request, person, form)
        except DeskError as error:
            code, name = fault(error)
            typed = {"note": form.get("note", "")} if "note" in form else {"draft": form.get("text", "")}
            return await conversation_page(request, problem=name, status=code, **typed)
        if then is None:
            return see_other(request, f"/desk/{request.path_params['id']}")
        ended = {"id": request.path_params["id"]} if then == "closed" else {}
        return see_other(request, "/desk", done=then, **ended)

    return endpoint


async def _claim(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(desk_of(request).claim, person, request.path_params["id"])


async def _say(request: Request, person: Person, form: dict[str, str]) -> None:
    """A text, a ready-made reply or a service's card, in the language that the resident reads now."""
    desk, request_id = desk_of(request), request.path_params["id"]
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
    await run_in_threadpool(desk_of(request).note_danger, person, request.path_params["id"])


async def _contact_used(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(desk_of(request).contact_used, person, request.path_params["id"])


async def _note(request: Request, person: Person, form: dict[str, str]) -> None:
    text = form.get("note", "").replace("\r\n", "\n")
    await run_in_threadpool(desk_of(request).note, person, request.path_params["id"], text)


async def _transfer(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(desk_of(request).transfer, person, request.path_params["id"], form.get("to"))


async def _return(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(desk_of(request).give_back, person, request.path_params["id"])


async def _close(request: Request, person: Person, form: dict[str, str]) -> None:
    outcome, reason, need = (form.get(name) or None for name in ("outcome", "reason", "need"))
    await run_in_threadpool(desk_of(request).close, person, request.path_params["id"], outcome, reason, need)


async def _reopen(request: Request, person: Person, form: dict[str, str]) -> None:
    await run_in_threadpool(desk_of(request).reopen, person, request.path_params["id"])


routes = [
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
