"""A store: the tables of `tables.py` in one DuckDB file, opened for reading; or made beside and then swapped in."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import duckdb

from lsq_api.errors import NotConnected
from lsq_api.server import memory, shape, tables
from lsq_api.server.contact import KnownCode
from lsq_api.server.tables import DataType, LeadField

_ALIAS: Final = "served"
_HEADERS: Final = 3 * 4096
"""Bytes of a DuckDB file before its first block."""
_IMPORT: Final = "`python -m lsq_api.server import FOLDER --into {path}`"
Identity = tuple[int, int, int]


@dataclass(frozen=True)
class Store:
    """An open store. `fields` are the lead fields a caller may name, by lower-case schema name.

    `column_types` are the engine's types of the stored lead columns, by schema name; `codes` are the activity event
    codes that occur. One connection is shared; each
    call takes a cursor of its own, since DuckDB's connections are not for several threads at once.
    """

    connection: duckdb.DuckDBPyConnection
    title: str
    demo: bool
    leads: int
    activities: int
    fields: Mapping[str, LeadField]
    column_types: Mapping[str, str]
    activity_columns: tuple[str, ...]
    codes: Mapping[int, KnownCode]

    path: Path
    identity: Identity

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open a store file for reading; NotConnected where it is none, is damaged, or of another version."""
        identity = cls.identity_of(path)
        if identity is None or not path.is_file():
            raise NotConnected(f"{path}: there is no such store file")
        connection = duckdb.connect(config=_settings())
        try:
            _attach(connection, path)
            return cls._read(connection, path, identity)
        except duckdb.Error as error:
            connection.close()
            what = "is damaged" if "orrupt" in str(error) else "is a DuckDB file but not a store"
            raise NotConnected(f"{path}: {what}: {_first_line(error)}") from None
        except BaseException:
            connection.close()
            raise

    @staticmethod
    def identity_of(path: Path) -> Identity | None:
        """What tells one file at a path from the next one there; None where there is none."""
        try:
            seen = path.stat()
        except OSError:
            return None
        return seen.st_ino, seen.st_mtime_ns, seen.st_size

    @classmethod
    def _read(cls, connection: duckdb.DuckDBPyConnection, path: Path, identity: Identity) -> "Store":
        row = connection.execute('SELECT "Format", "Title", "Demo", "Leads", "Activities" FROM store').fetchone()
        if row is None or row[0] != tables.FORMAT:
            found = "none" if row is None else row[0]
            raise NotConnected(
                f"{path}: store of version {found}, this program reads version {tables.FORMAT}; rebuild it with "
                f"{_IMPORT.format(path=path)}"
            )
        codes = _codes(connection)
        found = _columns(connection)
        for fault in shape.faults(found, [code for code, known in codes.items() if known.columns]):
            raise NotConnected(f"{path}: is no whole store: {fault}; make it anew with {_IMPORT.format(path=path)}")
        described = connection.execute(
            'SELECT "SchemaName", "DisplayName", "DataType", "Options" FROM lead_fields ORDER BY "Position"'
        ).fetchall()
        fields = [
            LeadField(name, display, DataType(kind), tuple(options or ())) for name, display, kind, options in described
        ]
        return cls(
            connection=connection,
            title=row[1],
            demo=row[2],
            leads=row[3],
            activities=row[4],
            fields=MappingProxyType({field.schema_name.lower(): field for field in [*fields, *_derived()]}),
            column_types=MappingProxyType(_shown(found["leads"])),
            activity_columns=tuple(_shown(found["activities"])),
            codes=MappingProxyType(codes),
            path=path,
            identity=identity,
        )

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for one call; close it after use."""
        cursor = self.connection.cursor()
        cursor.execute(f"USE {_ALIAS}")
        return cursor

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def _settings() -> dict[str, str]:
    # An engine of its own for each file: the next file at the same path must not be taken for this one.
    return {"memory_limit": memory.setting(memory.ANSWERING), "temp_directory": _spill()}


def _spill() -> str:
    """Where big sorts go. Python's own answer would need room on the disk just to be given."""
    return str(Path(os.environ.get("TMPDIR") or "/tmp") / f"leads-server.{os.getpid()}")  # noqa: S108 -- as said


def _attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Make the file's tables those of the connection; NotConnected where it cannot be read, and why."""
    quoted = str(path).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{quoted}' AS {_ALIAS} (READ_ONLY, TYPE duckdb)")
    except duckdb.Error as error:
        said = _first_line(error)
        if "Could not set lock" in said:
            raise NotConnected(f"{path}: another program is writing to it; try again when that is done") from None
        raise NotConnected(
            f"{path}: is not a readable store: {said}; make it anew with {_IMPORT.format(path=path)}"
        ) from None
    connection.execute(f"USE {_ALIAS}")
    _check_whole(connection, path)


def _check_whole(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """NotConnected where the file is too short for its blocks, as one is that was copied in part."""
    found = connection.execute(
        "SELECT block_size * used_blocks FROM pragma_database_size() WHERE database_name = ?", [_ALIAS]
    ).fetchone()
    there, whole = path.stat().st_size, _HEADERS + (found[0] if found else 0)
    if there < whole:
        raise NotConnected(f"{path}: is cut short: {there:,} of {whole:,} bytes; copy it again")


def _derived() -> list[LeadField]:
    return list(tables.DERIVED_LEAD_FIELDS.values())


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The engine's types by column, by table."""
    rows = connection.execute(
        """SELECT table_name, column_name, data_type FROM information_schema.columns
        WHERE table_catalog = ? AND table_schema = 'main' ORDER BY table_name, ordinal_position""",
        [_ALIAS],
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, name, kind in rows:
        found.setdefault(table, {})[name] = kind
    return found


def _shown(columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that a caller may name."""
    return {name: kind for name, kind in columns.items() if not tables.hidden(name)}


def _codes(connection: duckdb.DuckDBPyConnection) -> dict[int, KnownCode]:
    found = connection.execute('SELECT "ActivityEvent", "Latest", "Columns" FROM contact_codes').fetchall()
    return {code: KnownCode(latest, columns) for code, latest, columns in found}


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
