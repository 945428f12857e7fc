"""The calls that a process has made: how many, when, how long they took and how they ended.

Only paths are kept: a query holds the keys, a body what somebody asked. Safe to share between threads.
Source: section 9 of the wire notes, "show calls used".
"""

import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

RECENT = 1_000
"""How many finished calls are kept one by one."""
_STARTS = 10_000
# Calls are counted by quarters of an hour, since midnight of every time zone begins one.
_QUARTER = timedelta(minutes=15)
_KEPT_QUARTERS = 4 * 48
_CALLS, _THROTTLED, _FAILED = "calls", "throttled", "failed"
THROTTLE = "Throttled"
"""Name of the failure that is counted as a throttle: the error of `errors.py`."""


class FinishedCall(NamedTuple):
    """A finished call: when it was sent (aware, UTC), its path, HTTP status (None: no answer), and milliseconds.

    `failure` is the name of its error ("" where there was none), `said` that error's text without keys.
    """

    at: datetime
    path: str
    status: int | None
    milliseconds: float
    failure: str = ""
    said: str = ""


class Tally(NamedTuple):
    """Calls sent, and how many of them were throttled or failed otherwise."""

    calls: int
    throttled: int
    failed: int


@dataclass
class Outcome:
    """How a call ended; filled in by whoever makes the call."""

    status: int | None = None
    failure: str = ""
    said: str = ""

    def failed(self, error: Exception) -> None:
        """Note the error that the call ended with; its text must hold no keys."""
        self.failure, self.said = type(error).__name__, str(error)


class Ledger:
    """The calls of one client: counts of the last two days, and the last `RECENT` calls one by one."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._starts: deque[datetime] = deque(maxlen=_STARTS)
        self._recent: deque[FinishedCall] = deque(maxlen=RECENT)
        self._quarters: OrderedDict[datetime, Counter[str]] = OrderedDict()

    @contextmanager
    def call(self, path: str) -> Iterator[Outcome]:
        """Record a call around its block. It counts from its start, as the host counts it."""
        at, begun, outcome = self._now(), time.perf_counter(), Outcome()
        with self._lock:
            self._starts.append(at)
            self._quarter(at)[_CALLS] += 1
        try:
            yield outcome
        finally:
            took = (time.perf_counter() - begun) * 1000
            with self._lock:
                self._recent.append(FinishedCall(at, path, outcome.status, took, outcome.failure, outcome.said))
                if outcome.failure:
                    self._quarter(at)[_THROTTLED if outcome.failure == THROTTLE else _FAILED] += 1

    def within(self, seconds: float) -> int:
        """How many calls were sent in the last `seconds`; counts no more than the last 10,000."""
        with self._lock:
            earliest = self._now() - timedelta(seconds=seconds)
            return sum(1 for at in self._starts if at > earliest)

    def since(self, moment: datetime) -> Tally:
        """Calls sent since `moment`, an aware quarter of an hour within the last two days."""
        with self._lock:
            counted = sum((count for start, count in self._quarters.items() if start >= moment), Counter[str]())
        return Tally(counted[_CALLS], counted[_THROTTLED], counted[_FAILED])

    def recent(self) -> list[FinishedCall]:
        """The last finished calls, oldest first."""
        with self._lock:
            return list(self._recent)

    def _quarter(self, at: datetime) -> Counter[str]:
        start = datetime.min.replace(tzinfo=UTC) + (at - datetime.min.replace(tzinfo=UTC)) // _QUARTER * _QUARTER
        while start not in self._quarters and len(self._quarters) >= _KEPT_QUARTERS:
            self._quarters.popitem(last=False)
        return self._quarters.setdefault(start, Counter())
