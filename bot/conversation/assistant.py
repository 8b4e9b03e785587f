"""Rasa, as the core sees it: a turn in, answers and the next tracker out.

    AssistantFailure        no answer, a late one, an empty one or nonsense: the core answers for it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import httpx

__all__ = ["Assistant", "AssistantFailure", "RasaAssistant", "Turn"]


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
        self._client = httpx.AsyncClient(
            base_url=origin,
            timeout=httpx.Timeout(timeout_seconds, connect=1.0),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=32),
            trust_env=False,  # never by way of a proxy
        )

    async def turn(self, text: str, metadata: dict[str, Any], tracker: list[dict[str, Any]] | None) -> Turn:
        try:
            reply = await self._client.post(
                "/webhooks/bonneporte/turn", json={"text": text, "metadata": metadata, "tracker": tracker}
            )
            reply.raise_for_status()
            turn = Turn(**reply.json())
        except (httpx.HTTPError, ValueError, TypeError) as error:
            raise AssistantFailure(type(error).__name__) from None
        if not turn.messages:
            raise AssistantFailure("empty answer")
        return turn

    async def ready(self) -> bool:
        try:
            reply = await self._client.get("/webhooks/bonneporte/", timeout=2.0)
            return reply.status_code == 200 and bool(reply.json().get("ready"))
        except (httpx.HTTPError, ValueError):
            return False

    async def close(self) -> None:
        await self._client.aclose()
