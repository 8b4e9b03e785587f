"""GET /api/demand: what is published, for table members and administrators, to the letter of the contract."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.problems import Problem
from bot.demand.export import FORMATS, MEDIA_TYPES, export, file_name
from bot.demand.months import is_month
from bot.demand.published import UnknownTable, published, published_tables

__all__ = ["READERS", "require_reader", "routes"]

READERS = frozenset({"table", "administrator"})
# Signed-in people's figures are kept by no cache between.
NO_STORE = {"Cache-Control": "no-store"}


def require_reader(request: Request) -> None:
    """Raises Problem: 401 when nobody is signed in, 403 when their roles do not read the demand."""
    person = getattr(request.state, "person", None)
    if person is None:
        raise Problem(401, "not_signed_in")
    if not READERS & set(person.roles):
        raise Problem(403, "not_allowed")


def _month(request: Request, name: str) -> str | None:
    month = request.query_params.get(name) or None
    if month is not None and not is_month(month):
        raise Problem(400, "bad_field", field=name)
    return month


def routes(engine: Engine) -> Sequence[Route]:
    """The API's routes on the database given. A sync endpoint: Starlette runs it in a worker thread."""

    def demand(request: Request) -> Response:
        require_reader(request)
        first, last = _month(request, "from"), _month(request, "to")
        if first and last and first > last:
            raise Problem(400, "bad_field", field="to")
        format = request.query_params.get("format") or "json"
        if format not in FORMATS:
            raise Problem(400, "bad_field", field="format")
        name = request.query_params.get("table")
        if not name:
            if format != "json":
                raise Problem(400, "bad_field", field="table")
            return JSONResponse(published_tables(engine), headers=NO_STORE)
        try:
            table = published(engine, name, first, last)
        except UnknownTable:
            raise Problem(404, "not_found", field="table") from None
        if format == "json":
            return JSONResponse(table.as_dict(), headers=NO_STORE)
        attached = {"Content-Disposition": f'attachment; filename="{file_name(table, format)}"'}
        return Response(export(table, format), media_type=MEDIA_TYPES[format], headers=NO_STORE | attached)

    return [Route("/api/demand", demand, methods=["GET"])]
