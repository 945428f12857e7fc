"""The files of an import: which there are, their columns, and how the engine reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import duckdb

from lsq_api.server.importing.files import csv_file
from lsq_api.server.store.faults import ImportFailed

TABLES: Final = ("leads", "activities", "users", "activity_types")
_ENDINGS: Final = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True)
class Source:
    """One file. `types` are the engine's types of its columns, all VARCHAR for CSV.

    `sql` reads it with columns c0, c1, … by position, so that no header becomes SQL. It is for the connection on which
    the source was opened, where a variable holds the path.
    """

    table: str
    path: Path
    headers: tuple[str, ...]
    types: tuple[str, ...]
    sql: str

    @property
    def is_csv(self) -> bool:
        """Whether the file is CSV, whose text can have faults."""
        return self.path.suffix.lower() != ".parquet"

    def place(self, row: int) -> str:
        """The place of data row `row` (from 1) for people: the line of a CSV, the row of a Parquet file."""
        return csv_file.line_of(self.path, row) if self.is_csv else f"row {row}"


def files(folder: Path) -> dict[str, Path]:
    """The files of a folder by table; raises ImportFailed where leads is missing, or a table has two files."""
    found = _found(folder)
    if "leads" not in found:
        _say_missing(folder, "there is no leads file", ["leads"])
    return found


def some_files(folder: Path) -> dict[str, Path]:
    """The files of a folder by table; raises ImportFailed where there is none, or a table has two."""
    found = _found(folder)
    if not found:
        _say_missing(folder, "there is none of the files", TABLES)
    return found


def _found(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise ImportFailed(str(folder), "is no folder; give the folder that holds leads.csv")
    return {table: path for table in TABLES if (path := _file_of(table, folder))}


def _say_missing(folder: Path, what: str, wanted: Sequence[str]) -> NoReturn:
    names = ", ".join(sorted(path.name for path in folder.iterdir())[:20]) or "nothing"
    allowed = ", ".join(f"{table}{ending}" for table in wanted for ending in _ENDINGS)
    raise ImportFailed(str(folder), f"{what}; allowed: {allowed}; seen: {names}")


def _file_of(table: str, folder: Path) -> Path | None:
    wanted = {table + ending for ending in _ENDINGS}
    found = sorted(path for path in folder.iterdir() if path.name.lower() in wanted and path.is_file())
    if len(found) > 1:
        raise ImportFailed(found[0], f"{found[1].name} is in the folder, too; leave one of them there")
    return found[0] if found else None


def opened(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> Source:
    """A file whose header has been read."""
    # The path is passed as a value; the table's name is a constant of this program.
    connection.execute(f"SET VARIABLE {table}_path = ?", [str(path)])
    if path.suffix.lower() == ".parquet":
        return _parquet(connection, table, path)
    headers = csv_file.header(path)
    return Source(table, path, headers, ("VARCHAR",) * len(headers), _csv_sql(table, path, len(headers)))


def _csv_sql(table: str, path: Path, width: int) -> str:
    compression = "gzip" if path.suffix.lower() == ".gz" else "none"
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in _names(width))
    return (
        f"read_csv(getvariable('{table}_path'), columns = {{{columns}}}, auto_detect = false, header = true, "
        f"delim = ',', quote = '\"', escape = '\"', strict_mode = true, compression = '{compression}')"
    )


def _parquet(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> Source:
    read = f"read_parquet(getvariable('{table}_path'), binary_as_string = true)"
    try:
        described = connection.execute(f"DESCRIBE FROM {read}").fetchall()
    except duckdb.Error as error:
        raise ImportFailed(path, f"is no readable Parquet file: {str(error).splitlines()[0]}") from None
    headers = tuple(name.strip() for name, *_ in described)
    return Source(
        table, path, headers, tuple(kind for _, kind, *_ in described),
        f"(FROM {read} AS file({', '.join(_names(len(headers)))}))",
    )  # fmt: skip


def _names(width: int) -> Iterator[str]:
    return (f"c{position}" for position in range(width))
