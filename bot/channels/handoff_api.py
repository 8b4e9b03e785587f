"""The navigators' HTTP API, to the letter of docs/contract.md, with live reading besides.

Everything here needs the role navigator or administrator; what each may see is the desk's to say (bot/handoff).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.channels import cookies
from bot.channels.api import after_of, body_of, presence_of, text_field
from bot.channels.staff import refusal, signed_in
from bot.conversation.known import place_by_key
from bot.handoff.desk import TEXT_LIMIT, Desk, DeskError
from bot.people.person import Person

__all__ = ["ROLE", "routes"]

ROLE = "navigator"
# How often the stream looks at the queue, and how often it says that it is alive and asks whether the session still is.
LOOK_SECONDS = 1.0
ALIVE_SECONDS = 15.0


def _desk(request: Request) -> Desk:
    return request.app.state.services.desk


@signed_in(ROLE)
async def queue(request: Request) -> Response:
    """?status=, or ?find= for the person's own, open or over, in which something was said."""
    text, person = request.query_params.get("find"), request.state.person
    if text is not None:
        return JSONResponse(await run_in_threadpool(_desk(request).find, person, text[:100]))
    return JSONResponse(await run_in_threadpool(_desk(request).queue, person, request.query_params.get("status", "waiting")))


@signed_in(ROLE)
async def get(request: Request) -> Response:
    found = await run_in_threadpool(_desk(request).get, request.state.person, request.path_params["id"], after_of(request))
    return JSONResponse(found)


@signed_in(ROLE)
async def get_messages(request: Request) -> Response:
    """Messages after `after` and who speaks: what a page that is open asks for again and again."""
    found = await run_in_threadpool(_desk(request).get, request.state.person, request.path_params["id"], after_of(request))
    return JSONResponse({"messages": found["messages"], **_state(found)})


def _state(found: dict[str, Any]) -> dict[str, Any]:
    """What may change in a request besides its messages."""
    return {"status": found["conversation_status"], **{name: found[name] for name in ("urgency", "mine", "danger", "seen", "typing", "contact")}}


@signed_in(ROLE)
async def claim(request: Request) -> Response:
    await run_in_threadpool(_desk(request).claim, request.state.person, request.path_params["id"])
    return await get(request)


@signed_in(ROLE)
async def say(request: Request) -> Response:
    """{text} or {service}, client_id?: 201 {seq}. A service is sent as its card in the resident's language. The same client_id
    again says nothing more: a laptop that slept does not know whether its message went."""
    person, request_id = request.state.person, request.path_params["id"]
    body = await body_of(request)
    text, service = text_field(body, "text", TEXT_LIMIT), text_field(body, "service", 200)
    if (text is None) == (service is None):
        return refusal(request, 400, "bad_field", field="text")
    card = None
    if service is not None:
        card = await run_in_threadpool(_card, request, service)
        if card is None:
            return refusal(request, 404, "no_service", field="service")
    client_id = text_field(body, "client_id", 58)
    seq = await run_in_threadpool(_desk(request).say, person, request_id, text, card, None, client_id)
    return JSONResponse({"seq": seq}, 201)


def _card(request: Request, service: str) -> dict[str, Any] | None:
    """As the resident reads it now, seen from their place and for their age."""
    services = request.app.state.services
    found = services.desk.context(request.state.person, request.path_params["id"])
    packet = found["packet"]
    return services.directory.get(service, found["spoken"], None, place_by_key(packet["place"]), packet["age_band"])


@signed_in(ROLE)
async def note(request: Request) -> Response:
    text = text_field(await body_of(request), "text", TEXT_LIMIT)
    await run_in_threadpool(_desk(request).note, request.state.person, request.path_params["id"], text)
    return JSONResponse({})


@signed_in(ROLE)
async def transfer(request: Request) -> Response:
    to = text_field(await body_of(request), "to", 254)
    await run_in_threadpool(_desk(request).transfer, request.state.person, request.path_params["id"], to)
    return JSONResponse({})


@signed_in(ROLE)
async def give_back(request: Request) -> Response:
    await run_in_threadpool(_desk(request).give_back, request.state.person, request.path_params["id"])
    return JSONResponse({})


@signed_in(ROLE)
async def close(request: Request) -> Response:
    """{outcome, reason?, need?}: `need` names what it was about where the packet does not."""
    body = await body_of(request)
    outcome, reason, need = (text_field(body, name, 32) for name in ("outcome", "reason", "need"))
    await run_in_threadpool(_desk(request).close, request.state.person, request.path_params["id"], outcome, reason, need)
    return JSONResponse({})


@signed_in(ROLE)
async def reopen(request: Request) -> Response:
    """A closing taken back, while it can be."""
    await run_in_threadpool(_desk(request).reopen, request.state.person, request.path_params["id"])
    return JSONResponse({})


@signed_in(ROLE)
async def danger(request: Request) -> Response:
    """The navigator has seen it: the alert stops."""
    await run_in_threadpool(_desk(request).note_danger, request.state.person, request.path_params["id"])
    return JSONResponse({})


@signed_in(ROLE)
async def contact_used(request: Request) -> Response:
    """The way to reach them served, and is erased."""
    await run_in_threadpool(_desk(request).contact_used, request.state.person, request.path_params["id"])
    return JSONResponse({})


@signed_in(ROLE)
async def presence(request: Request) -> Response:
    """{seen?, typing?}: 204. What the navigator has read up to, and whether they type now."""
    seen, typing = presence_of(await body_of(request))
    await run_in_threadpool(_desk(request).presence, request.state.person, request.path_params["id"], seen, typing)
    return Response(status_code=204)


@signed_in(ROLE)
async def events(request: Request) -> Response:
    return _stream(_events(request))


@signed_in(ROLE)
async def talk_events(request: Request) -> Response:
    """One conversation, from `after` or Last-Event-ID on: `message` (its id is the seq) and `state` when it changes."""
    await run_in_threadpool(_desk(request).context, request.state.person, request.path_params["id"])  # may they?
    return _stream(_talk(request, after_of(request)))


def _stream(events: AsyncIterator[str]) -> Response:
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _talk(request: Request, after: int) -> AsyncIterator[str]:
    """Ends with the session, and with the person's right to read it."""
    services, person = request.app.state.services, request.state.person
    token, state, quiet, checked = cookies.token_of(request, services.settings), None, 0.0, 0.0
    while not await request.is_disconnected() and not request.app.state.stopping.is_set():
        try:
            found = await run_in_threadpool(services.desk.get, person, request.path_params["id"], after)
        except DeskError:
            yield "event: gone\ndata: {}\n\n"
            return
        after = max(after, 1)  # only an administrator's first look is noted in the audit log
        for message in found["messages"]:
            after, quiet = message["seq"], 0.0
            yield f"id: {after}\nevent: message\ndata: {json.dumps(message, ensure_ascii=False)}\n\n"
        now = _state(found)
        if now != state:
            state, quiet = now, 0.0
            yield f"event: state\ndata: {json.dumps(state, ensure_ascii=False)}\n\n"
        quiet, checked = quiet + LOOK_SECONDS, checked + LOOK_SECONDS
        if quiet >= ALIVE_SECONDS:
            quiet = 0.0
            yield ": alive\n\n"
        if checked >= ALIVE_SECONDS:
            checked = 0.0
            person = await _still(services, token)
            if person is None:
                return
        await asyncio.sleep(LOOK_SECONDS)


async def _events(request: Request) -> AsyncIterator[str]:
    """`queue` events, {waiting, mine, crisis, unread, danger} counts (unread, danger: mine with messages not seen, mine that
    spoke of danger not noted yet), each time that the person's queue changes. Ends with the session."""
    services, person = request.app.state.services, request.state.person
    token = cookies.token_of(request, services.settings)
    before, since = None, 0.0
    while not await request.is_disconnected() and not request.app.state.stopping.is_set():
        rows = await run_in_threadpool(services.desk.queue, person, "all")
        now = [(row["id"], row["status"], row["urgency"], row["owner"], row["danger"], row["unread"], row["due_seconds"] is None, row["contact_left"]) for row in rows]
        if now != before:
            before = now
            yield f"event: queue\ndata: {json.dumps(_counts(rows))}\n\n"
        since += LOOK_SECONDS
        if since >= ALIVE_SECONDS:
            since = 0.0
            person = await _still(services, token)
            if person is None:
                return
            yield ": alive\n\n"
        await asyncio.sleep(LOOK_SECONDS)


async def _still(services: Any, token: str | None) -> Person | None:
    """The person anew: their session may have ended, their territories changed. It notes that they are there."""
    return await run_in_threadpool(services.people.of_token, token) if token else None


def _counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    waiting = [row for row in rows if row["status"] == "waiting"]
    return {"waiting": len(waiting), "mine": sum(row["mine"] for row in rows),
            "crisis": sum(row["urgency"] == "crisis" for row in waiting),
            "unread": sum(row["unread"] > 0 for row in rows if row["mine"]),
            "danger": sum(row["danger"] and row["mine"] for row in rows)}


routes = [
    Route("/api/handoffs", queue, methods=["GET"]),
    Route("/api/handoffs/events", events, methods=["GET"]),
    Route("/api/handoffs/{id}", get, methods=["GET"]),
    Route("/api/handoffs/{id}/messages", get_messages, methods=["GET"]),
    Route("/api/handoffs/{id}/messages", say, methods=["POST"]),
    Route("/api/handoffs/{id}/events", talk_events, methods=["GET"]),
    Route("/api/handoffs/{id}/presence", presence, methods=["POST"]),
    Route("/api/handoffs/{id}/danger", danger, methods=["POST"]),
    Route("/api/handoffs/{id}/contact/used", contact_used, methods=["POST"]),
    Route("/api/handoffs/{id}/claim", claim, methods=["POST"]),
    Route("/api/handoffs/{id}/notes", note, methods=["POST"]),
    Route("/api/handoffs/{id}/transfer", transfer, methods=["POST"]),
    Route("/api/handoffs/{id}/return", give_back, methods=["POST"]),
    Route("/api/handoffs/{id}/close", close, methods=["POST"]),
    Route("/api/handoffs/{id}/reopen", reopen, methods=["POST"]),
]
