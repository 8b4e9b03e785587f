"""The maintainers' pages of the directory: find a record, change it, verify it, close it for a while, settle what residents
report and what its source says, and take changes back. Every act is a form that answers with a page; no script.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.directory.finding import SHOWS, Finder
from bot.directory.forms import RecordError, as_dict
from bot.directory.hours import TORONTO
from bot.directory.maintenance import CannotUndo, Changed, Maintenance, NoSuchService, Sheet, review
from bot.directory.records import AREA_KINDS, CAPACITIES, MODES, SEXES, STATUSES
from bot.needs import all_needs
from bot.people.person import Person
from bot.store.base import utcnow
from bot.web.directory_fields import words
from bot.web.directory_form import BOXES, Filled, patch_of, shown
from bot.web.directory_shown import closure_text, shown_value, when
from bot.web.rendering import page
from bot.web.staff_pages import navigation, other_language, page_of, reader, see_other
from bot.words import LANGUAGES

__all__ = ["routes"]

# A record has about seventy boxes and fields; none is a file.
FORM = {"max_files": 0, "max_fields": 200}
DONE = ("edited", "unchanged", "verified", "closed", "reopened", "undone", "treated", "settled")
Endpoint = Callable[[Request], Awaitable[Response]]


def today() -> date:
    """The day it is in Quebec."""
    return utcnow().astimezone(TORONTO).date()


def _services(request: Request) -> tuple[Maintenance, Finder]:
    services = request.app.state.services
    return services.maintenance, services.finder


def _reader(request: Request) -> tuple[Person, str]:
    person, language = reader(request)
    assert person is not None
    return person, language


#: Maintainers and administrators.
for_maintainers = page_of(lambda person: person.keeps_the_directory)


def _shared(request: Request, person: Person, language: str) -> dict[str, Any]:
    lang = request.query_params.get("lang")
    done = request.query_params.get("done")
    return {
        "elsewhere": other_language(request, language, f"/directory/{request.path_params['id']}" if "id" in request.path_params else None),
        "words": words, "page": "directory", "person": person, "nav": navigation(person, language, "/directory"),
        "lang": lang if lang in LANGUAGES else None, "done": words(language, f"done.{done}") if done in DONE else None,
        "needs": list(all_needs().values()), "shows": SHOWS,
    }


@for_maintainers
async def listing(request: Request) -> Response:
    """The records that a search finds, or what waits."""
    person, language = _reader(request)
    query = request.query_params
    text, show, need = query.get("q", "")[:100], query.get("show", ""), query.get("need", "")
    show, need = show if show in SHOWS else "all", need if need in all_needs() else ""
    number = int(query["page"]) if query.get("page", "").isascii() and query.get("page", "").isdigit() and len(query["page"]) < 6 else 1
    _, finder = _services(request)
    found = await run_in_threadpool(finder.find, language, today(), text, show, need or None, number)
    return page(request, "directory.html", language, **_shared(request, person, language), found=found, text=text, show=show, need=need)


@for_maintainers
async def record(request: Request) -> Response:
    """One record: its facts, what is said about it, and its history."""
    return await _record_page(request)


async def _record_page(request: Request, *, problem: str | None = None, status: int = 200) -> Response:
    person, language = _reader(request)
    maintenance, finder = _services(request)
    try:
        sheet = await run_in_threadpool(maintenance.sheet, request.path_params["id"], today())
    except NoSuchService:
        found = await run_in_threadpool(finder.find, language, today())
        return page(request, "directory.html", language, status=404, **_shared(request, person, language), found=found, text="", show="all",
                    need="", problem=words(language, "problem.gone"))
    card = await run_in_threadpool(request.app.state.services.directory.get, sheet.service.id, language)
    return page(
        request, "directory_record.html", language, status=status, **_shared(request, person, language), sheet=sheet, service=sheet.service,
        facts=_facts(sheet, language), cautions=card["cautions"] if card else [], value=partial(shown_value, language), when=partial(when, language),
        closure=closure_text(language, sheet.service), today=today(), problem=words(language, f"problem.{problem}") if problem else None,
    )


def _facts(sheet: Sheet, language: str) -> list[tuple[str, str]]:
    """(field, value) of what the record says, in the order of the form."""
    given = as_dict(sheet.service)
    names = ("status", "organization", "name", "description", "needs", "phones", "url", "locations", "schedules", "special_hours", "by_appointment", "holidays",
             "languages", "cost", "eligibility", "min_age", "max_age", "sex", "family", "capacity", "bring", "accessibility", "modes", "area", "notes")
    return [(name, text) for name in names if (text := shown_value(language, name, given[name]))]


@for_maintainers
async def edit(request: Request) -> Response:
    """The form."""
    return await _edit_page(request)


async def _edit_page(request: Request, *, typed: Mapping[str, Any] | None = None, faults: dict[str, str] | None = None,
                     problem: str | None = None, status: int = 200) -> Response:
    person, language = _reader(request)
    maintenance, _ = _services(request)
    try:
        sheet = await run_in_threadpool(maintenance.sheet, request.path_params["id"], today())
    except NoSuchService:
        return await _record_page(request)
    values = {**shown(as_dict(sheet.service), language), "verified": [], "how": "", **(typed or {})}
    return page(
        request, "directory_edit.html", language, status=status, **_shared(request, person, language), sheet=sheet, service=sheet.service,
        v=values, faults=defaultdict(str, faults or {}), problem=words(language, f"problem.{problem}") if problem else None, modes=MODES,
        places=len(sheet.service.locations) + 1, need_options=[(need.id, need.label(language)) for need in all_needs().values()],
        area_options=[(kind, words(language, f"area.{kind}")) for kind in AREA_KINDS],
        sex_options=[(one, words(language, f"sex.{one}")) for one in SEXES],
        capacity_options=[(one, words(language, f"capacity.{one}")) for one in CAPACITIES],
        status_options=[(one, words(language, f"state.{one}")) for one in STATUSES],
    )


@for_maintainers
async def save(request: Request) -> Response:
    """The form's answer: 303 to the record, or the form again with what cannot be read and all that was typed."""
    person, language = _reader(request)
    maintenance, _ = _services(request)
    form = await request.form(**FORM)
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    key = request.path_params["id"]

    def ticked(name: str) -> list[str]:
        return [value for value in form.getlist(name) if isinstance(value, str)]

    try:
        sheet = await run_in_threadpool(maintenance.sheet, key, today())
    except NoSuchService:
        return await _record_page(request)
    # What this person changed is told from the record as they read it, not as it is now.
    read = sheet.as_seen(given.get("seen", ""))
    filled = patch_of(read or sheet.now, given, ticked, language)
    before = shown(read or sheet.now, language)
    typed = {**given, **{name: ticked(name) for name in ("languages", "needs", "modes", *BOXES, "verified")}}
    again = partial(_edit_page, request, typed={name: value for name, value in typed.items() if value != before.get(name)})
    if read is None or any(read[name] != sheet.now[name] and sheet.now[name] != value for name, value in filled.patch.items()):
        return await again(problem="changed", status=409)
    if filled.faults:
        return await again(faults=_fault_words(language, filled), problem="fields", status=422)
    verified = review(person.email, today(), given.get("how", "").strip()[:200] or None) if ticked("verified") else None
    try:
        done = await run_in_threadpool(maintenance.edit, person.email, key, filled.patch, sheet.seen, verified)
    except Changed:
        return await again(problem="changed", status=409)
    except RecordError as error:
        return await again(faults=_record_faults(language, error), problem="fields", status=422)
    request.app.state.services.directory.look_again()
    return see_other(request, f"/directory/{key}", done="edited" if done else "unchanged")


def _fault_words(language: str, filled: Filled) -> dict[str, str]:
    return {name: words(language, f"fault.{reason}", text=text) for name, (reason, text) in filled.faults.items()}


# A record's own faults (forms.py) -> the form's field, and the words that say it.
_RECORD_FAULTS = {"min_age": ("min_age", "ages"), "needs": ("needs", "needs"), "area.codes": ("area_codes", "area_empty"), "name": ("name_fr", "name"),
                  "location.lat": ("coordinates_0", "coordinates"), "location.lon": ("coordinates_0", "coordinates")}


def _record_faults(language: str, error: RecordError) -> dict[str, str]:
    found = {}
    for reason in error.reasons:
        place, _, text = reason.partition(":")
        name, said = _RECORD_FAULTS.get(place, (place.partition(".")[0], "other"))
        found[name] = words(language, f"fault.{said}", text=text.strip().split(" ")[0])
    return found


def acting(then: str, act: Callable[[Maintenance, str, str, dict[str, str]], bool]) -> Endpoint:
    """A small form's answer: do it, then 303 to the record with `then` said; what goes wrong is said on the record."""

    @for_maintainers
    async def endpoint(request: Request) -> Response:
        person, _ = _reader(request)
        maintenance, _ = _services(request)
        form = {name: value.strip() for name, value in (await request.form(**FORM)).items() if isinstance(value, str)}
        key = request.path_params["id"]
        try:
            done = await run_in_threadpool(act, maintenance, person.email, key, form)
        except NoSuchService:
            return await _record_page(request, problem="gone", status=404)
        except CannotUndo:
            return await _record_page(request, problem="cannot_undo", status=409)
        except _Refused as refused:
            return await _record_page(request, problem=str(refused), status=422)
        except RecordError as error:
            problem = "closure" if any(each.startswith("closed_until") for each in error.reasons) else "fields"
            return await _record_page(request, problem=problem, status=422)
        request.app.state.services.directory.look_again()
        return see_other(request, f"/directory/{key}", done=then if done else "unchanged")

    return endpoint


class _Refused(Exception):
    """The form cannot be carried out; the text names its words."""


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise _Refused("not_noted") from None


def _number(text: str | None) -> int:
    if not (text and text.isascii() and text.isdigit() and len(text) < 12):
        raise NoSuchService(str(text)[:20])
    return int(text)


def _verify(maintenance: Maintenance, by: str, key: str, form: dict[str, str]) -> bool:
    on = _day(form.get("on"))
    if on > today():
        raise _Refused("future")
    url = form.get("url", "")
    return maintenance.verify(by, key, on, form.get("source", "")[:200] or None, url[:500] if url.lower().startswith(("https://", "http://")) else None)


def _close(maintenance: Maintenance, by: str, key: str, form: dict[str, str]) -> bool:
    reason = {code: form[f"reason_{code}"][:200] for code in LANGUAGES if form.get(f"reason_{code}")}
    return maintenance.close(by, key, _day(form.get("from")), _day(form["until"]) if form.get("until") else None, reason or None)


def _reopen(maintenance: Maintenance, by: str, key: str, form: dict[str, str]) -> bool:
    return maintenance.reopen(by, key)


def _undo(maintenance: Maintenance, by: str, key: str, form: dict[str, str]) -> bool:
    return maintenance.undo(by, key, _number(form.get("change")))


def _settle(maintenance: Maintenance, by: str, key: str, form: dict[str, str]) -> bool:
    name = form.get("take") or form.get("keep") or ""
    return maintenance.settle(by, key, name, take="take" in form)


def _treat(maintenance: Maintenance, by: str, key: str, form: dict[str, str]) -> bool:
    outcome = "fixed" if "fixed" in form else "not_wrong"
    return bool(maintenance.treat(by, [_number(form.get(outcome))], outcome))


routes = [
    Route("/directory", listing, methods=["GET"]),
    Route("/directory/{id}", record, methods=["GET"]),
    Route("/directory/{id}/edit", edit, methods=["GET"]),
    Route("/directory/{id}/edit", save, methods=["POST"]),
    Route("/directory/{id}/verify", acting("verified", _verify), methods=["POST"]),
    Route("/directory/{id}/close", acting("closed", _close), methods=["POST"]),
    Route("/directory/{id}/reopen", acting("reopened", _reopen), methods=["POST"]),
    Route("/directory/{id}/undo", acting("undone", _undo), methods=["POST"]),
    Route("/directory/{id}/source", acting("settled", _settle), methods=["POST"]),
    Route("/directory/{id}/reports", acting("treated", _treat), methods=["POST"]),
]
