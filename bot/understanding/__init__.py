"""What the assistant makes of a message, in the contract's fields, without a server.

    Understander            one process of the trained pipeline, asked message by message
"""

from __future__ import annotations

import json
import subprocess
from types import TracebackType
from typing import Any, Self

from bot import safety
from bot.runtime.model import Model, nlu_environment
from bot.runtime.paths import ROOT, nlu_python

__all__ = ["ACT_OF_INTENT", "Understander", "fields"]

# Rasa keeps the intent name `restart` for itself.
ACT_OF_INTENT = {"start_over": "restart"}


class Understander:
    """Starts the pipeline (a few seconds) and asks it. Use as a context manager."""

    def __init__(self, model: Model) -> None:
        self._process = subprocess.Popen(
            [str(nlu_python()), "-m", "nlu.understand", str(model.path)], cwd=ROOT, env=nlu_environment(LOG_LEVEL="ERROR"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        )
        self._read()  # ready

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):  # libraries print other lines while they load
                return json.loads(line)
        raise RuntimeError("the understanding process ended before it answered; run `bonneporte doctor`")

    def __call__(self, text: str, language: str | None = None) -> dict[str, Any]:
        """The contract's fields for one message; `language` is what the conversation was in so far."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"text": text, "language": language}) + "\n")
        self._process.stdin.flush()
        return fields(text, self._read())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.stdin.close() if self._process.stdin else None
        self._process.wait(10)


def fields(text: str, parsed: dict[str, Any]) -> dict[str, Any]:
    """The contract's `understand` fields from what the pipeline gave; danger is recognised here, apart from it."""
    finding = safety.recognise(text)
    intent = (parsed.get("intent") or {}).get("name")
    places = parsed.get("places") or []
    act = ACT_OF_INTENT.get(intent or "", intent)
    needs = parsed.get("needs") or [] if act == "need" else []
    return {
        "text": text,
        "language": parsed.get("language"),
        "other_language": parsed.get("other_language"),
        "act": act,
        "needs": needs,
        "decision": parsed.get("decision") if act == "need" else None,
        "crisis": finding.kind if finding else None,
        "crisis_level": finding.level if finding else None,
        "situation": finding.situation if finding else None,
        "place": places[0] if len(places) == 1 else None,
        "places": places,
        "for_other": bool(parsed.get("for_other")),
    }
