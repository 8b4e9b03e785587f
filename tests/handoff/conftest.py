"""Conversations, navigators and a desk on a database, on both kinds; and the navigators' application on top."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from bot.channels import desk_api, handoff_api, session_api
from bot.channels.people_middleware import PeopleMiddleware
from bot.channels.problems import problem_handlers
from bot.conversation import storage
from bot.conversation.desk_side import DeskSide
from bot.conversation.tables import conversations, messages, outbox
from bot.directory.catalogue import Directory
from bot.directory.imports.apply import apply
from bot.directory.imports.batch import Batch
from bot.handoff import requests
from bot.handoff.desk import Desk
from bot.people.people import People
from bot.people.person import Person
from bot.settings import Settings
from bot.store.engine import make_engine, reading, writing
from bot.store.schema import all_tables
from bot.web import desk, login_page, refer_page
from bot.web.rendering import static_mount
from bot.web.security import SecurityHeaders
from bot.web.staff_pages import words
from tests.browser import serving
from tests.directory.samples import make

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
PASSWORD = "un mot de passe assez long"
SOREL, JOLIETTE = "1623", "1411"
KNOWN = {"needs": ["food"], "place": None, "territory": SOREL, "for_other": False, "age_band": None, "shown": []}
CARD = {
    "id": "essai-1", "name": "Comptoir d’essai", "organization": "Organisme d’essai", "needs": ["food"], "phone": None,
    "address": None, "municipality": "Sorel-Tracy", "distance_km": None, "open_now": None, "opens_at": None, "hours": None,
    "languages": ["fr"], "cost": None, "eligibility": None, "bring": None, "accessibility": None, "url": None, "map_url": None,
    "why": [], "cautions": [], "verified_on": None, "source": "essai",
}


@dataclass
class House:
    """What the tests act on: `talk` makes a conversation, `ask` puts one in the queue."""

    engine: Engine
    people: People
    desk: Desk
    settings: Settings
    made: dict[str, Person] = field(default_factory=dict)

    def navigator(self, name: str = "anne", *, roles: tuple[str, ...] = ("navigator",), territories: tuple[str, ...] = ("all",),
                  **more: Any) -> Person:
        return self.people.add(f"{name}@example.org", PASSWORD, roles, name=name.title(), territories=territories, now=NOON, **more)

    def people_by(self, name: str) -> Person:
        return self.people.get(f"{name}@example.org").person

    def talk(self, *, channel: str = "web", ref: str | None = None, language: str = "fr", said: str | None = "J’ai faim") -> str:
        with writing(self.engine) as connection:
            conversation_id, _ = storage.create(connection, channel=channel, language=language, door=None, channel_ref=ref, now=NOON)
            if said:
                row = storage.lock(connection, conversation_id)
                storage.resident_says(connection, row, text=said, choice=None, client_id=None, handled=True, now=NOON)
        return conversation_id

    def ask(self, conversation_id: str | None = None, *, language: str = "fr", urgency: str = "normal", now: datetime = NOON,
            **known: Any) -> str:
        conversation_id = conversation_id or self.talk(language=language)
        with writing(self.engine) as connection:
            storage.lock(connection, conversation_id)
            connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(status="waiting"))
            return requests.create(connection, conversation_id, known={**KNOWN, **known}, language=language, urgency=urgency, now=now)

    def conversation(self, conversation_id: str) -> Any:
        with reading(self.engine) as connection:
            return storage.find(connection, conversation_id)

    def said(self, conversation_id: str) -> list[Any]:
        with reading(self.engine) as connection:
            return connection.execute(
                select(messages).where(messages.c.conversation_id == conversation_id).order_by(messages.c.seq)
            ).all()

    def sent(self, conversation_id: str) -> list[Any]:
        with reading(self.engine) as connection:
            return connection.execute(select(outbox).where(outbox.c.conversation_id == conversation_id).order_by(outbox.c.seq)).all()

    def resident_says(self, conversation_id: str, text: str) -> None:
        with writing(self.engine) as connection:
            row = storage.lock(connection, conversation_id)
            storage.resident_says(connection, row, text=text, choice=None, client_id=None, handled=True, now=NOON)


def sqlite(folder: Path) -> Engine:
    """A database with the whole schema, on SQLite only: for pages, which add no query to those tested on both kinds."""
    made = make_engine(f"sqlite:///{folder / 'test.db'}")
    all_tables().create_all(made)
    return made


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """What a file about pages takes for its `engine`."""
    made = sqlite(tmp_path)
    yield made
    made.dispose()


def directory_of(engine: Engine) -> Directory:
    """A real directory: one service for food in Sorel-Tracy, that of CARD, and one for seniors in Joliette."""
    apply(engine, Batch("essai", [
        make(CARD["id"], name={"fr": CARD["name"], "en": "Test counter"}, organization={"id": "org", "name": {"fr": CARD["organization"]}},
             location={"address": "1, rue d’Essai", "municipality": "53052", "lat": 46.0417, "lon": -73.1136},
             area={"kind": "mrc", "codes": ["53"]}, languages=["fr"]),
        make("aines", name={"fr": "Repas des aînés", "en": "Seniors’ meals"}, min_age=65, languages=["fr"]),
    ]))
    return Directory(engine)


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> House:
    settings = Settings(data=tmp_path, limit_logins=3)
    return House(engine, People(engine, settings), Desk(engine, DeskSide(engine)), settings)


@pytest.fixture
def anne(house: House) -> Person:
    return house.navigator("anne")


@pytest.fixture
def ben(house: House) -> Person:
    return house.navigator("ben")


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def application(house: House, settings: Settings | None = None) -> Starlette:
    """The navigators' part of the public application."""
    app = Starlette(
        routes=[*session_api.routes, *handoff_api.routes, *desk_api.routes, *login_page.routes, *desk.routes, *refer_page.routes, static_mount],
        middleware=[Middleware(SecurityHeaders), Middleware(PeopleMiddleware)],
        exception_handlers=problem_handlers,
    )
    app.state.services = SimpleNamespace(engine=house.engine, people=house.people, desk=house.desk,
                                         settings=settings or house.settings, directory=directory_of(house.engine))
    app.state.stopping = asyncio.Event()
    return app


@pytest.fixture
def client(house: House) -> TestClient:
    return TestClient(application(house), base_url="http://127.0.0.1:8000", follow_redirects=False)


@pytest.fixture
def signed_in(house: House) -> Callable[..., TestClient]:
    """A client with a session: signed_in("anne@example.org")."""

    def make(email: str = "anne@example.org") -> TestClient:
        made = TestClient(application(house), base_url="http://127.0.0.1:8000", follow_redirects=False)
        assert made.post("/api/session", json={"email": email, "password": PASSWORD}).status_code == 200
        return made

    return make


@pytest.fixture
def origin(house: House) -> Iterator[str]:
    with serving(application(house)) as address:
        yield address


@pytest.fixture
def tab(origin: str, open_tab: Callable[..., Any]) -> Callable[..., Any]:
    """tab(width=1280): a page of a new profile, signed in as Anne."""

    def sign_in(email: str = "anne@example.org", **more: Any) -> Any:
        page = open_tab(origin, **more)
        page.goto("/login")
        page.get_by_label(words("fr", "login.email")).fill(email)
        page.get_by_label(words("fr", "login.password")).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk")
        return page

    return sign_in


def opened(house: House, tab: Callable[..., Any], conversation_id: str | None = None, **more: Any) -> tuple[Any, str]:
    """(page, request id) with a request of Anne's open."""
    request_id = house.ask(conversation_id)
    page = tab(**more)
    page.locator(f"#claim-{request_id}").click()
    page.wait_for_url(f"**/desk/{request_id}")
    return page, request_id
