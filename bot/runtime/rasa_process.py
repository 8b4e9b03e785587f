"""Rasa's process: started on loopback, watched, started again when it dies, stopped cleanly."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import signal
import sys
from pathlib import Path

from bot.conversation.assistant import RasaAssistant
from bot.runtime.model import Model, nlu_environment
from bot.runtime.paths import ROOT, nlu_python

__all__ = ["RasaProcess"]

logger = logging.getLogger(__name__)

READY_SECONDS = 120
RESTART_AFTER_SECONDS = 2
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _die_with_parent() -> None:
    """Linux: this process ends when the one that started it does, however that ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class RasaProcess:
    """One Rasa server on 127.0.0.1:`port`, whose actions are served at 127.0.0.1:`actions_port`."""

    def __init__(self, model: Model, port: int, actions_port: int, log: Path, assistant: RasaAssistant) -> None:
        self.model, self.port, self.actions_port, self.log, self.assistant = model, port, actions_port, log, assistant
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start it and keep it running; returns at once (see wait_ready)."""
        await self._spawn()
        self._watch = asyncio.create_task(self._keep_running())

    async def _spawn(self) -> None:
        command = [
            str(nlu_python()), "-W", "ignore", "-m", "rasa", "run", "--model", str(self.model.path), "--interface", "127.0.0.1",
            "--port", str(self.port), "--credentials", "stories/credentials.yml", "--endpoints", "stories/endpoints.yml",
        ]
        environment = nlu_environment(BONNEPORTE_ACTIONS_URL=f"http://127.0.0.1:{self.actions_port}/webhook",
                                      LOG_LEVEL="ERROR", LOG_LEVEL_LIBRARIES="ERROR", SANIC_WORKERS="1")
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop it in our own order
                preexec_fn=_die_with_parent,  # a kill -9 of ours must not leave it behind on its port
            )

    async def _keep_running(self) -> None:
        while not self._stopping:
            assert self._process is not None
            code = await self._process.wait()
            if not self._stopping:
                logger.error("the assistant's process ended (%s); starting it again", code)
                await self._again()

    async def _again(self) -> None:
        """Start it once more, as often as it takes: the machine may be short of memory or of open files just now."""
        while not self._stopping:
            await asyncio.sleep(RESTART_AFTER_SECONDS)
            try:
                await self._spawn()
                return
            except OSError as error:
                logger.error("the assistant could not be started: %s", type(error).__name__)

    async def wait_ready(self, seconds: float = READY_SECONDS) -> bool:
        """Whether it took turns within `seconds`."""
        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            if await self.assistant.ready():
                return True
            await asyncio.sleep(0.2)
        return False

    async def stop(self) -> None:
        """Ask it to end, and end it."""
        self._stopping = True
        if self._watch:
            self._watch.cancel()
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), 5)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
