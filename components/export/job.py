"""A file being made in the background, by one viewer: how far it is, Cancel, and the file once it is whole.

When nobody holds the `Preparation` any more (another export began, the session ended, the process exits), the work is
given up: no further call is made, and its folder is gone.
"""

import logging
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

from lsq_api.contract.errors import GivenUp
from lsq_api.export.files import Written
from lsq_api.work.job import Cancelled, Job, Progress

log = logging.getLogger(__name__)

Make = Callable[[Path, Progress, Callable[[], bool]], Written]
"""Writes the file to a path, telling its progress, until it is cancelled; leaves no file where it raises."""


class _Making:
    """What the thread does: the file in a folder of its own, which is gone where the file is not whole."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self.folder: Path | None = None

    def __call__(self, progress: Progress, cancelled: Callable[[], bool]) -> Written:
        try:
            return self._make(self.file, progress, cancelled)
        except (Cancelled, GivenUp):
            self.discard()
            raise
        except Exception:
            self.discard()
            log.exception("an export failed")
            raise
        finally:
            # The folder may have been removed while the file was still being written into it.
            if cancelled():
                self.discard()

    @property
    def file(self) -> Path:
        """Where the file is, in a folder that is made for it."""
        self.folder = self.folder or Path(tempfile.mkdtemp(prefix="leads-"))
        return self.folder / "file"

    def discard(self) -> None:
        """Remove what there is of the file."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class Preparation(Job[Written]):
    """One file. `name` is what it is called when saved, `subject` tells to which screen it belongs (compared only).

    `fetched` becomes true when somebody asks for its content.
    """

    def __init__(self, name: str, subject: object, make: Make) -> None:
        self.name, self.subject, self.fetched = name, subject, False
        self._making = _Making(make)
        super().__init__(self._making, name="export")
        weakref.finalize(self, self._making.discard)

    def content(self) -> bytes:
        """The whole file, waited for; what went wrong with it is raised."""
        self.fetched = True
        self.start().result()
        return self._making.file.read_bytes()

    def cancel(self) -> None:
        """Make no further call, whatever is waited for, and leave nothing behind."""
        super().cancel()
        self._making.discard()

    @property
    def written(self) -> Written | None:
        """What the whole file holds; None before, and where there is none."""
        return None if self.cancelled else self._state.result


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
