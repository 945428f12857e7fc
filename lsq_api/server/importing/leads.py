"""Reads the file of leads: core fields with their fixed types, other fields with inferred ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import duckdb

from lsq_api.server.importing import people, recognise
from lsq_api.server.importing.files import columns, grammar, types
from lsq_api.server.importing.files.columns import Reading
from lsq_api.server.importing.files.source import Source
from lsq_api.server.importing.files.types import Asked, Inferred
from lsq_api.server.importing.recognise import OWNER_EMAIL, OWNER_NAME
from lsq_api.server.store import schema
from lsq_api.server.store.schema import DataType, StoredField

_NAMED: Final = (OWNER_NAME, OWNER_EMAIL)


@dataclass(frozen=True)
class ReadLeads:
    """What was read: the fields that are not core, how columns were read by schema name, and rows that are no leads.

    `shared` are names of owners that several users have.
    """

    fields: list[StoredField]
    kinds: Mapping[str, Inferred] = field(default_factory=dict)
    no_leads: int = 0
    shared: tuple[str, ...] = ()


def read_leads(
    connection: duckdb.DuckDBPyConnection, source: Source, kept: Mapping[str, Inferred] | None = None
) -> ReadLeads:
    """Make the temporary table `leads`, and users of unknown owners.

    `kept` are the types of columns that the store has already, by lower-case name; these are not inferred.
    """
    meant = source.meant
    kinds = _types(connection, source, kept or {})
    readings = [_reading(source, name, at, kinds.get(at)) for name, at in meant.items() if name not in _NAMED]
    joins, shared = "", tuple[str, ...]()
    if not meant.keys().isdisjoint(_NAMED):
        joins, shared = _know_owners(connection, source)
        readings = [each for each in readings if each.target != "OwnerId"] + _owner(source)
    no_leads = columns.count_left_out(connection, source)
    columns.load(connection, source, "CREATE TEMP TABLE leads AS", readings, joins)
    columns.check_unique(connection, source, "leads", next(each for each in readings if each.target == "ProspectID"))
    fields = [
        StoredField(name, _display(source, name, at, kinds[at]), kinds[at].data_type)
        for name, at in meant.items()
        if name not in _NAMED and name not in schema.CORE_LEAD_FIELDS
    ]
    return ReadLeads(fields, {name: kinds[at] for name, at in meant.items() if at in kinds}, no_leads, shared)


def _display(source: Source, name: str, position: int, kind: Inferred) -> str:
    display, _ = recognise.described(name, source.headers[position])
    return f"{display} ({kind.unit})" if kind.unit and kind.unit not in display else display


def _types(connection: duckdb.DuckDBPyConnection, source: Source, kept: Mapping[str, Inferred]) -> dict[int, Inferred]:
    """The types by position, of all columns but IDs and those whose text is kept as it is."""
    fixed, asked = {}, []
    for name, position in source.meant.items():
        core = schema.CORE_LEAD_FIELDS.get(name)
        known = kept.get(name.lower())
        kind = known.data_type if known else core.data_type if core else recognise.described(name, "")[1]
        if name in _NAMED or name == "ProspectID":
            continue
        if kind is None or kind in (DataType.NUMBER, DataType.DATETIME, DataType.DATE):
            asked.append(Asked(position, kind))
        else:
            fixed[position] = Inferred(kind)
    return fixed | types.inferred(connection, source, asked)


def _reading(source: Source, name: str, position: int, kind: Inferred | None) -> Reading:
    if kind is None or name == "OwnerId":
        return columns.identity(source, name, position, mandatory=name == "ProspectID")
    core = schema.CORE_LEAD_FIELDS.get(name)
    match core.data_type if core else kind.data_type:
        case DataType.DATETIME:
            return columns.moment(source, name, position, kind.order)
        case DataType.DATE:
            return columns.day(source, name, position, kind.order)
        case DataType.NUMBER:
            return _number(source, name, position, kind)
        case _:
            return columns.text(source, name, position)


def _number(source: Source, name: str, position: int, kind: Inferred) -> Reading:
    v, engine_type = f"v{position}", kind.number_type or "BIGINT"
    if source.types[position] in ("FLOAT", "DOUBLE"):
        return Reading(name, position, f"finite(c{position})", f"{v}::DOUBLE")
    cut = f"trimmed({columns.as_text(source, position)})"
    value = types.figure(kind, v) if source.types[position] == "VARCHAR" else v
    bad = f"{v} IS NOT NULL AND try_cast({value} AS {engine_type}) IS NULL"
    sign = "comma" if kind.comma else "point"
    why = f"is no number; allowed: {grammar.NUMBERS}; the decimal sign of this column is the {sign}"
    return Reading(name, position, cut, f"try_cast({value} AS {engine_type})", bad, why)


def _know_owners(connection: duckdb.DuckDBPyConnection, source: Source) -> tuple[str, tuple[str, ...]]:
    """Make users of unknown owners; returns the join that finds an owner's user, and names that several users have."""
    known = people.listed(connection)
    positions = [source.meant.get(name) for name in ("OwnerId", *_NAMED)]
    said = people.said_in(connection, source, positions)
    shared = dict.fromkeys(
        person.name
        for person in said
        if person.name and person.user is None and known.shares(person.name, person.email)
    )
    for person in said:
        known.meet(*person)
    people.write(connection, known, said)
    return people.join(positions[1], positions[2]), tuple(shared)


def _owner(source: Source) -> list[Reading]:
    """OwnerId where the file has it, else the ID of the user with that name or e-mail address."""
    meant = source.meant
    seen = [
        Reading("", meant[name], f"trimmed({columns.as_text(source, meant[name])})", "")
        for name in _NAMED
        if name in meant
    ]
    if "OwnerId" in meant:
        own = columns.identity(source, "OwnerId", meant["OwnerId"])
        return [*seen, Reading("OwnerId", own.position, own.cut, f"coalesce({own.value}, named.user_id)")]
    return [*seen, Reading("OwnerId", seen[0].position, seen[0].cut, "named.user_id")]
