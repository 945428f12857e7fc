"""Where the tables of a store are: a file, or an engine that others run. Each kind of place is one class."""

from collections.abc import Hashable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pyarrow as pa

from lsq_api.server.store.dialect import Dialect

Answer = tuple[list[str], list[tuple[Any, ...]]]
"""The names of the columns, and the rows."""


class Interrupted(Exception):
    """A statement was ended before it was done."""


class Session(Protocol):
    """What runs the statements of one call, one after the other, in one thread."""

    def fetched(self, text: str, values: Mapping[str, Any]) -> Answer:
        """Every row of a statement. Interrupted where it was ended."""

    def batches(self, text: str, values: Mapping[str, Any], rows: int) -> pa.RecordBatchReader:
        """The rows of a statement while they are made, about so many in a batch. Interrupted as above."""

    def interrupt(self) -> None:
        """End the statement that runs, from another thread; nothing where none runs."""


class Backend(Protocol):
    """Tables laid out as `tables.py` says. `str` is how messages name it, without a password."""

    @property
    def dialect(self) -> Dialect:
        """How statements are spelt here."""

    @property
    def identity(self) -> Hashable:
        """What tells the content that was opened from the next one in the same place."""

    @property
    def seen(self) -> Hashable:
        """The identity of what was there when that was last looked at; costs nothing."""

    def look(self) -> Hashable:
        """The identity of what is there now, or was a moment ago where looking is dear; None where nothing is."""

    def columns(self) -> dict[str, dict[str, str]]:
        """DuckDB's name of each column's type, by column, by table."""

    def session(self) -> AbstractContextManager[Session]:
        """A session for one call."""

    def renewed(self) -> "Backend":
        """The same place with the content it has now. NotConnected where there is none."""

    def close(self) -> None:
        """Let go of it."""
