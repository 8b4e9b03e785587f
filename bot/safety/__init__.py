"""Somebody in danger: recognised before anything else, answered with lines to call and a few careful words.

    finding = recognise(text)                      # None, or suicide or danger, certain or unsure, and why
    helplines_for(finding, text=text, language="fr", rss="14")
    crisis_text(finding, "fr", for_other=False, navigator_on_duty=None)

Python 3.10 and later, PyYAML; numpy and the sentence encoder where they are installed. No network, no storage. What it
looks for is in signals/, which a clinician can review line by line; two learned voices may only ask, or turn telling into
asking. ``explain`` shows in a terminal how a message was read.
"""
from bot.safety.explaining import explain
from bot.safety.helplines import Helpline, all_helplines, helplines_for, lines_by_id
from bot.safety.recogniser import Finding, recognise, warm
from bot.safety.whom import speaks_of
from bot.safety.words import crisis_text, kind_of, reviewed

__all__ = ["Finding", "Helpline", "all_helplines", "crisis_text", "explain", "helplines_for", "kind_of", "lines_by_id", "recognise",
           "reviewed", "speaks_of", "warm"]
