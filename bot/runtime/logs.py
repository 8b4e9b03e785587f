"""The log: on standard error, one line an event, as text or as JSON. It names kinds of errors, never what a resident wrote."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from bot.settings import Settings

__all__ = ["JsonLines", "begin"]

CHATTY = ("httpx", "alembic", "rasa_sdk", "telegram")


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, module, message, and of an exception its kind alone: its text may hold what
    somebody wrote."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"), "level": record.levelname.lower(),
                "module": record.name, "message": record.getMessage()}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


class Lines(logging.Formatter):
    """The same as text."""

    def formatException(self, ei: object) -> str:
        return ei[0].__name__ if isinstance(ei, tuple) and ei[0] is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another formatter's, with the exception's own words
        return super().format(record)


def begin(settings: Settings) -> None:
    """Log as the settings say, from here on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_format == "json" else Lines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
