"""What is said to somebody in danger, from words.yml: short, in both languages, for oneself or for another person."""
from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.safety.recogniser import Finding

_WORDS = Path(__file__).with_name("words.yml")


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return yaml.safe_load(_WORDS.read_text(encoding="utf-8"))


def reviewed() -> bool:
    """Whether a clinician has signed the words. Until then ``doctor`` says that nobody has."""
    return bool(_words()["reviewed_by"])


def kind_of(situation: str) -> Literal["suicide", "danger"] | None:
    """The kind of a situation of safety.yml; null when it is none."""
    known = _words()["situations"].get(situation)
    return None if known is None else "suicide" if known["family"] == "suicide" else "danger"


def crisis_text(finding: Finding, language: str, *, for_other: bool, navigator_on_duty: bool | None) -> str:
    """The words shown with the lines: what was heard, where to turn, and who can come.

    An ``unsure`` finding asks gently instead of stating. ``navigator_on_duty``: True offers a person, False says that
    nobody is there, None says nothing of it. Any other language than "en" is answered in French.
    """
    words = _words()
    language = "en" if language == "en" else "fr"
    whom = "other" if for_other else "self"
    situation = words["situations"][finding.situation]
    # One question serves all the situations of a family: what is not sure is asked, not named.
    named = finding.level == "certain" and whom in situation
    said = situation if named else words["questions"][situation["family"]]
    parts = [said[whom][language]]
    if "after" in said:
        parts.append(said["after"][language])
    if navigator_on_duty is not None:
        parts.append(words["navigator"]["on_duty" if navigator_on_duty else "nobody"][language])
    return "\n\n".join(parts)
