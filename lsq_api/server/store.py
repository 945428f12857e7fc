"""A store: the tables of `tables.py` in one DuckDB file, opened for reading; or made beside and then swapped in."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import duckdb

from lsq_api.errors import NotConnected
from lsq_api.server import tables
from lsq_api.server.contact import KnownCode
from lsq_api.server.tables import DataType, LeadField


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

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open a store file for reading; NotConnected where it is none, or of another version."""
        if not path.is_file():
            raise NotConnected(f"{path}: there is no such store file")
        try:
            connection = duckdb.connect(str(path), read_only=True)
        except duckdb.Error as error:
            raise NotConnected(f"{path}: is not a readable store: {_first_line(error)}") from None
        try:
            return cls._read(connection, path)
        except duckdb.Error as error:
            connection.close()
            raise NotConnected(f"{path}: is a DuckDB file but not a store: {_first_line(error)}") from None
        except BaseException:
            connection.close()
            raise

    @classmethod
    def _read(cls, connection: duckdb.DuckDBPyConnection, path: Path) -> "Store":
        row = connection.execute('SELECT "Format", "Title", "Demo", "Leads", "Activities" FROM store').fetchone()
        if row is None or row[0] != tables.FORMAT:
            found = "none" if row is None else row[0]
            raise NotConnected(
                f"{path}: store of version {found}, this program reads version {tables.FORMAT}; rebuild it with "
                f"`python -m lsq_api.server import FOLDER --into {path}`"
            )
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
            column_types=MappingProxyType(_columns(connection, "leads")),
            activity_columns=tuple(_columns(connection, "activities")),
            codes=MappingProxyType(_codes(connection)),
        )

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for one call; close it after use."""
        return self.connection.cursor()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def _derived() -> list[LeadField]:
    return list(tables.DERIVED_LEAD_FIELDS.values())


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    found = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position",
        [table],
    ).fetchall()
    return {name: kind for name, kind in found if not tables.hidden(name)}


def _codes(connection: duckdb.DuckDBPyConnection) -> dict[int, KnownCode]:
    found = connection.execute('SELECT "ActivityEvent", "Latest", "Columns" FROM contact_codes').fetchall()
    return {code: KnownCode(latest, columns) for code, latest, columns in found}


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


@contextmanager
def making(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a new, empty store file that replaces `path` when the block ends well, and vanishes if not.

    The new file is made in the same folder, so that the swap is one rename: readers see the old store or the new.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        connection = duckdb.connect(str(beside / "store"))
        try:
            _create_fixed_tables(connection)
            yield connection
        finally:
            connection.close()
        (beside / "store").replace(path)
    finally:
        with suppress(FileNotFoundError):
            shutil.rmtree(beside)


def _create_fixed_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table but leads, whose columns depend on the data. Names and types are constants of `tables.py`."""
    fixed = {
        "activities": tables.ACTIVITIES,
        "users": tables.USERS,
        "activity_types": tables.ACTIVITY_TYPES,
        "lead_fields": tables.LEAD_FIELDS,
        "contacts": tables.CONTACTS,
        "contact_codes": tables.CONTACT_CODES,
        "store": tables.STORE,
    }
    for table, columns in fixed.items():
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f"CREATE TABLE {table} ({listed})")
