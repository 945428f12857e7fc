"""The statements of one call on Spark: parameters by name, rows by Arrow, and their end by a tag."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from uuid import uuid4

import pyarrow as pa

from lsq_api.server.engines.spark.cluster import failures, kind
from lsq_api.server.store.backend import Answer, Interrupted

_LAST_ROW: Final = 2**31 - 1
"""Where Spark's row numbers end: those of a page and those before it together."""
_LONGEST: Final = 10**6
"""Rows of a page at most; no caller may ask for as many."""
_WHOLE: Final = 2**63 - 1


class Failed(Exception):
    """A statement failed: what kind of failure it was. Spark's own words hold the statement and its values."""


@dataclass(eq=False)
class SparkCall:
    """The statements of one call. What runs in the cluster for it carries its tag, and is ended by that."""

    spark: Any
    tag: str = field(default_factory=lambda: f"call-{uuid4().hex}")
    _ended: bool = False
    _streams: bool = False

    def fetched(self, text: str, values: Mapping[str, Any]) -> Answer:
        """Every row."""
        with self._tagged():
            table = self.spark.sql(text, args=_given(values)).toArrow()
        columns = [column.to_pylist() for column in table.columns]
        return table.column_names, list(zip(*columns, strict=True))

    def batches(self, text: str, values: Mapping[str, Any], rows: int) -> pa.RecordBatchReader:
        """The rows in their order, one partition after the other: no more than one is in this process's memory."""
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
                if self._ended:  # between two partitions nothing runs that could be ended
                    raise Interrupted
                columns = zip(*some, strict=True)
                arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def interrupt(self) -> None:
        """End what runs in the cluster for this call."""
        self._ended = True
        self.spark.sparkContext.cancelJobsWithTag(self.tag)

    def close(self) -> None:
        """End what a reader of batches has left."""
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
    return {name: _value(name, value) for name, value in values.items()}


def _value(name: str, value: Any) -> Any:
    """A value as the statement takes it (`spark_dialect.py`): numbers and times as text, and whole ones as they are."""
    if name == "size":
        return min(value, _LONGEST)
    if name == "offset":
        return min(value, _LAST_ROW - _LONGEST)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, Decimal):
        return format(value, "f")
    return min(value, _WHOLE) if isinstance(value, int) else value
