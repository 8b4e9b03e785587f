"""The tables' pages: /table (a month at a glance and its year), its brief, and the same figures for citizens when the
operator wishes so. They show what report.py and brief.py make of published cells, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels.demand_api import NO_STORE, READERS
from bot.demand.brief import DEVIATIONS, changes, reason_changes
from bot.demand.event import AGE_BANDS
from bot.demand.labels import label, number, period_label, words
from bot.demand.longer import (
    by_region,
    coverage,
    newcomers,
    over_the_year,
    trended,
    unserved,
    year_of,
)
from bot.demand.months import months_of
from bot.demand.report import Filters, Grid, Report, report
from bot.demand.territories import territories
from bot.handoff.month_load import ANSWERED, navigators_of, per_navigator
from bot.needs import all_needs
from bot.store.engine import reading
from bot.web.charts import bar_width, columns
from bot.web.rendering import language_of, page
from bot.words import LANGUAGES

__all__ = ["FILES", "PUBLIC", "language_for", "reader_only", "routes", "shown_values"]

PUBLIC = {"fr": "/chiffres", "en": "/figures"}
FILES = ("csv", "xlsx", "json")
Shared = Callable[[Request, str], dict[str, Any]]
MOST_NAMED = 3  # of the needs and doors that the brief names
HOUR = {"Cache-Control": "public, max-age=3600"}


def language_for(request: Request) -> str:
    """The language asked for in the address, else the signed-in person's, else the browser's."""
    person = getattr(request.state, "person", None)
    own = getattr(person, "language", None)
    return own if own in LANGUAGES and request.query_params.get("lang") not in LANGUAGES else language_of(request)


def reader_only(request: Request, sign_in: str = "/login") -> Response | None:
    """What answers somebody who is not signed in, or whose roles do not read the demand; null for a reader."""
    person = getattr(request.state, "person", None)
    if person is None:
        return RedirectResponse(f"{sign_in}?{urlencode({'next': request.url.path})}", 303, headers=NO_STORE)
    if not READERS & set(person.roles):
        return page(request, "demand_refused.html", language_for(request), words=words, status=403, page="table")
    return None


def filters_of(request: Request) -> Filters:
    """The filters of the address; what is none is left out."""
    def one_of(name: str, allowed: Any) -> str | None:
        asked = request.query_params.get(name)
        return asked if asked in allowed else None

    return Filters(one_of("theme", {need.theme for need in all_needs().values()}), one_of("territory", territories()), one_of("age", AGE_BANDS))


def shown_values(language: str, shown: Report | None, address: str, public: bool = False) -> dict[str, Any]:
    """What the templates of figures are filled with."""
    names = shown.names if shown else {}
    chosen = shown.filters if shown else Filters()
    kept = {"theme": chosen.theme, "territory": chosen.territory, "age": chosen.age_band, "month": shown.month if shown else None}
    return {
        "shown": shown, "name": lambda dimension, value: label(language, dimension, value, names), "number": partial(number, language),
        "period": partial(period_label, language), "bar": bar_width, "columns": columns, "address": address, "public": public,
        "files": partial(_files, public), "kept": urlencode({name: value for name, value in kept.items() if value}),
        "named": lambda dimension, values: ", ".join(label(language, dimension, value, names) for value in values),
        "coverage": coverage, "by_region": by_region, "over_the_year": over_the_year, "year_of": year_of, "trended": trended,
        "unserved": unserved, "most_in": _most_in, "load": None,
        "themes": list(dict.fromkeys(need.theme for need in all_needs().values())), "bands": AGE_BANDS, "page": "table",
    }


def routes(engine: Engine, shared: Shared | None = None, sign_in: str = "/login", public: bool = False) -> Sequence[Route]:
    """The pages' routes. `shared(request, language)` may give base.html's variables (nav…); `public`: whether citizens may
    read the figures too. Sync endpoints: Starlette runs them in a worker thread."""

    def table_page(request: Request) -> Response:
        refused = reader_only(request, sign_in)
        if refused is not None:
            return refused
        language = language_for(request)
        shown = report(engine, request.query_params.get("month"), filters_of(request))
        return page(request, "demand.html", language, words=words, **{**shown_values(language, shown, request.url.path),
                    "load": _load(engine, shown)}, **(shared(request, language) if shared else {}))

    def brief_page(request: Request) -> Response:
        refused = reader_only(request, sign_in)
        if refused is not None:
            return refused
        shown = report(engine, request.query_params.get("month"), filters_of(request))
        language = language_for(request)
        most = ", ".join(f"{label(language, 'need', need)} ({number(language, shown.needs.total(need) or 0)})" for need in shown.needs.shown[:MOST_NAMED]) if shown else ""
        new = [words(language, "brief.newcomers_one", door=label(language, "door", door, shown.names), new=number(language, some), all=number(language, every))
               for door, some, every in newcomers(shown)[:MOST_NAMED]] if shown else []
        return page(request, "demand_brief.html", language, words=words, most=most, newcomers=new, **shown_values(language, shown, "/table/brief"),
                    changes=changes(shown) if shown else [], reason_changes=reason_changes(shown) if shown else [],
                    deviations=DEVIATIONS, **(shared(request, language) if shared else {}))

    def public_page(request: Request) -> Response:
        if not public:
            raise HTTPException(404)
        asked = request.query_params.get("lang")
        language = asked if asked in LANGUAGES else next(one for one, address in PUBLIC.items() if address == request.url.path)
        shown = report(engine, request.query_params.get("month"), filters_of(request))
        return page(request, "demand.html", language, words=words, headers=HOUR, **shown_values(language, shown, request.url.path, True))

    return [
        Route("/table", table_page, methods=["GET"]),
        Route("/table/brief", brief_page, methods=["GET"]),
        *(Route(address, public_page, methods=["GET"], name=f"public-{language}") for language, address in PUBLIC.items()),
    ]


def _load(engine: Engine, shown: Report | None) -> tuple[int, int | None] | None:
    """Requests answered a navigator in the month shown, as a band; null where it is withheld (bot/handoff/month_load.py)."""
    waits = shown.simple("waits") if shown else None
    if waits is None or waits.period is None:
        return None
    with reading(engine) as connection:
        navigators = navigators_of(connection, waits.period)
    return per_navigator([waits.total(wait) for wait in ANSWERED], navigators)


def _most_in(grid: Grid, column: str) -> list[tuple[str, int]]:
    """The rows of a column with the most requests."""
    found = [(row, value) for row in grid.rows if (value := grid.values.get((row, column))) is not None]
    return sorted(found, key=lambda one: -one[1])[:MOST_NAMED]


def _files(public: bool, table: str, period: str | None) -> list[tuple[str, str]]:
    """(format, address) of the files of a published table, for the period shown; citizens have the page alone."""
    if public or not period:
        return []
    month = months_of(period)[-1]
    return [(format, "/api/demand?" + urlencode({"table": table, "from": month, "to": month, "format": format})) for format in FILES]
