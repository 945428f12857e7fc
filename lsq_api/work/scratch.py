"""Private folders for files in the making, of which none outlives its process for long.

A folder is in use as long as a process holds the lock in it. One that was left by a killed process is removed when the
next of its kind is made, or by `swept`.
"""

import fcntl
import glob
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = "lock"
_LETTERS = "?" * 8  # as many as `tempfile` chooses


class Scratch:
    """A new folder for this user alone (0700), named `prefix` and eight letters, in `where` or the temporary folder.

    It is there until `remove`. Raises OSError where it cannot be made.
    """

    def __init__(self, prefix: str, where: Path | None = None) -> None:
        swept(prefix, where)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=where))
        # Held until the process ends, however it ends. It gets its name when it is locked: nobody finds it free before.
        self._lock = os.open(self.path / "new", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        (self.path / "new").rename(self.path / _LOCK)

    def remove(self) -> None:
        """Remove the folder with all that is in it; does nothing the second time."""
        shutil.rmtree(self.path, ignore_errors=True)
        lock, self._lock = self._lock, -1
        if lock >= 0:
            os.close(lock)


@contextmanager
def scratch(prefix: str, where: Path | None = None) -> Iterator[Path]:
    """The path of a `Scratch`, which is removed when the block ends."""
    made = Scratch(prefix, where)
    try:
        yield made.path
    finally:
        made.remove()


def swept(prefix: str, where: Path | None = None) -> None:
    """Remove the folders of killed processes; those of other users stay, as do those in use."""
    place = where or Path(tempfile.gettempdir())
    for folder in place.glob(f"{glob.escape(prefix)}{_LETTERS}"):
        if _left_behind(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _left_behind(folder: Path) -> bool:
    try:
        # Of this user alone: in a folder that all may write to, somebody else's may be named so on purpose.
        if not stat.S_ISDIR((found := folder.lstat()).st_mode) or found.st_uid != os.getuid():
            return False
        lock = os.open(folder / _LOCK, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False  # gone, or not locked yet; one killed in that moment is empty
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
