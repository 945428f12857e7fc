"""Cancellation of a call's statements: when its client has left, or its time is up."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from lsq_api.server.store.backend import Interrupted, Session


class Cancellation:
    """The running statements of one call; cancelled from another thread, they raise the given error.

    A statement that is just being started may miss it, so cancel again until the call has ended.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._why: Exception | None = None
        self._running: set[Session] = set()

    def cancel(self, why: Exception) -> None:
        """End the running statements and all later ones; of several reasons the first one is raised."""
        with self._lock:
            self._why = self._why or why
            for session in self._running:
                session.interrupt()

    @contextmanager
    def holding(self, session: Session) -> Iterator[None]:
        """Run the block's statements in the session; raises the reason once cancelled."""
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
