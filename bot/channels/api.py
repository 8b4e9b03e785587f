"""The residents' HTTP API, to the letter of docs/contract.md. No cookie, no account."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.channels.problems import Problem
from bot.conversation.core import Conversations, NoSuchConversation, Thread, TooManyMessages

__all__ = ["client_address", "presence_of", "routes"]

BODY_LIMIT = 64 * 1024
# How often a stream looks for new messages, and how often it says that it is alive.
STREAM_LOOK_SECONDS = 0.7
STREAM_ALIVE_SECONDS = 15.0


def conversations_of(request: Request) -> Conversations:
    return request.app.state.services.conversations


def client_address(request: Request) -> str:
    """Where the request comes from: the peer, or what a trusted proxy says (uvicorn has put it there)."""
    return request.client.host if request.client else "unknown"


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object sent, {} when nothing was. Raises Problem."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > BODY_LIMIT:
            raise Problem(413, "too_large")
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise Problem(400, "not_json") from None
    if not isinstance(body, dict):
        raise Problem(400, "not_json")
    return body


def text_field(body: dict[str, Any], name: str, limit: int) -> str | None:
    """A text of the body. Raises Problem when it is something else or too long."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > limit:
        raise Problem(400, "bad_field", field=name)
    return value


async def authorised(request: Request) -> str:
    """The conversation's id, when its token came with the request. Raises Problem."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem(401, "no_token", headers={"WWW-Authenticate": "Bearer"})
    conversation_id = request.path_params["id"]
    if not await conversations_of(request).authorised(conversation_id, token.strip()):
        raise Problem(404, "no_conversation")
    return conversation_id


async def open_conversation(request: Request) -> Response:
    body = await body_of(request)
    language, door = text_field(body, "language", 10), text_field(body, "door", 64)
    if language is not None and language not in ("fr", "en"):
        raise Problem(400, "bad_field", field="language")
    floods = request.app.state.services.floods
    if not await floods.allow("conversations", client_address(request)):
        raise Problem(429, "too_many_conversations", headers={"Retry-After": "3600"})
    opened = await conversations_of(request).open(language=language, door=door)
    return JSONResponse({"conversation": opened.id, "token": opened.token, "messages": opened.messages}, 201)


async def post_message(request: Request) -> Response:
    conversation_id = await authorised(request)
    body = await body_of(request)
    text, choice = text_field(body, "text", BODY_LIMIT), text_field(body, "choice", 200)
    client_id = text_field(body, "client_id", 64)
    if (text is None) == (choice is None):
        raise Problem(400, "text_or_choice")
    if text is not None and not text.strip():
        raise Problem(400, "empty")
    try:
        answers = await conversations_of(request).post(conversation_id, text, choice, client_id)
    except NoSuchConversation:
        raise Problem(404, "no_conversation") from None
    except TooManyMessages as flood:
        raise Problem(429, "too_many_messages", headers={"Retry-After": str(flood.retry_after)}) from None
    return JSONResponse({"messages": answers})


def after_of(request: Request) -> int:
    raw = request.query_params.get("after") or request.headers.get("last-event-id") or "0"
    if not raw.isdigit() or len(raw) > 9:
        raise Problem(400, "bad_field", field="after")
    return int(raw)


async def get_messages(request: Request) -> Response:
    conversation_id = await authorised(request)
    try:
        thread = await conversations_of(request).messages(conversation_id, after_of(request))
    except NoSuchConversation:
        raise Problem(404, "no_conversation") from None
    return JSONResponse({"messages": thread.messages, "status": thread.status, **_beside(thread)})


def _beside(thread: Thread) -> dict[str, Any]:
    """While waiting, how many are ahead; with a navigator, what they have seen and whether they type."""
    if thread.status == "waiting":
        return {"ahead": thread.ahead}
    return {"seen": thread.seen, "typing": thread.typing} if thread.status == "navigator" else {}


def presence_of(body: dict[str, Any]) -> tuple[int | None, bool]:
    """{seen?, typing?}. Raises Problem."""
    seen, typing = body.get("seen"), body.get("typing", False)
    if seen is not None and (not isinstance(seen, int) or isinstance(seen, bool) or not 0 <= seen < 10**9):
        raise Problem(400, "bad_field", field="seen")
    if not isinstance(typing, bool):
        raise Problem(400, "bad_field", field="typing")
    return seen, typing


async def presence(request: Request) -> Response:
    """What the resident has read up to and whether they type, for the navigator who has the conversation: 204."""
    conversation_id = await authorised(request)
    seen, typing = presence_of(await body_of(request))
    await conversations_of(request).present(conversation_id, seen, typing)
    return Response(status_code=204)


async def stream_messages(request: Request) -> Response:
    conversation_id = await authorised(request)
    after = after_of(request)
    return StreamingResponse(
        _events(request, conversation_id, after),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(request: Request, conversation_id: str, after: int) -> AsyncIterator[str]:
    """`message` events with their seq as id, `status` (and what is beside it) when it changes, a comment when nothing happens
    for long."""
    conversations = conversations_of(request)
    state, quiet = None, 0.0
    while not await request.is_disconnected() and not request.app.state.stopping.is_set():
        try:
            thread = await conversations.messages(conversation_id, after)
        except NoSuchConversation:
            yield "event: erased\ndata: {}\n\n"
            return
        quiet += STREAM_LOOK_SECONDS
        for message in thread.messages:
            after, quiet = message["seq"], 0.0
            yield f"id: {after}\nevent: message\ndata: {json.dumps(message, ensure_ascii=False)}\n\n"
        now = {"status": thread.status, **_beside(thread)}
        if now != state:
            state, quiet = now, 0.0
            yield f"event: status\ndata: {json.dumps(state)}\n\n"
        if quiet >= STREAM_ALIVE_SECONDS:
            quiet = 0.0
            yield ": alive\n\n"
        await asyncio.sleep(STREAM_LOOK_SECONDS)


async def erase(request: Request) -> Response:
    conversation_id = await authorised(request)
    try:
        await conversations_of(request).erase(conversation_id)
    except NoSuchConversation:
        raise Problem(404, "no_conversation") from None
    return Response(status_code=204)


routes = [
    Route("/api/conversations", open_conversation, methods=["POST"]),
    Route("/api/conversations/{id}", erase, methods=["DELETE"]),
    Route("/api/conversations/{id}/messages", post_message, methods=["POST"]),
    Route("/api/conversations/{id}/messages", get_messages, methods=["GET"]),
    Route("/api/conversations/{id}/presence", presence, methods=["POST"]),
    Route("/api/conversations/{id}/events", stream_messages, methods=["GET"]),
]
