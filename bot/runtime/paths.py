"""Where things are in the project's folder."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["ROOT", "models_folder", "nlu_python"]

ROOT = Path(os.environ.get("BONNEPORTE_ROOT") or Path(__file__).resolve().parents[2])


def nlu_python() -> Path:
    """Python of Rasa's own environment (the launcher makes it)."""
    return ROOT / ".envs" / "nlu" / "bin" / "python"


def models_folder() -> Path:
    """Where trained models and the cache of embeddings are kept."""
    return ROOT / ".models"
