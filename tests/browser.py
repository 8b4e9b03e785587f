"""A real browser for tests, and an application behind a real port for it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium without a window; the test is skipped, with what to do, where there is none."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(BROWSERS)}; on Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The application behind a real port; its origin. Streams that it still gives are told to end."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    state = getattr(app, "state", None)
    if hasattr(state, "stopping"):
        state.stopping.set()
    server.should_exit = True
    thread.join(5)


def holds(page: Any, script: str, seconds: float = 20) -> None:
    """Waits until a JavaScript expression is true on the page. Playwright's own wait_for_function evaluates it in the page
    again and again, which our Content-Security-Policy refuses. Raises AssertionError."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(script):
        assert time.monotonic() < deadline, f"not so within {seconds} s: {script}"
        page.wait_for_timeout(50)
