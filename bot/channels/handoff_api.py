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
from bot.channels.api import after_of, body_of, text_field
from bot.channels.staff import refusal, signed_in
from bot.handoff.desk import TEXT_LIMIT, Desk
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
    status = request.query_params.get("status", "waiting")
    return JSONResponse(await run_in_threadpool(_desk(request).queue, request.state.person, status))


@signed_in(ROLE)
async def get(request: Request) -> Response:
    found = await run_in_threadpool(_desk(request).get, request.state.person, request.path_params["id"], after_of(request))
    return JSONResponse(found)


@signed_in(ROLE)
async def get_messages(request: Request) -> Response:
    """Messages after `after` and who speaks: what a page that is open asks for again and again."""
    found = await run_in_threadpool(_desk(request).get, request.state.person, request.path_params["id"], after_of(request))
    return JSONResponse({"messages": found["messages"], "status": found["conversation_status"], "urgency": found["urgency"],
                         "mine": found["mine"]})


@signed_in(ROLE)
async def claim(request: Request) -> Response:
    await run_in_threadpool(_desk(request).claim, request.state.person, request.path_params["id"])
    return await get(request)


@signed_in(ROLE)
async def say(request: Request) -> Response:
    """{text} or {service}: 201 {seq}. A service is sent as its card in the resident's language."""
    person, request_id = request.state.person, request.path_params["id"]
    body = await body_of(request)
    text, service = text_field(body, "text", TEXT_LIMIT), text_field(body, "service", 200)
    if (text is None) == (service is None):
        return refusal(request, 400, "bad_field", field="text")
    card = None
    if service is not None:
        language = await run_in_threadpool(_desk(request).language_of, person, request_id)
        card = await run_in_threadpool(request.app.state.services.directory.get, service, language)
        if card is None:
            return refusal(request, 404, "no_service", field="service")
    seq = await run_in_threadpool(_desk(request).say, person, request_id, text, card)
    return JSONResponse({"seq": seq}, 201)


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
async def events(request: Request) -> Response:
    return StreamingResponse(_events(request), media_type="text/event-stream",
                             headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _events(request: Request) -> AsyncIterator[str]:
    """`queue` events, {waiting, mine, crisis} counts, each time that the person's queue changes. Ends with the session."""
    services, person = request.app.state.services, request.state.person
    token = cookies.token_of(request, services.settings)
    before, since = None, 0.0
    while not await request.is_disconnected() and not request.app.state.stopping.is_set():
        rows = await run_in_threadpool(services.desk.queue, person, "all")
        now = [(row["id"], row["status"], row["urgency"], row["owner"]) for row in rows]
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
            "crisis": sum(row["urgency"] == "crisis" for row in waiting)}


routes = [
    Route("/api/handoffs", queue, methods=["GET"]),
    Route("/api/handoffs/events", events, methods=["GET"]),
    Route("/api/handoffs/{id}", get, methods=["GET"]),
    Route("/api/handoffs/{id}/messages", get_messages, methods=["GET"]),
    Route("/api/handoffs/{id}/messages", say, methods=["POST"]),
    Route("/api/handoffs/{id}/claim", claim, methods=["POST"]),
    Route("/api/handoffs/{id}/notes", note, methods=["POST"]),
    Route("/api/handoffs/{id}/transfer", transfer, methods=["POST"]),
    Route("/api/handoffs/{id}/return", give_back, methods=["POST"]),
    Route("/api/handoffs/{id}/close", close, methods=["POST"]),
]
