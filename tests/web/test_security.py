"""What every answer carries, and what is refused."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.web.rendering import STATIC, address_of
from bot.web.security import BODY_LIMIT, SecurityHeaders
from tests.web.forms import Page

# The whole page before the first message, its look and its script, as they come (product.md, R11).
FIRST_PAGE_LIMIT = 50_000
EMBED_LIMIT = 3_000

PAGES = ["/", "/?lang=en", "/d/clinique", "/embed", "/confidentialite", "/privacy", "/rien"]


@pytest.mark.parametrize("address", [*PAGES, "/static/style.css", "/api/rien"])
def test_every_answer_carries_the_headers(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "geolocation=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "default-src 'none'" in policy


@pytest.mark.parametrize(("address", "ancestors"), [
    ("/", "'none'"), ("/embed", "http: https:"), ("/embedded", "'none'"), ("/privacy", "'none'"), ("/embed/chat", "http: https:"),
])
def test_only_the_embedded_page_may_stand_in_a_frame(client: TestClient, address: str, ancestors: str) -> None:
    headers = client.get(address, follow_redirects=False).headers
    assert headers["content-security-policy"].endswith(f"frame-ancestors {ancestors}")
    assert ("x-frame-options" in headers) == (ancestors == "'none'")


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(client: TestClient, address: str) -> None:
    html = client.get(address).text
    for tag, given in Page(html).tags:
        assert tag != "style" and "style" not in given, tag
        assert not [name for name in given if name.startswith("on")], tag
        if tag in ("script", "img", "link", "iframe"):
            assert (given.get("src") or given.get("href") or "").startswith("/static/"), given
    assert not re.search(r"<script[^>]*>[^<]", html)


def test_no_cookie_is_ever_set(client: TestClient) -> None:
    page = client.get("/")
    answer = client.post("/chat", data={**Page(page.text).fields, "text": "manger"})
    assert "set-cookie" not in page.headers and "set-cookie" not in answer.headers


def test_pages_are_never_kept_and_versioned_files_are(client: TestClient) -> None:
    assert client.get("/").headers["cache-control"] == "no-store"
    assert "immutable" in client.get(address_of("style.css")).headers["cache-control"]
    assert client.get("/static/embed.js").headers["cache-control"] == "public, max-age=3600"
    assert "immutable" not in client.get("/static/style.css?v=other").headers["cache-control"]


def test_only_the_partners_script_is_for_other_origins(client: TestClient) -> None:
    assert client.get("/static/embed.js").headers["cross-origin-resource-policy"] == "cross-origin"
    assert client.get("/static/chat.js").headers["cross-origin-resource-policy"] == "same-origin"


def test_strict_transport_security_only_where_the_public_address_is_https() -> None:
    for https in (False, True):
        answer = TestClient(SecurityHeaders(Starlette(), https=https)).get("/")
        assert ("strict-transport-security" in answer.headers) == https


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_at_the_limit_passes_and_one_byte_more_is_refused(client: TestClient, chunked: bool) -> None:
    for size, refused in ((BODY_LIMIT, False), (BODY_LIMIT + 1, True)):
        body = b"text=" + b"a" * (size - 5)
        content = iter([body[:1000], body[1000:]]) if chunked else body
        answer = client.post("/chat", content=content, headers={"content-type": "application/x-www-form-urlencoded"})
        assert (answer.status_code == 413) == refused


def test_the_longest_text_fits_the_body_limit(client: TestClient) -> None:
    fields = Page(client.get("/").text).fields
    assert client.post("/chat", data={**fields, "text": "🚪" * 4096}).status_code == 200


@pytest.mark.parametrize("address", ["/", "/?lang=en"])
def test_everything_before_the_first_message_is_under_50_kb(client: TestClient, address: str) -> None:
    html = client.get(address).text
    files = {given.get("src") or given.get("href") for tag, given in Page(html).tags if tag in ("script", "img", "link")}
    # The telephone's drawing is named by the style sheet.
    sizes = [len(client.get(file or "").content) for file in files] + [(STATIC / "phone.svg").stat().st_size]
    assert len(html.encode()) + sum(sizes) < FIRST_PAGE_LIMIT


def test_the_partners_script_is_under_3_kb() -> None:
    assert (STATIC / "embed.js").stat().st_size < EMBED_LIMIT
