"""Rasa's tracker store: holds a conversation's tracker for the length of one turn, and as it is.

The application keeps trackers (docs/decisions/0003-stateless-rasa.md). Rasa's own store in memory writes each tracker to
JSON and reads it again several times a turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.conversation import Dialogue
from rasa.shared.core.trackers import DialogueStateTracker

__all__ = ["TurnTrackers"]


class TurnTrackers(TrackerStore):
    """Named in stories/endpoints.yml."""

    def __init__(self, domain: Any, event_broker: Any = None, host: Any = None, **kwargs: Any) -> None:
        self._held: dict[str, DialogueStateTracker] = {}
        super().__init__(domain, event_broker, **kwargs)

    @contextmanager
    def holding(self, sender: str, events: list[dict[str, Any]] | None) -> Iterator[None]:
        """For one turn: the tracker that `events` made, or none yet."""
        if events:
            tracker = self.init_tracker(sender)
            tracker.recreate_from_dialogue(Dialogue.from_parameters({"name": sender, "events": events}))
            self._held[sender] = tracker
        try:
            yield
        finally:
            self._held.pop(sender, None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        self._held[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        return self._held.get(sender_id)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        return self._held.get(conversation_id)

    async def keys(self) -> Iterable[str]:
        return self._held.keys()
