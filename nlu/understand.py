"""What the trained pipeline makes of messages, without a server: JSON lines in, JSON lines out, in the same order.

    python -m nlu.understand MODEL < {"text", "language"?} lines > {intent, needs, decision, places, ...} lines
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

__all__ = ["main"]

KEPT = ("language", "other_language", "needs", "decision", "for_other", "places", "intent", "intent_ranking")


async def run(model: str) -> None:
    """Serve standard input until it ends."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    agent = Agent.load(model)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        metadata = {"previous_language": asked.get("language")}
        # Leading slashes are taken away, as in a conversation: words are never a payload.
        parsed: dict[str, Any] = await agent.processor.parse_message(
            UserMessage(asked["text"].lstrip().lstrip("/") or " ", metadata=metadata)
        )
        print(json.dumps({name: parsed.get(name) for name in KEPT}), flush=True)


def main() -> None:
    asyncio.run(run(sys.argv[1]))


if __name__ == "__main__":
    main()
