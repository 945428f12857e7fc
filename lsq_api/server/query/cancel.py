"""Cancellation of a call, whose client has left or whose time is up: while it is compiled, and while it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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

    def check(self) -> None:
        """Raises the reason once cancelled."""
        if self._why is not None:
            raise self._why

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While the block runs, `check()` of this module, in the same thread, asks this cancellation."""
        before = _PRESENT.set(self)
        try:
            yield
        finally:
            _PRESENT.reset(before)

    @contextmanager
    def holding(self, session: Session) -> Iterator[None]:
        """Run the block's statements in the session; raises the reason once cancelled."""
        with self._lock:
            self.check()
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


_PRESENT: ContextVar[Cancellation | None] = ContextVar("cancellation", default=None)


def check() -> None:
    """Raises the reason once the call that this thread works for is cancelled: no statement runs that would notice."""
    present = _PRESENT.get()
    if present is not None:
        present.check()
