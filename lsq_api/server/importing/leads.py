"""Reads the file of leads: core fields with their fixed types, other fields with inferred ones."""

from collections.abc import Mapping
from typing import Final

import duckdb

from lsq_api.server.importing import people
from lsq_api.server.importing.files import columns, grammar, headers
from lsq_api.server.importing.files.columns import Reading
from lsq_api.server.importing.files.files import Source
from lsq_api.server.importing.files.headers import OWNER_EMAIL, OWNER_NAME
from lsq_api.server.importing.files.types import Inferred, inferred
from lsq_api.server.store import schema
from lsq_api.server.store.schema import DataType, StoredField

_NAMED: Final = (OWNER_NAME, OWNER_EMAIL)


def read_leads(
    connection: duckdb.DuckDBPyConnection, source: Source, kept: Mapping[str, Inferred] | None = None
) -> list[StoredField]:
    """Make the temporary table `leads`, and users of unknown owners; returns the fields that are not core.

    `kept` are the types of columns that the store has already, by lower-case name; these are not inferred.
    """
    meant = headers.columns(source)
    headers.need(source, meant, "ProspectID")
    types = _types(connection, source, meant, kept or {})
    readings = [_reading(source, name, at, types) for name, at in meant.items() if name not in _NAMED]
    joins = ""
    if not meant.keys().isdisjoint(_NAMED):
        joins = _know_owners(connection, source, meant)
        readings = [each for each in readings if each.target != "OwnerId"] + _owner(source, meant)
    columns.load(connection, source, "CREATE TEMP TABLE leads AS", readings, joins)
    columns.check_unique(connection, source, next(each for each in readings if each.target == "ProspectID"))
    return [
        StoredField(name, headers.described(name, source.headers[meant[name]])[0], types[at].data_type)
        for name, at in meant.items()
        if name not in _NAMED and name not in schema.CORE_LEAD_FIELDS
    ]


def _types(
    connection: duckdb.DuckDBPyConnection, source: Source, meant: Mapping[str, int], kept: Mapping[str, Inferred]
) -> dict[int, Inferred]:
    """The inferred types by position, for the account's own fields and others without a fixed type."""
    fixed, open_columns, numbers = {}, [], []
    for name, position in meant.items():
        core = schema.CORE_LEAD_FIELDS.get(name)
        known = kept.get(name.lower())
        if known is not None and known.data_type is not DataType.NUMBER:
            fixed[position] = known
        elif known is not None:
            numbers.append(position)
        elif core is not None:
            numbers += [position] if core.data_type is DataType.NUMBER else []
        elif name not in _NAMED:
            kind = headers.described(name, "")[1]
            if kind is None:
                open_columns.append(position)
            else:
                fixed[position] = Inferred(kind)
    return fixed | inferred(connection, source, open_columns, numbers)


def _reading(source: Source, name: str, position: int, types: Mapping[int, Inferred]) -> Reading:
    if name in ("ProspectID", "OwnerId"):
        return columns.identity(source, name, position, mandatory=name == "ProspectID")
    core = schema.CORE_LEAD_FIELDS.get(name)
    kind = types[position].data_type if core is None else core.data_type
    if kind is DataType.DATE:
        return columns.moment(source, name, position)
    if kind is DataType.NUMBER:
        return _number(source, name, position, types[position].number_type or "BIGINT")
    return columns.text(source, name, position)


def _number(source: Source, name: str, position: int, engine_type: str) -> Reading:
    v = f"v{position}"
    if source.types[position] in ("FLOAT", "DOUBLE"):
        return Reading(name, position, f"finite(c{position})", f"{v}::DOUBLE")
    cut = f"trimmed({columns.as_text(source, position)})"
    bad = f"{v} IS NOT NULL AND try_cast({v} AS {engine_type}) IS NULL"
    if source.types[position] == "VARCHAR":
        bad = f"{v} IS NOT NULL AND try_cast(number({v}) AS {engine_type}) IS NULL"
    why = f"is no number; allowed: {grammar.NUMBERS}"
    return Reading(name, position, cut, f"try_cast({v} AS {engine_type})", bad, why)


def _know_owners(connection: duckdb.DuckDBPyConnection, source: Source, meant: Mapping[str, int]) -> str:
    """Make users of unknown owners; returns the join that finds an owner's user."""
    known = people.listed(connection)
    positions = [meant.get(name) for name in ("OwnerId", *_NAMED)]
    said = people.said_in(connection, source, positions)
    for person in said:
        known.meet(*person)
    people.write(connection, known, said)
    return people.join(positions[1], positions[2])


def _owner(source: Source, meant: Mapping[str, int]) -> list[Reading]:
    """OwnerId where the file has it, else the ID of the user with that name or e-mail address."""
    seen = [
        Reading("", meant[name], f"trimmed({columns.as_text(source, meant[name])})", "")
        for name in _NAMED
        if name in meant
    ]
    if "OwnerId" in meant:
        own = columns.identity(source, "OwnerId", meant["OwnerId"])
        return [*seen, Reading("OwnerId", own.position, own.cut, f"coalesce({own.value}, named.user_id)")]
    return [*seen, Reading("OwnerId", seen[0].position, seen[0].cut, "named.user_id")]
