"""The calls of one account, counted for all processes of this machine: a SQLite file for each account.

pyrate-limiter keeps the log of calls: a true sliding window, several limits at once. What it leaves to others is here:
one transaction for counting a call and noting it, a call's time corrected to when it was really sent, the limit that a
host named, the pause after a throttle, and clocks that are set back. Source: section 9 of the wire notes.
"""

import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import stamina
from pyrate_limiter import Duration, RateItem, SQLiteBucket
from pyrate_limiter import Rate as Limit  # a rate whose window has the margin

from lsq_api.limits.rate import Rate

MARGIN = 0.18
"""Seconds that a window is longer here than at the host: calls that are sent a window apart may arrive closer."""
DAY = int(Duration.DAY)
LONGEST_PAUSE = 60.0
"""Seconds of a pause after a throttle at most, whatever the host asks for."""
SCREEN_EARLY, BULK_EARLY = 0.1, 0.025
"""Seconds before a call is free at which its permit is given: to a screen, and to a file.

So a screen goes before a file of another process, and neither knows of the other. Whoever has the permit waits for its
moment alone, while the next caller asks already. Both are shorter than what is taken for a clock set back.
"""
_CLOCK_SET_BACK = 200
"""Milliseconds: a call noted further in the future than this was noted before the clock was set back."""
_LEARNT_FOR, _HOUR = DAY, int(Duration.HOUR)
"""Milliseconds for which a limit that a host named is kept: a plan can be raised."""
_TIDY = 200
"""Old calls are deleted once in so many permits."""
_BUSY_SECONDS = 5.0
"""How long a process waits for another one's transaction."""

_TABLE = "calls"
_SCHEMA = (
    f"CREATE TABLE IF NOT EXISTS {_TABLE} (name TEXT, item_timestamp INTEGER)",
    f"CREATE INDEX IF NOT EXISTS {_TABLE}_by_time ON {_TABLE} (item_timestamp)",
    "CREATE TABLE IF NOT EXISTS learnt (seconds INTEGER PRIMARY KEY, calls INTEGER, at INTEGER)",
    "CREATE TABLE IF NOT EXISTS pause (one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER)",
)


class Permit(NamedTuple):
    """For one call, to be sent from `at` on and before `good_until`, milliseconds since 1970."""

    name: str
    at: int
    good_until: int


class NoPermit(NamedTuple):
    """The limit is used up, or all calls pause: seconds until a call is free, and whether it is the day's limit."""

    seconds: float
    day_is_spent: bool = False


class Bucket(SQLiteBucket):
    """The calls of one account. Safe to share between threads; several buckets on one file count together.

    Every method may raise sqlite3.Error where the file is gone, full or damaged.
    """

    def __init__(
        self,
        conn: sqlite3.Connection,
        rates: Iterable[Rate],
        margin: float = MARGIN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._configured, self._margin, self._time = tuple(rates), round(1000 * margin), clock
        self._asked = 0
        self._lock = TransactionLock(conn)
        with self._lock:
            for statement in _SCHEMA:
                conn.execute(statement)
        super().__init__(deciding_limits(self._configured, self._margin), conn, _TABLE, lock=self._lock)

    @classmethod
    def in_file(cls, path: Path, rates: Iterable[Rate], margin: float = MARGIN) -> Self:
        """Shared by every process that opens the same file; OSError or sqlite3.Error where it cannot be opened."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made here with nobody else's rights: SQLite takes them over for the files it puts beside it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        conn = _opened(str(path))
        _write_ahead(conn)
        conn.execute("PRAGMA synchronous=NORMAL")
        return cls(conn, rates, margin)

    @classmethod
    def in_memory(cls, rates: Iterable[Rate], margin: float = MARGIN) -> Self:
        """Counts the calls of this process alone."""
        return cls(_opened(":memory:"), rates, margin)

    def now(self) -> int:
        """Milliseconds since 1970: all processes have this clock, and it goes on over a restart."""
        return round(self._time() * 1000)

    def take(self, *, early: float = SCREEN_EARLY) -> Permit | NoPermit:
        """A permit for a call that is free now, or at most `early` seconds from now."""
        self._tidy()
        with self._lock:
            now = self.now()
            paused_until = self._paused_until(now)
            if paused_until > now:
                return NoPermit((paused_until - now) / 1000)
            self.rates = list(self.limits())
            found = self._put(now)
            if isinstance(found, NoPermit) and found.seconds <= early:
                found = self._put(now + round(1000 * found.seconds))
            return found

    def sent(self, permit: Permit) -> None:
        """The call has left this machine now: the host counts it no earlier, whenever the permit was given."""
        with self._lock:
            self.conn.execute(f"UPDATE {_TABLE} SET item_timestamp = ? WHERE name = ?", (self.now(), permit.name))  # noqa: S608

    def learn(self, rate: Rate | None) -> None:
        """The host refused a call, by a limit it named or not: a narrower one than was kept to holds for a day.

        Where it was kept to, other programs use the account too, or calls bunch up on their way: one call fewer is
        made for an hour, at most one fewer for each window, down to half of what is configured.
        """
        with self._lock:
            now, kept = self.now(), self.limits()[0]
            seconds = (kept.interval - self._margin) // 1000
            if rate and (rate.seconds != seconds or rate.calls < kept.limit):
                self._keep(rate, now)
                return
            hour = now - _LEARNT_FOR + _HOUR
            if not self._value("SELECT 1 FROM learnt WHERE seconds = ? AND at > ?", seconds, hour - kept.interval):
                self._keep(Rate(max(kept.limit - 1, self._configured[0].calls // 2, 1), seconds), hour)

    def pause(self, seconds: float) -> None:
        """No permits for anybody, at most for `LONGEST_PAUSE`; a longer pause that holds already is kept."""
        with self._lock:
            now = self.now()
            until = now + round(1000 * min(seconds, LONGEST_PAUSE))
            values = (max(until, self._paused_until(now)),)
            self.conn.execute("INSERT OR REPLACE INTO pause VALUES (1, ?)", values)

    def limits(self) -> tuple[Limit, ...]:
        """The limits in force, shortest window first: as configured, and as the host named them."""
        with self._lock:
            since = self.now() - _LEARNT_FOR
            learnt = self.conn.execute("SELECT calls, seconds FROM learnt WHERE at > ?", (since,)).fetchall()
            return tuple(deciding_limits((*self._configured, *(Rate(*row) for row in learnt)), self._margin))

    def used(self, seconds: float) -> int:
        """Calls of every process in the last `seconds`; at most as far back as the longest window."""
        with self._lock:
            since = self.now() - round(1000 * seconds)
            return self._value(f"SELECT count(*) FROM {_TABLE} WHERE item_timestamp > ?", since)  # noqa: S608

    def close(self) -> None:
        """Close the file, once no other thread is using it: SQLite would take the process down."""
        with self._lock.threads:
            self.conn.close()

    def _put(self, at: int) -> Permit | NoPermit:
        item = RateItem(uuid.uuid4().hex, at)
        if self.put(item):
            return Permit(item.name, at, at + self.rates[0].interval * 9 // 10)
        assert self.failing_rate is not None  # noqa: S101  put() has just set it
        return NoPermit(int(self.waiting(item)) / 1000, self.failing_rate.interval >= DAY)  # type: ignore[arg-type]

    def _paused_until(self, now: int) -> int:
        """In milliseconds, 0 without a pause. One longer than can be was noted before the clock was set back."""
        return self._value("SELECT until FROM pause WHERE until <= ?", now + round(1000 * LONGEST_PAUSE))

    def _keep(self, rate: Rate, at: int) -> None:
        self.conn.execute("INSERT OR REPLACE INTO learnt VALUES (?, ?, ?)", (rate.seconds, rate.calls, at))

    def _tidy(self) -> None:
        """Delete old calls; where the clock was set back, count calls from the future as of now, not for hours."""
        now = self.now()
        with self._lock:
            self.conn.execute(
                f"UPDATE {_TABLE} SET item_timestamp = ? WHERE item_timestamp > ?",  # noqa: S608
                (now, now + _CLOCK_SET_BACK),
            )
        self._asked += 1
        if self._asked % _TIDY == 1:
            self.leak(now)

    def _value(self, query: str, *values: int) -> int:
        """The number that a query selects; 0 where it selects no row."""
        row = self.conn.execute(query, values).fetchone()
        return row[0] if row else 0


def deciding_limits(rates: Iterable[Rate], margin: int) -> list[Limit]:
    """The rates that can refuse a call, shortest window first, as limits whose windows are `margin` ms longer.

    Each has a longer window, more calls and no faster pace than the one before; what another one implies is left out.
    """
    found: list[Limit] = []
    for rate in sorted(rates, key=lambda rate: (rate.seconds, rate.calls)):
        length, calls = 1000 * rate.seconds + margin, rate.calls
        if found and found[-1].interval == length:
            continue
        if found:
            calls = min(calls, found[-1].limit * length // found[-1].interval)
        while found and found[-1].limit >= calls:
            found.pop()
        found.append(Limit(calls, length))
    return found


class TransactionLock:
    """A transaction that one thread of one process has at a time: a lock for threads, and SQLite's for processes.

    It may be entered again by the thread that has it; the outermost exit commits, or rolls back after an error.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn, self.threads, self._depth = conn, threading.RLock(), 0

    def __enter__(self) -> None:
        self.threads.acquire()
        try:
            if not self._depth:
                self._conn.execute("BEGIN IMMEDIATE")
        except BaseException:
            self.threads.release()
            raise
        self._depth += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._depth -= 1
        try:
            if not self._depth and self._conn.in_transaction:
                self._conn.execute("ROLLBACK" if kind else "COMMIT")
        finally:
            self.threads.release()


def _opened(name: str) -> sqlite3.Connection:
    return sqlite3.connect(name, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS)


def _write_ahead(conn: sqlite3.Connection) -> None:
    """Readers and writers do not block each other. Of two that open a new file at once SQLite refuses one at once."""
    for attempt in stamina.retry_context(
        _is_busy, attempts=None, timeout=_BUSY_SECONDS, wait_initial=0.02, wait_max=0.2
    ):
        with attempt:
            conn.execute("PRAGMA journal_mode=WAL")


def _is_busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY
