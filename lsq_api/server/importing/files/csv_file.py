"""A CSV file read by Python's `csv`: its dialect, its header, and its rows with the lines they begin on."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from lsq_api.server.importing.files.encoding import encoding_of, opened
from lsq_api.server.importing.files.rows import FOOTERS, FileRows, Record
from lsq_api.server.store.faults import ImportFailed

T = TypeVar("T")
DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# As long as a line may be for the engine; a quoted value that never ends is noticed here and not at the file's end.
_LONGEST_VALUE: Final = 2_000_000
_LOOKED_AT: Final = 200
_TAIL: Final = 4_096
_BLOCK: Final = 1 << 22
_OTHERS: Final = "^~`¦:"


@dataclass(frozen=True)
class CsvDialect:
    """How a CSV file is written. `instruction` is whether its first line is Excel's `sep=`, which is no row."""

    encoding: str = "utf-8"
    delimiter: str = ","
    backslash: bool = False
    instruction: bool = False

    @property
    def found(self) -> str:
        """What is out of the ordinary, as a phrase, or nothing."""
        said = [] if self.encoding in ("utf-8", "utf-8-sig") else [f"in {self.encoding}"]
        said += [] if self.delimiter == "," else [f"separated by {DELIMITERS[self.delimiter]}"]
        return ", ".join(said + (["quotes escaped by backslash"] if self.backslash else []))


def dialect_of(path: Path) -> CsvDialect:
    """Find the dialect from the whole file's bytes and its first rows; raises ImportFailed that names what was found.

    The delimiter is the one by which the header has several columns and the most rows are as wide; of equals, the one
    with more columns.
    (The engine's sniffer is not asked: it takes tab where the first value begins with one.)
    """
    encoding = encoding_of(path)
    with _text(path, encoding) as text:
        first = _read(path, text.readline)
    if first.lower().startswith("sep=") and len(stripped := first.rstrip("\r\n")) == 5:
        if stripped[4] not in DELIMITERS:
            raise ImportFailed(path, _not_allowed(stripped[4]), place="line 1", value=stripped)
        return CsvDialect(encoding, stripped[4], instruction=True)
    fits = ((*_fit(path, CsvDialect(encoding, delimiter)), -at, delimiter) for at, delimiter in enumerate(DELIMITERS))
    _, rows_that_fit, _, _, delimiter = max(fits)
    if not rows_that_fit:
        _check_no_other(path, encoding)
    return CsvDialect(encoding, delimiter if rows_that_fit else ",")


def _fit(path: Path, dialect: CsvDialect) -> tuple[bool, int, int]:
    """Whether the first row has several columns, how many rows are as wide as the first that has, and that width."""
    try:
        widths = [
            len(record)
            for _, record in islice(records_of(path, dialect, strict=False), _LOOKED_AT)
            if any(value.strip() for value in record)
        ]
    except ImportFailed:
        return False, 0, 0
    wide = next((width for width in widths if width > 1), 0)
    return bool(widths) and widths[0] > 1, widths.count(wide) if wide else 0, wide


def _check_no_other(path: Path, encoding: str) -> None:
    """ImportFailed where the header is one column only because its delimiter is another one."""
    with _text(path, encoding) as text:
        lines = [line.rstrip("\r\n") for line in islice(iter(lambda: _read(path, text.readline), ""), 5)]
    for other in _OTHERS:
        counts = {line.count(other) for line in lines if line}
        if len(counts) == 1 and counts != {0} and len([line for line in lines if line]) > 1:
            raise ImportFailed(path, _not_allowed(other), place="line 1", value=next(filter(None, lines)))


def _not_allowed(found: str) -> str:
    return f"is separated by {found!r}; allowed: {', '.join(DELIMITERS.values())}"


def rows(path: Path, dialect: CsvDialect) -> FileRows:
    """The rows of the file; reading one raises ImportFailed where it is wrongly quoted, cut short or of odd width."""
    return FileRows(path, "line", (Record(*each) for each in records_of(path, dialect)))


def with_backslashes(path: Path, dialect: CsvDialect) -> CsvDialect | None:
    """The dialect with quotes escaped by backslashes, where the whole file reads in it and has such quotes."""
    escaping = replace(dialect, backslash=True)
    with _text(path, dialect.encoding) as text:
        if not any('\\"' in line for line in text):
            return None
    try:
        for _ in records_of(path, escaping):
            pass
    except ImportFailed:
        return None
    return escaping


def is_plain(path: Path, dialect: CsvDialect) -> bool:
    """Whether the engine reads the file as `csv` does, as far as can be told without reading it by `csv`.

    The engine takes a value for quoted where blanks are around its quotes, and knows no footers.
    """
    if dialect.encoding not in ("utf-8", "utf-8-sig") or dialect.backslash:
        return False
    with opened(path) as file:
        last = tail = b""
        while block := _read(path, lambda: file.read(_BLOCK)):
            if b'"' in block or last == b'"':
                piece = last + block
                if any(odd in piece for odd in (b' "', b'" ', b'\t"', b'"\t')):
                    return False
            last = block[-1:]
            tail = block[-_TAIL:] if len(block) >= _TAIL else (tail + block)[-_TAIL:]
    return not _ends_oddly(tail.decode("utf-8", "replace"))


def _ends_oddly(tail: str) -> bool:
    """Whether the end of a file may be a report's footer: a blank line, or words of one, among the last lines."""
    lines = tail.splitlines()[-12:]
    return any(not line.strip() or FOOTERS.match(line.lstrip('"')) for line in lines)


def records_of(path: Path, dialect: CsvDialect, *, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line it begins on, blank ones included.

    ImportFailed where the file cannot be read to its end.
    """
    how = {"escapechar": "\\"} if dialect.backslash else {}
    with _text(path, dialect.encoding) as lines, _long_values():
        reader = csv.reader(lines, delimiter=dialect.delimiter, strict=strict, **how)  # type: ignore[arg-type]
        begin = 1
        try:
            for number, record in enumerate(reader):
                if not (dialect.instruction and number == 0):
                    yield begin, record
                begin = reader.line_num + 1
        except csv.Error as error:
            why = f'holds a quoted value that does not end as it should ({error}); write a quote inside a value as ""'
            raise ImportFailed(path, why, place=f"line {begin}") from None
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            why = f"is cut short or damaged: {error}; copy the file again"
            raise ImportFailed(path, why, place=f"line {begin}") from None
        except UnicodeDecodeError as error:
            why = f"is not {dialect.encoding} to its end: {error.reason}; copy the file again"
            raise ImportFailed(path, why, place=f"line {begin}") from None
        except OSError as error:
            raise ImportFailed(path, f"cannot be read: {error.strerror}") from None


def _read(path: Path, read: Callable[[], T]) -> T:
    try:
        return read()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ImportFailed(path, f"is cut short or damaged: {error}; copy the file again") from None


@contextmanager
def _text(path: Path, encoding: str) -> Iterator[io.TextIOBase]:
    with opened(path) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        yield text


@contextmanager
def _long_values() -> Iterator[None]:
    """`csv` has one limit for the whole process: it is given back."""
    before = csv.field_size_limit(_LONGEST_VALUE)
    try:
        yield
    finally:
        csv.field_size_limit(before)
