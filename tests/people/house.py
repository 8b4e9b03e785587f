"""The whole public application over a real database, with a stand-in for the assistant alone: what staff's pages run on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.conversation.assistant import AssistantFailure
from bot.people.people import People
from bot.people.person import Person
from bot.runtime.app import public_app
from bot.runtime.services import Services, build
from bot.settings import Settings
from bot.web.security import protected

__all__ = ["KEY", "PASSWORD", "House", "Page", "make_house"]

PASSWORD = "un mot de passe assez long"
KEY = "a key for tests, of thirty-two characters"
ORIGIN = "http://127.0.0.1:8000"


class NoAssistant:
    """An assistant that never answers: the house holds all the same."""

    async def ready(self) -> bool:
        return False

    async def turn(self, *given: Any) -> Any:
        raise AssistantFailure("none in this test")


@dataclass
class House:
    """`client(email)`: somebody signed in over HTTP; `person(...)`: an account."""

    services: Services
    app: Starlette
    made: list[TestClient] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        return self.services.engine

    @property
    def people(self) -> People:
        return self.services.people

    def person(self, name: str = "anne", roles: tuple[str, ...] = ("navigator",), **more: Any) -> Person:
        return self.people.add(f"{name}@example.org", PASSWORD, roles, name=name.title(), **{"territories": ["all"], **more})

    def client(self, name: str | None = None, *, password: str = PASSWORD, code: str = "", https: bool = False) -> TestClient:
        made = TestClient(protected(self.app, https=https), base_url=ORIGIN, follow_redirects=False, headers={"accept": "text/html"},
                          client=("127.0.0.1", 50000))
        if name is not None:
            sent = made.post("/api/session", json={"email": f"{name}@example.org", "password": password, "code": code})
            assert sent.status_code == 200, sent.text
        return made


def make_house(engine: Engine, folder: Path, **settings: Any) -> House:
    services = build(Settings(data=folder, **{"secret_key": KEY, **settings}), engine, NoAssistant())  # type: ignore[arg-type]
    return House(services, public_app(services))


class Page(HTMLParser):
    """A page as a browser without script reads it: its forms, links, what a Content-Security-Policy would refuse, what has
    no label, and its text."""

    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, list[str]]] = {}
        self.links: list[str] = []
        self.inline: list[str] = []
        self.tags: list[str] = []
        self.labelled: set[str | None] = set()
        self.controls: list[str | None] = []
        self.text = ""
        self._form: dict[str, list[str]] | None = None
        self._select: str | None = None
        self._textarea: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if tag == "style" or "style" in found or any(name.startswith("on") for name in found) or (tag == "script" and not found.get("src")):
            self.inline.append(self.get_starttag_text() or tag)
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag == "label":
            self.labelled.add(found.get("for"))
        spoken = found.get("aria-label") or found.get("type") in ("hidden", "checkbox", "radio")
        if tag in ("input", "select", "textarea") and not spoken:
            self.controls.append(found.get("id"))
        if tag == "form":
            self._form = self.forms.setdefault(found.get("action") or "", {})
        if self._form is not None:
            name = found.get("name") or ""
            if tag == "input" and name and (found.get("type") not in ("checkbox", "radio") or "checked" in found):
                self._form.setdefault(name, []).append(found.get("value") or "")
            if tag == "select":
                self._select = name
            if tag == "textarea":
                self._textarea = name
                self._form.setdefault(name, []).append("")
            if tag == "option" and self._select and "selected" in found:
                self._form.setdefault(self._select, []).append(found.get("value") or "")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._textarea and self._form is not None:
            self._form[self._textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._textarea = None

    @property
    def unlabelled(self) -> list[str | None]:
        return [one for one in self.controls if one not in self.labelled]


def good(reply: Any, status: int = 200) -> Page:
    """A whole page of ours: the status, one <h1>, nothing inline, everything labelled, a strict policy."""
    assert reply.status_code == status, (reply.status_code, reply.headers.get("location"), re.sub(r"\s+", " ", reply.text)[:600])
    page = Page(reply.text)
    assert page.inline == [] and page.unlabelled == [] and page.tags.count("h1") == 1
    policy = reply.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    return page


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)
