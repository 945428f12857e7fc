"""The statements of one call on Spark: named parameters, rows as Arrow, cancellation by a tag."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from uuid import uuid4

import orjson
import pyarrow as pa

from lsq_api.server.engines.spark.cluster import failures, kind
from lsq_api.server.store.backend import Answer, Interrupted

_LAST_ROW: Final = 2**31 - 1
"""The largest sum of LIMIT and OFFSET in Spark."""
_LONGEST: Final = 10**6
"""The most rows of a page in SQL; callers may ask for far fewer."""
_WHOLE: Final = 2**63 - 1


class Failed(Exception):
    """A statement failed; says only the kind of failure, as Spark's own message holds the statement and its values."""


@dataclass(eq=False)
class SparkCall:
    """The statements of one call. Its jobs in the cluster have its tag, by which they are cancelled."""

    spark: Any
    tag: str = field(default_factory=lambda: f"call-{uuid4().hex}")
    _ended: bool = False
    _streams: bool = False

    def fetched(self, text: str, values: Mapping[str, Any]) -> Answer:
        """All rows."""
        with self._tagged():
            table = self.spark.sql(text, args=_given(values)).toArrow()
        columns = [column.to_pylist() for column in table.columns]
        return table.column_names, list(zip(*columns, strict=True))

    def batches(self, text: str, values: Mapping[str, Any], rows: int) -> pa.RecordBatchReader:
        """The rows in order and in batches; holds no more than one partition in memory."""
        from pyspark.sql.pandas.types import to_arrow_schema

        self._streams = True
        with self._tagged():
            frame = self.spark.sql(text, args=_given(values))
            schema = to_arrow_schema(frame.schema)
            found = iter(frame.toLocalIterator())
        return pa.RecordBatchReader.from_batches(schema, self._made(found, schema, rows))

    def _made(self, found: Iterator[Any], schema: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
        with self._interruptible():
            while some := list(islice(found, rows)):
                if self._ended:  # between two partitions no job runs that could have been cancelled
                    raise Interrupted
                columns = zip(*some, strict=True)
                arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def interrupt(self) -> None:
        """Cancel the call's jobs in the cluster."""
        self._ended = True
        self.spark.sparkContext.cancelJobsWithTag(self.tag)

    def close(self) -> None:
        """Cancel what a reader of batches left unread."""
        if self._streams:
            with self._interruptible():
                self.spark.sparkContext.cancelJobsWithTag(self.tag)

    @contextmanager
    def _tagged(self) -> Iterator[None]:
        context = self.spark.sparkContext
        with self._interruptible():
            context.setInterruptOnCancel(True)
            context.addJobTag(self.tag)
            try:
                yield
            finally:
                context.removeJobTag(self.tag)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        try:
            yield
        except failures() as error:
            if self._ended:
                raise Interrupted from None
            raise Failed(kind(error)) from None


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: orjson.dumps([_value("", one) for one in value]).decode()
        if isinstance(value, list)
        else _value(name, value)
        for name, value in values.items()
    }


def _value(name: str, value: Any) -> Any:
    """A value for the statement (`dialect.py`): numbers, times and days as text, integers as they are."""
    if name == "size":
        return min(value, _LONGEST)
    if name == "offset":
        return min(value, _LAST_ROW - _LONGEST)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return min(value, _WHOLE) if isinstance(value, int) else value
