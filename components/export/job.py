"""A file being made in the background, by one viewer: how far it is, Cancel, and the file once it is whole.

The thread knows only the work, not the `Preparation`. When nobody holds that any more (another export began, the
session ended, the process exits), the work is given up: no further call is made, and its folder is gone.
"""

import logging
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lsq_api.contract.errors import GivenUp
from lsq_api.export.files import Progress, Written

log = logging.getLogger(__name__)

Make = Callable[[Path, Progress, Callable[[], bool]], Written]
"""Writes the file to a path, telling its progress, until it is cancelled; leaves no file where it raises."""


class Cancelled(Exception):
    """Nobody wants the file any more."""


@dataclass
class _Work:
    """What the thread and its watchers share."""

    folder: Path | None = None
    rows: int = 0
    total: int = 0
    begun: float = 0.0
    written: Written | None = None
    error: BaseException | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def told(self, rows: int, total: int) -> None:
        """Note the progress; Cancelled, before the next call is made, where the file is not wanted."""
        if self.cancelled.is_set():
            raise Cancelled
        self.rows, self.total = rows, total

    def discard(self) -> None:
        """Remove what there is of the file."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def give_up(self) -> None:
        """Make no further call, and remove the file."""
        self.cancelled.set()
        self.discard()


class Preparation:
    """One file. `name` is what it is called when saved, `subject` tells to which screen it belongs (compared only).

    `fetched` becomes true when somebody asks for its content.
    """

    def __init__(self, name: str, subject: object, make: Make) -> None:
        self.name, self.subject, self.fetched = name, subject, False
        self._make, self._work, self._lock = make, _Work(), threading.Lock()
        weakref.finalize(self, self._work.give_up)

    def start(self) -> None:
        """Begin; once begun, nothing more happens."""
        with self._lock:
            if self._work.begun:
                return
            self._work.begun = time.monotonic()
        self._work.folder = Path(tempfile.mkdtemp(prefix="leads-"))
        path = self._work.folder / "file"
        threading.Thread(target=_run, args=(self._work, self._make, path), name="export", daemon=True).start()

    def content(self) -> bytes:
        """The whole file, waited for; what went wrong with it is raised."""
        self.fetched = True
        self.start()
        self._work.over.wait()
        if self._work.error:
            raise self._work.error
        if not self._work.folder or self.cancelled:
            raise Cancelled
        return (self._work.folder / "file").read_bytes()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is over; whether it is."""
        return self._work.over.wait(seconds)

    def cancel(self) -> None:
        """Make no further call, whatever is waited for, and leave nothing behind."""
        self._work.give_up()

    @property
    def cancelled(self) -> bool:
        """Whether it was given up."""
        return self._work.cancelled.is_set()

    @property
    def running(self) -> bool:
        """Whether there is still something to wait for."""
        return bool(self._work.begun) and not self.cancelled and not self._work.over.is_set()

    @property
    def written(self) -> Written | None:
        """What the whole file holds; None before, and where there is none."""
        return None if self.cancelled else self._work.written

    @property
    def error(self) -> BaseException | None:
        """Why there is no file; None while it may still come, and where it was cancelled."""
        return None if self.cancelled else self._work.error

    @property
    def progress(self) -> tuple[int, int]:
        """Rows written, of rows in all; the latter is 0 until the first page came."""
        return self._work.rows, self._work.total

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self._work.begun if self._work.begun else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it will take at the pace so far; None until there is one."""
        rows, total = self.progress
        return self.seconds * (total - rows) / rows if rows else None


class Desk:
    """Where a viewer's one export lies: another one takes its place, and it is given up with the viewer's session."""

    def __init__(self) -> None:
        self.held: Preparation | None = None

    def put(self, preparation: Preparation) -> None:
        """Begin a file, and give up the one before it."""
        if preparation is not self.held:
            self.clear()
        self.held = preparation
        preparation.start()

    def clear(self) -> None:
        """Give up what lies here."""
        if self.held:
            self.held.cancel()
        self.held = None


def _run(work: _Work, make: Make, path: Path) -> None:
    try:
        work.written = make(path, work.told, work.cancelled.is_set)
    except (Cancelled, GivenUp):
        work.discard()
    except Exception as error:
        work.error = error
        work.discard()
        log.exception("an export failed")
    finally:
        # The folder may have been removed while the file was still being written into it.
        if work.cancelled.is_set():
            work.discard()
        work.over.set()
