"""What takes many calls, read in the background once somebody has agreed.

It belongs to the account and not to a viewer: everybody who asks the same sees the same progress.
"""

import logging
import threading
from collections.abc import Callable

from lsq_api.contract.errors import LeadSquaredError
from lsq_api.work.job import Job, Progress

log = logging.getLogger(__name__)

Gathering = Job[None]
"""One reading; its progress is calls made, of calls expected."""


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
        """Begin a reading, unless it runs already; `read` is told whom to report its progress to."""
        with self._lock:
            found = self._begun.get(subject)
            if found is None or not found.running:
                found = self._begun[subject] = Job(_told(read), name="gathering", expected=expected).start()
            return found


def _told(read: Callable[[Progress], None]) -> Callable[[Progress, Callable[[], bool]], None]:
    """The reading, with a word in the log where it fails."""

    def work(progress: Progress, _: Callable[[], bool]) -> None:
        try:
            read(progress)
        except LeadSquaredError as error:
            log.warning("a reading failed: %s: %s", type(error).__name__, error)
            raise

    return work
