"""Administrator's pages: which navigators serve which territory. A territory that nobody serves is said to be so."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demand.territories import regions, territories
from bot.people.administration import Administration
from bot.people.people import UnknownPerson
from bot.people.person import ALL, Person
from bot.web.admin_pages import admin, admin_page, administrator, done, form_of

__all__ = ["routes"]


async def _navigators(request: Request) -> list[Person]:
    accounts = await run_in_threadpool(request.app.state.services.people.all)
    return [one.person for one in accounts if not one.disabled and "navigator" in one.person.roles]


@admin
async def everywhere(request: Request) -> Response:
    """All territories by region, with who serves each."""
    navigators = await _navigators(request)
    rows = {
        region: [(code, name, [one for one in navigators if code in one.territories])
                 for code, name in territories().items() if code[:2] == region_code]
        for region_code, region in regions().items()
    }
    return admin_page(request, "admin_territories.html", "territories", rows={name: found for name, found in rows.items() if found},
                      everywhere=[one for one in navigators if ALL in one.territories], navigators=navigators)


def _code(request: Request) -> str:
    code: str = request.path_params["code"]
    if code not in territories():
        raise HTTPException(404)
    return code


@admin
async def one(request: Request) -> Response:
    """One territory: a box for each navigator."""
    navigators = await _navigators(request)
    return admin_page(request, "admin_territory.html", "territories", code=_code(request), navigators=navigators, everywhere=ALL)


@admin
async def change(request: Request) -> Response:
    """Who serves it from now on."""
    code, form = _code(request), await form_of(request)
    services = request.app.state.services
    try:
        await run_in_threadpool(Administration(services.people).serve, administrator(request), code,
                                [str(value) for value in form.getlist("person")])
    except UnknownPerson:
        raise HTTPException(404) from None
    return done(request, "/admin/territories", "territory_changed")


routes = [
    Route("/admin/territories", everywhere, methods=["GET"]),
    Route("/admin/territories/{code}", one, methods=["GET"]),
    Route("/admin/territories/{code}", change, methods=["POST"]),
]
