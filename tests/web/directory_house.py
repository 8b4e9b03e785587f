"""The maintainers' part of the public application over a real database, with accounts and a small invented directory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from bot.channels.people_middleware import PeopleMiddleware
from bot.channels.problems import problem_handlers
from bot.directory.catalogue import Directory
from bot.directory.finding import Finder
from bot.directory.imports.apply import apply
from bot.directory.imports.batch import Batch
from bot.directory.maintenance import Maintenance
from bot.people.people import People
from bot.settings import Settings
from bot.store.engine import make_engine
from bot.store.schema import all_tables
from bot.web import directory_page, login_page
from bot.web.rendering import static_mount
from bot.web.security import SecurityHeaders
from tests.directory.samples import make

PASSWORD = "un mot de passe assez long"
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@dataclass
class DirectoryHouse:
    engine: Engine
    people: People
    maintenance: Maintenance
    app: Starlette

    def client(self, role: str | None = "maintainer", name: str = "anne") -> TestClient:
        made = TestClient(self.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
        if role:
            self.people.add(f"{name}@example.org", PASSWORD, (role,), name=name.title(), territories=("all",), now=NOON)
            assert made.post("/login", data={"email": f"{name}@example.org", "password": PASSWORD}).status_code == 303
        return made


def build(folder: Path) -> DirectoryHouse:
    engine = make_engine(f"sqlite:///{folder / 'test.db'}")
    all_tables().create_all(engine)
    apply(engine, Batch("211", [
        make("frigo", name={"fr": "Frigo du quartier", "en": "Neighbourhood fridge"}, description={"fr": "Des repas."}),
        make("vieux", source={"name": "Essai", "date": "2020-08"}), make("jamais", status="unverified"),
    ]))
    settings, people, maintenance = Settings(data=folder), None, Maintenance(engine)
    people = People(engine, settings)
    app = Starlette(
        routes=[*login_page.routes, *directory_page.routes, static_mount],
        middleware=[Middleware(SecurityHeaders), Middleware(PeopleMiddleware)], exception_handlers=problem_handlers,
    )
    app.state.services = SimpleNamespace(engine=engine, people=people, settings=settings, directory=Directory(engine), maintenance=maintenance,
                                         finder=Finder(engine))
    app.state.stopping = asyncio.Event()
    return DirectoryHouse(engine, people, maintenance, app)
