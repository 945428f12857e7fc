"""Pages asked ahead of the one that is wanted, and handed over in order.

Where the limit leaves room, many are under way at once: the limit, not the host's slowness, decides how long it takes.
Where nothing limits the calls (the local server), they follow each other: that is as fast, and one page is in memory.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass
from itertools import count
from threading import Thread
from typing import TypeVar

from lsq_api.contract.errors import GivenUp
from lsq_api.limits.queue import SCREEN, Turn

MOST = 40
"""Pages under way or waiting to be handed over at most, whatever the limit: each may hold 1,000 leads."""
_SPARE = 8
_POLL = 0.2

T = TypeVar("T")


@dataclass(frozen=True)
class Ahead:
    """How far to ask ahead: under a limit of `calls` in `seconds`, or not at all where there is none (0).

    `expected` is how many rows there will be, where that is known before the first page.
    """

    calls: int = 0
    seconds: float = 0.0
    expected: int | None = None
    turn: Turn = SCREEN

    @property
    def at_once(self) -> int:
        """Pages under way at once at most; a few more than the limit, for those that wait for their turn."""
        return min(self.calls + _SPARE, MOST) if self.calls else 1

    def start(self, index: int, pages: int) -> float:
        """Seconds after the first page at which one is begun, by its index from 1, of so many pages.

        A sliding window repeats itself: what was sent at once comes free at once. So only as many as the last window
        will hold are sent at once, the others evenly over the window: the last page is asked at the same moment, and
        a screen finds a call free several times a second instead of once a window.
        """
        if index > self.calls or pages <= self.calls:
            return 0.0
        at_once = pages % self.calls or self.calls
        return max(index - at_once, 0) * self.seconds / (self.calls - at_once + 1)


AT_ONCE = Ahead()
"""One page after the other."""


def in_order(ask: Callable[[int], T], ahead: Ahead, pages: Callable[[], int]) -> Iterator[T]:
    """Pages 1, 2, 3 … without an end: the one that is wanted, and ahead of it those of the `pages` there are known to
    be by then. What `ask` raises is raised in its page's place; GivenUp once the turn is cancelled.
    """
    if ahead.at_once == 1:
        yield from map(ask, count(1))
    begun = time.monotonic()
    under_way: deque[Future[T]] = deque()
    following = 1
    while True:
        while len(under_way) < ahead.at_once and (not under_way or following <= pages()):
            start = begun + ahead.start(following, pages())
            under_way.append(_begun(ask, following, start, ahead.turn))
            following += 1
        yield _answer(under_way.popleft(), ahead.turn)


def pages_of(rows: int, a_page: int) -> int:
    """How many pages so many rows are."""
    return math.ceil(rows / a_page)


def _begun(ask: Callable[[int], T], index: int, start: float, turn: Turn) -> Future[T]:
    """Not a pool's thread: those are waited for when the program ends, even if nobody wants the answer any more."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            while (left := start - time.monotonic()) > 0 and not turn.cancelled():
                time.sleep(min(left, _POLL))
            future.set_result(ask(index))
        except BaseException as error:  # noqa: BLE001  raised again by whoever wants the page
            future.set_exception(error)

    Thread(target=run, name=f"page {index}", daemon=True).start()
    return future


def _answer(future: Future[T], turn: Turn) -> T:
    while not wait([future], timeout=_POLL).done:
        if turn.cancelled():
            raise GivenUp("the pages that were still to come were given up")
    return future.result()
