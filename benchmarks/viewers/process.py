"""What a running process takes, as the system counts it."""

from pathlib import Path
from typing import NamedTuple

import httpx

_PAGE = 4096
MIB = 2**20


class Taken(NamedTuple):
    """Memory in MiB, threads, and open files and sockets."""

    memory: float
    threads: int
    files: int


def taken(pid: int) -> Taken:
    """What a process holds at this moment."""
    of = Path(f"/proc/{pid}")
    resident = int((of / "statm").read_text("ascii").split()[1])
    return Taken(resident * _PAGE / MIB, _count(of / "task"), _count(of / "fd"))


def processor(pid: int) -> float:
    """Seconds of processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def sessions(url: str) -> int:
    """How many sessions a dashboard says are connected."""
    told = httpx.get(f"{url}/_stcore/metrics", params={"families": "active_sessions"}, trust_env=False)
    told.raise_for_status()
    return next(int(float(line.split()[-1])) for line in told.text.splitlines() if line.startswith("active_sessions "))


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())
