"""A turn through the public API, and memory, beside a plain `rasa init` assistant in the same run.

    bonneporte bench turns

Ours does understanding, dialogue, directory search, database and reply for each message; the plain one only its own
greeting dialogue. At 5 messages a second: median and 95th percentile. With 8 conversations at once: messages a second.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from bot.runtime.model import nlu_environment
from bot.runtime.paths import nlu_python
from tests.machine import Machine, free_port, start_machine

SECONDS = 20.0
RATE = 5.0
PARALLEL = 8
TALK = [
    ["mon frigo est vide pis la paye rentre juste jeudi", "chu à Tracy", "non, à Joliette plutôt", "merci"],
    ["my mother in Joliette needs help bathing", "thanks", "I also need a ride to the hospital", "bye"],
    ["bonjour", "mon proprio veut me mettre dehors", "Repentigny", "autre chose?", "merci bien"],
    ["hi", "I feel so alone since my husband died", "in Rawdon", "more please", "is this private?"],
    ["je cherche des cours de français, je reste à Saint-Laurent", "c'est correct", "j'ai aussi besoin de manteaux pour les enfants"],
]

Send = Callable[[str], Awaitable[None]]


async def ours(client: httpx.AsyncClient) -> Send:
    """A new conversation of ours; what sends it a message."""
    opened = (await client.post("/api/conversations", json={})).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}

    async def send(text: str) -> None:
        reply = await client.post(f"/api/conversations/{opened['conversation']}/messages", json={"text": text}, headers=headers)
        reply.raise_for_status()
        assert reply.json()["messages"], "an empty answer is no answer"
        assert not any(line["id"] == "811-2" and message["kind"] == "notice" for message in reply.json()["messages"]
                       for line in message["helplines"]), "the assistant failed"

    return send


async def plain(client: httpx.AsyncClient) -> Send:
    """A new conversation of the plain assistant."""
    sender = str(time.perf_counter_ns())

    async def send(text: str) -> None:
        (await client.post("/webhooks/rest/webhook", json={"sender": sender, "message": text})).raise_for_status()

    return send


async def steadily(client: httpx.AsyncClient, begin: Callable[[httpx.AsyncClient], Awaitable[Send]], talk: list[list[str]]) -> list[float]:
    """Milliseconds of each message, sent at RATE whether or not the one before was answered."""
    took: list[float] = []
    tasks = []
    began = time.perf_counter()
    lines = [(await begin(client), conversation) for conversation in talk * 20]
    sequence = [(send, text) for send, conversation in lines for text in conversation]

    async def one(send: Send, text: str) -> None:
        start = time.perf_counter()
        await send(text)
        took.append((time.perf_counter() - start) * 1000)

    began = time.perf_counter()
    for number, (send, text) in enumerate(sequence[: int(SECONDS * RATE)]):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        tasks.append(asyncio.create_task(one(send, text)))
    await asyncio.gather(*tasks)
    return took


async def at_once(client: httpx.AsyncClient, begin: Callable[[httpx.AsyncClient], Awaitable[Send]], talk: list[list[str]]) -> float:
    """Messages a second with PARALLEL conversations."""
    count = 0
    until = time.perf_counter() + SECONDS

    async def converse(first: int) -> None:
        nonlocal count
        number = first
        while time.perf_counter() < until:
            send = await begin(client)
            for text in talk[number % len(talk)]:
                await send(text)
                count += 1
            number += 1

    began = time.perf_counter()
    await asyncio.gather(*(converse(number) for number in range(PARALLEL)))
    return count / (time.perf_counter() - began)


def resident_mb(pid: int) -> float:
    """Resident memory of a process and all below it, in MB (shared pages counted once by proportion)."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            if status.parent.name == str(pid) or fields["PPid"].strip() == str(pid):
                rollup = (status.parent / "smaps_rollup").read_text()
                total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
        except (OSError, KeyError, ValueError, StopIteration):
            continue
    return total


async def measure(origin: str, begin: Callable[[httpx.AsyncClient], Awaitable[Send]], talk: list[list[str]]) -> tuple[list[float], float]:
    async with httpx.AsyncClient(base_url=origin, timeout=60) as client:
        send = await begin(client)
        for text in talk[0]:
            await send(text)  # warm
        return await steadily(client, begin, talk), await at_once(client, begin, talk)


def plain_assistant(folder: Path) -> tuple[subprocess.Popen[bytes], str, float, float]:
    """`rasa init`, trained and running: its process, origin, training and start seconds."""
    rasa = [str(nlu_python()), "-W", "ignore", "-m", "rasa"]
    environment = nlu_environment(PYTHONPATH="")
    began = time.perf_counter()
    subprocess.run([*rasa, "init", "--no-prompt", "--init-dir", str(folder)], env=environment, check=True, capture_output=True)
    trained = time.perf_counter() - began
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen([*rasa, "run", "--port", str(port), "--interface", "127.0.0.1", "--endpoints", "/dev/null"],
                               cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    origin = f"http://127.0.0.1:{port}"
    while True:
        try:
            httpx.post(f"{origin}/webhooks/rest/webhook", json={"sender": "0", "message": "hi"}, timeout=60).raise_for_status()
            break
        except httpx.HTTPError:
            time.sleep(0.3)
    return process, origin, trained, time.perf_counter() - began


def tell(name: str, took: list[float], rate: float, memory: float) -> None:
    ordered = sorted(took)
    print(f"{name:16} median {statistics.median(ordered):6.1f} ms   p95 {ordered[int(len(ordered) * 0.95)]:6.1f} ms   "
          f"{rate:6.1f} messages/s at {PARALLEL} at once   {memory:6.0f} MB", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as one:
        began = time.perf_counter()
        with start_machine(Path(one)) as machine:
            start = time.perf_counter() - began
            took, rate = asyncio.run(measure(machine.origin, ours, TALK))
            memory = _memory(machine)
            print(f"{'bonneporte':16} ready {start:.1f} s after `up` with a trained model", flush=True)
            tell("bonneporte", took, rate, memory)
    with tempfile.TemporaryDirectory() as two:
        process, origin, trained, start = plain_assistant(Path(two))
        try:
            print(f"{'rasa init':16} trained in {trained:.1f} s, ready in {start:.1f} s", flush=True)
            plain_took, plain_rate = asyncio.run(measure(origin, plain, [["hi", "sad", "yes", "no", "bye"]]))
            tell("rasa init", plain_took, plain_rate, resident_mb(process.pid))
        finally:
            process.kill()
    print(f"ratio            median {statistics.median(took) / statistics.median(plain_took):.2f}   messages/s {rate / plain_rate:.2f}")


def _memory(machine: Machine) -> float:
    return resident_mb(machine.process.pid)


if __name__ == "__main__":
    main()
