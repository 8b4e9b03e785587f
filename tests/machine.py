"""`bonneporte up` as a test sees it: started as a person starts it, reached over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 600  # the first run trains


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Resident:
    """A resident on the web: says things, taps choices, reads answers."""

    http: httpx.Client
    id: str
    token: str
    heard: list[dict[str, Any]] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _post(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        reply = self.http.post(f"/api/conversations/{self.id}/messages", json=body, headers=self.headers)
        assert reply.status_code == 200, reply.text
        answers: list[dict[str, Any]] = reply.json()["messages"]
        self.heard += answers
        return answers

    def say(self, text: str, **more: Any) -> list[dict[str, Any]]:
        return self._post({"text": text, **more})

    def tap(self, choice: str) -> list[dict[str, Any]]:
        return self._post({"choice": choice})

    def thread(self, after: int = 0) -> dict[str, Any]:
        reply = self.http.get(f"/api/conversations/{self.id}/messages", params={"after": after}, headers=self.headers)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def wait_for(self, kind_or_sender: str, after: int = 0, seconds: float = 10) -> dict[str, Any]:
        """The first message of this kind or sender after `after`; fails when none comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self.thread(after)["messages"]:
                if kind_or_sender in (message["kind"], message["from"]):
                    return message
            time.sleep(0.1)
        raise AssertionError(f"no {kind_or_sender} after {after}")


@dataclass
class Machine:
    """The running machine."""

    origin: str
    data: Path
    telegram: Any
    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    http: httpx.Client

    def resident(self, language: str | None = None, door: str | None = None) -> Resident:
        body = {name: value for name, value in (("language", language), ("door", door)) if value}
        reply = self.http.post("/api/conversations", json=body)
        assert reply.status_code == 201, reply.text
        opened = reply.json()
        return Resident(self.http, opened["conversation"], opened["token"], list(opened["messages"]))

    def signed_in(self, email: str, password: str) -> httpx.Client:
        client = httpx.Client(base_url=self.origin, timeout=30)
        reply = client.post("/api/session", json={"email": email, "password": password})
        assert reply.status_code in (200, 201, 204), reply.text
        return client

    def administrator(self) -> httpx.Client:
        """Signed in with the password that the first run left in its file."""
        lines = dict(line.split(": ", 1) for line in (self.data / "first-administrator.txt").read_text().splitlines() if ": " in line)
        return self.signed_in(lines["email"], lines["password"])

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A `bonneporte` command on the same data."""
        return subprocess.run([sys.executable, "-m", "bot.cli.main", *arguments], cwd=ROOT, env=self.environment, input=stdin,
                              capture_output=True, text=True, timeout=600)


@contextmanager
def start_machine(folder: Path, **settings: str) -> Iterator[Machine]:
    """Start everything and wait until it is ready; stop it with SIGTERM, as an operator would."""
    from tests.telegram.stand_in import StandIn

    with StandIn() as telegram:
        port, private, rasa = free_port(), free_port(), free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BONNEPORTE_")} | {
            "BONNEPORTE_ROOT": str(ROOT), "BONNEPORTE_DATA": str(folder), "BONNEPORTE_PORT": str(port),
            "BONNEPORTE_PRIVATE_PORT": str(private), "BONNEPORTE_RASA_PORT": str(rasa),
            "BONNEPORTE_TELEGRAM_TOKEN": telegram.token, "BONNEPORTE_TELEGRAM_API": telegram.origin,
            "BONNEPORTE_LIMIT_CONVERSATIONS": "100000", "BONNEPORTE_LIMIT_MESSAGES": "10000",
            "BONNEPORTE_OPERATOR_NAME": "Essai", "BONNEPORTE_PRIVACY_OFFICER": "essai@exemple.invalid", **settings,
        }
        log = (folder / "up.log").open("wb")
        process = subprocess.Popen([sys.executable, "-m", "bot.cli.main", "up"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        origin = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=origin, timeout=30) as http:
            try:
                _wait_ready(http, process, folder)
                yield Machine(origin, folder, telegram, process, environment, http)
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                log.close()


def _wait_ready(http: httpx.Client, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"`up` ended with {process.returncode}:\n{(folder / 'up.log').read_text()[-3000:]}")
        try:
            if http.get("/readyz").status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"`up` is not ready:\n{(folder / 'up.log').read_text()[-3000:]}")


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
