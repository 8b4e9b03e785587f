"""The webhook: Telegram has its 200 only once the update is written down and committed."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Callable

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, Update

from bot.channels.telegram import inbox
from bot.channels.telegram.updates import note

__all__ = ["PATH", "derived_secret", "webhook_route"]

logger = logging.getLogger(__name__)

PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
# A message has at most 4,096 characters; with its entities an update stays far below.
BODY_LIMIT = 256 * 1024


def derived_secret(key: str) -> str:
    """A webhook secret out of the application's key: 64 characters of those that Telegram allows."""
    return hmac.new(key.encode(), b"telegram webhook", hashlib.sha256).hexdigest()


def webhook_route(bot: Bot, engine: Engine, secret: str, written: Callable[[], None]) -> Route:
    """POST /telegram/webhook. 403 without the secret (compared in constant time), 413 when too large, else 200.

    What cannot be read is answered 200 too: Telegram would send it again for a day, before everything that follows.
    """

    async def receive(request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        raw = bytearray()
        async for piece in request.stream():
            raw += piece
            if len(raw) > BODY_LIMIT:
                return Response(status_code=413)
        try:
            update = Update.de_json(json.loads(raw), bot)
            noted = note(update)
        except Exception as error:  # whatever it holds; its text may quote it
            logger.error("telegram: an update could not be read: %s", type(error).__name__)
            return Response(status_code=200)
        if noted is not None:
            await run_in_threadpool(inbox.write_down, engine, [noted])
            written()
        return Response(status_code=200)

    return Route(PATH, receive, methods=["POST"])
