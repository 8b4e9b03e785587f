"""A door's poster (/doors/{code}/poster): printable, in both languages, A4 or Letter, with a QR code for the web page and one
for Telegram. For administrators. The codes are SVG files of ours, so that the Content-Security-Policy holds.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial

import segno
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import safety
from bot.demand.doors import door_names
from bot.demand.labels import words
from bot.settings import Settings
from bot.store.engine import reading
from bot.web.demand_page import language_for
from bot.web.rendering import page
from bot.web.staff_pages import to_login

__all__ = ["SIZES", "links_of", "qr_svg", "routes"]

SIZES = ("a4", "letter")
LINES = ("911", "appelle")  # on every poster
# ISO/IEC 18004: a quiet zone of 4 modules around; level Q reads with a quarter of the code hidden or dirty.
QUIET_ZONE, LEVEL = 4, "q"


def links_of(settings: Settings, code: str) -> dict[str, str]:
    """The addresses that a door's codes hold, by channel; Telegram's only when its name is set."""
    links = {"web": f"{settings.origin}/d/{code}"}
    if settings.telegram_name:
        links["telegram"] = f"https://t.me/{settings.telegram_name}?start={code}"
    return links


def qr_svg(link: str) -> bytes:
    """A QR code as an SVG file, black on white whatever the page's colours."""
    content = io.BytesIO()
    segno.make(link, error=LEVEL, micro=False).save(
        content, kind="svg", border=QUIET_ZONE, xmldecl=False, omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return content.getvalue()


def routes(engine: Engine, settings: Settings) -> Sequence[Route]:
    """The poster and its codes."""

    def name_of(code: str) -> str:
        with reading(engine) as connection:
            names = door_names(connection)
        if code not in names:
            raise HTTPException(404)
        return names[code]

    def refusal(request: Request) -> Response | None:
        person = request.state.person
        if person is None:
            return to_login(request)
        if "administrator" not in person.roles:
            raise HTTPException(403)
        return None

    async def poster(request: Request) -> Response:
        refused = refusal(request)
        if refused is not None:
            return refused
        code = request.path_params["code"]
        name = await run_in_threadpool(name_of, code)
        asked = request.query_params.get("size", SIZES[0])
        size = asked if asked in SIZES else SIZES[0]
        language = language_for(request)
        both = {one: partial(words, one) for one in ("fr", "en")}
        lines = [{one: line.as_dict(one) for one in both} for line in safety.lines_by_id(LINES)]
        return page(request, "door_poster.html", language, words=words, code=code, door=name, size=size, sizes=SIZES, both=both,
                    links=links_of(settings, code), lines=lines, operator=settings.operator_name)

    async def qr(request: Request) -> Response:
        refused = refusal(request)
        if refused is not None:
            return refused
        code = request.path_params["code"]
        await run_in_threadpool(name_of, code)
        link = links_of(settings, code).get(request.path_params["channel"])
        if link is None:
            raise HTTPException(404)
        return Response(qr_svg(link), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})

    return [
        Route("/doors/{code}/poster", poster, methods=["GET"]),
        Route("/doors/{code}/qr-{channel}.svg", qr, methods=["GET"]),
    ]
