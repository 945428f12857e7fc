"""What takes many calls, read in the background once somebody has agreed: how far it is, and Cancel.

It belongs to the account and not to a viewer: everybody who asks the same sees the same progress.
"""

import logging
import threading
from collections.abc import Callable
from time import monotonic

from lsq_api.contract.errors import LeadSquaredError
from lsq_api.recency.recency import Progress

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Nobody wants it any more."""


class Gathering:
    """One reading of `expected` calls; `read` is told whom to report its progress to."""

    def __init__(self, read: Callable[[Progress], None], expected: int) -> None:
        self._read, self._cancelled, self._over = read, threading.Event(), threading.Event()
        self.done, self.expected = 0, expected
        self.error: LeadSquaredError | None = None
        self._begun = monotonic()
        threading.Thread(target=self._run, name="gathering", daemon=True).start()

    @property
    def running(self) -> bool:
        """Whether there is something to wait for."""
        return not self._over.is_set() and not self._cancelled.is_set()

    @property
    def cancelled(self) -> bool:
        """Whether it was given up."""
        return self._cancelled.is_set()

    @property
    def seconds_left(self) -> float | None:
        """How long it will take at the pace so far; None until there is one."""
        gone = monotonic() - self._begun
        return gone * (self.expected - self.done) / self.done if self.done else None

    def cancel(self) -> None:
        """Stop after the call that is under way; what is whole until then is kept."""
        self._cancelled.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until no call is made for it any more; whether that is so."""
        return self._over.wait(seconds)

    def _told(self, done: int, expected: int) -> None:
        self.done, self.expected = done, expected
        if self._cancelled.is_set():
            raise Cancelled

    def _run(self) -> None:
        try:
            self._read(self._told)
        except Cancelled:
            log.info("a reading was cancelled after %d calls", self.done)
        except LeadSquaredError as error:
            log.warning("a reading failed after %d calls: %s: %s", self.done, type(error).__name__, error)
            self.error = error
        finally:
            self._over.set()


class Gatherings:
    """The readings of an account by what they are about, each at most once at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: dict[object, Gathering] = {}

    def of(self, subject: object) -> Gathering | None:
        """The reading that runs, failed or was cancelled; None where there was none or it is done."""
        with self._lock:
            found = self._begun.get(subject)
            if found and not found.running and not (found.error or found.cancelled):
                del self._begun[subject]
                return None
            return found

    def begin(self, subject: object, read: Callable[[Progress], None], expected: int) -> Gathering:
        """Begin a reading, unless it runs already."""
        with self._lock:
            found = self._begun.get(subject)
            if found is None or not found.running:
                found = self._begun[subject] = Gathering(read, expected)
            return found
