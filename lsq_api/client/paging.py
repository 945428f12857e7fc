"""The one paging loop. Offset paging repeats and loses rows (section 2.3), so rows are de-duplicated and counted.

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
"""The most pages under way or waiting to be consumed, whatever the limit: each holds 1,000 leads or more."""
_SPARE = 8
_POLL = 0.2

T = TypeVar("T")


@dataclass(frozen=True)
class PageSchedule:
    """When to ask for which page, under a limit of `calls` in `seconds`; 0 calls: one page after the other.

    `expected` is the number of rows where that is known before the first page.
    """

    calls: int = 0
    seconds: float = 0.0
    expected: int | None = None
    caller: Caller = SCREEN

    @property
    def at_once(self) -> int:
        """The most pages under way at once: as many as the limit, and a few more that wait for a permit."""
        return min(self.calls + _SPARE, MOST) if self.calls else 1

    def start(self, index: int, pages: int) -> float:
        """Seconds after the first call at which page `index` (from 1) of `pages` is asked for.

        In a sliding window, calls sent together come free together. So only as many calls are sent at once as the last
        window will need, and the others are spread over the window: the last page is no later, and a screen finds a
        free call several times a second instead of once a window.
        """
        if index > self.calls or pages <= self.calls:
            return 0.0
        at_once = pages % self.calls or self.calls
        return max(index - at_once, 0) * self.seconds / (self.calls - at_once + 1)


ONE_BY_ONE = PageSchedule()
"""One page after the other."""


def in_order(ask: Callable[[int], T], schedule: PageSchedule, pages: Callable[[], int]) -> Iterator[T]:
    """Pages 1, 2, 3 … in order and without end; as many as `pages()` says exist are asked for ahead of the wanted one.

    What `ask` raises is raised in its page's place; GivenUp once the caller is cancelled.
    """
    if schedule.at_once == 1:
        yield from map(ask, count(1))
    begun = time.monotonic()
    under_way: deque[Job[T]] = deque()
    following = 1
    while True:
        while len(under_way) < schedule.at_once and (not under_way or following <= pages()):
            start = begun + schedule.start(following, pages())
            under_way.append(_begun(ask, following, start, schedule.caller))
            following += 1
        yield _answer(under_way.popleft(), schedule.caller)


def pages_of(rows: int, a_page: int) -> int:
    """How many pages so many rows take."""
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
"""How often all pages are read again where rows are missing."""

Row = TypeVar("Row")


@dataclass(frozen=True)
class Block(Generic[Row]):
    """One page of rows, and the number of all rows where the host tells it."""

    total: int | None
    rows: list[Row]


@dataclass(frozen=True)
class Paged(Generic[Row]):
    """What to read: its name for messages, rows a page, how to ask for a page (from 1), and what identifies a row."""

    what: str
    size: int
    ask: Callable[[int], Block[Row]]
    key: Callable[[Row], Hashable]


def every_block(paged: Paged[Row], schedule: PageSchedule = ONE_BY_ONE) -> Iterator[Block[Row]]:
    """Every page, each row once; at least one page, which may be empty.

    Where rows are missing at the end, or rows vanished meanwhile, all pages are read again and new rows handed out. The
    total of the last block is the right one. Raises Incomplete where rows handed out no longer exist, or where the
    distinct rows do not become as many as the total.
    """
    reading = _PagesRead(paged)
    told: list[int | None] = []
    for again in range(1 + REPAIRS):
        for fresh in reading.sweep(schedule, first=not again):
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
    """What is known so far: the rows handed out, those of the present pass, and the totals that the host gave."""

    def __init__(self, paged: Paged[Row]) -> None:
        self._paged = paged
        self._known: set[Hashable] = set()
        self._seen: set[Hashable] = set()
        self._totals: list[int] = []
        self._steady = True
        self._a_page = paged.size

    @property
    def total(self) -> int | None:
        """The last total that the host gave."""
        return self._totals[-1] if self._totals else None

    def sweep(self, schedule: PageSchedule, *, first: bool) -> Iterator[list[Row]]:
        """Read every page once; yields the rows of each that were not handed out before.

        Ends when all rows were read, at a page without new rows, or, without a total, at a page that is not full.
        """
        self._seen = self._known if first else set()
        for index, block in enumerate(in_order(self._paged.ask, schedule, lambda: self._pages(schedule)), 1):
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
        """Whether the rows handed out are all there are; raises Incomplete where some of them no longer exist."""
        total = self.total
        if total is None:
            return True
        if sorted(self._totals) == self._totals and len(self._known) == total:
            return True  # leads may have been created meanwhile, and were read too
        if self._steady and len(self._seen) == total:
            gone = len(self._known - self._seen)
            if gone:
                raise Incomplete(f"{self._paged.what}: {gone} rows left while the others were read; {self.said}")
            return True
        return False

    @property
    def said(self) -> str:
        """How rows and totals differ, for the message."""
        came = f"{len(self._known)} distinct rows came, the total is {self.total}"
        changed = f"; it changed from {self._totals[0]} under way" if len(self._totals) > 1 else ""
        return came + changed

    def _note(self, block: Block[Row], *, first: bool) -> None:
        same = block.total is None or block.total == self.total
        if block.total is not None and not same:
            self._totals.append(block.total)
        self._steady = first or (self._steady and same)
        if first and 0 < len(block.rows) < min(self._paged.size, block.total or 0):
            self._a_page = len(block.rows)  # the host gives smaller pages than asked for

    def _fresh(self, rows: list[Row], keys: list[Hashable]) -> list[Row]:
        fresh = []
        for row, key in zip(rows, keys, strict=True):
            if key not in self._known:
                self._known.add(key)
                fresh.append(row)
        return fresh

    def _pages(self, schedule: PageSchedule) -> int:
        rows = self.total if self._totals else schedule.expected
        return pages_of(rows or 0, self._a_page)
