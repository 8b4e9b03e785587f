"""Taking work from a table and doing it side by side: look, take, do, look again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

__all__ = ["LOOK_SECONDS", "Rounds"]

logger = logging.getLogger(__name__)

# How often the table is looked at when nothing in this process says that there is something: a navigator's reply that
# another process wrote waits this long at most.
LOOK_SECONDS = 0.25
# A look that fails (the database is away) is tried again after this long.
REST_SECONDS = 2.0

T = TypeVar("T")


class Rounds(Generic[T]):
    """claim(limit) takes work, blocking, in a worker thread; do(work) does one piece and handles its own failures."""

    def __init__(self, name: str, claim: Callable[[int], list[T]], do: Callable[[T], Awaitable[None]], at_once: int) -> None:
        self.name, self._claim, self._do, self._at_once = name, claim, do, at_once
        self._woken = asyncio.Event()
        self._doing: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There may be something: look now."""
        self._woken.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            self._woken.clear()
            try:
                free = self._at_once - len(self._doing)
                taken = await run_in_threadpool(self._claim, free) if free else []
            except Exception as error:  # only its kind: the text of a database's error can hold data
                logger.error("%s: cannot look for work: %s", self.name, type(error).__name__)
                await asyncio.sleep(REST_SECONDS)
                continue
            for work in taken:
                task = asyncio.create_task(self._one(work))
                self._doing.add(task)
                task.add_done_callback(self._doing.discard)
            try:
                await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    async def _one(self, work: T) -> None:
        try:
            await self._do(work)
        except Exception as error:
            logger.error("%s: a piece of work failed: %s", self.name, type(error).__name__)
        finally:
            self.wake()

    async def finish(self, seconds: float) -> None:
        """Let what was begun end, then drop the rest: it is in its table, and somebody takes it again."""
        if self._doing:
            await asyncio.wait(set(self._doing), timeout=seconds)
        for task in set(self._doing):
            task.cancel()
        await asyncio.gather(*self._doing, return_exceptions=True)
