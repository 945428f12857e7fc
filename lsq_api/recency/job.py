"""Readings that take many calls, made in the background once somebody has agreed.

They belong to the account, not to a viewer: all who ask the same see the same progress.
"""

import logging
import threading
from collections.abc import Callable

from lsq_api.contract.errors import LeadSquaredError
from lsq_api.work.job import Cancelled, Job, Progress

log = logging.getLogger(__name__)

Gathering = Job[None]
"""A reading as a job; its progress is calls made, of calls expected."""


class Gatherings:
    """The readings of an account by subject; no two with the same subject run at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: dict[object, Gathering] = {}

    def of(self, subject: object) -> Gathering | None:
        """The reading of a subject that runs, failed or was cancelled; None without one, or once it succeeded."""
        with self._lock:
            found = self._begun.get(subject)
            if found and not found.running and not (found.error or found.cancelled):
                del self._begun[subject]
                return None
            return found

    def begin(self, subject: object, read: Callable[[Progress], None], expected: int) -> Gathering:
        """Begin a reading, unless it runs already; `read` gets the callback for its progress."""
        with self._lock:
            found = self._begun.get(subject)
            if found is None or not found.running:
                found = self._begun[subject] = Job(_told(read), name="gathering", expected=expected).start()
            return found


def _told(read: Callable[[Progress], None]) -> Callable[[Progress, Callable[[], bool]], None]:
    """The reading, whose failure is logged."""

    def work(progress: Progress, _: Callable[[], bool]) -> None:
        try:
            read(progress)
        except Cancelled:
            log.info("a reading was cancelled")
            raise
        except LeadSquaredError as error:
            log.warning("a reading failed: %s: %s", type(error).__name__, error)
            raise
        except Exception:
            log.exception("a reading could not be worked out")
            raise

    return work
