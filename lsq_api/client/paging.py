"""The one paging loop. Offset paging repeats and loses rows, and leads come and go: rows are counted once and checked.

Source: "Paging" of the report's page; sections 2.3 and 6 of the wire notes.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from lsq_api.contract.errors import GivenUp, Incomplete
from lsq_api.limits.queue import SCREEN, Caller
from lsq_api.work.job import Job, Progress

MOST = 40
"""Pages under way or waiting to be handed over at most, whatever the limit: each may hold 1,000 leads."""
_SPARE = 8
_POLL = 0.2

T = TypeVar("T")


@dataclass(frozen=True)
class PageSchedule:
    """How far to ask ahead: under a limit of `calls` in `seconds`, or not at all where there is none (0).

    `expected` is how many rows there will be, where that is known before the first page.
    """

    calls: int = 0
    seconds: float = 0.0
    expected: int | None = None
    caller: Caller = SCREEN

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


AT_ONCE = PageSchedule()
"""One page after the other."""


def in_order(ask: Callable[[int], T], ahead: PageSchedule, pages: Callable[[], int]) -> Iterator[T]:
    """Pages 1, 2, 3 … without an end, asked ahead as far as `ahead` says and `pages` are known to be there.

    What `ask` raises is raised in its page's place; GivenUp once the caller is cancelled.
    """
    if ahead.at_once == 1:
        yield from map(ask, count(1))
    begun = time.monotonic()
    under_way: deque[Job[T]] = deque()
    following = 1
    while True:
        while len(under_way) < ahead.at_once and (not under_way or following <= pages()):
            start = begun + ahead.start(following, pages())
            under_way.append(_begun(ask, following, start, ahead.caller))
            following += 1
        yield _answer(under_way.popleft(), ahead.caller)


def pages_of(rows: int, a_page: int) -> int:
    """How many pages so many rows are."""
    return math.ceil(rows / a_page)


def _begun(ask: Callable[[int], T], index: int, start: float, caller: Caller) -> Job[T]:
    def page(_: Progress, __: Callable[[], bool]) -> T:
        while (left := start - time.monotonic()) > 0 and not caller.cancelled():
            time.sleep(min(left, _POLL))
        return ask(index)

    return Job(page, name=f"page {index}").start()


def _answer(page: Job[T], caller: Caller) -> T:
    while not page.wait(_POLL):
        if caller.cancelled():
            raise GivenUp("the pages that were still to come were given up")
    return page.result()


REPAIRS = 2
"""How often all pages are asked again for what the first time round did not bring."""

Row = TypeVar("Row")


@dataclass(frozen=True)
class Block(Generic[Row]):
    """One page: its rows, and how many there are in all where the host says so."""

    total: int | None
    rows: list[Row]


@dataclass(frozen=True)
class Paged(Generic[Row]):
    """What is paged through: its name in errors, rows a page, how to ask for a page (from 1), what tells rows apart."""

    what: str
    size: int
    ask: Callable[[int], Block[Row]]
    key: Callable[[Row], Hashable]


def every_block(paged: Paged[Row], ahead: PageSchedule = AT_ONCE) -> Iterator[Block[Row]]:
    """Every page of up to `size` rows, each row once; at least one page, if an empty one.

    Where rows are missing at the end, or some left under way, all pages are asked again, and those that are new are
    handed over. The total of the last block is the one that holds. Incomplete where rows that were handed over are
    there no more, and where the distinct rows do not become as many as the total.
    """
    reading = _PagesRead(paged)
    told: list[int | None] = []
    for again in range(1 + REPAIRS):
        for fresh in reading.sweep(ahead, first=not again):
            if fresh or not told:
                told.append(reading.total)
                yield Block(reading.total, fresh)
        if reading.is_whole():
            break
    else:
        raise Incomplete(f"{paged.what}: {reading.said}")
    if told[-1] != reading.total:
        yield Block(reading.total, [])


class _PagesRead(Generic[Row]):
    """What is known of the rows: those handed over, those of the present sweep, and the totals the host named."""

    def __init__(self, paged: Paged[Row]) -> None:
        self._paged = paged
        self._known: set[Hashable] = set()
        self._seen: set[Hashable] = set()
        self._totals: list[int] = []
        self._steady = True
        self._a_page = paged.size

    @property
    def total(self) -> int | None:
        """The total the host named last."""
        return self._totals[-1] if self._totals else None

    def sweep(self, ahead: PageSchedule, *, first: bool) -> Iterator[list[Row]]:
        """Every page once: the rows of each that were not handed over before.

        Ends when all rows are there, at a page that brings nothing new, or, where no total is known, at a short page.
        """
        self._seen = self._known if first else set()
        for index, block in enumerate(in_order(self._paged.ask, ahead, lambda: self._pages(ahead)), 1):
            self._note(block, first=index == 1)
            keys = [self._paged.key(row) for row in block.rows]
            before = len(self._seen)
            yield self._fresh(block.rows, keys)
            self._seen.update(keys)
            nothing_new = len(self._seen) == before
            at_the_end = len(block.rows) < self._paged.size if self.total is None else len(self._seen) >= self.total
            if nothing_new or at_the_end:
                return

    def is_whole(self) -> bool:
        """Whether the rows handed over are all there are; Incomplete where some of them are there no more."""
        total = self.total
        if total is None:
            return True
        if sorted(self._totals) == self._totals and len(self._known) == total:
            return True  # rows may have come under way, and are here
        if self._steady and len(self._seen) == total:
            gone = len(self._known - self._seen)
            if gone:
                raise Incomplete(f"{self._paged.what}: {gone} rows left while the others were read; {self.said}")
            return True
        return False

    @property
    def said(self) -> str:
        """How rows and totals differ."""
        came = f"{len(self._known)} distinct rows came, the total is {self.total}"
        changed = f"; it changed from {self._totals[0]} under way" if len(self._totals) > 1 else ""
        return came + changed

    def _note(self, block: Block[Row], *, first: bool) -> None:
        same = block.total is None or block.total == self.total
        if block.total is not None and not same:
            self._totals.append(block.total)
        self._steady = first or (self._steady and same)
        if first and 0 < len(block.rows) < min(self._paged.size, block.total or 0):
            self._a_page = len(block.rows)  # the host's pages are smaller than asked for

    def _fresh(self, rows: list[Row], keys: list[Hashable]) -> list[Row]:
        fresh = []
        for row, key in zip(rows, keys, strict=True):
            if key not in self._known:
                self._known.add(key)
                fresh.append(row)
        return fresh

    def _pages(self, ahead: PageSchedule) -> int:
        rows = self.total if self._totals else ahead.expected
        return pages_of(rows or 0, self._a_page)
