"""What one viewer brings in: the files that were dropped, what was said of them, and what came of reading them.

Files are read in the background, anew whenever the files or the choices change. Nobody has to end it: when
the intake is gone (the viewer left, the process ends), the reading is cancelled and what was made is removed.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import streamlit as st

from lsq_api.contract.errors import LeadSquaredError
from lsq_api.host.added import Choices, Look, Unclear, keep, look
from lsq_api.work.job import Cancelled, Job, Progress

log = logging.getLogger(__name__)

_KEY: Final = "add_data"
_AT_ONCE: Final = 2.0
"""Seconds that a page waits for files to be read before it shows the progress."""


class Dropped(NamedTuple):
    """A file that was dropped: an ID that changes with its content, its name, and the content."""

    id: str
    name: str
    content: bytes


class Intake:
    """The files at hand. `maps` says what columns mean, by file and header; `steps` are sentences of the reading."""

    def __init__(self) -> None:
        self.maps: dict[str, dict[str, str]] = {}
        self.steps: list[str] = []
        self.unsaved: str | None = None
        """Why the last attempt to save failed."""
        self._job: Job[Look] | None = None
        self._wanted: object = None

    def read(self, files: Sequence[Dropped], choices: Choices, into: Path) -> None:
        """Begin to read files as they would be kept at `into`, unless just these are read, or were, with these choices.

        Waits a moment for the end, which comes at once for small files.
        """
        names = {file.name for file in files}
        self.maps = {of: maps for of, maps in self.maps.items() if any(of.startswith(name) for name in names) and maps}
        choices = replace(choices, maps_of={of: dict(maps) for of, maps in self.maps.items()})
        wanted = tuple(file.id for file in files), repr(choices)
        if wanted != self._wanted:
            self.clear()
            self._wanted = wanted
            self._job = Job(_reading(files, choices, into, self.steps), name="adding").start()
            self._job.wait(_AT_ONCE)

    def clear(self) -> None:
        """Drop what was read, or is being read."""
        made = self.found if self._job and not self._job.error else None
        if isinstance(made, Look):
            made.close()
        if self._job:
            self._job.cancel()
        self._job, self._wanted, self.steps, self.unsaved = None, None, [], None

    def cancel(self) -> None:
        """End the reading after the step that is under way."""
        if self._job:
            self._job.cancel()

    def again(self) -> None:
        """Read again what was cancelled."""
        self._wanted = None

    @property
    def running(self) -> bool:
        """Whether files are being read."""
        return self._job is not None and self._job.running

    @property
    def cancelled(self) -> bool:
        """Whether the reading was cancelled."""
        return self._job is not None and self._job.cancelled

    @property
    def found(self) -> Look | Unclear | LeadSquaredError | None:
        """What came of it: the look, or why there is none; None while there is nothing."""
        if self._job is None or self.running or self.cancelled:
            return None
        error = self._job.error
        if isinstance(error, Unclear | LeadSquaredError):
            return error
        if error:
            raise error
        return self._job.result()

    def said(self, file: str, header: str, name: str | None) -> None:
        """Note what a column means: a schema name, "" to leave it out, None to take back what was said."""
        maps = self.maps.setdefault(file, {})
        if name is None:
            maps.pop(header, None)
        else:
            maps[header] = name

    def save(self, into: Path, then: Callable[[], None]) -> bool:
        """Make what was read the store at `into`; `then` is called once it is. Returns whether it is there."""
        made = self.found
        if not isinstance(made, Look):
            raise RuntimeError("there is nothing to save")
        try:
            keep(made, into)
        except LeadSquaredError as error:
            log.warning("%s: %s", type(error).__name__, error)
            self.unsaved = str(error)
            return False
        self.clear()
        self.maps = {}
        then()
        return True


def _reading(
    files: Sequence[Dropped], choices: Choices, into: Path, steps: list[str]
) -> Callable[[Progress, Callable[[], bool]], Look]:
    def work(_: Progress, cancelled: Callable[[], bool]) -> Look:
        def said(step: str) -> None:
            if cancelled():
                raise Cancelled
            steps.append(step)

        found = look([(file.name, file.content) for file in files], choices, into, said)
        if cancelled():
            found.close()
            raise Cancelled
        return found

    return work


def of_session() -> Intake:
    """The viewer's own."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Intake()
    found: Intake = st.session_state[_KEY]
    return found


def mapped(maps: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """What was said of columns, as (file, header, schema name)."""
    return [(file, header, name) for file, some in maps.items() for header, name in some.items()]
