"""What a table writes down beside its figures: decisions (/table/decisions), and the register (/table/register), where an
administrator adds reviews of the risk and incidents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demand.actions import LIMITS, Action, ActionError, actions, finish_action, note_action
from bot.demand.demonstration import is_demonstration
from bot.demand.labels import label, period_label, words
from bot.demand.months import QUEBEC
from bot.demand.plan import UNKNOWN
from bot.demand.published import published_tables
from bot.demand.register import Entry, entries, note
from bot.demand.report import NEED
from bot.demand.territories import regions
from bot.needs import all_needs
from bot.people import audit
from bot.store.engine import reading, writing
from bot.web.demand_page import language_for, reader_only
from bot.web.rendering import page
from bot.web.staff_pages import FORM, see_other

__all__ = ["routes"]

TEXT_LIMIT = 2000
Shared = Callable[[Request, str], dict[str, Any]]


def _now() -> datetime:
    return datetime.now(UTC)


async def _form(request: Request) -> dict[str, str]:
    return {name: value.strip() for name, value in (await request.form(**FORM)).items() if isinstance(value, str)}


def routes(engine: Engine, shared: Shared | None = None, now: Callable[[], datetime] = _now) -> Sequence[Route]:
    """The routes, for readers of the demand; `shared` and who may read are as in demand_page.py."""

    def frame(request: Request, language: str) -> dict[str, Any]:
        with reading(engine) as connection:
            marked = is_demonstration(connection)
        return {"words": words, "page": "table", "name": partial(label, language), "period": partial(period_label, language),
                "demonstration": marked, **(shared(request, language) if shared else {})}

    def decisions_page(request: Request, typed: dict[str, str] | None = None, problem: str | None = None) -> Response:
        refused = reader_only(request)
        if refused is not None:
            return refused
        language = language_for(request)
        months: list[str] = next((entry["periods"][::-1] for entry in published_tables(engine) if entry["table"] == NEED), [])
        with reading(engine) as connection:
            noted = actions(connection)
        return page(request, "demand_decisions.html", language, status=400 if problem else 200, decisions=noted, months=months,
                    needs=list(all_needs()), regions=[*regions(), UNKNOWN], typed=typed or {}, problem=problem, **frame(request, language))

    async def decide(request: Request) -> Response:
        refused = reader_only(request)
        if refused is not None:
            return refused
        form = await _form(request)
        names = ("month", "need", "region", *LIMITS, "due")
        try:
            action = Action(**{name: form.get(name, "") for name in names})
        except ActionError as error:
            language = language_for(request)
            field = {"lead": "lead_name", "next_step": "next", "due": "date"}.get(error.field, error.field)
            said = words(language, f"decisions.{field}") if field in ("text", "lead_name", "co_lead", "next", "date") else words(language, f"dimensions.{field}")
            return await run_in_threadpool(decisions_page, request, form, words(language, "decisions.wrong", field=said))
        await run_in_threadpool(_note, action, request.state.person.id)
        return see_other(request, "/table/decisions")

    def _note(action: Action, by: str | None) -> None:
        with writing(engine) as connection:
            note_action(connection, action, now())
            audit.write(connection, by, "decision_noted", now())

    async def finish(request: Request) -> Response:
        refused = reader_only(request)
        if refused is not None:
            return refused
        form = await _form(request)
        if not await run_in_threadpool(_finish, request.path_params["id"], form.get("done") == "yes", request.state.person.id):
            raise HTTPException(404)
        return see_other(request, "/table/decisions")

    def _finish(key: UUID, done: bool, by: str | None) -> bool:
        with writing(engine) as connection:
            found = finish_action(connection, key, now(), done=done)
            if found:
                audit.write(connection, by, "decision_done" if done else "decision_reopened", now())
            return found

    def register_page(request: Request, problem: str | None = None) -> Response:
        refused = reader_only(request)
        if refused is not None:
            return refused
        language = language_for(request)
        with reading(engine) as connection:
            found = entries(connection)
        review = next((entry.what.get("next_review") for entry in found if entry.kind == "review"), None)
        return page(
            request, "demand_register.html", language, status=400 if problem else 200, problem=problem, next_review=review,
            late=review is not None and review < now().astimezone(QUEBEC).date().isoformat(),
            may_write="administrator" in request.state.person.roles,
            lines=[(entry.at.astimezone(QUEBEC).strftime("%Y-%m-%d"), entry.kind, _said(language, entry)) for entry in found],
            **frame(request, language),
        )

    async def add_line(request: Request) -> Response:
        refused = reader_only(request)
        if refused is not None:
            return refused
        if "administrator" not in request.state.person.roles:
            raise HTTPException(403)
        form = await _form(request)
        kind, text, review = form.get("kind"), form.get("text", ""), form.get("next_review", "")
        if kind not in ("incident", "review") or not 0 < len(text) <= TEXT_LIMIT or (kind == "review" and not _is_day(review)):
            return await run_in_threadpool(register_page, request, words(language_for(request), "register.wrong"))
        await run_in_threadpool(_add, kind, {"text": text} | ({"next_review": review} if kind == "review" else {}), request.state.person.id)
        return see_other(request, "/table/register")

    def _add(kind: str, what: dict[str, str], by: str | None) -> None:
        with writing(engine) as connection:
            note(connection, kind, now(), **what)
            audit.write(connection, by, "register_noted", now())

    return [
        Route("/table/decisions", decisions_page, methods=["GET"]),
        Route("/table/decisions", decide, methods=["POST"]),
        Route("/table/decisions/{id:uuid}", finish, methods=["POST"]),
        Route("/table/register", register_page, methods=["GET"]),
        Route("/table/register", add_line, methods=["POST"]),
    ]


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _said(language: str, entry: Entry) -> str:
    """A line of the register in words."""
    what = entry.what
    if entry.kind == "publication":
        left_out = ", ".join(words(language, f"tables.{name}") for name in what["left_out"]) or "0"
        return words(language, "register.publication", month=period_label(language, what["month"]), tables=len(what["tables"]), cells=what["cells"],
                     lines=what["withheld_lines"], left_out=left_out, audit=words(language, f"register.{what['audit']}"))
    if entry.kind == "parameters":
        rule = what["rule"]
        return words(language, "register.parameters", month=period_label(language, what["from_month"]), threshold=rule["threshold"],
                     sensitive=rule["sensitive_threshold"], base=rule["rounding_base"])
    return str(what["text"]) + (f" → {what['next_review']}" if "next_review" in what else "")
