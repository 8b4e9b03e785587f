"""Rasa, as the core sees it: a turn in, answers and the next tracker out.

    AssistantFailure        no answer, a late one, an empty one or nonsense: the core answers for it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

__all__ = ["Assistant", "AssistantFailure", "RasaAssistant", "Turn"]


# Shorter than the five seconds after which Rasa's server closes a quiet connection: a turn never meets one that is
# being closed.
QUIET_SECONDS = 3.0


class AssistantFailure(Exception):
    """The assistant has no usable answer. The text names the cause, never the message."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the assistant made of one message.

    messages: [{response, text, buttons, custom}] in the order to be said; tracker: opaque, for the next turn;
    slots: what is known now; understood: act, language, needs, decision, for_other of this message.
    """

    messages: list[dict[str, Any]]
    tracker: list[dict[str, Any]]
    slots: dict[str, Any]
    understood: dict[str, Any]


class Assistant(Protocol):
    """Anything that takes turns: Rasa in use, a hand-written fake in tests of the core."""

    async def turn(self, text: str, metadata: dict[str, Any], tracker: list[dict[str, Any]] | None) -> Turn:
        """One turn. Raises AssistantFailure."""
        ...

    async def ready(self) -> bool:
        """Whether turns can be taken now."""
        ...


class RasaAssistant:
    """Rasa behind its loopback channel (nlu/channel.py)."""

    def __init__(self, origin: str, timeout_seconds: float) -> None:
        self._origin = origin
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=1.0)
        self._session: aiohttp.ClientSession | None = None

    def _client(self) -> aiohttp.ClientSession:
        """One session for all turns, made in the loop that uses it. It never goes by way of a proxy."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                self._origin, timeout=self._timeout, trust_env=False, connector=aiohttp.TCPConnector(limit=32, keepalive_timeout=QUIET_SECONDS)
            )
        return self._session

    async def turn(self, text: str, metadata: dict[str, Any], tracker: list[dict[str, Any]] | None) -> Turn:
        asked = {"text": text, "metadata": metadata, "tracker": tracker}
        try:
            try:
                turn = await self._asked(asked)
            except aiohttp.ClientConnectionError:
                turn = await self._asked(asked)  # a connection that was closed as we took it; a turn can be asked for again
        except (aiohttp.ClientError, TimeoutError, ValueError, TypeError) as error:
            raise AssistantFailure(type(error).__name__) from None
        if not turn.messages:
            raise AssistantFailure("empty answer")
        return turn

    async def _asked(self, asked: dict[str, Any]) -> Turn:
        async with self._client().post("/webhooks/bonneporte/turn", json=asked, raise_for_status=True) as reply:
            return Turn(**await reply.json())

    async def ready(self) -> bool:
        try:
            async with self._client().get("/webhooks/bonneporte/", timeout=aiohttp.ClientTimeout(total=2.0)) as reply:
                return reply.status == 200 and bool((await reply.json()).get("ready"))
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return False

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
