"""What the classifier sees of a message: its meaning (sentence encoder), its words and its letters.

Meaning carries what no word says; words and letters carry names, joual and slips of the thumb. Each part alone is
measured in bench/pipelines.py.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from bot.meaning import embed_all
from nlu.components.kept_vectors import embed_kept

__all__ = ["PARTS", "MessageFeatures", "plain"]

PARTS = ("meaning", "letters", "words")
# Lengths of the three parts of a row: how loud each speaks to the network. Chosen by measurement.
SCALES = {"meaning": 6.0, "letters": 6.0, "words": 4.0}
# What fewer examples than this hold is left out.
LETTERS_IN_AT_LEAST, WORDS_IN_AT_LEAST = 6, 3


def plain(text: str) -> str:
    """Lower case without accents: residents type both ways."""
    return "".join(char for char in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(char))


def _letters(vocabulary: dict[str, int] | None = None) -> CountVectorizer:
    return CountVectorizer(analyzer="char_wb", ngram_range=(2, 5), preprocessor=plain, vocabulary=vocabulary,
                           min_df=1 if vocabulary else LETTERS_IN_AT_LEAST, dtype=np.float32)


def _words(vocabulary: dict[str, int] | None = None) -> CountVectorizer:
    return CountVectorizer(analyzer="word", ngram_range=(1, 2), preprocessor=plain, token_pattern=r"\w+", binary=True,
                           vocabulary=vocabulary, min_df=1 if vocabulary else WORDS_IN_AT_LEAST, dtype=np.float32)


class MessageFeatures:
    """Rows for texts. `parts` names which of PARTS are used, in that order."""

    def __init__(self, parts: Sequence[str] = PARTS) -> None:
        unknown = set(parts) - set(PARTS)
        if unknown or not parts:
            raise ValueError(f"features must be some of {', '.join(PARTS)}; got {', '.join(parts) or 'none'}")
        self.parts = tuple(part for part in PARTS if part in parts)
        self.letters, self.words = _letters(), _words()

    def fit(self, texts: Sequence[str]) -> MessageFeatures:
        """Learn which sequences of letters and which words occur."""
        for part, vectorizer in (("letters", self.letters), ("words", self.words)):
            if part in self.parts:
                vectorizer.fit(texts)
        return self

    def rows(self, texts: Sequence[str], kept: Path | None = None) -> csr_matrix:
        """One row a text, float32, shape (len(texts), width). `kept`: a file of sentence vectors, for training."""
        made = []
        for part in self.parts:
            if part == "meaning":
                vectors = embed_all(list(texts)) if kept is None else embed_kept(texts, kept).astype(np.float32)
                made.append(csr_matrix(vectors) * SCALES[part])
            elif part == "letters":
                counts = csr_matrix(self.letters.transform(texts))
                counts.data = np.log1p(counts.data)
                made.append(normalize(counts) * SCALES[part])
            else:
                made.append(normalize(csr_matrix(self.words.transform(texts))) * SCALES[part])
        return hstack(made).tocsr().astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the vocabularies as JSON."""
        kept = {
            name: {term: int(index) for term, index in vectorizer.vocabulary_.items()}
            for name, vectorizer in (("letters", self.letters), ("words", self.words)) if name in self.parts
        }
        path.write_text(json.dumps({"parts": self.parts, **kept}, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, path: Path) -> MessageFeatures:
        """What `save` wrote."""
        kept = json.loads(path.read_text("utf-8"))
        features = cls(kept["parts"])
        if "letters" in kept:
            features.letters = _letters(kept["letters"])
        if "words" in kept:
            features.words = _words(kept["words"])
        return features
