"""The calls of an account, counted where every process of this machine sees them: a SQLite file for each account.

pyrate-limiter keeps the log of calls: a true sliding window, several rates at once. What it leaves to others is here:
one process at a time between counting a call and noting it, a call's time corrected to when it was really sent, the
limit a host named, the pause after a throttle, and whose turn it is between processes.
Source: section 9 of the wire notes.
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
_REMEMBERED, _HOUR = DAY, int(Duration.HOUR)
"""Milliseconds for which a limit that a host named is kept: a plan can be raised."""
_CALLING, _WAY, _EARLY, _JUMP, _TIDY = 400, 0.03, 0.05, 200, 200
_BUSY_SECONDS = 5.0

_TABLE = "calls"
_SCHEMA = (
    f"CREATE TABLE IF NOT EXISTS {_TABLE} (name TEXT, item_timestamp INTEGER)",
    f"CREATE INDEX IF NOT EXISTS {_TABLE}_by_time ON {_TABLE} (item_timestamp)",
    "CREATE TABLE IF NOT EXISTS learnt (seconds INTEGER PRIMARY KEY, calls INTEGER, at INTEGER)",
    "CREATE TABLE IF NOT EXISTS pages (process TEXT PRIMARY KEY, until INTEGER)",
    "CREATE TABLE IF NOT EXISTS pause (one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER)",
)


class Permit(NamedTuple):
    """Leave to send one call from a moment on, and until it would no longer be counted; in milliseconds."""

    name: str
    at: int
    good_until: int


class NoPermit(NamedTuple):
    """No leave yet: how many seconds until it is worth asking again, and whether the day's calls are spent."""

    seconds: float
    day_is_spent: bool = False


class Bucket(SQLiteBucket):
    """The calls of one account. Safe to share between threads; several on one file count together.

    Every method may raise sqlite3.Error where the file is gone, full or damaged.
    """

    def __init__(
        self,
        conn: sqlite3.Connection,
        rates: Iterable[Rate],
        margin: float = MARGIN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._given, self._margin, self._seconds = tuple(rates), round(1000 * margin), clock
        self._process, self._taken = uuid.uuid4().hex, 0
        self._lock = OneAtATime(conn)
        with self._lock:
            for statement in _SCHEMA:
                conn.execute(statement)
        super().__init__(ruling(self._given, self._margin), conn, _TABLE, lock=self._lock)

    @classmethod
    def in_file(cls, path: Path, rates: Iterable[Rate], margin: float = MARGIN) -> Self:
        """Shared by every process that opens the same file; OSError or sqlite3.Error where it cannot be."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made here with nobody else's rights: SQLite takes them over for the files it puts beside it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        conn = _opened(str(path))
        _write_ahead(conn)
        conn.execute("PRAGMA synchronous=NORMAL")
        return cls(conn, rates, margin)

    @classmethod
    def in_memory(cls, rates: Iterable[Rate], margin: float = MARGIN) -> Self:
        """Of this process alone."""
        return cls(_opened(":memory:"), rates, margin)

    def now(self) -> int:
        """Milliseconds since 1970: the one clock that processes share and that goes on over a restart."""
        return round(self._seconds() * 1000)

    def take(self, *, page: bool, give_way: bool = False) -> Permit | NoPermit:
        """Leave for one call if there is any. `page`: somebody waits for it; `give_way`: to others' pages."""
        self._tidy()
        with self.lock:
            now = self.now()
            # What ends later than can be was written before the clock was set back.
            latest = now + round(1000 * LONGEST_PAUSE)
            closed = self._one("SELECT until FROM pause WHERE until > ? AND until <= ?", now, latest)
            if closed:
                return NoPermit((closed - now) / 1000)
            if give_way and self._others_wait(now):
                return NoPermit(_WAY)
            self.rates = self._ruling()
            if page:
                self.conn.execute("INSERT OR REPLACE INTO pages VALUES (?, ?)", (self._process, now + _CALLING))
            found = self._put(now)
            if isinstance(found, NoPermit) and found.seconds <= _EARLY:
                # Who knows the moment waits for it alone, and the next in the line need not wait for that.
                found = self._put(now + round(1000 * found.seconds))
            return found

    def _put(self, at: int) -> Permit | NoPermit:
        item = RateItem(uuid.uuid4().hex, at)
        if self.put(item):
            return Permit(item.name, at, at + self.rates[0].interval * 9 // 10)
        assert self.failing_rate is not None  # noqa: S101  put() has just set it
        return NoPermit(int(self.waiting(item)) / 1000, self.failing_rate.interval >= DAY)  # type: ignore[arg-type]

    def close(self) -> None:
        """Let go of the file, once no other thread is using it: SQLite would take the process down."""
        with self._lock.threads:
            self.conn.close()

    def _others_wait(self, now: int) -> bool:
        query = "SELECT 1 FROM pages WHERE until > ? AND until <= ? AND process <> ?"
        return self._one(query, now, now + _CALLING, self._process) is not None

    def nobody_waits(self) -> None:
        """No page of this process waits any more."""
        with self.lock:
            self.conn.execute("DELETE FROM pages WHERE process = ?", (self._process,))

    def sent(self, permit: Permit) -> None:
        """The call has left this machine now: that, not the permit, is when the host counts it at the earliest."""
        with self.lock:
            self.conn.execute(f"UPDATE {_TABLE} SET item_timestamp = ? WHERE name = ?", (self.now(), permit.name))  # noqa: S608

    def learn(self, rate: Rate | None) -> None:
        """The host refused a call, by a limit it named or not: a narrower one than was kept to holds for a day.

        Where it was kept to, other programs use the account too, or calls bunch up on their way: one call fewer is
        made for an hour, at most one fewer for each window, down to half of what is configured.
        """
        with self.lock:
            now, kept = self.now(), self._ruling()[0]
            seconds = (kept.interval - self._margin) // 1000
            if rate and (rate.seconds != seconds or rate.calls < kept.limit):
                self._keep(rate, now)
                return
            hour = now - _REMEMBERED + _HOUR
            if not self._one("SELECT 1 FROM learnt WHERE seconds = ? AND at > ?", seconds, hour - kept.interval):
                self._keep(Rate(max(kept.limit - 1, self._given[0].calls // 2, 1), seconds), hour)

    def _keep(self, rate: Rate, at: int) -> None:
        self.conn.execute("INSERT OR REPLACE INTO learnt VALUES (?, ?, ?)", (rate.seconds, rate.calls, at))

    def close_for(self, seconds: float) -> None:
        """No leave for anybody until then."""
        with self.lock:
            now = self.now()
            until = now + round(1000 * min(seconds, LONGEST_PAUSE))
            before = self._one("SELECT until FROM pause WHERE until <= ?", now + round(1000 * LONGEST_PAUSE))
            self.conn.execute("INSERT OR REPLACE INTO pause VALUES (1, ?)", (max(until, before or 0),))

    def limits(self) -> tuple[Limit, ...]:
        """The rates in force, shortest window first: as configured, and as hosts named them."""
        with self.lock:
            return tuple(self._ruling())

    def used(self, seconds: float) -> int:
        """Calls of every process in the last `seconds`; at most as far back as the longest rate."""
        with self.lock:
            since = self.now() - round(1000 * seconds)
            return self._one(f"SELECT count(*) FROM {_TABLE} WHERE item_timestamp > ?", since) or 0  # noqa: S608

    def _tidy(self) -> None:
        """Old calls go; where the clock was set back, calls from the future count as of now, not for hours."""
        now = self.now()
        with self.lock:
            self.conn.execute(
                f"UPDATE {_TABLE} SET item_timestamp = ? WHERE item_timestamp > ?",  # noqa: S608
                (now, now + _JUMP),
            )
        self._taken += 1
        if self._taken % _TIDY == 1:
            self.leak(now)

    def _ruling(self) -> list[Limit]:
        rows = self.conn.execute("SELECT calls, seconds FROM learnt WHERE at > ?", (self._oldest(),)).fetchall()
        return ruling((*self._given, *(Rate(*row) for row in rows)), self._margin)

    def _oldest(self) -> int:
        return self.now() - _REMEMBERED

    def _one(self, query: str, *values: object) -> int | None:
        row = self.conn.execute(query, values).fetchone()
        return row[0] if row else None


def _opened(name: str) -> sqlite3.Connection:
    return sqlite3.connect(name, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS)


def _write_ahead(conn: sqlite3.Connection) -> None:
    """Readers and writers side by side. SQLite refuses one of two that open a new file at once, without waiting."""
    for attempt in stamina.retry_context(
        _is_busy, attempts=None, timeout=_BUSY_SECONDS, wait_initial=0.02, wait_max=0.2
    ):
        with attempt:
            conn.execute("PRAGMA journal_mode=WAL")


def _is_busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


def ruling(rates: Iterable[Rate], margin: int) -> list[Limit]:
    """The rates that matter, as the library wants them: longer windows hold more calls, and none at a faster pace."""
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


class OneAtATime:
    """A lock for threads, and inside it SQLite's own for processes: counting and noting are one transaction."""

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
