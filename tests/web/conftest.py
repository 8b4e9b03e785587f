"""The residents' pages on a hand-written core, over Starlette's client or in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.testclient import TestClient

from bot.channels import api
from bot.channels.problems import problem_handlers
from bot.settings import Settings
from bot.web import chat_page
from bot.web.errors import for_people
from bot.web.security import protected
from tests.browser import serving
from tests.web.fakes import FakeConversations, FakeFloods


@dataclass
class House:
    """The application on fakes."""

    app: Starlette
    conversations: FakeConversations
    floods: FakeFloods
    origin: str = ""


def build() -> House:
    house = House(
        Starlette(
            routes=[*chat_page.routes, *api.routes],
            exception_handlers=for_people(problem_handlers),
        ),
        FakeConversations(), FakeFloods(),
    )
    settings = Settings(operator_name="Organisme d’exemple", privacy_officer="Camille Exemple, vieprivee@example.org")
    house.app.state.services = SimpleNamespace(conversations=house.conversations, floods=house.floods, settings=settings)
    house.app.state.stopping = asyncio.Event()
    return house


@pytest.fixture
def house() -> House:
    return build()


@pytest.fixture
def client(house: House) -> TestClient:
    return TestClient(protected(house.app), headers={"accept": "text/html"})


@pytest.fixture
def served(house: House) -> Iterator[House]:
    with serving(protected(house.app)) as house.origin:
        yield house
        house.app.state.stopping.set()


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Serves a page of somebody else's; gives its address."""
    with ExitStack() as stack:
        yield lambda html: stack.enter_context(serving(HTMLResponse(html)))


@pytest.fixture
def tab(served: House, open_tab):
    """A page of a fresh profile, at desktop width, on the served application."""
    return open_tab(served.origin, height=800)


@pytest.fixture
def context(tab):
    """The tab's profile."""
    return tab.context
