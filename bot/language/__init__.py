"""The language of a message: French, English, neither, or not to be told from the text alone.

Plain rules on packaged tables (bot/language/data): no framework, no network.
"""

from __future__ import annotations

from bot.language.detection import Detection, detect

__all__ = ["Detection", "detect"]
