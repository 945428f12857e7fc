"""The statements of one call on a PostgreSQL connection."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Final

import psycopg
import pyarrow as pa
from psycopg import RawCursor, RawServerCursor, errors

from lsq_api.server.store.backend import Answer, Interrupted

log = logging.getLogger("lsq_api.server")

_MOST: Final = 2**63 - 1
"""The largest bigint: no code is as large, and a page that begins there is beyond every row."""
_NUL: Final = "\x01\x01\ufdd0"
"""Stands for the character NUL in a value, as PostgreSQL's text has none. It matches nothing, since U+FDD0 is no
character, and sorts before all others.
"""
_TYPES: Final = {"int8": pa.int64(), "text": pa.string(), "varchar": pa.string()}
_CANCEL_SECONDS: Final = 5.0


@dataclass(eq=False)
class PostgresSession:
    """Statements on one connection in autocommit mode. Close it to end what it began."""

    connection: "psycopg.Connection[tuple[Any, ...]]"
    _open: ExitStack = field(default_factory=ExitStack)
    _cancelling: Thread | None = None

    def fetched(self, text: str, values: Mapping[str, Any]) -> Answer:
        """All rows."""
        with RawCursor(self.connection) as cursor:
            try:
                cursor.execute(text, _given(values))
                rows = cursor.fetchall()
            except errors.QueryCanceled:
                raise Interrupted from None
            return [column.name for column in cursor.description or ()], rows

    def batches(self, text: str, values: Mapping[str, Any], rows: int) -> pa.RecordBatchReader:
        """The rows in batches from a server-side cursor, while they are made."""
        self._open.enter_context(self.connection.transaction())
        cursor = self._open.enter_context(RawServerCursor(self.connection, "answer"))
        try:
            cursor.execute(text, _given(values))
        except errors.QueryCanceled:
            raise Interrupted from None
        columns = cursor.description or []
        schema = pa.schema([(column.name, _TYPES[column.type_display]) for column in columns])
        return pa.RecordBatchReader.from_batches(schema, _batches(cursor, schema, rows))

    def interrupt(self) -> None:
        """Ask the database to cancel the statement, in another thread, since that takes a connection."""
        if self._cancelling is None or not self._cancelling.is_alive():
            self._cancelling = Thread(target=self._cancel, name="cancel", daemon=True)
            self._cancelling.start()

    def _cancel(self) -> None:
        try:
            self.connection.cancel_safe(timeout=_CANCEL_SECONDS)
        except psycopg.Error as error:
            log.warning("a statement could not be ended: %s", type(error).__name__)

    def close(self) -> None:
        """Close the cursor, and wait for a cancel that is under way: it could hit the connection's next statement."""
        try:
            self._open.close()
        finally:
            if self._cancelling is not None:
                self._cancelling.join()


def _batches(cursor: "RawServerCursor[tuple[Any, ...]]", schema: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
    try:
        while some := cursor.fetchmany(rows):
            columns = zip(*some, strict=True)
            yield pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
    except errors.QueryCanceled:
        raise Interrupted from None


def _given(values: Mapping[str, Any]) -> list[Any]:
    return [_spelt(value) for value in values.values()]


def _spelt(value: Any) -> Any:
    if isinstance(value, list):
        return [_spelt(one) for one in value]
    if isinstance(value, str):
        return value.replace("\0", _NUL)
    return min(value, _MOST) if isinstance(value, int) else value
