"""As many calls as the plan allows and no more, however many threads and processes make them.

    take       waits for leave to make one call, in a fair order, within bounds, until it is cancelled
    sent       the call has gone out: from then on it counts
    throttled  the host said no all the same: its limit is adopted, and everybody pauses

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
from lsq_api.limits.bucket import DAY, LONGEST_PAUSE, MARGIN, Bucket, NoPermit, Permit
from lsq_api.limits.queue import Caller, Line
from lsq_api.limits.rate import Rate

log = logging.getLogger(__name__)

GIVES_WAY = 5.0
"""Seconds that a call of a file gives way to screens of other processes."""
_JITTER = 0.1
_POLL = 0.25

T = TypeVar("T")


class Use(NamedTuple):
    """Calls that were made, of how many, in how many seconds; those of every process that shares the count."""

    calls: int
    of: int
    seconds: int


class Pacer:
    """Leave to call one account. Safe to share between threads; close it.

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
        """Wait until one call may be made: Busy after the caller's patience, BudgetSpent, or GivenUp once cancelled."""
        begun = time.monotonic()
        with self._lock:
            ticket = self._line.join(caller)
            try:
                while True:
                    if caller.cancelled():
                        raise GivenUp("the call was given up before it was made")
                    waited, wait = time.monotonic() - begun, _POLL
                    if self._line.first() is ticket:
                        found = self._safely(lambda bucket: self._ask(bucket, caller, waited))  # noqa: B023  called at once
                        if isinstance(found, Permit):
                            self._line.served(ticket)
                            return found
                        wait = min(found.seconds, _POLL)
                        self._bear(found, caller.patience - waited)
                    elif waited > caller.patience:
                        raise Busy(f"no leave to call within {caller.patience:.0f} s: other calls use up the limit")
                    ticket.called.wait(wait)
            finally:
                self._line.leave(ticket)

    def _ask(self, bucket: Bucket, caller: Caller, waited: float) -> Permit | NoPermit:
        found = bucket.take(page=not caller.bulk, give_way=caller.bulk and waited < GIVES_WAY)
        if isinstance(found, Permit) and not caller.bulk:
            bucket.nobody_waits()
        return found

    def _bear(self, wait: NoPermit, patience: float) -> None:
        """Whether it is worth waiting on: an error where it is not."""
        if wait.day_is_spent and wait.seconds > patience:
            used = self.day
            of = f"{used.calls:,} of {used.of:,} calls of the last 24 hours are made" if used else "no call is left"
            raise BudgetSpent(f"the budget of the day is spent: {of}; one is free again in {wait.seconds / 60:.0f} min")
        if patience < 0:
            raise Busy(f"no leave to call in time; the next one is expected in {wait.seconds:.1f} s")

    def in_time(self, permit: Permit) -> bool:
        """Wait for the moment of the permit; whether the call may still go out then.

        It may not where connecting took so long that the permit counts no more.
        """
        early = permit.at - self._bucket.now()
        if early > 0:
            time.sleep(early / 1000)
        return self._bucket.now() < permit.good_until

    def sent(self, permit: Permit) -> None:
        """The call has gone out."""
        self._safely(lambda bucket: bucket.sent(permit))

    def throttled(self, limit: Rate | None, retry_after: float | None) -> None:
        """The host refused a call: the limit it named holds at once, and nobody calls for a window or as it asked."""
        window = float(limit.seconds if limit else self.window.seconds)
        pause = window * (1 + random.uniform(0, _JITTER)) if retry_after is None else retry_after
        pause = min(pause, LONGEST_PAUSE)
        log.warning("throttled, by a limit of %s; all calls pause for %.1f s", limit or "unknown size", pause)

        def learn(bucket: Bucket) -> None:
            bucket.learn(limit)
            bucket.close_for(pause)

        self._safely(learn)

    @property
    def window(self) -> Use:
        """The shortest window in force."""
        return self._use(self._safely(lambda bucket: bucket.limits())[0])

    @property
    def day(self) -> Use | None:
        """The budget of the day; None where there is none."""
        longest = self._safely(lambda bucket: bucket.limits())[-1]
        return self._use(longest) if longest.interval >= DAY else None

    @property
    def waiting(self) -> bool:
        """Whether a call of this process waits for leave."""
        with self._lock:
            return self._line.first() is not None

    def close(self) -> None:
        """Let go of the file; calls that still wait are GivenUp."""
        with self._lock:
            self._closed = True
            self._bucket.close()
            self._line.call_first()

    def _use(self, window: Limit) -> Use:
        seconds = window.interval / 1000
        return Use(self._safely(lambda bucket: bucket.used(seconds)), window.limit, round(seconds - self._margin))

    def _opened(self) -> Bucket:
        try:
            return Bucket.in_file(self._file, self._rates, self._margin) if self._file else self._alone()
        except (OSError, sqlite3.Error) as error:
            return self._alone(error)

    def _alone(self, error: Exception | None = None) -> Bucket:
        """Of this process alone: still within the limit as long as it is the only one, which the log must say."""
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
