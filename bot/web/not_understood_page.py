"""What was not understood, for maintainers of the language: sentences that residents let us keep, masked, by language, with what
was guessed and what it was about in the end; treated (erased) or taken along as YAML. Every act is a form; no script.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.learning import sentences
from bot.learning.sentences import Sentence
from bot.needs import need_label
from bot.people import audit
from bot.store.base import utcnow
from bot.store.engine import reading, writing
from bot.web.rendering import page
from bot.web.staff_pages import navigation, other_language, page_of, reader, see_other
from bot.words import LANGUAGES, load_words

__all__ = ["routes"]

PATH = "/not-understood"
words = load_words(Path(__file__).with_name("not_understood_words.yml"))
DONE = ("treated", "nothing")
# One field a sentence; beyond it they are treated in several times.
FORM = {"max_files": 0, "max_fields": 2000}

for_maintainers = page_of(lambda person: person.keeps_the_directory)


def _listed(request: Request, language: str | None = None) -> list[Sentence]:
    with reading(request.app.state.services.engine) as connection:
        return sentences.listed(connection, language)


@for_maintainers
async def listing(request: Request) -> Response:
    """All kept sentences, under their language."""
    person, language = reader(request)
    kept = await run_in_threadpool(_listed, request)
    done = request.query_params.get("done")
    lang = request.query_params.get("lang")
    return page(
        request, "not_understood.html", language, words=words, page="not-understood", person=person, nav=navigation(person, language, PATH),
        elsewhere=other_language(request, language), lang=lang if lang in LANGUAGES else None,
        done=words(language, f"done.{done}") if done in DONE else None, days=request.app.state.services.settings.learning_days,
        groups=[(code, [one for one in kept if one.language == code]) for code in LANGUAGES],
        named=lambda needs: ", ".join(need_label(need, language) for need in needs),
    )


@for_maintainers
async def treated(request: Request) -> Response:
    """Erase the ticked sentences: they were learnt from, or are of no use. 303 to the list."""
    person, _ = reader(request)
    form = await request.form(**FORM)
    ticked = [key for value in form.getlist("sentence") if (key := _uuid(value)) is not None]

    def work() -> int:
        with writing(request.app.state.services.engine) as connection:
            gone = sum(sentences.treat(connection, key) for key in ticked)
            if gone and person is not None:
                audit.write(connection, person.id, "sentences_treated", utcnow())
            return gone

    gone = await run_in_threadpool(work)
    return see_other(request, PATH, done="treated" if gone else "nothing")


@for_maintainers
async def download(request: Request) -> Response:
    """The sentences of one language as YAML, to be rewritten into nlu/."""
    person, _ = reader(request)
    code = request.path_params["language"]
    if code not in LANGUAGES:
        raise HTTPException(404)

    def work() -> str:
        with writing(request.app.state.services.engine) as connection:
            if person is not None:
                audit.write(connection, person.id, "sentences_taken", utcnow(), languages=[code])
            return sentences.as_yaml(sentences.listed(connection, code), code)

    text = await run_in_threadpool(work)
    return Response(text, media_type="application/yaml", headers={
        "Content-Disposition": f'attachment; filename="not-understood-{code}.yml"', "Cache-Control": "no-store"})


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


routes = [
    Route(PATH, listing, methods=["GET"]),
    Route(f"{PATH}/treated", treated, methods=["POST"]),
    Route(f"{PATH}/{{language}}.yml", download, methods=["GET"]),
]
