"""Administrator's pages: people. Accounts, what they may, lost passwords and second factors, sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demand.territories import regions, territories
from bot.needs import all_needs, need_label
from bot.people.administration import GIVEN_FOR, Administration, Detail, NotYourself
from bot.people.people import UnknownPerson
from bot.people.person import ALL, ROLES, Person, PersonError
from bot.web.admin_pages import admin, admin_page, administrator, done, form_of
from bot.web.staff_pages import reader
from bot.words import LANGUAGES

__all__ = ["routes"]

LISTS = ("roles", "territories", "languages", "topics")


def _administration(request: Request) -> Administration:
    return Administration(request.app.state.services.people)


def _typed(form: FormData) -> dict[str, Any]:
    """A person's form: texts, and lists of boxes."""
    typed: dict[str, Any] = {name: str(form.get(name, "")).replace("\x00", "") for name in ("email", "name", "language")}
    return typed | {name: [str(one) for one in form.getlist(name)] for name in LISTS}


def _fields(typed: dict[str, Any]) -> dict[str, Any]:
    return {name: typed[name] for name in ("name", "roles", "territories", "languages", "topics", "language")}


def _choices(language: str) -> dict[str, Any]:
    """What the boxes of a person's form offer: territories by region, needs by name."""
    by_region = {name: {one: label for one, label in territories().items() if one[:2] == code} for code, name in regions().items()}
    return {"roles": ROLES, "all_languages": LANGUAGES, "everywhere": ALL,
            "regions": {name: found for name, found in by_region.items() if found},
            "needs": sorted(((one, need_label(one, language)) for one in all_needs()), key=lambda pair: pair[1].casefold())}


@admin
async def everybody(request: Request) -> Response:
    """All accounts."""
    people = await run_in_threadpool(request.app.state.services.people.all)
    protected = await run_in_threadpool(_administration(request).with_second_factor)
    return admin_page(request, "admin_people.html", "people", accounts=people, protected=protected)


def _add_page(request: Request, typed: dict[str, Any] | None = None, problem: str | None = None) -> Response:
    language = reader(request)[1]
    blank = {"email": "", "name": "", "language": "fr", "roles": ["navigator"], "territories": [], "languages": list(LANGUAGES), "topics": []}
    return admin_page(request, "admin_person.html", "people", status=400 if problem else 200, problem=problem,
                      typed=typed or blank, detail=None, **_choices(language))


@admin
async def show_add(request: Request) -> Response:
    """The form of a new account."""
    return _add_page(request)


@admin
async def add(request: Request) -> Response:
    """Make it, and show its password this once."""
    typed = _typed(await form_of(request))
    try:
        person, password = await run_in_threadpool(
            partial(_administration(request).add, administrator(request), typed["email"], **_fields(typed))
        )
    except PersonError as error:
        return _add_page(request, typed, error.code)
    return _given(request, person, password, 201)


def _given(request: Request, person: Person, password: str, status: int = 200) -> Response:
    return admin_page(request, "admin_given.html", "people", status=status, whose=person, password=password, days=GIVEN_FOR.days)


async def _detail(request: Request) -> Detail:
    try:
        return await run_in_threadpool(_administration(request).detail, request.path_params["id"])
    except UnknownPerson:
        raise HTTPException(404) from None


async def _person_page(request: Request, *, typed: dict[str, Any] | None = None, problem: str | None = None) -> Response:
    language, found = reader(request)[1], await _detail(request)
    person = found.account.person
    kept = {"name": person.name, "language": person.language, **{name: list(getattr(person, name)) for name in LISTS}}
    return admin_page(request, "admin_person.html", "people", status=400 if problem else 200, problem=problem,
                      typed=typed or kept, detail=found, yourself=person.id == administrator(request).id, **_choices(language))


@admin
async def show(request: Request) -> Response:
    """One account."""
    return await _person_page(request)


@admin
async def change(request: Request) -> Response:
    """What the account is and may."""
    typed = _typed(await form_of(request))
    try:
        await run_in_threadpool(
            partial(_administration(request).change, administrator(request), request.path_params["id"], **_fields(typed))
        )
    except UnknownPerson:
        raise HTTPException(404) from None
    except PersonError as error:
        return await _person_page(request, typed=typed, problem=error.code)
    return done(request, f"/admin/people/{request.path_params['id']}", "person_changed")


def _acting(name: str, act: Callable[[Request, Administration, Person, str], Awaitable[Response | None]]) -> Any:
    @admin
    async def endpoint(request: Request) -> Response:
        person_id = request.path_params["id"]
        try:
            answer = await act(request, _administration(request), administrator(request), person_id)
        except UnknownPerson:
            raise HTTPException(404) from None
        except NotYourself:
            return await _person_page(request, problem="yourself")
        except PersonError as error:
            return await _person_page(request, problem=error.code)
        return answer or done(request, f"/admin/people/{person_id}", name)

    return endpoint


async def _disable(request: Request, administration: Administration, by: Person, person_id: str) -> None:
    await run_in_threadpool(administration.disable, by, person_id)


async def _enable(request: Request, administration: Administration, by: Person, person_id: str) -> None:
    await run_in_threadpool(administration.enable, by, person_id)


async def _password(request: Request, administration: Administration, by: Person, person_id: str) -> Response:
    password = await run_in_threadpool(administration.give_password, by, person_id)
    return _given(request, (await _detail(request)).account.person, password)


async def _second_factor(request: Request, administration: Administration, by: Person, person_id: str) -> None:
    await run_in_threadpool(administration.reset_second_factor, by, person_id)


async def _sessions(request: Request, administration: Administration, by: Person, person_id: str) -> None:
    session = str((await form_of(request)).get("session", "")) or None
    await run_in_threadpool(administration.end_sessions, by, person_id, session)


routes = [
    Route("/admin/people", everybody, methods=["GET"]),
    Route("/admin/people/add", show_add, methods=["GET"]),
    Route("/admin/people/add", add, methods=["POST"]),
    Route("/admin/people/{id}", show, methods=["GET"]),
    Route("/admin/people/{id}", change, methods=["POST"]),
    Route("/admin/people/{id}/disable", _acting("person_disabled", _disable), methods=["POST"]),
    Route("/admin/people/{id}/enable", _acting("person_enabled", _enable), methods=["POST"]),
    Route("/admin/people/{id}/password", _acting("password_given", _password), methods=["POST"]),
    Route("/admin/people/{id}/second-factor", _acting("second_factor_reset", _second_factor), methods=["POST"]),
    Route("/admin/people/{id}/sessions", _acting("sessions_ended", _sessions), methods=["POST"]),
]
