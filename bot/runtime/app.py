"""The two ASGI applications: the public one, and the private one (actions, metrics) that only loopback reaches."""

from __future__ import annotations

import asyncio
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions import all_actions
from bot.channels import account_api, api, demand_api, desk_api, handoff_api, session_api
from bot.channels.people_middleware import PeopleMiddleware
from bot.channels.problems import problem_handlers
from bot.demand.demonstration import is_demonstration
from bot.runtime.metrics import scrape
from bot.runtime.services import Services
from bot.store.engine import reading
from bot.web import (
    account_page,
    admin,
    chat_page,
    demand_acts,
    demand_page,
    desk,
    directory_page,
    door_posters,
    login_page,
    not_understood_page,
    refer_page,
)
from bot.web.errors import for_people
from bot.web.staff_pages import navigation

__all__ = ["private_app", "public_app"]


async def healthz(request: Request) -> Response:
    """Alive: the process answers."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Ready: the assistant takes turns and the database answers."""
    services: Services = request.app.state.services
    checks = {"assistant": await services.assistant.ready(), "database": await run_in_threadpool(_database_answers, services)}
    return JSONResponse({"ready": all(checks.values()), **checks}, 200 if all(checks.values()) else 503)


def _database_answers(services: Services) -> bool:
    try:
        with reading(services.engine) as connection:
            return connection.exec_driver_sql("SELECT 1").scalar() == 1
    except Exception:
        return False


def _is_marked(services: Services) -> bool:
    """Whether the database holds made-up figures: then every page says so."""
    try:
        with reading(services.engine) as connection:
            return is_demonstration(connection)
    except Exception:  # no database to ask: nothing is shown of it either
        return False


def staff_frame(request: Request, language: str) -> dict[str, Any]:
    """What the frame of a page for staff needs: the way to the person's other pages."""
    return {"nav": navigation(request.state.person, language, "/table")}


def public_app(services: Services, extra_routes: list[Any] | None = None) -> Starlette:
    """Everything people reach."""
    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            *api.routes,
            *session_api.routes,
            *account_api.routes,
            *handoff_api.routes,
            *desk_api.routes,
            *demand_api.routes(services.engine),
            *refer_page.routes,
            *chat_page.routes,
            *login_page.routes,
            *account_page.routes,
            *admin.routes,
            *desk.routes,
            *directory_page.routes,
            *not_understood_page.routes,
            *demand_page.routes(services.engine, staff_frame, public=services.settings.public_figures == "on"),
            *demand_acts.routes(services.engine, staff_frame),
            *door_posters.routes(services.engine, services.settings),
            *(extra_routes or []),
        ],
        middleware=[Middleware(PeopleMiddleware)],
        exception_handlers=for_people(problem_handlers),
    )
    app.state.services = services
    app.state.stopping = asyncio.Event()
    app.state.demonstration = _is_marked(services)
    return app


def private_app(services: Services) -> Starlette:
    """Rasa's actions and the metrics. Served on loopback only."""
    executor = ActionExecutor()
    for action in all_actions(services.directory, services.clock):
        executor.register_action(action)

    async def webhook(request: Request) -> Response:
        call = await request.json()
        call.setdefault("domain", {"version": "3.1"})  # no action of ours reads it, so Rasa does not send it
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as rejection:
            return JSONResponse({"error": str(rejection), "action_name": rejection.action_name}, 400)
        return JSONResponse(result.model_dump() if result is not None else {"events": [], "responses": []})

    async def metrics(request: Request) -> Response:
        ready = await services.assistant.ready()
        text = await run_in_threadpool(scrape, services.engine, services.settings, ready)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), Route("/metrics", metrics), Route("/healthz", healthz)])
