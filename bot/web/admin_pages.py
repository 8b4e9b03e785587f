"""What the administrator's pages share, and the first of them. Server-rendered forms; no script.

Each act is a POST that answers 303 to a page that says what was done, or the same page with what is wrong and what was
typed. The pages are in admin_people, admin_territories, admin_hours, admin_replies, admin_doors and admin_log.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demand.territories import territories
from bot.handoff import opening_hours
from bot.people.administration import Administration
from bot.people.person import Person
from bot.store.engine import reading
from bot.web.rendering import page
from bot.web.staff_pages import navigation, other_language, page_of, reader, see_other, when
from bot.words import LANGUAGES, load_words

__all__ = ["SECTIONS", "admin", "admin_page", "administrator", "done", "engine_of", "form_of", "routes", "territory_name", "words"]

words = load_words(Path(__file__).with_name("admin_words.yml"))
SECTIONS = ("people", "territories", "hours", "replies", "doors", "log")
# A person's form has a box for each territory and need.
FORM = {"max_files": 0, "max_fields": 400}
admin = page_of(lambda person: person.administrator)


def administrator(request: Request) -> Person:
    """Who acts. Only inside `admin`."""
    person, _ = reader(request)
    assert person is not None
    return person


def engine_of(request: Request) -> Engine:
    return request.app.state.services.engine


async def form_of(request: Request) -> FormData:
    """What was sent. Its values are texts: no form of ours takes a file."""
    return await request.form(**FORM)


def done(request: Request, path: str, name: str, **query: str) -> Response:
    """303 to the page that says what was done (`done.<name>` of the words)."""
    return see_other(request, path, done=name, **query)


def territory_name(code: str | None) -> str:
    """A territory as the pages name it: its code and name."""
    return f"{territories().get(code or '', '')} ({code})"


def admin_page(request: Request, template: str, section: str, *, status: int = 200, problem: str | None = None,
               typed: Mapping[str, Any] | None = None, **values: Any) -> Response:
    """One page. `problem`: a name under `problem` of the words. In its template besides: `said`, `t`, `when`, `suffix` (to
    keep the language in forms), `sections`, `section`, `territory_name`."""
    person, language = reader(request)
    lang, told = request.query_params.get("lang"), f"done.{request.query_params.get('done', '')}"
    return page(
        request, template, language, words=words, status=status, page="admin", person=person,
        nav=navigation(person, language, "/admin"),
        elsewhere=other_language(request, language, f"/admin/{section}"), section=section, sections=SECTIONS,
        suffix=f"?lang={lang}" if lang in LANGUAGES else "", when=lambda moment: when(moment, language), typed=typed or {},
        problem=words(language, f"problem.{problem}") if problem else None, territory_name=territory_name,
        said=words(language, told) if told in words.texts else None, **values,
    )


@admin
async def start(request: Request) -> Response:
    """What there is to manage, and what asks for attention."""
    services = request.app.state.services
    accounts = await run_in_threadpool(services.people.all)
    protected = await run_in_threadpool(Administration(services.people).with_second_factor)
    open_accounts = [one.person for one in accounts if not one.disabled]
    navigators = [one for one in open_accounts if "navigator" in one.roles]
    unprotected = [one for one in open_accounts if one.id not in protected and {"administrator", "navigator"} & set(one.roles)]
    hours = await run_in_threadpool(partial(_has_hours, services.engine))
    return admin_page(request, "admin_start.html", "start", people=open_accounts, navigators=navigators, unprotected=unprotected,
                      idle=[one for one in navigators if not one.territories], hours=hours)


def _has_hours(engine: Engine) -> bool:
    with reading(engine) as connection:
        return bool(opening_hours.weeks(connection))


routes = [Route("/admin", start, methods=["GET"])]
