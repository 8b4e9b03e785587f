"""What Rasa 3.6.21 does anew in each turn, done once.

Measured on turns of this assistant with a sampling profile: checking an action's answer with a schema that is compiled each
time was half of a turn; a new HTTP session for each action call, and a walk over all of Rasa's event classes for each
event that is read, some 6 % each. What is checked, called and read stays the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import aiohttp
from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.schemas.events import EVENT_SCHEMA
from rasa.utils.endpoints import EndpointConfig

__all__ = ["lighten"]

# Much shorter than the five seconds after which the application's server closes a quiet connection: a call must not meet
# one that is being closed. The calls of a turn follow each other within milliseconds.
QUIET_SECONDS = 1.0


def lighten() -> None:
    """From now on, in this process. Safe to call again."""
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))  # type: ignore[method-assign]
    RemoteAction._validate_action_result = _checked  # type: ignore[method-assign]
    EndpointConfig.session = _one_session  # type: ignore[method-assign,assignment]


# The shape of each event by its name, so that one is tried and not all 23.
_WHOLE = Draft7Validator({key: value for key, value in EVENT_SCHEMA.items() if key != "oneOf"})
_BY_NAME = {schema["properties"]["event"]["const"]: Draft7Validator(schema) for schema in EVENT_SCHEMA["oneOf"]}
_RESULT = Draft7Validator({
    "type": "object",
    "properties": {
        "events": {"type": "array", "items": {"type": "object", "properties": {"event": {"enum": sorted(_BY_NAME)}}}},
        "responses": {"type": "array", "items": {"type": "object"}},
    },
})


def _checked(self: RemoteAction, result: dict[str, Any]) -> bool:
    _RESULT.validate(result)
    for event in result.get("events", ()):
        _WHOLE.validate(event)
        _BY_NAME[event["event"]].validate(event)
    return True


class _Kept:
    """A session that stays open when the `async with` around one request ends."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self.session

    async def __aexit__(self, *_: object) -> None:
        pass


def _one_session(self: EndpointConfig) -> _Kept:
    kept = getattr(self, "_kept", None)
    if kept is None or kept.session.closed:
        kept = self._kept = _Kept(aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=QUIET_SECONDS)))
    return kept
