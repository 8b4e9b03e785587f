"""A door's poster and its QR codes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.demand.doors import add_door
from bot.settings import Settings
from bot.store.engine import writing
from bot.web.door_posters import links_of, qr_svg, routes
from tests.demand.conftest import SignedIn

ADMINISTRATOR = SimpleNamespace(advised=(), roles=("administrator",))
SETTINGS = Settings(public_url="https://aide.example.org", telegram_name="ExempleBot")


@pytest.fixture
def door(engine):
    with writing(engine) as connection:
        add_door(connection, "clsc", "CLSC de démonstration")
    return engine


def get(engine, address, person=ADMINISTRATOR, settings=SETTINGS):
    return TestClient(SignedIn(Starlette(routes=list(routes(engine, settings))), person), follow_redirects=False).get(address)


@pytest.mark.parametrize(("size", "sheet"), [("a4", "poster-a4.css"), ("letter", "poster-letter.css"), ("b5", "poster-a4.css")])
def test_a_poster_is_bilingual_with_both_codes_and_the_lines_to_call(door, size, sheet):
    text = get(door, f"/doors/clsc/poster?size={size}&lang=en").text
    assert sheet in text
    for said in ("Besoin d’aide?", "Need help?", "CLSC de démonstration", "aide.example.org/d/clsc", "t.me/ExempleBot?start=clsc", "911", "1 866 277-3553",
                 "/doors/clsc/qr-web.svg", "/doors/clsc/qr-telegram.svg"):
        assert said in text
    assert "<script" not in text and "style=" not in text


def test_the_codes_are_images_of_the_links(door):
    answer = get(door, "/doors/clsc/qr-telegram.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content == qr_svg("https://t.me/ExempleBot?start=clsc") != qr_svg("https://aide.example.org/d/clsc")
    assert b"style" not in answer.content


def test_without_the_bot_s_name_there_is_no_telegram_code(door):
    settings = Settings(public_url="https://aide.example.org")
    assert links_of(settings, "clsc") == {"web": "https://aide.example.org/d/clsc"}
    assert "qr-telegram" not in get(door, "/doors/clsc/poster", settings=settings).text
    assert get(door, "/doors/clsc/qr-telegram.svg", settings=settings).status_code == 404


def test_only_an_administrator_prints_and_only_a_door_has_a_poster(door):
    assert get(door, "/doors/clsc/poster", SimpleNamespace(advised=(), roles=("table",))).status_code == 403
    assert get(door, "/doors/clsc/poster", None).status_code == 303
    assert get(door, "/doors/other/poster").status_code == 404
    assert get(door, "/doors/other/qr-web.svg").status_code == 404
