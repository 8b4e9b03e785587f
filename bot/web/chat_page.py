"""The residents' page. It works whole without JavaScript: every act is a form, and the conversation's id and token travel
in the page that answers it (no cookie, nothing in an address, nothing in the browser's history). chat.js improves it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot import safety
from bot.channels.api import client_address
from bot.conversation.core import NoSuchConversation, TooManyMessages
from bot.needs import all_needs
from bot.web.rendering import WORDS, language_of, page, static_mount
from bot.words import LANGUAGES

__all__ = ["URGENT_LINES", "routes"]

logger = logging.getLogger(__name__)

# Always in sight, whatever happens to the rest; the second is the one shown beside our own failures.
URGENT_LINES = ("911", "811-2", "appelle")
# Where the quick exit leads: the weather office, which nobody wonders about.
EXIT = {"fr": "https://meteo.gc.ca/", "en": "https://weather.gc.ca/"}
# The core cuts longer texts (bot/conversation/reception.py); the page keeps people from writing them.
TEXT_LIMIT = 4096
FIELD_LIMIT = 200
# A door as it stands in a link or a QR code.
DOOR = re.compile(r"[A-Za-z0-9_-]{1,64}")
# What the scripts say.
SCRIPT_SECTIONS = ("who.", "status.", "line.", "card.", "languages.", "erased.")
SCRIPT_WORDS = ("conversation.choices", *(f"problem.{name}" for name in (
    "empty", "too_many", "broken", "gone", "not_sent", "retry", "cannot_wait")))


@dataclass(frozen=True, slots=True)
class Said:
    """What came with the form, and where the person is: a page as a whole, or the frame in a partner's."""

    language: str
    prefix: str = ""
    conversation: str = ""
    token: str = ""
    door: str = ""
    once: str = ""
    text: str = ""
    choice: str = ""
    action: str = ""

    @property
    def client_id(self) -> str:
        """The same for the same words sent again from the same page (a reload, a double tap), and only then."""
        return f"{self.once}:{hashlib.sha256(f'{self.choice}|{self.text}'.encode()).hexdigest()[:24]}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows besides what was said: messages and who speaks, or what went wrong."""

    messages: list[dict[str, Any]]
    status: str = "assistant"
    problem: str | None = None
    code: int = 200
    retry_after: int | None = None
    erased: bool = False
    ahead: int = 0


async def start(request: Request) -> Response:
    """The page before the first message: nothing is written down until the person writes."""
    door = request.path_params.get("door") or request.query_params.get("door", "")
    prefix = "/embed" if request.url.path == "/embed" else ""
    said = Said(language_of(request), prefix, door=door if DOOR.fullmatch(door) else "")
    return _answer(request, said, Shown([]), posted=False)


async def say(request: Request) -> Response:
    """One act of a person without JavaScript: a text, a choice, a look for answers, or erasing."""
    said = await _read(request)
    try:
        if len(said.text) > TEXT_LIMIT:
            return _answer(request, said, await _failed(request, said, "too_long", 422))
        return await _act(request, said)
    except NoSuchConversation:
        if said.choice.startswith("erase"):
            return _erased(request, said)
        return _answer(request, _unopened(said), Shown([], problem="gone", code=404))
    except Exception as error:  # whatever it is, the person keeps the text and has a line to call
        logger.error("the chat page could not answer: %s", type(error).__name__)  # its text may hold what was written
        return _answer(request, said, await _failed(request, said, "broken", 503))


async def _act(request: Request, said: Said) -> Response:
    conversations = request.app.state.services.conversations
    if said.conversation and not await conversations.authorised(said.conversation, said.token):
        raise NoSuchConversation(said.conversation)
    if said.action == "erase":
        if said.conversation:
            await conversations.erase(said.conversation)
        return _erased(request, said)
    if not said.conversation and said.choice in ("language:fr", "language:en"):
        return _answer(request, replace(said, language=said.choice[-2:], choice=""), Shown([]))
    if said.action == "refresh" and said.conversation:
        return _answer(request, said, await _thread(request, said))
    if not said.choice and not said.text.strip():
        return _answer(request, said, await _failed(request, said, "empty", 422))
    if not said.conversation:
        if not await request.app.state.services.floods.allow("conversations", client_address(request)):
            return _answer(request, said, Shown([], problem="too_many_conversations", code=429, retry_after=3600))
        opened = await conversations.open(channel="web", language=said.language, door=said.door or None)
        said = replace(said, conversation=opened.id, token=opened.token)
    return await _post(request, said)


async def _post(request: Request, said: Said) -> Response:
    """Send one message. From here on the conversation exists: a failure keeps its id and token in the page."""
    conversations = request.app.state.services.conversations
    try:
        await conversations.post(said.conversation, text=None if said.choice else said.text, choice=said.choice or None,
                                 client_id=said.client_id)
        shown = await _thread(request, said)
    except NoSuchConversation:
        raise
    except TooManyMessages as flood:
        return _answer(request, said, await _failed(request, said, "too_many", 429, flood.retry_after))
    except Exception as error:
        logger.error("a message could not be answered: %s", type(error).__name__)
        return _answer(request, said, await _failed(request, said, "broken", 503))
    # A text beside a choice was not sent: it stays in its field.
    rest = replace(said, text=said.text if said.choice else "", choice="", once="")
    return _answer(request, replace(rest, language=_spoken(shown.messages, said.language)), shown)


async def _thread(request: Request, said: Said) -> Shown:
    thread = await request.app.state.services.conversations.messages(said.conversation)
    return Shown(thread.messages, thread.status, ahead=thread.ahead)


async def _failed(request: Request, said: Said, name: str, code: int, retry_after: int | None = None) -> Shown:
    """A problem told beside as much of the conversation as can still be had."""
    try:
        shown = await _thread(request, said) if said.conversation else Shown([])
    except Exception:
        shown = Shown([])
    return replace(shown, problem=name, code=code, retry_after=retry_after)


def _erased(request: Request, said: Said) -> Response:
    return _answer(request, replace(_unopened(said), text="", choice=""), Shown([], erased=True))


def _unopened(said: Said) -> Said:
    return replace(said, conversation="", token="", once="")


def _spoken(messages: list[dict[str, Any]], before: str) -> str:
    """The language of the conversation: that of the last message that is not the resident's."""
    return next((one["language"] for one in reversed(messages) if one["from"] != "resident"), before)


async def _read(request: Request) -> Said:
    form = await request.form(max_files=0, max_fields=20)

    def field(name: str, limit: int = FIELD_LIMIT) -> str:
        value = form.get(name)
        return value[:limit] if isinstance(value, str) else ""

    asked, door = field("language"), field("door")
    # Browsers send line breaks as CR LF; the maxlength of the field counts them as one.
    text = field("text", 2 * TEXT_LIMIT).replace("\r\n", "\n")
    return Said(
        language=asked if asked in LANGUAGES else language_of(request),
        prefix="/embed" if request.url.path.startswith("/embed") else "",
        conversation=field("conversation"), token=field("token"), door=door if DOOR.fullmatch(door) else "",
        once=field("once")[:32], text=text, choice=field("choice"), action=field("action"),
    )


def _answer(request: Request, said: Said, shown: Shown, *, posted: bool = True) -> Response:
    messages = shown.messages
    answered = max((one["seq"] for one in messages if one["from"] == "resident"), default=0)
    after = [one["seq"] for one in messages if one["seq"] > answered]
    return page(
        request, "chat.html", said.language, status=shown.code,
        headers={"Retry-After": str(shown.retry_after)} if shown.retry_after else None,
        page="chat", embed=bool(said.prefix), prefix=said.prefix, posted=posted,
        conversation=said.conversation, token=said.token, door=said.door, once=said.once or secrets.token_hex(8), text=said.text,
        messages=messages, speaks=shown.status, ahead=shown.ahead, answered=answered, latest=after[0] if after else answered,
        problem=WORDS(said.language, f"problem.{shown.problem}") if shown.problem else None,
        urgent_too=shown.code == 429 or shown.code >= 500, erased=shown.erased,
        urgent=urgent_lines(said.language), needs=list(all_needs().values()), settings=request.app.state.services.settings,
        exit_url=EXIT[said.language], privacy_url="/confidentialite" if said.language == "fr" else "/privacy",
        text_limit=TEXT_LIMIT, script_words=_script_words(),
    )


def urgent_lines(language: str) -> list[dict[str, Any]]:
    """The lines that every page shows, as helplines of the contract."""
    return [line.as_dict(language) for line in safety.lines_by_id(URGENT_LINES)]


def _script_words() -> Markup:
    """What chat.js says, in both languages, ready for an attribute in single quotes."""
    texts = {
        language: {name: text[language] for name, text in WORDS.texts.items() if name.startswith(SCRIPT_SECTIONS) or name in SCRIPT_WORDS}
        for language in LANGUAGES
    }
    raw = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    return Markup(raw.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;"))


async def privacy(request: Request) -> Response:
    """The privacy notice: /confidentialite in French, /privacy in English, `?lang=` as everywhere."""
    language = "fr" if request.url.path == "/confidentialite" else "en"
    if request.query_params.get("lang") in LANGUAGES:
        language = language_of(request)
    return page(request, "privacy.html", language, page="privacy", settings=request.app.state.services.settings)


async def again(request: Request) -> Response:
    """Somebody reloads or follows the address of an answer: the page begins anew."""
    return RedirectResponse("/embed" if request.url.path.startswith("/embed") else "/", 303)


routes = [
    Route("/", start),
    Route("/d/{door}", start),
    Route("/embed", start),
    Route("/chat", say, methods=["POST"]),
    Route("/embed/chat", say, methods=["POST"]),
    Route("/chat", again),
    Route("/embed/chat", again),
    Route("/confidentialite", privacy),
    Route("/privacy", privacy),
    static_mount,
]
