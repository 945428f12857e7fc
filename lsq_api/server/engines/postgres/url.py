"""The URL of a PostgreSQL database: `postgres://user:password@host:port/database/schema?sslmode=…`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from lsq_api.contract.errors import NotConnected

DEFAULT_SCHEMA: Final = "leads_not_contacted"
OLDEST: Final = 140_000
"""PostgreSQL 14, the first version with infinite numerics."""
_LONGEST: Final = 40
"""Letters of a schema's name: PostgreSQL cuts names at 63 bytes, and a publication adds to it."""
_FORM: Final = "postgres://USER:PASSWORD@HOST:PORT/DATABASE, with /SCHEMA or ?schema= where it is not the usual one"
_TIMEOUT: Final = 10


@dataclass(frozen=True)
class PostgresUrl:
    """A database and a schema in it. `str` has neither user, password nor options."""

    shown: str
    schema: str
    parameters: Mapping[str, Any] = field(repr=False)

    @classmethod
    def read(cls, url: str) -> "PostgresUrl":
        """Read a URL; raises NotConnected where it is not valid, without repeating it, as it may hold a password."""
        try:
            parts = urlsplit(url)
            port = parts.port
            asked = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        except ValueError:
            raise NotConnected(f"this URL of PostgreSQL cannot be read; the form is {_FORM}") from None
        database, _, schema = parts.path.strip("/").partition("/")
        schema = unquote(asked.pop("schema", schema)) or DEFAULT_SCHEMA
        where = f"postgres://{parts.hostname or ''}{f':{port}' if port else ''}/{database}"
        shown = where if schema == DEFAULT_SCHEMA else f"{where}/{schema}"
        if len(schema.encode()) > _LONGEST or "\0" in schema or schema.startswith("pg_"):
            raise NotConnected(
                f"{where}: a schema has a name of at most {_LONGEST} bytes that begins otherwise than pg_"
            )
        given = {
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "host": parts.hostname or "",
            "port": port or "",
            "dbname": unquote(database),
        }
        named = {name: value for name, value in given.items() if value}
        usual = {"connect_timeout": _TIMEOUT, "application_name": "leads not contacted"}
        try:
            parameters = conninfo_to_dict(make_conninfo(**(usual | asked | named)))
        except psycopg.ProgrammingError:
            raise NotConnected(f"{shown}: {', '.join(asked)}: not all of these are options of PostgreSQL's") from None
        return cls(shown, schema, parameters)

    def __str__(self) -> str:
        return self.shown

    def connected(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection in autocommit mode; raises NotConnected where there is none, or its version is too old."""
        try:
            connection = psycopg.connect(**self.parameters, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            raise NotConnected(f"{self}: cannot be reached: {self.said(error)}") from None
        encoding = connection.info.parameter_status("server_encoding")
        if connection.info.server_version < OLDEST or encoding != "UTF8":
            connection.close()
            raise NotConnected(
                f"{self}: is of version {connection.info.server_version // 10_000} with text as {encoding}; "
                f"it must be {OLDEST // 10_000} or newer, with text as UTF8"
            )
        return connection

    def said(self, error: Exception) -> str:
        """PostgreSQL's message of an error on one line, without user and password."""
        text = (str(error).strip() or type(error).__name__).splitlines()[0]
        for name in ("password", "user"):
            if self.parameters.get(name):
                text = text.replace(str(self.parameters[name]), "…")
        return text
