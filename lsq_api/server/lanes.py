"""Who runs when: a few questions at a time, and one that takes long makes room for those that will not.

More questions at once than the machine has cores only take memory from each other, and all of them end later.
"""

import asyncio
import os
from collections.abc import Callable
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool

A_WHILE: Final = 0.5
"""Seconds after which a question no longer keeps others waiting; it runs on beside them."""
Result = TypeVar("Result")


class Lanes:
    """Runs blocking work in threads: `width` at a time, and beside them what has run for a while already."""

    def __init__(self, width: int | None = None, a_while: float = A_WHILE) -> None:
        self._free = asyncio.Semaphore(width or 2 * (os.cpu_count() or 1))
        self._a_while = a_while

    async def run(self, work: Callable[[], Result]) -> Result:
        """The work's result, when its turn has come and it is done."""
        await self._free.acquire()
        making_room = asyncio.get_running_loop().call_later(self._a_while, self._free.release)
        try:
            return await run_in_threadpool(work)
        finally:
            if not making_room.cancelled() and making_room.when() > asyncio.get_running_loop().time():
                making_room.cancel()
                self._free.release()
