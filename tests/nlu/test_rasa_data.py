"""Examples, rules and domain fit together, by Rasa's own check: training leaves it out, since it takes half a minute."""

from __future__ import annotations

import subprocess

from bot.runtime.model import TRAIN_FLAGS, nlu_environment
from bot.runtime.paths import nlu_python
from tests.machine import ROOT


def test_rasa_finds_no_conflict() -> None:
    done = subprocess.run([str(nlu_python()), "-m", "rasa", "data", "validate", *TRAIN_FLAGS], cwd=ROOT, env=nlu_environment(),
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "No story structure conflicts found" in done.stdout + done.stderr
