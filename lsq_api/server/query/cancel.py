"""What ends a call's statements before they are done: its client is gone, or its time is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from lsq_api.server.store.backend import Interrupted, Session


class Cancellation:
    """The running statements of one call. Cancelled from another thread, they end with the given error.

    A statement that starts just then may miss it: cancel again until the call has ended.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._why: Exception | None = None
        self._running: set[Session] = set()

    def cancel(self, why: Exception) -> None:
        """End what runs, and whatever would start after it; the first reason given is the one that counts."""
        with self._lock:
            self._why = self._why or why
            for session in self._running:
                session.interrupt()

    @contextmanager
    def holding(self, session: Session) -> Iterator[None]:
        """Run the block's statements in the session, until it is cancelled; raises the reason it was cancelled for."""
        with self._lock:
            if self._why:
                raise self._why
            self._running.add(session)
        try:
            yield
        except Interrupted:
            if self._why is None:
                raise
            raise self._why from None
        finally:
            with self._lock:
                self._running.discard(session)
