"""Files with keys, and whether others than their owner may read them."""

from collections.abc import Iterable
from pathlib import Path

_OTHERS = 0o077


def exposed(files: Iterable[Path | str]) -> list[str]:
    """A sentence for each of these files that others on the machine may read or write; one that is not there is none.

    It names the file and what to do, and nothing of what is in it.
    """
    modes = [(file, file.stat().st_mode) for file in map(Path, files) if file.is_file()]
    return [
        f"{file} holds keys, and others on this machine may use it (mode {mode & 0o777:03o}): chmod 600 {file}"
        for file, mode in modes
        if mode & _OTHERS
    ]
