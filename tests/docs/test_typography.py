"""French texts that people see have the no-break spaces that French typography wants, so that no line begins with a colon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scripts.no_break_spaces import main, mended

ROOT = Path(__file__).parents[2]
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


@pytest.mark.parametrize("name", FILES)
def test_french_texts_keep_their_no_break_spaces(name: str) -> None:
    wrong = [text for text in french(list(yaml.safe_load_all((ROOT / name).read_text("utf-8")))) if mended(text) != text]
    assert wrong == []


def test_so_do_the_responses_of_the_dialogue() -> None:
    """The French variation of each, and the French half of the bilingual one."""
    responses = yaml.safe_load((ROOT / "stories/domain/responses.yml").read_text("utf-8"))["responses"]
    said = [text for french, _, both in responses.values() for text in (french["text"], both["text"].partition("\n\n")[0])]
    assert [text for text in said if mended(text) != text] == []


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
