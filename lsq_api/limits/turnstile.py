"""One thread of one process at a time, for what is read and written in one SQLite file."""

import sqlite3
import threading
from types import TracebackType


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
