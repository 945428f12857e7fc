"""A store in one DuckDB file, opened for reading; it needs no other program."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from lsq_api.contract.errors import NotConnected
from lsq_api.server.store.backend import Answer, Interrupted
from lsq_api.server.store.dialect import DUCKDB, Dialect
from lsq_api.server.store.folder import held, temporary

log = logging.getLogger("lsq_api.server")

ANSWERING: Final = 2 * 1024**3
"""Bytes for a server's answers at most."""
MAKING: Final = 4 * 1024**3
"""Bytes for making a store at most."""

_ALIAS: Final = "served"
_SPILL: Final = "leads-spill."
"""How the names of folders begin in which the engine puts aside what has no room in memory."""
_A_THREAD: Final = 4 * 122_880
"""Rows for which another thread is worth its start: four of the pieces that DuckDB's threads share out."""
_HEADERS: Final = 3 * 4096
"""Bytes of a DuckDB file before its first block."""
Identity = tuple[int, int, int]


@dataclass(frozen=True)
class StoreFile:
    """An open store file. One connection is shared; each session has a cursor, since a connection is for one thread."""

    path: Path
    identity: Identity
    connection: duckdb.DuckDBPyConnection
    _kept: ExitStack = field(repr=False, compare=False)

    @classmethod
    def open(cls, path: Path) -> "StoreFile":
        """Open a store file; raises NotConnected, which says why it cannot be read."""
        identity = _identity(path)  # taken first, so that a file replaced meanwhile is noticed at the next look
        if identity is None or not path.is_file():
            raise NotConnected(f"{path}: there is no such store file")
        with ExitStack() as kept:
            spill = _spill(kept)
            connection = kept.enter_context(closing(duckdb.connect(config=_settings(spill))))
            _attach(connection, path)
            return cls(path, identity, connection, kept.pop_all())

    def __str__(self) -> str:
        return str(self.path)

    @property
    def dialect(self) -> Dialect:
        """DuckDB's."""
        return DUCKDB

    @property
    def seen(self) -> Identity | None:
        """The same as `look`, which is cheap for a file."""
        return self.look()

    def look(self) -> Identity | None:
        """Identifies the file that is at the path now; None where there is none."""
        return _identity(self.path)

    def columns(self) -> dict[str, dict[str, str]]:
        """DuckDB's type of each column, by table and column."""
        rows = self.connection.execute(
            """SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_catalog = ? AND table_schema = 'main' ORDER BY table_name, ordinal_position""",
            [_ALIAS],
        ).fetchall()
        found: dict[str, dict[str, str]] = {}
        for table, name, kind in rows:
            found.setdefault(table, {})[name] = kind
        return found

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for the tables; close it after use."""
        cursor = self.connection.cursor()
        cursor.execute(f"USE {_ALIAS}")
        return cursor

    @contextmanager
    def session(self) -> "Iterator[CursorSession]":
        """A session with a cursor of its own."""
        cursor = self.cursor()
        try:
            yield CursorSession(cursor)
        finally:
            cursor.close()

    def renewed(self) -> "StoreFile":
        """The file that is at the path now, opened."""
        return self.open(self.path)

    def close(self) -> None:
        """Close the file."""
        self._kept.close()


@dataclass(eq=False)
class CursorSession:
    """Statements on one DuckDB cursor."""

    cursor: duckdb.DuckDBPyConnection

    def fetched(self, text: str, values: Mapping[str, Any]) -> Answer:
        """All rows."""
        with _interruptible():
            result = self.cursor.execute(text, dict(values))
            return [column[0] for column in result.description], result.fetchall()

    def batches(self, text: str, values: Mapping[str, Any], rows: int) -> pa.RecordBatchReader:
        """The rows in batches, while they are made."""
        reader = self.cursor.sql(text, params=dict(values)).to_arrow_reader(rows)

        def read() -> Iterator[pa.RecordBatch]:
            with _interruptible():
                yield from reader

        return pa.RecordBatchReader.from_batches(reader.schema, read())

    def interrupt(self) -> None:
        """Interrupt the running statement."""
        self.cursor.interrupt()


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException:
        raise Interrupted from None


def _identity(path: Path) -> Identity | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns, seen.st_size


def _settings(spill: Path | None) -> dict[str, str]:
    # An engine of its own for each file: the next file at the same path must not be taken for this one.
    return {"memory_limit": memory_limit(ANSWERING), "temp_directory": str(spill or "")}


def _spill(kept: ExitStack) -> Path | None:
    """A folder for large sorts, of this user alone; None where nothing can be written: those then fail."""
    try:
        return kept.enter_context(held(temporary(), _SPILL))
    except OSError as error:
        log.warning("no temporary files can be written (%s): large sorts will fail", error.strerror)
        return None


def _attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach the file's tables to the connection."""
    quoted = str(path).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{quoted}' AS {_ALIAS} (READ_ONLY, TYPE duckdb)")
    except duckdb.Error as error:
        said = first_line(error)
        if "Could not set lock" in said:
            raise NotConnected(f"{path}: another program is writing to it; try again when that is done") from None
        raise NotConnected(
            f"{path}: is not a readable store: {said}; make it anew with "
            f"`python -m lsq_api.server import FOLDER --into {path}`"
        ) from None
    connection.execute(f"USE {_ALIAS}")
    _check_whole(connection, path)
    _as_many_threads_as_have_work(connection)


def _as_many_threads_as_have_work(connection: duckdb.DuckDBPyConnection) -> None:
    """Limit threads by the largest table: idle ones take a sixth of the time of a short statement."""
    longest, threads = connection.execute(
        "SELECT max(estimated_size), current_setting('threads') FROM duckdb_tables() WHERE database_name = ?", [_ALIAS]
    ).fetchone() or (0, 1)
    if (enough := max(1, ceil((longest or 0) / _A_THREAD))) < threads:
        connection.execute(f"SET threads = {enough}")


def _check_whole(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Raises NotConnected where the file is too short for its blocks, as a partial copy is."""
    found = connection.execute(
        "SELECT block_size * used_blocks FROM pragma_database_size() WHERE database_name = ?", [_ALIAS]
    ).fetchone()
    there, whole = path.stat().st_size, _HEADERS + (found[0] if found else 0)
    if there < whole:
        raise NotConnected(f"{path}: is cut short: {there:,} of {whole:,} bytes; copy it again")


def first_line(error: Exception) -> str:
    """The first line of an engine's error message."""
    return str(error).strip().splitlines()[0]


def memory_limit(most: int) -> str:
    """DuckDB's `memory_limit`: at most `most` bytes, and at most three quarters of the machine's memory."""
    return f"{min(most, os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') * 3 // 4)}B"
