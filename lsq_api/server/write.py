"""From rows to the wire: JSON and streamed CSV.

Source: "Response" of the report's page; sections 2.4, 2.7 and 2.8 of the wire notes.
"""

import csv as text_csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.csv as pacsv

from lsq_api.contract.answer import RESULTS, TOTAL

_ROWS_ONLY = pacsv.WriteOptions(include_header=False, eol="\r\n")


def answer(total: int, rows: list[dict[str, Any]]) -> bytes:
    """The JSON body of a report: `TotalCount` as text, as the vendor's sample has it."""
    return orjson.dumps({TOTAL: str(total), RESULTS: rows})


def csv(reader: pa.RecordBatchReader, left_out: str) -> Iterator[bytes]:
    """RFC 4180 in UTF-8: a header of schema names, then the rows batch by batch; NULL is the empty field."""
    names = [name for name in reader.schema.names if name != left_out]
    header = StringIO()
    text_csv.writer(header).writerow(names)
    yield header.getvalue().encode()
    for batch in reader:
        rows = BytesIO()
        pacsv.write_csv(batch.select(names), rows, _ROWS_ONLY)
        yield rows.getvalue()
