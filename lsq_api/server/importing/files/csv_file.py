"""A CSV file read by Python's `csv`: for its header, and to say on which line a fault is.

DuckDB's `store_rejects` would find most faults four times as fast (a million lines in 0.24 s, not 1.0 s). But it counts
rows, not lines, which differ after a quoted line break; it has lost the bytes that are not UTF-8; and it keeps nothing
where line ends are mixed or a gzip file is cut short.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lsq_api.server.store.faults import ImportFailed

# As long as a line may be for the engine; a quoted value that never ends is noticed here and not at the file's end.
_LONGEST_VALUE: Final = 2_000_000
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_GZIP: Final = b"\x1f\x8b"
_AS_UTF8: Final = "is not UTF-8; save the file as UTF-8 (in Excel: “CSV UTF-8”)"


def header(path: Path) -> tuple[str, ...]:
    """The names in the first row, without blanks around them; ImportFailed where there is no row to read."""
    for _, record in records(path):
        _check_encoding(path, 1, record, record)
        return tuple(name.strip() for name in record)
    raise ImportFailed(path, "is empty; the first line must name the columns")


def line_of(path: Path, row: int) -> str:
    """Where data row `row` (counted from 1) begins, as "line 7": not row + 1, since values may hold line breaks."""
    for number, (line, _) in enumerate(records(path)):
        if number == row:
            return f"line {line}"
    return f"row {row}"


def find_fault(path: Path, names: Sequence[str]) -> None:
    """ImportFailed for the first row that is not UTF-8, is wrongly quoted or has more or fewer values than `names`."""
    for line, record in records(path, strict=True):
        _check_encoding(path, line, names, record)
        # The engine takes too many commas at the end of a line, as spreadsheets write them: they hold nothing.
        if len(record) < len(names) or any(record[len(names) :]):
            raise ImportFailed(
                path,
                f"has {len(record)} values where the header names {len(names)} columns; "
                "put values that hold a comma or a quote between double quotes",
                place=f"line {line}",
                column=names[len(record)] if len(record) < len(names) else None,
                value=",".join(record),
            )
    _check_line_ends(path)


def records(path: Path, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line it begins on; blank lines are no rows where there are several columns.

    Bytes that are not UTF-8 come as lone surrogates. ImportFailed where the file cannot be read to its end.
    """
    with _text(path) as lines, _long_values():
        reader, begin, one_column = csv.reader(lines, strict=strict), 1, False
        try:
            for number, record in enumerate(reader):
                one_column = one_column or (number == 0 and len(record) == 1)
                if record or one_column:
                    yield begin, record or [""]
                begin = reader.line_num + 1
        except csv.Error as error:
            why = f'holds a quoted value that does not end as it should ({error}); write a quote inside a value as ""'
            raise ImportFailed(path, why, place=f"line {begin}") from None
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            why = f"is cut short or damaged: {error}; copy the file again"
            raise ImportFailed(path, why, place=f"line {begin}") from None
        except OSError as error:
            raise ImportFailed(path, f"cannot be read: {error.strerror}") from None


@contextmanager
def _text(path: Path) -> Iterator[io.TextIOBase]:
    with path.open("rb") as raw:
        start = raw.read(2)
        raw.seek(0)
        if start in _UTF16:
            raise ImportFailed(path, f"{_AS_UTF8}; this is UTF-16", place="line 1")
        zipped = path.suffix.lower() == ".gz"
        if zipped != (start == _GZIP) and start:
            why = "is no gzip file; name it .csv" if zipped else "is a gzip file; name it .csv.gz"
            raise ImportFailed(path, why)
        with io.TextIOWrapper(
            gzip.GzipFile(fileobj=raw) if zipped else raw, encoding="utf-8-sig", errors="surrogateescape", newline=""
        ) as text:
            yield text


@contextmanager
def _long_values() -> Iterator[None]:
    """`csv` has one limit for the whole process: it is given back."""
    before = csv.field_size_limit(_LONGEST_VALUE)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _check_encoding(path: Path, line: int, names: Sequence[str], record: Sequence[str]) -> None:
    for position, value in enumerate(record):
        if value.isascii():
            continue
        if any("\udc80" <= character <= "\udcff" for character in value):
            seen = value.encode("utf-8", "surrogateescape").decode("latin-1")
            column = names[position] if position < len(names) and names is not record else None
            raise ImportFailed(path, _AS_UTF8, place=f"line {line}", column=column, value=seen)


def _check_line_ends(path: Path) -> None:
    """The engine reads one kind of line end in a file; inside quotes there may be any."""
    with _text(path) as lines, _long_values():
        last = ""

        def remembered() -> Iterator[str]:
            nonlocal last
            for last in lines:  # noqa: UP028 -- the line is looked at below
                yield last

        reader, first = csv.reader(remembered()), None
        for _ in reader:
            end = last[len(last.rstrip("\r\n")) :]
            first = first or end
            if end and end != first:
                why = f"ends with {end!r} and the lines before with {first!r}; save the file with one kind of line end"
                raise ImportFailed(path, why, place=f"line {reader.line_num}")
