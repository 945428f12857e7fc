"""A PostgreSQL of the tests' own on loopback, of what is installed; it ends with the tests and leaves nothing."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

USER: Final = "user-4711"
PASSWORD: Final = "p@ss/w0rd :%"
"""With what a URL must escape."""
QUOTED: Final = "p%40ss%2Fw0rd%20%3A%25"
_NOBODY_ELSE: Final = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}


def programs() -> Path | None:
    """Where the newest PostgreSQL on this machine has its programs; None where there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    newest = max(found, key=lambda path: int(path.parent.name), default=None)
    return newest or (Path(on_path).parent if on_path else None)


@dataclass(frozen=True)
class Cluster:
    """A database server. `url` is the default database as its superuser."""

    bin: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgres://{USER}:{QUOTED}@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        """As a user who is not root, which PostgreSQL refuses."""
        done = subprocess.run(
            [*_as_somebody(), str(self.bin / program), *arguments],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            timeout=120,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        settings = _NOBODY_ELSE | {"port": str(self.port), "max_connections": "400"}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.run("pg_ctl", "start", "--wait", "--pgdata", data, "--log", log, "--options", options)

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "--wait", "--pgdata", str(self.folder / "data"), "--mode", "immediate")


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A new server. Text has the order of a language there, as in most databases, and not that of DuckDB."""
    found = programs()
    assert found is not None, "PostgreSQL is not on this machine; `apt-get install postgresql` brings it"
    folder = Path(tempfile.mkdtemp(prefix="leads-postgres."))
    made = Cluster(found, folder, _free_port())
    try:
        (folder / "password").write_text(PASSWORD)
        if os.geteuid() == 0:
            for path in (folder, folder / "password"):
                shutil.chown(path, "postgres")
        made.run(
            "initdb",
            *("--pgdata", str(folder / "data"), "--username", USER, "--pwfile", str(folder / "password")),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            *("--locale-provider", "icu", "--icu-locale", "en"),
        )
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(_: Path) -> Iterator[Callable[[], str]]:
    """What makes the URL of a new, empty place in a server of the tests' own."""
    with cluster() as server:
        numbers = count()
        yield lambda: f"{server.url}/store_{next(numbers)}"


def _as_somebody() -> Sequence[str]:
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
