"""A file, or a sheet of one, as a table of the engine: its headers, the types of its columns, and where its rows are.

The engine reads Parquet and plain CSV itself. What it cannot read as Python's `csv` does, and Excel, is first written
down row by row, with the place of each (`rows.py`); so is a CSV file in which a fault is found, to say where.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lsq_api.server.importing.files import csv_file, excel
from lsq_api.server.importing.files.csv_file import CsvDialect
from lsq_api.server.importing.files.rows import FileRows
from lsq_api.server.importing.profiles.profile import ExportTable, Profile
from lsq_api.server.store.faults import ImportFailed

ENDINGS: Final = (".csv", ".csv.gz", ".tsv", ".xlsx", ".parquet")
_BATCH: Final = 50_000
_LOOKED_AT: Final = 50


@dataclass
class Source:
    """One table of a file. `types` are the engine's types of its columns, all VARCHAR but for Parquet.

    `sql` is the view of its rows, with columns c0, c1, … by position, so that no header becomes SQL; it is for the
    connection on which the source was opened. `found` says what was out of the ordinary, as phrases.

    What it holds is filled in when it is recognised: the `table`; the `profile` of the system it comes from, and what
    that says of such files, `export`; the positions of columns that are kept, `meant`, by the name of the table's
    column, and `others` that mean the same, for rows in which the first is blank.
    """

    name: str
    path: Path
    headers: tuple[str, ...]
    types: tuple[str, ...]
    sheet: str | None = None
    header_at: str | None = None
    found: list[str] = field(default_factory=list)
    table: str = ""
    profile: Profile | None = None
    export: ExportTable | None = None
    meant: dict[str, int] = field(default_factory=dict)
    others: dict[str, tuple[int, ...]] = field(default_factory=dict)
    date_order: str = ""
    usual_order: str = ""
    decimal: str = ""
    _dialect: CsvDialect | None = None
    _number: str | None = None

    @property
    def label(self) -> str:
        """The file's name, with the sheet's where it is one, for people."""
        return self.path.name + (f", sheet {self.sheet}" if self.sheet else "")

    @property
    def sql(self) -> str:
        """The view's name."""
        return f'"file {self.name}"'

    @property
    def number(self) -> str:
        """SQL of a row's number for `place`; raises where `written` has to be called first."""
        if self._number is None:
            raise RuntimeError(f"{self.path.name} was not written down")
        return self._number

    def samples(self, connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        """A value of each column as the file has it, from its first rows; "" where they have none."""
        rows = connection.execute(f"FROM {self.sql} LIMIT {_LOOKED_AT}").fetchall()
        columns = list(zip(*rows, strict=True)) or [()] * len(self.headers)
        filled = ((str(value) for value in column if value is not None and str(value).strip()) for column in columns)
        return tuple(next(values, "") for values in filled)[: len(self.headers)]

    def place(self, number: int) -> str:
        """A row's place for people."""
        return f"{'line' if self._dialect else 'row'} {number}"

    def written(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """Write the rows down, so that their places are known; False where they were.

        Raises ImportFailed where Python's `csv` finds a fault in the file.
        """
        if self._number is not None:
            return False
        if self._dialect is None:
            raise RuntimeError("only CSV is read without being written down")
        rows = csv_file.rows(self.path, self._dialect)
        try:
            self._write(connection, rows)
        except ImportFailed:
            escaping = None if self._dialect.backslash else csv_file.with_backslashes(self.path, self._dialect)
            if escaping is None:
                raise
            self._dialect = escaping
            self.found.append("quotes escaped by backslash")
            rows = csv_file.rows(self.path, escaping)
            self._write(connection, rows)
        return True

    def _write(self, connection: duckdb.DuckDBPyConnection, rows: FileRows) -> None:
        names = [*_names(len(self.headers)), "place"]
        schema = pa.schema([*((name, pa.string()) for name in names[:-1]), ("place", pa.int64())])
        path = _folder(connection) / f"{self.name}.parquet"
        try:
            with pq.ParquetWriter(path, schema) as writer:
                read = iter(rows)
                while some := list(islice(read, _BATCH)):
                    columns = [
                        [value or None for value in column] for column in zip(*(r.values for r in some), strict=True)
                    ]
                    writer.write_table(pa.table([*columns, [r.place for r in some]], schema))
        except UnicodeEncodeError as error:
            raise ImportFailed(self.path, f"holds text that is none: {error.reason}") from None
        if rows.footer:
            self.found.append(f"{len(rows.footer)} lines at the end left out as a report's footer: “{rows.footer[0]}”")
        self._number = "place"
        _view(connection, self, f"read_parquet({_literal(path)})")


def opened(connection: duckdb.DuckDBPyConnection, name: str, path: Path, sheet: str | None = None) -> Source:
    """A file, or a sheet of a workbook, with its header read; raises ImportFailed."""
    ending = path.suffix.lower()
    if ending == ".parquet":
        return _parquet(connection, name, path)
    if ending == ".xlsx":
        return _excel(connection, name, path, sheet)
    dialect = csv_file.dialect_of(path)
    try:
        rows = csv_file.rows(path, dialect)
    except ImportFailed:
        if (escaping := csv_file.with_backslashes(path, dialect)) is None:
            raise
        dialect = escaping
        rows = csv_file.rows(path, dialect)
    source = Source(name, path, rows.header, ("VARCHAR",) * len(rows.header), header_at=f"line {rows.header_at}")
    source.found += _said(rows, dialect)
    source._dialect = dialect
    if csv_file.is_plain(path, dialect):
        _view(connection, source, _csv(source, dialect, rows.above + 1 + dialect.instruction))
    else:
        source.written(connection)
    return source


def _said(rows: FileRows, dialect: CsvDialect | None) -> list[str]:
    said = [dialect.found] if dialect and dialect.found else []
    if rows.titles:
        said.append(f"lines above the header passed over: “{rows.titles[0]}”")
    return said


def _csv(source: Source, dialect: CsvDialect, skipped: int) -> str:
    compression = "gzip" if source.path.suffix.lower() == ".gz" else "none"
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in _names(len(source.headers)))
    # The header is skipped as a record: the engine's own idea of a header counts blank lines above it.
    return (
        f"read_csv({_literal(source.path)}, columns = {{{columns}}}, auto_detect = false, header = false, "
        f"skip = {skipped}, delim = {_literal(dialect.delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
        f"compression = '{compression}')"
    )


def _excel(connection: duckdb.DuckDBPyConnection, name: str, path: Path, sheet: str | None) -> Source:
    sheet = sheet or excel.sheets(path)[0]
    rows = excel.rows(path, sheet)
    source = Source(name, path, rows.header, ("VARCHAR",) * len(rows.header), sheet, f"row {rows.header_at}")
    source.found += _said(rows, None)
    source._write(connection, rows)
    return source


def _parquet(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> Source:
    read = f"read_parquet({_literal(path)}, binary_as_string = true, file_row_number = true)"
    try:
        described = connection.execute(f"DESCRIBE FROM {read}").fetchall()[:-1]
    except duckdb.Error as error:
        raise ImportFailed(path, f"is no readable Parquet file: {str(error).splitlines()[0]}") from None
    headers = tuple(str(column).strip() for column, *_ in described)
    source = Source(name, path, headers, tuple(kind for _, kind, *_ in described))
    source._number = "place + 1"
    _view(connection, source, read)
    return source


def _view(connection: duckdb.DuckDBPyConnection, source: Source, read: str) -> None:
    names = [*_names(len(source.headers)), *(["place"] if source._number else [])]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {source.sql} AS FROM {read} AS file({', '.join(names)})")


def _folder(connection: duckdb.DuckDBPyConnection) -> Path:
    """The folder of the store being made, which is removed with all that is in it."""
    found = connection.execute("SELECT path FROM duckdb_databases() WHERE NOT internal AND path IS NOT NULL").fetchone()
    if found is None:
        raise RuntimeError("a store is made in a file")
    return Path(found[0]).parent


def _literal(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _names(width: int) -> Iterator[str]:
    return (f"c{position}" for position in range(width))
