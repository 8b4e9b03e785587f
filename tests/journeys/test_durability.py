"""A kill -9 of everything in the middle of a turn loses no message that was taken and answers it once."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.machine import Resident, start_machine

pytestmark = pytest.mark.rasa


@pytest.mark.parametrize("delay", [0.004, 0.05], ids=["while-it-is-written-down", "while-the-assistant-thinks"])
def test_kill_9_in_the_middle_of_a_turn(tmp_path: Path, delay: float) -> None:
    with start_machine(tmp_path, BONNEPORTE_TELEGRAM_TOKEN="") as first:
        resident = first.resident()
        resident.say("bonjour")
        before = resident.thread()["messages"]

        def say() -> None:
            with contextlib.suppress(httpx.HTTPError, AssertionError):
                resident.say("mon frigo est vide et je reste à Joliette", client_id="the-one")

        speaking = threading.Thread(target=say)
        speaking.start()
        time.sleep(delay)
        first.process.kill()
        speaking.join()
    with start_machine(tmp_path, BONNEPORTE_TELEGRAM_TOKEN="") as second:
        same = Resident(second.http, resident.id, resident.token)
        same.say("mon frigo est vide et je reste à Joliette", client_id="the-one")  # what a client does that got no answer
        deadline = time.monotonic() + 15
        while not any(message["services"] for message in same.thread(len(before))["messages"]):
            assert time.monotonic() < deadline, same.thread()
            time.sleep(0.2)
        time.sleep(3)  # a second answer would have come by now
        after = same.thread(len(before))["messages"]
        assert [message["from"] for message in after].count("resident") == 1
        assert len([message for message in after if message["services"]]) == 1
        assert [message["seq"] for message in after] == list(range(len(before) + 1, len(before) + 1 + len(after)))


def test_rasa_killed_is_answered_for_and_comes_back(tmp_path: Path) -> None:
    import os
    import signal
    import subprocess

    with start_machine(tmp_path, BONNEPORTE_TELEGRAM_TOKEN="") as machine:
        children = subprocess.run(["pgrep", "-P", str(machine.process.pid)], capture_output=True, text=True).stdout.split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        resident = machine.resident("en")
        answers = resident.say("I need a food bank")
        assert [line["id"] for line in answers[0]["helplines"]] == ["811-2"], "a line to call"
        assert machine.http.get("/readyz").status_code == 503 and machine.http.get("/healthz").status_code == 200
        crisis = resident.say("I want to kill myself")
        assert [message["kind"] for message in crisis] == ["crisis"], "danger is recognised with the assistant down"
        deadline = time.monotonic() + 90
        while machine.http.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline, "the assistant did not come back"
            time.sleep(0.5)
        assert resident.say("I need a food bank in Rawdon")[-1]["services"]
