"""Threads for work that nobody waits for."""

import threading
from collections import deque
from collections.abc import Callable

from lsq_api.work.click import kept


class Background:
    """Runs work in up to so many threads, started when needed; they do not keep the process alive."""

    def __init__(self, most: int) -> None:
        self._most, self._running = most, 0
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()

    def run(self, work: Callable[[], None]) -> None:
        """Run `work` as soon as a thread is free; it must not raise."""
        with self._lock:
            self._waiting.append(kept(work))
            if self._running >= self._most:
                return
            self._running += 1
        threading.Thread(target=self._drain, name="renewal", daemon=True).start()

    def _drain(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._running -= 1
                    return
                work = self._waiting.popleft()
            work()
