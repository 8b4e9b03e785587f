"""The same answers on Python 3.13 and on 3.10: the core and Rasa must not disagree on a message."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.language import detect
from bot.places import find_places

ROOT = Path(__file__).resolve().parents[2]
OTHER = ROOT / ".envs" / ("nlu" if sys.version_info >= (3, 11) else "app") / "bin" / "python"
MESSAGES = [json.loads(line)["text"] for topic in ("places", "language")
            for line in (ROOT / "tests" / topic / "messages.jsonl").read_text("utf-8").splitlines()]
READ = """
import json, sys
from bot.language import detect
from bot.places import find_places
for text in json.load(sys.stdin):
    found, places = detect(text), find_places(text)
    print(json.dumps([found.language, found.other, found.confidence, [p.key for p in places.places], places.only_place]))
"""


@pytest.mark.skipif(not OTHER.exists(), reason="the other environment is not on this machine")
def test_both_environments_read_every_message_alike() -> None:
    there = subprocess.run([str(OTHER), "-c", READ], input=json.dumps(MESSAGES), capture_output=True, text=True, cwd=ROOT,
                           check=True, timeout=120)
    for text, line in zip(MESSAGES, there.stdout.splitlines(), strict=True):
        found, places = detect(text), find_places(text)
        here = [found.language, found.other, found.confidence, [p.key for p in places.places], places.only_place]
        assert json.loads(line) == here, text
