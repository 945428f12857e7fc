"""As many calls as the plan allows and no more, however many threads and processes make them.

    take       waits for a permit for one call, in a fair order, within bounds, until it is cancelled
    in_time    waits for the permit's moment
    sent       the call has gone out: from then on it counts
    throttled  the host refused it all the same: its limit is adopted, and all callers pause

Every attempt takes a permit, a retry too. Source: section 9 of the wire notes.
"""

import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

from pyrate_limiter import Rate as Limit

from lsq_api.contract.errors import BudgetSpent, Busy, GivenUp
from lsq_api.limits.bucket import BULK_EARLY, DAY, LONGEST_PAUSE, MARGIN, SCREEN_EARLY, Bucket, NoPermit, Permit
from lsq_api.limits.queue import Caller, Line
from lsq_api.limits.rate import Rate

log = logging.getLogger(__name__)

BEHIND = 5.0
"""Seconds for which a file asks later than the screens of other processes; then as early, so that it is not starved."""
_JITTER = 0.1
_POLL = 0.25

T = TypeVar("T")


class Use(NamedTuple):
    """How much of a limit is used: the calls that were made, of how many, in so many seconds.

    Those of every process that shares the count.
    """

    calls: int
    of: int
    seconds: int


def how_early(caller: Caller, asked_for: float) -> float:
    """Seconds before a call is free at which the caller may have its permit, who has asked for so many seconds."""
    return BULK_EARLY if caller.bulk and asked_for < BEHIND else SCREEN_EARLY


class Pacer:
    """Permits for the calls of one account. Safe to share between threads; close it.

    `shared` says whether other processes on this machine are counted too.
    """

    def __init__(self, rates: Iterable[Rate], file: Path | None = None, *, margin: float = MARGIN) -> None:
        self._rates, self._file, self._margin = tuple(rates), file, margin
        self._lock = threading.RLock()
        self._line = Line(self._lock)
        self.shared, self._closed = file is not None, False
        self._bucket = self._opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self, caller: Caller) -> Permit:
        """Wait for a permit for one call.

        Busy where there is none within the caller's patience, BudgetSpent where the day's calls are made and none is
        free again within it, GivenUp once the caller cancels or the pacer is closed.
        """
        begun = time.monotonic()
        with self._lock:
            ticket = self._line.join(caller)
            asked_first: float | None = None
            try:
                while True:
                    if caller.cancelled():
                        raise GivenUp("the call was given up before it was made")
                    now, wait = time.monotonic(), _POLL
                    left = begun + caller.patience - now
                    if self._line.first() is ticket:
                        asked_first = asked_first or now
                        early = how_early(caller, now - asked_first)
                        found = self._safely(lambda bucket: bucket.take(early=early))  # noqa: B023  called at once
                        if isinstance(found, Permit):
                            self._line.served(ticket)
                            return found
                        self._check(found, left)
                        wait = min(found.seconds - early if found.seconds > early else found.seconds, _POLL)
                    elif left < 0:
                        raise Busy(f"no permit within {caller.patience:.0f} s: other calls use up the limit")
                    ticket.called.wait(wait)
            finally:
                self._line.leave(ticket)

    def _check(self, found: NoPermit, left: float) -> None:
        """BudgetSpent or Busy where waiting on is of no use with so many seconds of patience left."""
        if found.day_is_spent and found.seconds > left:
            used = self.day
            of = f"{used.calls:,} of {used.of:,} calls of the last 24 hours are made" if used else "no call is left"
            again = f"one is free again in {found.seconds / 60:.0f} min"
            raise BudgetSpent(f"the budget of the day is spent: {of}; {again}")
        if left < 0:
            raise Busy(f"no permit in time; the next one is expected in {found.seconds:.1f} s")

    def in_time(self, permit: Permit) -> bool:
        """Wait for the moment of the permit; whether it is still good then.

        It is not where connecting took so long that the window in which it is counted is nearly over.
        """
        early = permit.at - self._bucket.now()
        if early > 0:
            time.sleep(early / 1000)
        return self._bucket.now() < permit.good_until

    def sent(self, permit: Permit) -> None:
        """The call has gone out."""
        self._safely(lambda bucket: bucket.sent(permit))

    def throttled(self, limit: Rate | None, retry_after: float | None) -> None:
        """The host refused a call: the limit it named, if any, holds at once, and no call is made for a while.

        That is `retry_after` seconds, or a window where the host did not say; `LONGEST_PAUSE` at most.
        """
        window = float(limit.seconds if limit else self.window.seconds)
        pause = window * (1 + random.uniform(0, _JITTER)) if retry_after is None else retry_after
        pause = min(pause, LONGEST_PAUSE)
        log.warning("throttled, by a limit of %s; all calls pause for %.1f s", limit or "unknown size", pause)

        def learn(bucket: Bucket) -> None:
            bucket.learn(limit)
            bucket.pause(pause)

        self._safely(learn)

    @property
    def window(self) -> Use:
        """The limit in force with the shortest window, and what is used of it."""
        return self._use(self._safely(lambda bucket: bucket.limits())[0])

    @property
    def day(self) -> Use | None:
        """The limit of a day, and what is used of it; None where there is none."""
        longest = self._safely(lambda bucket: bucket.limits())[-1]
        return self._use(longest) if longest.interval >= DAY else None

    @property
    def waiting(self) -> bool:
        """Whether a call of this process waits for a permit."""
        with self._lock:
            return self._line.first() is not None

    def close(self) -> None:
        """Close the file; calls that still wait are GivenUp."""
        with self._lock:
            self._closed = True
            self._bucket.close()
            self._line.wake_first()

    def _use(self, window: Limit) -> Use:
        seconds = window.interval / 1000
        return Use(self._safely(lambda bucket: bucket.used(seconds)), window.limit, round(seconds - self._margin))

    def _opened(self) -> Bucket:
        try:
            return Bucket.in_file(self._file, self._rates, self._margin) if self._file else self._alone()
        except (OSError, sqlite3.Error) as error:
            return self._alone(error)

    def _alone(self, error: Exception | None = None) -> Bucket:
        """Count this process's calls alone; after an error the log says that other processes' calls are not counted."""
        if error:
            kind, self.shared = type(error).__name__, False
            log.error("%s cannot be used (%s: %s): other processes' calls are not counted", self._file, kind, error)
        return Bucket.in_memory(self._rates, self._margin)

    def _safely(self, use: Callable[[Bucket], T]) -> T:
        try:
            return use(self._bucket)
        except sqlite3.Error as error:
            if self._closed:
                raise GivenUp("the connection was closed before the call was made") from None
            self._bucket.close()
            self._bucket = self._alone(error)
        return use(self._bucket)
