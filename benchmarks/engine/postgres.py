"""PostgreSQL over the same rows, with a covering index for the question: a cluster of its own that ends with the run.

It listens on a socket in its own folder and nowhere else. Root may not run it, so root hands it to the user `postgres`.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.engine.peers import Plain, size
from benchmarks.engine.questions import Question

_UNPRIVILEGED = "postgres"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "shared_buffers": "2GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
}
"""What somebody who cares sets on a machine with a fast disk and some memory."""
_TABLES = {
    "leads": ("ProspectID", "ProspectStage", "OwnerId", "CreatedOn"),
    "activities": ("RelatedProspectId", "ActivityEvent", "CreatedOn"),
}
_TYPES = {"ActivityEvent": "integer", "CreatedOn": "timestamp"}
_INDEXES = (
    'ALTER TABLE leads ADD PRIMARY KEY ("ProspectID")',
    'CREATE INDEX ON leads ("ProspectStage", "CreatedOn")',
    'CREATE INDEX ON leads ("CreatedOn" DESC, "ProspectID")',
    'CREATE INDEX ON activities ("RelatedProspectId", "ActivityEvent", "CreatedOn")',
    "VACUUM ANALYZE",
)
_AT_ONCE = 2**20


class Postgres:
    """The leads and activities of plain tables, in PostgreSQL; `running` makes one."""

    name = "PostgreSQL with a covering index"

    def __init__(self, engine: "psycopg.Connection[tuple[Any, ...]]", now: str) -> None:
        self.engine, self.now = engine, now

    def ask(self, question: Question) -> int:
        """Run the question's statements; how many leads or rows the answer is about."""
        rows: list[tuple[Any, ...]] = []
        for statement in question.sql(self.now):
            rows = self.engine.execute(statement.encode()).fetchall()
        return size(question, rows)


def binaries() -> Path | None:
    """Where the server's programs are, of the newest version; None where there is no PostgreSQL."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((one.parent for one in packaged), key=lambda folder: float(folder.parent.name), default=None)


@contextmanager
def running(programs: Path, plain: Plain) -> Iterator[Postgres]:
    """A cluster of its own in a folder of its own, filled from the plain tables."""
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="peer-")))
        if user:
            shutil.chown(folder, user)
        data, owner = folder / "data", _UNPRIVILEGED
        made = [str(programs / "initdb"), f"--pgdata={data}", f"--username={owner}", "--auth=trust", "--locale=C"]
        _run([*made, "--encoding=UTF8", "--no-sync"], user)
        options = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
        control = [str(programs / "pg_ctl"), f"--pgdata={data}", "--wait", f"--log={folder / 'log'}"]
        given = f"--options={options} -c unix_socket_directories='{folder}'"
        _run([*control, given, "start"], user)
        held.callback(_run, [*control, "--mode=fast", "stop"], user)
        engine = held.enter_context(psycopg.connect(host=str(folder), user=owner, dbname="postgres", autocommit=True))
        _fill(engine, plain)
        yield Postgres(engine, plain.now)


def _run(command: list[str], user: str | None) -> None:
    subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL)  # noqa: S603 -- programs of a package


def _fill(engine: "psycopg.Connection[tuple[Any, ...]]", plain: Plain) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for table, columns in _TABLES.items():
            rows = Path(folder) / f"{table}.csv"
            listed = ", ".join(f'"{name}"' for name in columns)
            plain.engine.execute(f"COPY (SELECT {listed} FROM {table}) TO '{rows}' (HEADER false)")  # noqa: S608 -- ours
            typed = ", ".join(f'"{name}" {_TYPES.get(name, "text")}' for name in columns)
            engine.execute(f"CREATE TABLE {table} ({typed})".encode())
            with (
                rows.open("rb") as file,
                engine.cursor() as cursor,
                cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)".encode()) as copy,
            ):
                while block := file.read(_AT_ONCE):
                    copy.write(block)
    for statement in _INDEXES:
        engine.execute(statement.encode())
