"""Vectors of examples kept between two trainings: only new texts are embedded, and the result is the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.meaning import embed_all
from nlu.components import kept_vectors

TEXTS = ["mon frigo est vide", "I need a bed tonight", "mon frigo est vide", "bonjour"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the encoder was asked for."""
    texts: list[str] = []

    def noted(more: list[str]) -> np.ndarray:
        texts.extend(more)
        return embed_all(more)

    monkeypatch.setattr(kept_vectors, "embed_all", noted)
    return texts


def test_they_are_those_of_the_encoder_in_half_precision(tmp_path: Path) -> None:
    kept = kept_vectors.embed_kept(TEXTS, tmp_path / "vectors.npz")
    assert kept.dtype == np.float16
    np.testing.assert_allclose(kept, embed_all(TEXTS), atol=1e-3)


def test_only_new_texts_are_embedded_and_nothing_else_changes(tmp_path: Path, asked: list[str]) -> None:
    file = tmp_path / "vectors.npz"
    first = kept_vectors.embed_kept(TEXTS, file)
    assert asked == ["mon frigo est vide", "I need a bed tonight", "bonjour"]
    asked.clear()
    again = kept_vectors.embed_kept(["merci", *TEXTS], file)
    assert asked == ["merci"]
    np.testing.assert_array_equal(again[1:], first)


def test_what_is_no_longer_an_example_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "vectors.npz"
    kept_vectors.embed_kept(TEXTS, file)
    kept_vectors.embed_kept(TEXTS[:1], file)
    assert len(np.load(file)["keys"]) == 1


@pytest.mark.parametrize("content", [b"", b"not a file of vectors", None], ids=["empty", "broken", "another encoder's"])
def test_a_file_that_does_not_serve_is_made_anew(tmp_path: Path, asked: list[str], content: bytes | None) -> None:
    file = tmp_path / "vectors.npz"
    if content is None:
        kept_vectors.embed_kept(TEXTS, file)
        with np.load(file) as old:
            np.savez(file, model="another", keys=old["keys"], vectors=old["vectors"])
        asked.clear()
    else:
        file.write_bytes(content)
    kept_vectors.embed_kept(TEXTS, file)
    assert len(asked) == 3
    assert len(np.load(file)["keys"]) == 3


def test_no_examples_at_all(tmp_path: Path) -> None:
    assert kept_vectors.embed_kept([], tmp_path / "vectors.npz").shape == (0, 512)
