"""A store in a PostgreSQL database: one publication of it, in a schema of its own (`publish.py`)."""

import logging
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier
from psycopg_pool import ConnectionPool, PoolTimeout

from lsq_api.contract.errors import NotConnected
from lsq_api.server.engines.postgres.dialect import COLLATION, postgres
from lsq_api.server.engines.postgres.session import PostgresSession
from lsq_api.server.engines.postgres.url import PostgresUrl
from lsq_api.server.store.dialect import Dialect

log = logging.getLogger("lsq_api.server")

LOOK_EVERY: Final = 2.0
"""Seconds between two checks for a newer publication."""
_CONNECTIONS: Final = 20
_WAIT: Final = 5.0
"""Seconds that a call waits for a connection, of which it may need a new one."""
_LOOK_WAIT: Final = 2.0
_NEWEST: Final = 'SELECT "Schema" FROM {published} ORDER BY "Number" DESC LIMIT 1'
# Collations that know lower case: PostgreSQL 17 has its own, most databases have glibc's, the others ICU's.
_LOWERINGS: Final = """SELECT c.collname FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
    WHERE n.nspname = 'pg_catalog' AND c.collname IN ('pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu')
    ORDER BY array_position(ARRAY['pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu']::name[], c.collname) LIMIT 1"""
_COLUMNS: Final = """SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), coalesce(l.collname, '')
    FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_attribute a ON a.attrelid = t.oid
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    WHERE n.nspname = %s AND t.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY t.relname, a.attnum"""
_KINDS: Final = {
    "text": "VARCHAR",
    "text[]": "VARCHAR[]",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double precision": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp without time zone": "TIMESTAMP",
    "date": "DATE",
}


def opened(url: str, *, clock: Callable[[], float] = monotonic) -> "PostgresBackend":
    """The newest publication; raises NotConnected where there is none, or the database cannot be reached."""
    return PostgresBackend.opened(PostgresUrl.read(url), clock)


@dataclass(eq=False)
class PostgresBackend:
    """One publication. Each session has a connection from the pool, which replaces broken ones."""

    url: PostgresUrl
    identity: str
    dialect: Dialect
    pool: "ConnectionPool[psycopg.Connection[tuple[Any, ...]]]"
    clock: Callable[[], float]
    seen: Hashable
    _lock: Lock
    _looked: float

    @classmethod
    def opened(cls, url: PostgresUrl, clock: Callable[[], float]) -> "PostgresBackend":
        """Open the newest publication."""
        with url.connected() as connection:
            try:
                newest, lowering = _newest(connection, url), connection.execute(_LOWERINGS).fetchone()
                _check_readable(connection, url, newest)
            except psycopg.Error as error:
                raise NotConnected(f"{url}: may not be read: {url.said(error)}") from None
        if lowering is None:
            raise NotConnected(
                f"{url}: the database has no collation that knows small letters: C.UTF-8 of the system, or ICU's"
            )
        return cls(url, newest, postgres(lowering[0]), _pool(url, newest), clock, newest, Lock(), clock())

    def __str__(self) -> str:
        return str(self.url)

    def look(self) -> Hashable:
        """The newest publication, as of at most `LOOK_EVERY` seconds ago."""
        with self._lock:
            if self.clock() - self._looked < LOOK_EVERY:
                return self.seen
            self._looked = self.clock()
            try:
                with self.pool.connection(timeout=_LOOK_WAIT) as connection:
                    self.seen = _newest(connection, self.url)
            except NotConnected:
                self.seen = None
            except (psycopg.Error, PoolTimeout) as error:
                # Whether there is something newer is not known: what is served is asked, and answers or fails itself.
                log.warning("%s does not answer: %s", self.url, type(error).__name__)
            return self.seen

    def columns(self) -> dict[str, dict[str, str]]:
        """DuckDB's type of each column, by table and column."""
        with self.pool.connection() as connection:
            return _columns(connection, self.identity)

    @contextmanager
    def session(self) -> Iterator[PostgresSession]:
        """A session for one call."""
        with self.pool.connection() as connection:
            session = PostgresSession(connection)
            try:
                yield session
            finally:
                session.close()

    def renewed(self) -> "PostgresBackend":
        """The newest publication, opened."""
        return self.opened(self.url, self.clock)

    def close(self) -> None:
        """Close the connections."""
        self.pool.close()


def published_table(schema: str) -> Identifier:
    """The table of publications; the one with the highest number is served."""
    return Identifier(schema, "published")


def _newest(connection: "psycopg.Connection[tuple[Any, ...]]", url: PostgresUrl) -> str:
    try:
        found = connection.execute(SQL(_NEWEST).format(published=published_table(url.schema))).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName):
        found = None
    if found is None:
        raise NotConnected(f"{url}: no store was published there; {_make(url)}")
    return str(found[0])


def _check_readable(connection: "psycopg.Connection[tuple[Any, ...]]", url: PostgresUrl, newest: str) -> None:
    """Raises NotConnected where the publication has no version, psycopg's error without permission to read it."""
    found = _columns(connection, newest)
    if not {"Format", "Title", "Demo", "Leads", "Activities"} <= found.get("store", {}).keys():
        raise NotConnected(f"{url}: is no whole store: the table store is missing or another; {_make(url)}")
    for table in found:
        connection.execute(SQL("SELECT FROM {} LIMIT 0").format(Identifier(newest, table)))


def _make(url: PostgresUrl) -> str:
    return f"make one with `python -m lsq_api.server import FOLDER --into {url}`"


def _columns(connection: "psycopg.Connection[tuple[Any, ...]]", schema: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, name, kind, collation in connection.execute(_COLUMNS, [schema]).fetchall():
        found.setdefault(table, {})[name] = _kind(kind, collation)
    return found


def _kind(kind: str, collation: str) -> str:
    """DuckDB's name of a column's type. Text of any other collation is named differently, as it sorts differently."""
    known = _KINDS.get(kind) or kind.upper().replace("NUMERIC", "DECIMAL")
    return known if collation in ("", COLLATION) else f'{known} COLLATE "{collation}"'


def _pool(url: PostgresUrl, schema: str) -> "ConnectionPool[psycopg.Connection[tuple[Any, ...]]]":
    settings = SQL(
        "SET search_path = {}; SET timezone = 'UTC'; SET extra_float_digits = 1; SET cursor_tuple_fraction = 1; "
        "SET jit = off; SET default_transaction_read_only = on"
    ).format(Identifier(schema))

    def configure(connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        connection.execute(settings)

    return ConnectionPool(
        kwargs=dict(url.parameters) | {"autocommit": True, "prepare_threshold": None},
        min_size=0,
        max_size=_CONNECTIONS,
        open=True,
        configure=configure,
        check=ConnectionPool.check_connection,
        name="leads",
        timeout=_WAIT,
        reconnect_timeout=_WAIT / 2,
        num_workers=2,
    )
