"""The words of the pages: both languages whole, and every name that a page uses exists."""

from __future__ import annotations

import re
import string

import pytest

from bot.web.chat_page import _script_words
from bot.web.rendering import STATIC, WORDS

TEMPLATES = STATIC.parent / "templates"
OURS = ("base.html", "chat.html", "privacy.html", "error.html", "_message.html")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", sorted(WORDS.texts))
def test_both_languages_say_it_with_the_same_places_to_fill(name: str) -> None:
    text = WORDS.texts[name]
    assert text["fr"].strip() and text["en"].strip()
    assert places(text["fr"]) == places(text["en"])


@pytest.mark.parametrize("name", sorted(WORDS.texts))
def test_french_typography_is_tidy(name: str) -> None:
    french = WORDS.texts[name]["fr"]
    assert "'" not in french and '"' not in french
    assert not re.search(r" [:»?!;]|« ", french), "a breaking space where a line must not break"


@pytest.mark.parametrize("template", OURS)
def test_every_name_in_a_template_exists(template: str) -> None:
    source = (TEMPLATES / template).read_text("utf-8")
    named = re.findall(r"""\b(?:t|site)\(["']([\w.]+)["']\s*[),]""", source) + re.findall(r"""\bw\(language, ["']([\w.]+)["']\s*[),]""", source)
    assert [name for name in named if name not in WORDS.texts] == []


def test_every_name_in_the_scripts_is_given_to_them() -> None:
    given = str(_script_words())
    for script in ("chat.js", "draw.js"):
        for name in re.findall(r"""\bt\(\w+, ["']([\w.]+\w)["']\s*[),]""", (STATIC / script).read_text("utf-8")):
            assert f'"{name}":' in given, name
