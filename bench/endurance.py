"""Memory of all processes while ten thousand messages go through the public API, eight conversations at once.

    bonneporte bench endurance [MESSAGES]

The residents say what the held-out messages say, five to a conversation. The goal is at most 1,200 MB in all after 10,000
messages, and no growth: the last column is what the last half added for each thousand messages.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bench.turns import PARALLEL, resident_mb
from tests.machine import ROOT, read_jsonl, start_machine

EACH = 5
FAILED = ("Je n'arrive pas à répondre en ce moment", "I cannot answer right now")


def texts() -> list[str]:
    """What residents say, in an order that is the same each time."""
    files = sorted((ROOT / "tests/understanding/heldout").glob("*_needs.jsonl")) + sorted((ROOT / "tests/understanding/heldout").glob("*_acts.jsonl"))
    said = [row["text"] for path in files for row in read_jsonl(path)]
    random.Random(0).shuffle(said)
    return said


async def drive(origin: str, pid: int, messages: int) -> list[tuple[int, float]]:
    """(messages so far, MB) ten times on the way."""
    said, seen, sent, failed = texts(), [(0, resident_mb(pid))], 0, 0
    step = max(1, messages // 10)

    async def converse() -> None:
        nonlocal sent, failed
        while sent < messages:
            opened = (await client.post("/api/conversations", json={})).raise_for_status().json()
            path, headers = f"/api/conversations/{opened['conversation']}/messages", {"Authorization": f"Bearer {opened['token']}"}
            for _ in range(EACH):
                number, sent = sent, sent + 1
                reply = (await client.post(path, json={"text": said[number % len(said)]}, headers=headers)).raise_for_status().json()
                failed += any(text in one["text"] for one in reply["messages"] for text in FAILED)
                if number and number % step == 0:
                    seen.append((number, resident_mb(pid)))
                    print(f"{number:6} messages  {seen[-1][1]:6.0f} MB  {number / (time.perf_counter() - began):5.1f}/s", flush=True)

    began = time.perf_counter()
    async with httpx.AsyncClient(base_url=origin, timeout=60) as client:
        await asyncio.gather(*(converse() for _ in range(PARALLEL)))
    seen.append((sent, resident_mb(pid)))
    print(f"{failed} of {sent} messages were answered without the assistant", flush=True)
    return seen


def main() -> None:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder, start_machine(Path(folder)) as machine:
        seen = asyncio.run(drive(machine.origin, machine.process.pid, messages))
    half = next(pair for pair in seen if pair[0] >= messages / 2)
    growth = (seen[-1][1] - half[1]) / max(1, seen[-1][0] - half[0]) * 1000
    print(f"{seen[-1][0]} messages: {seen[-1][1]:.0f} MB in all; {growth:+.1f} MB for each thousand messages of the second half")


if __name__ == "__main__":
    main()
