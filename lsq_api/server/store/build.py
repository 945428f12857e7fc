"""A store file while it is made: in a folder beside the store, then moved into place by one rename.

Readers see the old store or the new one. A killed run leaves its folder behind, which the next run removes.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from lsq_api.contract.errors import NotConnected
from lsq_api.server.store import file, schema
from lsq_api.server.store.faults import ImportFailed
from lsq_api.server.store.folder import held

_STORE = "store"


@contextmanager
def making(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a new store file, which replaces `path` when the block succeeds and is removed when it fails.

    Raises ImportFailed where there is no room, or no permission to write there.
    """
    with _said_plainly(path), _alone(path), beside(path) as folder, _swapped_in(folder / _STORE, path) as connection:
        _create_fixed_tables(connection)
        yield connection


@contextmanager
def remaking(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a copy of the store, which replaces `path` when the block succeeds and is removed when it fails.

    Raises ImportFailed as `making` does.
    """
    with _said_plainly(path), _alone(path), beside(path) as folder:
        shutil.copyfile(path, folder / _STORE)
        with _swapped_in(folder / _STORE, path) as connection:
            yield connection


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    """Translates errors of the disk to ImportFailed; DuckDB reports a failed write in a checkpoint as a fatal error."""
    try:
        yield
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException) as error:
        raise ImportFailed(str(path), f"cannot be made: {str(error).splitlines()[0]}") from None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Raises NotConnected where another run is making the same store: one of the two would be lost."""
    try:
        held = path.open("rb")
    except FileNotFoundError:
        yield
        return
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
        if held.closed or not os.path.samestat(os.fstat(held.fileno()), path.stat()):
            raise NotConnected(f"{path}: is being made anew by another program; try again when that is done")
        yield


@contextmanager
def _swapped_in(new: Path, path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(str(new), config={"memory_limit": file.memory_limit(file.MAKING)})
    try:
        # The engine computes its progress, for our own messages, but does not print it.
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        yield connection
    finally:
        connection.close()
    _moved(new, path)


def put(new: Path, path: Path) -> None:
    """Make a store file that lies in a folder of `beside(path)` the one at `path`, by one rename.

    Raises ImportFailed and NotConnected as `making` does.
    """
    with _said_plainly(path), _alone(path):
        _moved(new, path)


def _moved(new: Path, path: Path) -> None:
    _to_disk(new)
    new.replace(path)
    _to_disk(path.parent)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A new folder beside `path`, for this user alone, removed at the end; folders of killed runs are removed first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with held(path.parent, f".{path.name}.") as folder:
        yield folder


def _to_disk(path: Path) -> None:
    """Flush to disk, so that a loss of power leaves the old content or the new."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _create_fixed_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create all tables but leads, whose columns depend on the data. Names and types are constants of `schema.py`."""
    for table, columns in schema.FIXED.items():
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f"CREATE TABLE {table} ({listed})")
