"""The table's pages in a browser: WCAG 2.1 AA as far as axe sees it, and nothing that runs out of the page."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.applications import Starlette

from bot.demand.demonstrate import demonstrate
from bot.settings import Settings
from bot.store.engine import make_engine
from bot.store.schema import all_tables
from bot.web import demand_acts, demand_page, door_posters
from bot.web.rendering import static_mount
from bot.web.security import protected
from tests.demand.conftest import SignedIn
from tests.demand.test_demonstrate import NoServices
from tests.web.test_accessibility import faults

pytestmark = pytest.mark.browser
PAGES = ("/table", "/table?lang=en&theme=housing", "/table/brief", "/table/decisions?lang=en", "/table/register", "/chiffres", "/figures",
         "/doors/exemple-clsc/poster?size=letter")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Half a year of made-up months, behind the headers that the public server adds."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('pages') / 'pages.db'}")
    all_tables().create_all(engine)
    for _ in demonstrate(engine, NoServices(), monthly=250, seed=2, now=datetime(2026, 11, 28, tzinfo=UTC)):
        pass
    routes = [static_mount, *demand_page.routes(engine, public=True), *demand_acts.routes(engine),
              *door_posters.routes(engine, Settings(public_url="https://aide.example.org", telegram_name="ExempleBot"))]
    app = protected(SignedIn(Starlette(routes=routes), SimpleNamespace(roles=("administrator",))))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
    engine.dispose()


@pytest.fixture(scope="module")
def browser_tab(browser):
    return browser.new_page()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_fault_that_axe_sees_or_is_refused_a_file(address, browser_tab, page, scheme):
    said: list[str] = []
    browser_tab.on("console", lambda message: said.append(message.text))
    browser_tab.set_viewport_size({"width": 1280, "height": 800})
    browser_tab.emulate_media(color_scheme=scheme)
    browser_tab.goto(address + page)
    assert faults(browser_tab) == []
    assert said == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_runs_out_of_a_page_on_a_small_phone(address, browser_tab, page):
    browser_tab.set_viewport_size({"width": 320, "height": 640})
    browser_tab.goto(address + page)
    assert browser_tab.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_brief_prints_on_two_sheets_at_most_and_a_poster_on_one(address, browser_tab):
    for page, most in (("/table/brief", 2), ("/table/brief?lang=en", 2), ("/doors/exemple-clsc/poster?size=a4", 1), ("/doors/exemple-clsc/poster?size=letter", 1)):
        browser_tab.goto(address + page)
        printed = browser_tab.pdf(prefer_css_page_size=True, format="Letter")
        assert int(printed.split(b"/Count ")[1].split()[0].split(b">")[0]) <= most
