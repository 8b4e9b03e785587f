"""The one way into Rasa: a loopback channel that carries the conversation's tracker with each message.

The application keeps the tracker beside its own record of the conversation and commits both together: Rasa holds
nothing between turns, so that a kill in the middle of a turn loses nothing, the same message can be tried again from
the same state, erasing is one transaction, and any number of Rasa processes can serve any conversation
(docs/decisions/0003-stateless-rasa.md).

    POST /webhooks/bonneporte/turn {text, metadata, tracker} -> {messages, tracker, slots, understood}
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from nlu.lighter_rasa import lighten
from nlu.turn_trackers import TurnTrackers

__all__ = ["BonnePorteInput"]

logger = logging.getLogger(__name__)

# Keep at most this many events while a form is open; a resident who talks about everything else in the middle of a
# question then starts the question anew.
EVENTS_AT_MOST = 200


class _Whole(OutputChannel):
    """Keeps each response whole (its name, text, buttons and custom part together), as REST's collector does not."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "bonneporte"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(
            {
                "response": message.get("utter_action"),
                "text": message.get("text"),
                "buttons": message.get("buttons") or [],
                "custom": message.get("custom"),
            }
        )


class BonnePorteInput(InputChannel):
    """Serves turns; see the module."""

    def __init__(self) -> None:
        lighten()

    @classmethod
    def name(cls) -> str:
        return "bonneporte"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        channel = Blueprint("bonneporte_channel", "bonneporte_channel")

        @channel.get("/")
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            return json_response({"ready": agent is not None and agent.is_ready()})

        @channel.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            asked = request.json
            store = request.app.ctx.agent.tracker_store
            store = getattr(store, "_tracker_store", store)  # Rasa wraps it in one that fails safe
            if not isinstance(store, TurnTrackers):
                return json_response({"error": "this channel needs the tracker store of stories/endpoints.yml"}, status=500)
            sender = uuid4().hex  # of this turn only: no two turns share anything
            output = _Whole()
            with store.holding(sender, asked.get("tracker")):
                await on_new_message(
                    UserMessage(asked["text"], output, sender, input_channel=self.name(), metadata=asked.get("metadata"))
                )
                tracker = await store.retrieve(sender)
            if tracker is None:
                return json_response({"error": "no tracker after the turn"}, status=500)
            return json_response(
                {
                    "messages": output.messages,
                    "tracker": _compact(tracker),
                    "slots": tracker.current_slot_values(),
                    "understood": _understood(tracker),
                }
            )

        return channel


def _understood(tracker: DialogueStateTracker) -> dict[str, Any]:
    latest = tracker.latest_message
    parsed = latest.parse_data if latest else {}
    kept = ("language", "other_language", "needs", "decision", "for_other")
    return {"act": (parsed.get("intent") or {}).get("name"), **{name: parsed.get(name) for name in kept}}


def _compact(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """The events that the next turn needs: all while a form is open, else only the slots."""
    events = list(tracker.applied_events())
    if tracker.active_loop_name and len(events) <= EVENTS_AT_MOST:
        return [_plain(event) for event in events]
    slots = [SlotSet(name, value) for name, value in tracker.current_slot_values().items() if value is not None]
    start = [event for event in events[:2] if event.type_name in ("action", "session_started")]
    return [_plain(event) for event in [*start, *slots, ActiveLoop(None)]]


def _plain(event: Any) -> dict[str, Any]:
    kept = event.as_dict()
    if isinstance(event, UserUttered):
        # What the resident wrote is kept once, in the application's own table, and erased there.
        kept["text"] = ""
        kept["parse_data"] = {
            "intent": (event.parse_data.get("intent") or {}), "entities": event.entities, "text": "", "message_id": None,
        }
    kept.pop("data", None) if event.type_name == "bot" else None
    return kept
