"""One viewer's export in the background: its progress, Cancel, and the file once it is whole.

Nobody has to end it: when the last reference to a `Preparation` is gone (another export began, the session ended, the
process exits), no further call is made and its folder is removed; that of a killed process, by the next one.
"""

import logging
import weakref
from collections.abc import Callable
from pathlib import Path

from lsq_api.contract.errors import GivenUp
from lsq_api.export.files import Written
from lsq_api.work.job import Cancelled, Job, Progress, State
from lsq_api.work.scratch import Scratch, swept

log = logging.getLogger(__name__)

Make = Callable[[Path, Progress, Callable[[], bool]], Written]
"""Writes the file to a path, reports its progress, and stops once cancelled; leaves no file where it raises."""


_TEMPORARY = "leads-of-export."
"""How the folders of files are named."""


class _Making:
    """The thread's work: writes the file into a folder of its own, and removes that where the file is not whole."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._scratch: Scratch | None = None

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
            # `cancel` removed the folder, but the thread may have written into it since.
            if cancelled():
                self.discard()

    @property
    def file(self) -> Path:
        """The path of the file; its folder is made when first asked for."""
        self._scratch = self._scratch or Scratch(_TEMPORARY)
        return self._scratch.path / "file"

    def discard(self) -> None:
        """Remove the folder with whatever was written."""
        if self._scratch:
            self._scratch.remove()


def _give_up(state: State[Written], making: _Making) -> None:
    """In this order: what is still written after the folder is gone ends at its next page."""
    state.cancelled.set()
    making.discard()


class Preparation(Job[Written]):
    """One export. `name` is the file's name for the viewer, `subject` equals that of the screen it belongs to.

    `fetched` becomes true once its content was asked for.
    """

    def __init__(self, name: str, subject: object, make: Make) -> None:
        self.name, self.subject, self.fetched = name, subject, False
        self._making = _Making(make)
        super().__init__(self._making, name="export")
        weakref.finalize(self, _give_up, self._state, self._making)

    def content(self) -> bytes:
        """The whole file; starts the export and waits for it. Raises what the export raised."""
        self.fetched = True
        self.start().result()
        return self._making.file.read_bytes()

    def cancel(self) -> None:
        """Make no further call, and remove the file."""
        super().cancel()
        self._making.discard()

    @property
    def written(self) -> Written | None:
        """Rows and cut texts of the finished file; None before it is finished, and where it failed or was cancelled."""
        return None if self.cancelled else self._state.result


class Desk:
    """Holds a viewer's one export; a new one replaces it, and it is cancelled when the session ends."""

    def __init__(self) -> None:
        self.held: Preparation | None = None
        swept(_TEMPORARY)

    def put(self, preparation: Preparation) -> None:
        """Start an export, and cancel the one before it."""
        if preparation is not self.held:
            self.clear()
        self.held = preparation
        preparation.start()

    def clear(self) -> None:
        """Cancel the export, if there is one."""
        if self.held:
            self.held.cancel()
        self.held = None
