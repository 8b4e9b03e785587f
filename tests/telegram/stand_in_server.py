"""The stand-in's HTTP side: /bot<token>/<method>, long polling, and delivery to a webhook."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.telegram.stand_in_methods import METHODS
from tests.telegram.stand_in_state import Fault, Refused, World

__all__ = ["BotApiServer"]

JSON_FIELDS = ("reply_markup", "entities", "allowed_updates", "message_ids", "commands", "scope", "link_preview_options")
WEBHOOK_RETRY_SECONDS = 0.15


async def params_of(request: Request) -> dict[str, Any]:
    """Parameters from the address, a form or JSON, as the Bot API takes them."""
    params: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        params.update(await request.json())
    else:
        params.update({name: value for name, value in (await request.form()).items() if isinstance(value, str)})
    for name in JSON_FIELDS:
        if isinstance(params.get(name), str):
            params[name] = json.loads(params[name])
    return params


def refusal(status: int, description: str, retry_after: int | None = None) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return JSONResponse(body, status)


class BotApiServer:
    """Serves one World on a loopback port, in a thread with its own event loop."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed: asyncio.Event | None = None
        self._poll = 0
        self._stopping = False
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        world.on_update = self._wake

    def start(self) -> None:
        """Serve, on the same port as before when it was stopped."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        app = Starlette(routes=[Route("/bot{token}/{method}", self._call, methods=["GET", "POST"])])
        config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=1)
        self._server, self._stopping = uvicorn.Server(config), False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(listener)), daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def stop(self) -> None:
        self._stopping = True
        self._wake()
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(5)

    async def _run(self, listener: socket.socket) -> None:
        assert self._server is not None
        self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
        delivery = asyncio.create_task(self._deliver())
        await self._server.serve(sockets=[listener])
        delivery.cancel()
        listener.close()

    def _wake(self) -> None:
        if self._loop and self._changed and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed.set)

    async def _wait(self, seconds: float) -> None:
        assert self._changed is not None
        try:
            await asyncio.wait_for(self._changed.wait(), max(seconds, 0.001))
        except TimeoutError:
            return
        self._changed.clear()

    # Methods

    async def _call(self, request: Request) -> JSONResponse:
        method = request.path_params["method"]
        if request.path_params["token"] != self.world.token:
            return refusal(401, "Unauthorized")
        params = await params_of(request)
        fault = self.world.fault_for(method, params)
        if fault is not None and not fault.done:
            return self._fail(method, params, fault)
        try:
            result = await self._carry_out(method, params)
        except Refused as refused:
            self.world.record(method, params, refused.status)
            return refusal(refused.status, refused.description, refused.retry_after)
        if fault is not None:
            return self._fail(method, params, fault)
        if method != "getUpdates":
            self.world.record(method, params, 200)
        return JSONResponse({"ok": True, "result": result})

    async def _carry_out(self, method: str, params: dict[str, Any]) -> Any:
        if method == "getUpdates":
            return await self._get_updates(params)
        if method not in METHODS:
            raise Refused(404, "Not Found")
        with self.world.lock:
            return METHODS[method](self.world, params)

    def _fail(self, method: str, params: dict[str, Any], fault: Fault) -> JSONResponse:
        self.world.record(method, params, fault.status)
        if fault.status == 429:
            return refusal(429, f"Too Many Requests: retry after {fault.retry_after}", fault.retry_after)
        texts = {403: "Forbidden: bot was blocked by the user", 502: "Bad Gateway", 401: "Unauthorized"}
        return refusal(fault.status, texts.get(fault.status, "Internal Server Error"))

    async def _get_updates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        """Updates stay until a call's offset is above them: what was not confirmed comes again."""
        world, offset = self.world, int(params.get("offset") or 0)
        if world.webhook is not None:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        with world.lock:
            if params.get("allowed_updates") is not None:
                world.allowed = params["allowed_updates"] or None
            if offset:
                world.pending = [u for u in world.pending if u["update_id"] >= offset] if offset > 0 else world.pending[offset:]
        self._poll += 1
        mine, deadline = self._poll, time.monotonic() + float(params.get("timeout") or 0)
        self._wake()
        while True:
            if mine != self._poll:
                raise Refused(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
            with world.lock:
                if world.pending or self._stopping or time.monotonic() >= deadline:
                    return world.pending[: int(params.get("limit") or 100)]
            await self._wait(min(0.05, deadline - time.monotonic()))

    # Webhook

    async def _deliver(self) -> None:
        """One update at a time, again and again until it is answered 2xx."""
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            while True:
                with self.world.lock:
                    hook = self.world.webhook
                    update = self.world.pending[0] if hook and self.world.pending else None
                if hook is None or update is None:
                    await self._wait(0.05)
                    continue
                try:
                    headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret"]} if hook["secret"] else {}
                    reply = await client.post(hook["url"], json=update, headers=headers)
                    taken = reply.is_success
                except httpx.HTTPError:
                    taken = False
                with self.world.lock:
                    if taken and update in self.world.pending:
                        self.world.pending.remove(update)
                if not taken:
                    await asyncio.sleep(WEBHOOK_RETRY_SECONDS)
