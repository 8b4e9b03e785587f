"""Administrator's pages: the audit log, read and filtered. It holds codes, never a word of a resident or a navigator."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.directory.hours import TORONTO
from bot.people import audit
from bot.store.engine import reading
from bot.web.admin_pages import admin, admin_page, engine_of, words
from bot.web.staff_pages import reader

__all__ = ["routes", "told"]

FIELDS = ("person", "action", "handoff", "from", "to")


def told(language: str, action: str) -> str:
    """An action in words; its code when the words do not know it."""
    return words(language, f"action.{action}") if f"action.{action}" in words.texts else action


def _midnight(text: str, days: int = 0) -> datetime | None:
    """The beginning of a day on Quebec's wall clock, `days` later; null when the text is no day."""
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=days), time(), TORONTO)
    except (ValueError, OverflowError):
        return None


def _details(row: Any) -> list[tuple[str, str]]:
    shown = [(name, ", ".join(value) if isinstance(value, list) else str(value)) for name, value in sorted(row.detail.items())]
    return [*shown, *([("request", row.handoff_id)] if row.handoff_id else [])]


@admin
async def show(request: Request) -> Response:
    """The newest rows that fit the filter, a page at a time."""
    language = reader(request)[1]
    asked = {name: request.query_params.get(name, "").strip()[:64] for name in FIELDS}
    before = request.query_params.get("before", "")
    wanted = audit.Filter(asked["person"], asked["action"], asked["handoff"], _midnight(asked["from"]), _midnight(asked["to"], 1),
                          int(before) if before.isdigit() and len(before) < 12 else None)

    def read() -> tuple[list[Any], list[str]]:
        with reading(engine_of(request)) as connection:
            return audit.search(connection, wanted), audit.actions(connection)

    rows, actions = await run_in_threadpool(read)
    people = await run_in_threadpool(request.app.state.services.people.all)
    query = {name: value for name, value in asked.items() if value}
    lang = {"lang": request.query_params["lang"]} if "lang" in request.query_params else {}
    older = "?" + urlencode({**query, **lang, "before": rows[-1].id}) if len(rows) == audit.PAGE else None
    return admin_page(request, "admin_log.html", "log", typed=asked, rows=rows, details=_details, people=[one.person for one in people],
                      actions=sorted(((one, told(language, one)) for one in actions), key=lambda pair: pair[1].casefold()),
                      told=lambda action: told(language, action), older=older)


routes = [Route("/admin/log", show, methods=["GET"])]
