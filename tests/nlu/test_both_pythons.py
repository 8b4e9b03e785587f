"""What both environments use reads danger alike in both: on Rasa's Python and on the application's."""

from __future__ import annotations

import json
import subprocess

from bot import safety
from bot.runtime.paths import nlu_python
from tests.machine import ROOT, read_jsonl

SCRIPT = """
import json, sys
from bot import safety
for line in sys.stdin:
    found = safety.recognise(json.loads(line))
    print(json.dumps([found.kind, found.level, found.situation] if found else None))
"""


def test_danger_is_read_alike() -> None:
    texts = [row["text"] for language in ("fr", "en") for row in read_jsonl(ROOT / f"tests/safety/messages_{language}.jsonl")][::10]
    ours = [[found.kind, found.level, found.situation] if (found := safety.recognise(text)) else None for text in texts]
    there = subprocess.run([str(nlu_python()), "-c", SCRIPT], cwd=ROOT, input="\n".join(map(json.dumps, texts)), capture_output=True,
                           text=True, check=True, timeout=300)
    assert [json.loads(line) for line in there.stdout.splitlines()] == ours
