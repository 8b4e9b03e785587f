"""French texts that people see have the no-break spaces that French typography wants, so that no line begins with a colon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scripts.no_break_spaces import main, mended

ROOT = Path(__file__).parents[2]
# Not yet; `python -m scripts.no_break_spaces FILE` mends one. stories/domain/responses.yml is part of the model's digest:
# mended with the next training.
NOT_YET = frozenset({
    "bot/channels/people_words.yml", "bot/channels/telegram/words.yml", "bot/conversation/words.yml", "bot/directory/embedded/lanaudiere.yml",
    "bot/directory/embedded/lines.yml", "bot/directory/words.yml", "bot/safety/helplines.yml", "bot/web/account_words.yml",
    "bot/web/admin_words.yml", "bot/web/desk_words.yml",
})
FILES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "bot").rglob("*.yml"))


def french(node: object) -> Iterator[str]:
    """Every text under a key fr."""
    if isinstance(node, dict):
        for key, below in node.items():
            if key == "fr" and isinstance(below, str):
                yield below
            yield from french(below)
    elif isinstance(node, list):
        for below in node:
            yield from french(below)


@pytest.mark.parametrize("name", [name for name in FILES if name not in NOT_YET])
def test_french_texts_keep_their_no_break_spaces(name: str) -> None:
    wrong = [text for text in french(list(yaml.safe_load_all((ROOT / name).read_text("utf-8")))) if mended(text) != text]
    assert wrong == []


@pytest.mark.parametrize(("typed", "printed"), [
    ("Lieux : « ici »", "Lieux\u00a0: «\u00a0ici\u00a0»"), ("Pourquoi ? Voilà !", "Pourquoi? Voilà!"), ("{a} : {b}", "{a}\u00a0: {b}"),
    ("https://exemple.invalid, 8:30", "https://exemple.invalid, 8:30"), ("De 5 à 30 minutes", "De 5 à 30 minutes"),
])
def test_only_spaces_beside_signs_change(typed: str, printed: str) -> None:
    assert mended(typed) == printed == mended(printed)


def test_the_english_beside_it_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "words.yml"
    path.write_text('one: {fr: "Un : deux", en: "One : two"}\n', "utf-8")
    main([str(path)])
    assert path.read_text("utf-8") == 'one: {fr: "Un\u00a0: deux", en: "One : two"}\n'
