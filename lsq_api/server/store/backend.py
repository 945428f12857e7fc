"""Where the tables of a store are: in a file, or in an engine. Each kind of place is one class."""

from collections.abc import Hashable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pyarrow as pa

from lsq_api.server.store.dialect import Dialect

Answer = tuple[list[str], list[tuple[Any, ...]]]
"""The names of the columns, and the rows."""


class Interrupted(Exception):
    """A statement was interrupted."""


class Session(Protocol):
    """Runs the statements of one call, one after another, in one thread."""

    def fetched(self, text: str, values: Mapping[str, Any]) -> Answer:
        """All rows of a statement; raises Interrupted."""

    def batches(self, text: str, values: Mapping[str, Any], rows: int) -> pa.RecordBatchReader:
        """The rows of a statement in batches of about `rows`, while they are made; raises Interrupted."""

    def interrupt(self) -> None:
        """Interrupt the running statement, from another thread; does nothing where none runs."""


class Backend(Protocol):
    """Tables laid out as `schema.py` says. `str` names the place in messages, without a password."""

    @property
    def dialect(self) -> Dialect:
        """How statements are spelled for it."""

    @property
    def identity(self) -> Hashable:
        """Identifies the content that was opened: it differs once the place holds other content."""

    @property
    def seen(self) -> Hashable:
        """The identity found when the place was last looked at; costs nothing."""

    def look(self) -> Hashable:
        """The identity of the present content, or that of a moment ago where looking is costly; None without any."""

    def columns(self) -> dict[str, dict[str, str]]:
        """DuckDB's type of each column, by table and column."""

    def session(self) -> AbstractContextManager[Session]:
        """A session for one call."""

    def renewed(self) -> "Backend":
        """The same place opened with its present content; raises NotConnected where there is none."""

    def close(self) -> None:
        """Release its connections."""
