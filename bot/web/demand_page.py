"""The table's first page, /table: this month at a glance, needs by territory, gaps by reason, language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels.demand_api import NO_STORE, READERS
from bot.demand.labels import label, number, period_label, words
from bot.demand.months import months_of
from bot.demand.overview import Grid, overview
from bot.web.rendering import language_of, page

__all__ = ["bar_width", "routes"]

FULL_WIDTH = 100  # a bar's width is a percentage of its table cell


def bar_width(value: int | None, highest: int) -> float:
    """A bar's width in percent of the longest one."""
    return round(FULL_WIDTH * value / highest, 1) if value and highest else 0


def routes(
    engine: Engine, shared: Callable[[Request, str], dict[str, Any]] | None = None, sign_in: str = "/login"
) -> Sequence[Route]:
    """The page's route. `shared(request, language)` may give base.html's variables (nav…); somebody who is not signed
    in is sent to `sign_in`?next=/table. A sync endpoint: Starlette runs it in a worker thread."""

    def table_page(request: Request) -> Response:
        person = getattr(request.state, "person", None)
        if person is None:
            return RedirectResponse(f"{sign_in}?{urlencode({'next': '/table'})}", 303, headers=NO_STORE)
        language = language_of(request)
        allowed = bool(READERS & set(person.roles))
        values = {
            "allowed": allowed, "shown": overview(engine, request.query_params.get("month")) if allowed else None,
            "name": partial(label, language), "number": partial(number, language), "period": partial(period_label, language),
            "bar": bar_width, "files": _files, "page": "table", **(shared(request, language) if shared else {}),
        }
        return page(request, "demand.html", language, words=words, status=200 if allowed else 403, **values)

    return [Route("/table", table_page, methods=["GET"])]


def _files(grid: Grid) -> list[tuple[str, str]]:
    """(format, address) of the files of a grid's published table, for the period shown."""
    month = months_of(grid.period)[-1] if grid.period else ""
    query = {"table": grid.table.table, "from": month, "to": month}
    return [(format, "/api/demand?" + urlencode({**query, "format": format})) for format in ("csv", "xlsx", "json")]
