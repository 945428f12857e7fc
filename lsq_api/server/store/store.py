"""A store: tables laid out as `schema.py` says, in any backend, and what is known about their content."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import duckdb
import sqlglot.expressions as sge

from lsq_api.contract.errors import NotConnected
from lsq_api.server.store import schema
from lsq_api.server.store.backend import Backend, Session
from lsq_api.server.store.file import StoreFile, first_line
from lsq_api.server.store.schema import DataType, KnownCode, StoredField

_NUMBERS = ("BIGINT", "DECIMAL", "DOUBLE")
_OTHERS = ("VARCHAR", "TIMESTAMP", "DATE")

_IMPORT: Final = "`python -m lsq_api.server import FOLDER --into {place}`"


@dataclass(frozen=True)
class Store:
    """An open store. `fields` are the lead fields a caller may name, by lower-case schema name.

    `column_types` are DuckDB's types of the stored lead columns, by schema name; `codes` are the activity event codes
    that occur; `timezone` is the account's zone, an IANA name.
    """

    backend: Backend
    title: str
    demo: bool
    leads: int
    activities: int
    fields: Mapping[str, StoredField]
    column_types: Mapping[str, str]
    activity_columns: tuple[str, ...]
    codes: Mapping[int, KnownCode]
    timezone: str

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open a store file for reading; NotConnected where it is no store, is damaged, or has another version."""
        backend = StoreFile.open(path)
        try:
            return cls.at(backend)
        except duckdb.Error as error:
            what = "is damaged" if "orrupt" in str(error) else "is a DuckDB file but not a store"
            raise NotConnected(f"{path}: {what}: {first_line(error)}") from None

    @classmethod
    def at(cls, backend: Backend) -> "Store":
        """The store in a backend; raises NotConnected where there is none, and closes the backend."""
        try:
            return cls._read(backend)
        except BaseException:
            backend.close()
            raise

    @classmethod
    def _read(cls, backend: Backend) -> "Store":
        found = backend.columns()
        with backend.session() as session:
            formats = _rows(session, backend, "store", ["Format"])  # alone: other versions have other columns
            if not formats or formats[0]["Format"] != schema.FORMAT:
                raise NotConnected(
                    f"{backend}: store of version {formats[0]['Format'] if formats else 'none'}, this program "
                    f"reads version {schema.FORMAT}; rebuild it with {_IMPORT.format(place=backend)}"
                )
            _check(backend, found, [])  # first, since the tables read below may be missing
            (row,) = _rows(session, backend, "store", list(schema.STORE))
            codes = _rows(session, backend, "contact_codes", list(schema.CONTACT_CODES))
            known = {row["ActivityEvent"]: _known_code(row) for row in codes}
            with_columns = [code for code, how in known.items() if how.columns]
            _check(backend, found, with_columns, [code for code, how in known.items() if how.outcomes])
            listed = _rows(session, backend, "lead_fields", list(schema.LEAD_FIELDS))
        fields = [_field(row) for row in sorted(listed, key=lambda row: row["Position"])]
        return cls(
            backend=backend,
            title=row["Title"],
            demo=row["Demo"],
            leads=row["Leads"],
            activities=row["Activities"],
            fields=MappingProxyType(_by_name(fields)),
            column_types=MappingProxyType(_shown(found["leads"])),
            activity_columns=tuple(_shown(found["activities"])),
            codes=MappingProxyType(known),
            timezone=row["Timezone"],
        )

    def close(self) -> None:
        """Close the backend."""
        self.backend.close()


def _known_code(row: Mapping[str, Any]) -> KnownCode:
    return KnownCode(
        row["Earliest"],
        row["Latest"],
        row["Columns"],
        count=row["Activities"],
        answered=row["Answered"],
        unanswered=row["NotAnswered"],
        timed=row["Timed"],
        outcomes=row["Outcomes"],
    )


def _check(
    backend: Backend, found: Mapping[str, Mapping[str, str]], codes: list[int], answered: Sequence[int] = ()
) -> None:
    for fault in faults_of_shape(found, codes, answered):
        raise NotConnected(f"{backend}: is no whole store: {fault}; make it anew with {_IMPORT.format(place=backend)}")


def _rows(session: Session, backend: Backend, table: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """All rows of a small fixed table."""
    listed = (sge.column(name, quoted=True) for name in columns)
    query = sge.select(*listed).from_(sge.to_identifier(table, quoted=True))
    names, rows = session.fetched(query.sql(backend.dialect.compiler.dialect), {})
    return [dict(zip(names, row, strict=True)) for row in rows]


def _field(row: Mapping[str, Any]) -> StoredField:
    options = tuple(row["Options"] if row["Options"] is not None else ())
    return StoredField(row["SchemaName"], row["DisplayName"], DataType(row["DataType"]), options)


def _by_name(stored: list[StoredField]) -> dict[str, StoredField]:
    """The stored fields, then the derived ones, by lower-case name; a stored one goes before a derived one."""
    known = {field.schema_name.lower(): field for field in stored}
    return known | {
        name.lower(): field for name, field in schema.DERIVED_LEAD_FIELDS.items() if name.lower() not in known
    }


def _shown(columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that a caller may name."""
    return {name: kind for name, kind in columns.items() if not schema.hidden(name)}


def faults_of_shape(
    found: Mapping[str, Mapping[str, str]], codes: list[int], answered: Sequence[int] = ()
) -> Iterator[str]:
    """What is wrong with the columns of a file's tables, as phrases.

    `codes` are those with columns of leads, `answered` those with columns of answered activities as well. `found` has
    the engine's type of each column, by table and column.
    """
    for table, columns in schema.FIXED.items():
        yield from _faults(table, found.get(table, {}), columns)
    leads = found.get("leads", {})
    yield from _faults("leads", leads, schema.hidden_of_leads(codes, answered))
    for name, field in schema.CORE_LEAD_FIELDS.items():
        kind, wanted = leads.get(name), schema.CORE_COLUMN_TYPES[field.data_type]
        if field.data_type is DataType.NUMBER and kind is not None:
            if not kind.startswith(_NUMBERS):
                yield f"leads.{name} is {kind}; it must be a number"
        else:
            yield from _faults("leads", leads, {name: wanted})
    for name, kind in leads.items():
        known = name in schema.CORE_LEAD_FIELDS or schema.hidden(name)
        if not known and not kind.startswith(_NUMBERS) and kind not in _OTHERS:
            yield f"leads.{name} is {kind}; it must be text, a number, a day or a time: {', '.join(_OTHERS + _NUMBERS)}"


def _faults(table: str, found: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[str]:
    for name, kind in wanted.items():
        if name not in found:
            yield f"{table}.{name} is missing"
        elif found[name] != kind:
            yield f"{table}.{name} is {found[name]}; it must be {kind}"
