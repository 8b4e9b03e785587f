"""The demand's pages as an application of their own, and every address that shows figures."""

from __future__ import annotations

from types import SimpleNamespace

from bot.channels.demand_api import routes as api_routes
from bot.demand.plan import load_plan
from bot.web import demand_acts, demand_page

PERSON = SimpleNamespace(roles=("table",))
ADDRESSES = [
    "/table", "/table?lang=en&theme=food_security", "/table?age=senior&territory=1411", "/table/brief", "/table/brief?lang=en&theme=housing",
    "/table/decisions", "/table/register", "/chiffres", "/figures", "/api/demand",
    *(f"/api/demand?table={name}&format={format}" for name in load_plan().tables for format in ("json", "csv")),
]


def demand_routes(engine):
    return [*api_routes(engine), *demand_page.routes(engine, public=True), *demand_acts.routes(engine)]
