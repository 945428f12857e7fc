"""A store: tables laid out as `tables.py` says, wherever they are, and what is known of their content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import duckdb
import sqlglot.expressions as sge

from lsq_api.contract.errors import NotConnected
from lsq_api.server.store import schema, shape
from lsq_api.server.store.backend import Place, Session
from lsq_api.server.store.file import StoreFile, first_line
from lsq_api.server.store.schema import DataType, KnownCode, LeadField

_IMPORT: Final = "`python -m lsq_api.server import FOLDER --into {place}`"


@dataclass(frozen=True)
class Store:
    """An open store. `fields` are the lead fields a caller may name, by lower-case schema name.

    `column_types` are DuckDB's names of the types of the stored lead columns, by schema name; `codes` are the activity
    event codes that occur.
    """

    place: Place
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
        """Open a store file for reading; NotConnected where it is none, is damaged, or of another version."""
        place = StoreFile.open(path)
        try:
            return cls.at(place)
        except duckdb.Error as error:
            what = "is damaged" if "orrupt" in str(error) else "is a DuckDB file but not a store"
            raise NotConnected(f"{path}: {what}: {first_line(error)}") from None

    @classmethod
    def at(cls, place: Place) -> "Store":
        """The store in a place, which is closed where there is none: NotConnected says why."""
        try:
            return cls._read(place)
        except BaseException:
            place.close()
            raise

    @classmethod
    def _read(cls, place: Place) -> "Store":
        found = place.columns()
        with place.session() as session:
            described = _rows(session, place, "store", ["Format", "Title", "Demo", "Leads", "Activities"])
            if not described or described[0]["Format"] != schema.FORMAT:
                raise NotConnected(
                    f"{place}: store of version {described[0]['Format'] if described else 'none'}, this program reads "
                    f"version {schema.FORMAT}; rebuild it with {_IMPORT.format(place=place)}"
                )
            _check(place, found, [])  # before tables are read that may not be there
            codes = _rows(session, place, "contact_codes", list(schema.CONTACT_CODES))
            known = {row["ActivityEvent"]: KnownCode(row["Latest"], row["Columns"]) for row in codes}
            _check(place, found, [code for code, how in known.items() if how.columns])
            listed = _rows(session, place, "lead_fields", list(schema.LEAD_FIELDS))
        fields = [_field(row) for row in sorted(listed, key=lambda row: row["Position"])]
        (row,) = described
        return cls(
            place=place,
            title=row["Title"],
            demo=row["Demo"],
            leads=row["Leads"],
            activities=row["Activities"],
            fields=MappingProxyType({field.schema_name.lower(): field for field in [*fields, *_derived()]}),
            column_types=MappingProxyType(_shown(found["leads"])),
            activity_columns=tuple(_shown(found["activities"])),
            codes=MappingProxyType(known),
        )

    def close(self) -> None:
        """Let go of the place."""
        self.place.close()


def _check(place: Place, found: Mapping[str, Mapping[str, str]], codes: list[int]) -> None:
    for fault in shape.faults(found, codes):
        raise NotConnected(f"{place}: is no whole store: {fault}; make it anew with {_IMPORT.format(place=place)}")


def _rows(session: Session, place: Place, table: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Every row of a small table of ours."""
    listed = (sge.column(name, quoted=True) for name in columns)
    query = sge.select(*listed).from_(sge.to_identifier(table, quoted=True))
    names, rows = session.fetched(query.sql(place.dialect.compiler.dialect), {})
    return [dict(zip(names, row, strict=True)) for row in rows]


def _field(row: Mapping[str, Any]) -> LeadField:
    options = tuple(row["Options"] if row["Options"] is not None else ())
    return LeadField(row["SchemaName"], row["DisplayName"], DataType(row["DataType"]), options)


def _derived() -> list[LeadField]:
    return list(schema.DERIVED_LEAD_FIELDS.values())


def _shown(columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that a caller may name."""
    return {name: kind for name, kind in columns.items() if not schema.hidden(name)}
