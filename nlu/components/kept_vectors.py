"""Sentence vectors of the examples, kept by text from one training to the next: most examples have not changed."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np

from bot.meaning import DIMENSIONS, MODEL, embed_all

__all__ = ["embed_kept"]

KEY = np.dtype("S16")  # a digest rather than the text: it is shorter, and all texts have one length


def embed_kept(texts: Sequence[str], path: Path) -> np.ndarray:
    """What embed_all gives, in half precision: an array of shape (len(texts), 512). What `path` holds is not computed again;
    it then holds the vectors of these texts and no others. A file that cannot be read, or is another encoder's, is made anew."""
    keys = [_key(text) for text in texts]
    known = _read(path)
    missing = {key: text for key, text in zip(keys, texts) if key not in known}
    # Rounded whether kept or new, so that a training from a kept file gives the same network.
    known.update(zip(missing, embed_all(list(missing.values())).astype(np.float16)))
    used = dict.fromkeys(keys)
    if missing or len(used) < len(known):
        partial = path.with_name(path.name + ".partial")
        with partial.open("wb") as file:
            np.savez(file, model=np.array(MODEL), keys=np.array(list(used), KEY), vectors=_rows(known, list(used)))
        partial.replace(path)
    return _rows(known, keys)


def _key(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).hexdigest().encode()


def _rows(known: dict[bytes, np.ndarray], keys: Sequence[bytes]) -> np.ndarray:
    return np.array([known[key] for key in keys], np.float16).reshape(len(keys), DIMENSIONS)


def _read(path: Path) -> dict[bytes, np.ndarray]:
    try:
        kept = np.load(path)
        return dict(zip(kept["keys"].tolist(), kept["vectors"])) if str(kept["model"]) == MODEL else {}
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return {}
