"""What the assistant does in a turn. Thin: each action reads the slots, asks the application, and says or asks for an
effect; the words are in stories/domain, the rules in bot/. Actions write nothing themselves (docs/decisions/0003)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rasa_sdk import Action

from actions.anytime import AskErase, NotUnderstood, OutOfScope, Privacy, ReportWrong, SetLanguage, StartOver
from actions.form import ValidateOrientationForm
from actions.handoff import AskHandoffConsent, HandoffDecided
from actions.questions import AskBorough, AskFamily, AskForWhom, AskNeed, AskPlace, AskSex
from actions.services import MoreServices, Orientation, ShowServices
from bot.directory.catalogue import Directory

__all__ = ["all_actions"]


def all_actions(directory: Directory, clock: Callable[[], datetime]) -> list[Action]:
    """Every action of the domain, with what it needs from the application."""
    orientation = Orientation(directory, clock)
    return [
        ValidateOrientationForm(orientation),
        AskNeed(), AskPlace(), AskBorough(), AskForWhom(), AskSex(), AskFamily(),
        ShowServices(orientation), MoreServices(orientation),
        AskHandoffConsent(), HandoffDecided(),
        SetLanguage(), StartOver(), AskErase(), Privacy(), ReportWrong(), NotUnderstood(), OutOfScope(),
    ]
