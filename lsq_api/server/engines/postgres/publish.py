"""Publishes a store file into a PostgreSQL database.

A publication is a schema with tables and indexes, and a row in `published` that makes it current, all made in one
transaction. So readers have the old or the new content, and a killed run leaves nothing. A reader of the old content
can go on: it stays until the next publication but one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final, LiteralString
from uuid import uuid4

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv
from psycopg.sql import SQL, Composable, Identifier

from lsq_api.contract.errors import NotConnected
from lsq_api.server.engines.postgres.backend import published_table
from lsq_api.server.engines.postgres.dialect import COLLATION
from lsq_api.server.engines.postgres.url import PostgresUrl
from lsq_api.server.store.derive import quoted
from lsq_api.server.store.faults import ImportFailed
from lsq_api.server.store.file import StoreFile
from lsq_api.server.store.store import Store

Progress = Callable[[str], None]
_ROWS: Final = 65_536
"""Rows that are held in memory."""
_SAY_EVERY: Final = 1_000_000
_KINDS: Final[dict[str, LiteralString]] = {
    "VARCHAR": "text",
    "VARCHAR[]": "text[]",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "timestamp",
    "DATE": "date",
}
_INDEXES: Final[tuple[LiteralString, ...]] = (
    'CREATE INDEX ON {schema}.leads ("ProspectID")',
    'CREATE INDEX ON {schema}.leads ("_rank")',
    'CREATE INDEX ON {schema}.leads ("CreatedOn")',
    'CREATE INDEX ON {schema}.contacts ("ActivityEvent", "CreatedOn") INCLUDE ("Lead")',
    'CREATE INDEX ON {schema}.activities ("_Lead")',
    'CREATE INDEX ON {schema}.activities ("ActivityEvent", (coalesce("ModifiedOn", "CreatedOn")))',
)
_PUBLISHED: Final[LiteralString] = """CREATE TABLE IF NOT EXISTS {published} (
    "Number" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Schema" text NOT NULL, "At" timestamptz DEFAULT now())"""
_OLD: Final[LiteralString] = 'SELECT "Number", "Schema" FROM {published} ORDER BY "Number" DESC OFFSET 2'
_NOTHING: Final = pacsv.WriteOptions(include_header=False, quoting_style="all_valid")
"""Every value is quoted but NULL, which is empty, so that "" is not read as NULL."""


def published(url: str, file: Path, progress: Progress | None = None) -> None:
    """Publish a store file; raises NotConnected or ImportFailed, and the database is then unchanged."""
    where, say = PostgresUrl.read(url), progress or (lambda _: None)
    store = Store.open(file)
    try:
        assert isinstance(store.backend, StoreFile)  # noqa: S101 -- what a file is opened as
        columns = store.backend.columns()
        source = store.backend.cursor()
        with where.connected() as connection, _said_plainly(where):
            _check_text(source, columns)
            _publish(connection, source, columns, where, say)
            _clear(connection, where, say)
    finally:
        store.close()


@contextmanager
def _said_plainly(where: PostgresUrl) -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotConnected(f"{where}: may not be published to: {where.said(error)}") from None
    except psycopg.Error as error:
        raise ImportFailed(str(where), f"cannot be made: {where.said(error)}") from None


def _check_text(source: duckdb.DuckDBPyConnection, columns: dict[str, dict[str, str]]) -> None:
    """Raises ImportFailed for text with the character NUL, which PostgreSQL cannot store."""
    for table, kinds in sorted(columns.items(), key=lambda row: row[0] == "lead_fields"):  # it repeats leads' values
        texts = [name for name, kind in kinds.items() if kind.startswith("VARCHAR")]
        counted = ", ".join(f"count_if(contains({quoted(name)}::VARCHAR, chr(0)))" for name in texts)
        if not texts:
            continue
        (found,) = source.execute(f"SELECT {counted} FROM {quoted(table)}").fetchall()  # noqa: S608 -- names of ours
        for name, rows in zip(texts, found, strict=True):
            if rows:
                raise ImportFailed(
                    f"{table}.{name}", f"{rows:,} rows hold the letter NUL (U+0000), which PostgreSQL cannot keep"
                )


def _publish(
    connection: "psycopg.Connection[tuple[Any, ...]]",
    source: duckdb.DuckDBPyConnection,
    columns: dict[str, dict[str, str]],
    where: PostgresUrl,
    say: Progress,
) -> None:
    schema = f"{where.schema}_{uuid4().hex[:12]}"
    names = {"schema": Identifier(schema), "home": Identifier(where.schema), "published": published_table(where.schema)}
    with connection.transaction():
        _alone(connection, where)
        connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {home}").format(**names))
        connection.execute(SQL(_PUBLISHED).format(**names))
        connection.execute(SQL("CREATE SCHEMA {schema}").format(**names))
        for table, kinds in columns.items():
            _bring(connection, source, Identifier(schema, table), table, kinds, say)
        say("making indexes")
        for index in _INDEXES:
            connection.execute(SQL(index).format(**names))
        for table in columns:
            connection.execute(SQL("ANALYZE {}").format(Identifier(schema, table)))
        connection.execute(SQL('INSERT INTO {published} ("Schema") VALUES (%s)').format(**names), [schema])
    say(f"published in {where}")


def _alone(connection: "psycopg.Connection[tuple[Any, ...]]", where: PostgresUrl) -> None:
    """Raises NotConnected where another run is publishing there: one of the two would be lost."""
    taken = connection.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7))", [where.schema]).fetchone()
    if not taken or not taken[0]:
        raise NotConnected(f"{where}: is being published to by another program; try again when that is done")


def _bring(
    connection: "psycopg.Connection[tuple[Any, ...]]",
    source: duckdb.DuckDBPyConnection,
    into: Identifier,
    table: str,
    kinds: dict[str, str],
    say: Progress,
) -> None:
    listed = SQL(", ").join(SQL("{} {}").format(Identifier(name), _kind(kind)) for name, kind in kinds.items())
    connection.execute(SQL("CREATE TABLE {} ({})").format(into, listed))
    rows = source.sql(f"SELECT {', '.join(_read(name, kind) for name, kind in kinds.items())} FROM {quoted(table)}")  # noqa: S608 -- names of ours
    brought = 0
    # FREEZE marks the rows as visible to all, so that no later reader has to check each of them.
    statement = SQL("COPY {} FROM STDIN (FORMAT csv, FREEZE)").format(into)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in rows.to_arrow_reader(_ROWS):
            copy.write(_as_csv(batch))
            brought += batch.num_rows
            if brought % _SAY_EVERY < batch.num_rows and brought >= _SAY_EVERY:
                say(f"{table}: {brought:,} rows brought")
    say(f"{table}: {brought:,} rows in all")


def _as_csv(batch: pa.RecordBatch) -> bytes:
    written = BytesIO()
    pacsv.write_csv(batch, written, _NOTHING)
    return written.getvalue()


def _read(name: str, kind: str) -> str:
    """The SQL of a column for COPY: a list becomes PostgreSQL's array text."""
    if not kind.endswith("[]"):
        return quoted(name)
    element = r"""'"' || replace(replace(x, '\', '\\'), '"', '\"') || '"'"""
    return (
        f"'{{' || array_to_string(list_transform({quoted(name)}, lambda x: {element}), ',') || '}}' AS {quoted(name)}"
    )


def _kind(kind: str) -> Composable:
    if kind.startswith("DECIMAL"):
        return SQL("numeric") + SQL(kind.removeprefix("DECIMAL"))  # (p, s), of DuckDB's own
    collated = SQL(" COLLATE {}").format(Identifier(COLLATION)) if kind.startswith("VARCHAR") else SQL("")
    return SQL(_KINDS[kind]) + collated


def _clear(connection: "psycopg.Connection[tuple[Any, ...]]", where: PostgresUrl, say: Progress) -> None:
    """Drop all publications but the newest two; one that is being read is left to the next run."""
    table = published_table(where.schema)
    for number, schema in connection.execute(SQL(_OLD).format(published=table)).fetchall():
        try:
            with connection.transaction():
                connection.execute("SET LOCAL lock_timeout = '2s'")
                connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(schema)))
                connection.execute(SQL('DELETE FROM {} WHERE "Number" = %s').format(table), [number])
        except psycopg.errors.LockNotAvailable:
            say("an old publication is still being read; the next run drops it")
