"""The assistant's model: trained when its sources changed, loaded only if it is the file that was trained here.

    TrainingFailed          rasa train failed; the text names the log
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.runtime.paths import ROOT, models_folder, nlu_python

__all__ = ["Model", "TrainingFailed", "current_model", "nlu_environment", "sources_digest", "train"]

# What a model depends on; the example files and the code that turns them into features.
SOURCES = ("config.yml", "nlu/fr/*.yml", "nlu/en/*.yml", "nlu/components/*.py", "stories/domain/*.yml",
           "stories/rules/*.yml", "stories/detours/*.yml", "requirements/nlu.txt", "bot/meaning.py")
TRAIN_FLAGS = ("--domain", "stories/domain", "--data", "nlu/fr", "nlu/en", "stories/rules", "stories/detours",
               "--config", "config.yml")


class TrainingFailed(RuntimeError):
    """Rasa could not train."""


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model: its file, the digest of the sources it was trained from, its own SHA-256."""

    path: Path
    sources: str
    sha256: str


def sources_digest() -> str:
    """SHA-256 over the names and contents of all sources."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def current_model() -> Model | None:
    """The model for the present sources, or null when it must be trained. A file that was changed is not loaded:
    a model is code to whoever loads it (CVE-2024-49375 is fixed in 3.6.21, and we load only our own)."""
    try:
        kept = json.loads((models_folder() / "current.json").read_text("utf-8"))
        model = Model(models_folder() / kept["file"], kept["sources"], kept["sha256"])
        if model.sources == sources_digest() and file_digest(model.path) == model.sha256:
            return model
    except (OSError, ValueError, KeyError):
        pass
    return None


def nlu_environment(**more: str) -> dict[str, str]:
    """Environment for a process of Rasa's: no telemetry, no chatter, caches inside the project."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BONNEPORTE_")}
    return kept | {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "OMP_WAIT_POLICY": "PASSIVE",  # threads that wait give the processor away: the other process needs it
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(ROOT),
        "BONNEPORTE_ACTIONS_URL": "http://127.0.0.1:1/webhook",
        **more,
    }


def _say_to_terminal(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def train(say: Callable[[str], None] = _say_to_terminal) -> Model:
    """Train from the present sources, telling how it goes every ten seconds. Raises TrainingFailed."""
    digest = sources_digest()
    folder = models_folder()
    folder.mkdir(exist_ok=True)
    name, log = f"assistant-{digest[:12]}", folder / "training.log"
    say("training the assistant (about four minutes the first time, less when only some examples changed)")
    began = time.monotonic()
    command = [str(nlu_python()), "-m", "rasa", "train", *TRAIN_FLAGS, "--out", str(folder), "--fixed-model-name", name,
               "--skip-validation"]  # it reads all examples twice more, half a minute; docs/language.md says how to check them
    environment = nlu_environment(BONNEPORTE_KEPT_VECTORS=str(folder / "vectors.npz"))
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        told = 0
        while process.poll() is None:
            time.sleep(0.2)
            elapsed = int(time.monotonic() - began)
            if elapsed >= told + 10:
                told = elapsed
                say(f"  … still training, {elapsed} s")
    path = folder / f"{name}.tar.gz"
    if process.returncode != 0 or not path.is_file():
        raise TrainingFailed(f"training failed; the reason is at the end of {log}")
    model = Model(path, digest, file_digest(path))
    partial = folder / "current.json.partial"
    partial.write_text(json.dumps({"file": path.name, "sources": digest, "sha256": model.sha256}), "utf-8")
    partial.replace(folder / "current.json")
    for old in folder.glob("assistant-*.tar.gz"):
        if old != path:
            old.unlink()
    say(f"  trained in {time.monotonic() - began:.0f} s")
    return model
