"""Whose question runs next: threads are shared out fairly among callers, so that one of them never stops another's.

    run → a slot, each caller in turn → a thread → after a while the slot is the next one's, and the question a long one

Few questions run at once, as they share the processors anyhow. One that takes longer gives its slot up, so that quick
ones need not wait for it; a caller with many long ones waits with the rest of its own.
"""

import asyncio
import os
from collections import Counter, deque
from collections.abc import Callable
from typing import Final, TypeVar

import anyio
import anyio.to_thread

from lsq_api.contract import errors
from lsq_api.server.query.refusal import Refusal

A_WHILE: Final = 0.5
"""Seconds after which a running question gives up its slot, so that others need not wait for it."""
LONG: Final = 72
"""Questions that may run longer than that at once, of all callers."""
LONG_OF_ONE: Final = 24
"""The same of one caller: further ones of its own wait."""
AT_ONCE: Final = 400
"""Questions of one caller, running and waiting; another is refused. A dashboard has at most 100 under way."""
Result = TypeVar("Result")


class Slots:
    """Runs blocking work in threads, `width` at a time; what runs longer than `a_while` seconds does not count."""

    def __init__(
        self,
        width: int | None = None,
        a_while: float = A_WHILE,
        *,
        long: int = LONG,
        long_of_one: int = LONG_OF_ONE,
        at_once: int = AT_ONCE,
    ) -> None:
        self._free = width or 2 * (os.cpu_count() or 1)
        self._a_while, self._most_long, self._long_of_one, self._at_once = a_while, long, long_of_one, at_once
        self._threads = anyio.CapacityLimiter(self._free + long)
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._long: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()

    @property
    def asked(self) -> int:
        """The questions that run or wait."""
        return self._asked.total()

    async def run(self, work: Callable[[], Result], caller: str = "", *, going_on: bool = False) -> Result:
        """Wait for the caller's turn, run the work in a thread, and return its result.

        Raises Refusal where the caller has too many under way; not for work that goes on with an answer begun.
        """
        if self._asked[caller] >= self._at_once and not going_on:
            said = f"{self._at_once} calls of this address are under way; wait for one of them to be answered"
            raise Refusal(429, errors.RATE_LIMIT, said, {"Retry-After": "1"})
        self._asked[caller] += 1
        try:
            await self._turn(caller)
            return await self._run(work, caller)
        finally:
            _less(self._asked, caller)

    async def _turn(self, caller: str) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(future)
        self._next()
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._give_back()
            raise

    def _next(self) -> None:
        """Give free slots to those who wait: to each caller in turn, but for those with too many long questions."""
        while self._free:
            found = next((one for one in self._waiting if self._long[one] < self._long_of_one), None)
            if found is None:
                return
            waiting = self._waiting.pop(found)
            future = waiting.popleft()
            if waiting:
                self._waiting[found] = waiting  # at the end: others are next
            if not future.done():
                self._free -= 1
                future.set_result(None)

    def _give_back(self) -> None:
        self._free += 1
        self._next()

    async def _run(self, work: Callable[[], Result], caller: str) -> Result:
        making_room = asyncio.create_task(self._made_room(caller))
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._threads)
        finally:
            if making_room.done():
                _less(self._long, caller)
                self._next()
            else:
                making_room.cancel()
                self._give_back()

    async def _made_room(self, caller: str) -> None:
        """Once the question has run for a while, let others have its slot: it is a long one from then on."""
        await asyncio.sleep(self._a_while)
        while self._long.total() >= self._most_long:
            await asyncio.sleep(self._a_while)
        self._long[caller] += 1
        self._give_back()


def _less(counts: Counter[str], caller: str) -> None:
    counts[caller] -= 1
    if not counts[caller]:
        del counts[caller]
