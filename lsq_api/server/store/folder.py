"""Folders that are in use as long as a process holds the lock on a file in them; those of killed ones are removed.

They hold a store while it is made, a copy of a folder's leads that is served, or what the engine puts aside.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

_LOCK: Final = "lock"
_RANDOM: Final = "????????"
"""What `tempfile` puts behind a prefix."""


@contextmanager
def held(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder in `parent`, for this user alone, removed at the end; folders of killed processes are removed first.

    Its name begins with the prefix, and nobody can foresee the rest.
    """
    _clear(parent, prefix)
    folder, lock = _new(parent, prefix)
    with lock:
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def temporary() -> Path:
    """The folder for temporary files: as `TMPDIR` says."""
    return Path(tempfile.gettempdir())


def _new(parent: Path, prefix: str) -> tuple[Path, IO[bytes]]:
    """A folder and the lock on it; another process may have taken it for one of a killed process, and removed it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        lock = _locked(folder, wait=True)
        if lock is not None:
            return folder, lock


def _clear(parent: Path, prefix: str) -> None:
    for folder in parent.glob(f"{_literal(prefix)}{_RANDOM}"):
        if not _own(folder):
            continue
        lock = _locked(folder, wait=False)
        if lock is not None:
            with lock:
                shutil.rmtree(folder)


def _own(folder: Path) -> bool:
    """Whether it is a folder of this user: another one may have put a link there, or something of its own."""
    try:
        seen = folder.lstat()
    except FileNotFoundError:
        return False
    return folder.is_dir() and not folder.is_symlink() and seen.st_uid == os.geteuid()


def _locked(folder: Path, *, wait: bool) -> IO[bytes] | None:
    """The lock on a folder; None where another process holds it, or the folder is gone."""
    try:
        lock = (folder / _LOCK).open("ab")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock.fileno()), (folder / _LOCK).stat()):
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    lock.close()
    return None


def _literal(name: str) -> str:
    """A glob pattern that matches only this name."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
