"""The last step of making a store: what follows from the filled tables is worked out and written down."""

from collections.abc import Sequence

import duckdb

from lsq_api.server import tables
from lsq_api.server.tables import DataType, LeadField

_FROM_ACTIVITIES = ("ProspectActivityDate_Max", "ProspectActivityDate_Min", "ProspectActivityName_Max")

# One pass over the activities. Of two in the same second the greater code names the last one, so that the same files
# always give the same store.
_LAST_AND_FIRST = """
    SELECT
        spans.lead, spans.last_one."on" AS last_on, spans.first_on,
        coalesce(activity_types."ActivityEventName", spans.last_one.code::VARCHAR) AS last_name
    FROM (
        SELECT
            "RelatedProspectId" AS lead,
            max({'on': "CreatedOn", 'code': "ActivityEvent"}) AS last_one,
            min("CreatedOn") AS first_on
        FROM activities GROUP BY ALL
    ) AS spans
    LEFT JOIN activity_types ON activity_types."ActivityEvent" = spans.last_one.code
"""

_OWNERS_NOT_LISTED = """
    INSERT INTO users ("UserId", "StatusCode")
    SELECT DISTINCT leads."OwnerId", '0' FROM leads
    ANTI JOIN users ON users."UserId" = leads."OwnerId"
    WHERE leads."OwnerId" IS NOT NULL ORDER BY ALL
"""

_DESCRIBE_STORE = """
    INSERT INTO store SELECT ?, ?, ?, date_trunc('second', now() AT TIME ZONE 'UTC'),
        (SELECT count(*) FROM leads), (SELECT count(*) FROM activities)
"""


def finish(connection: duckdb.DuckDBPyConnection, *, title: str, demo: bool, fields: Sequence[LeadField]) -> None:
    """Complete a store whose `leads`, `activities`, `users` and `activity_types` are filled.

    `leads` has at least ProspectID and may be a temporary table, which spares the file the room of two copies.
    `fields` describes its columns that are no core fields; a core field takes its description from `tables`.
    `Options` of the fields are not read: they are what the columns hold. ValueError for a column nobody describes.

    Core columns that are missing are added as NULL. Last and first activity come from the activities, whatever their
    type (section 2.6), else from what the leads said. An owner who is no user becomes one, without a name.
    """
    described = _described(_columns(connection), fields)
    _complete_leads(connection, described)
    connection.execute(_OWNERS_NOT_LISTED)
    for position, field in enumerate(described):
        _describe(connection, position, field)
    connection.execute(_DESCRIBE_STORE, [tables.FORMAT, title, demo])
    connection.execute("CHECKPOINT")


def quoted(name: str) -> str:
    """A column name as SQL spells it."""
    return '"' + name.replace('"', '""') + '"'


def _columns(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for name, *_ in connection.execute("DESCRIBE leads").fetchall()]


def _described(columns: Sequence[str], fields: Sequence[LeadField]) -> list[LeadField]:
    """The fields of the finished table in column order: those that are there, then the core ones that are not."""
    known = {**tables.CORE_LEAD_FIELDS, **{field.schema_name: field for field in fields}}
    unknown = [name for name in columns if name not in known]
    if unknown:
        raise ValueError(f"columns of leads that no field describes: {', '.join(unknown)}")
    missing = [name for name in tables.CORE_LEAD_FIELDS if name not in columns]
    return [known[name] for name in [*columns, *missing]]


def _complete_leads(connection: duckdb.DuckDBPyConnection, described: Sequence[LeadField]) -> None:
    """Write leads anew with all core columns: one write is much faster than updating each row."""
    there = set(_columns(connection))
    derived = dict(zip(_FROM_ACTIVITIES, ("last_on", "first_on", "last_name"), strict=True))
    listed = ", ".join(_column(field, field.schema_name in there, derived) for field in described)
    connection.execute(
        f"CREATE TABLE finished AS SELECT {listed} FROM leads "  # noqa: S608 -- names are quoted schema names
        f'LEFT JOIN ({_LAST_AND_FIRST}) AS seen ON seen.lead = leads."ProspectID"'
    )
    connection.execute("DROP TABLE leads")
    connection.execute("ALTER TABLE finished RENAME TO leads")


def _column(field: LeadField, there: bool, derived: dict[str, str]) -> str:
    name = quoted(field.schema_name)
    said = f"leads.{name}" if there else f"NULL::{tables.CORE_COLUMN_TYPES[field.data_type]}"
    if field.schema_name in derived:
        return f"coalesce(seen.{derived[field.schema_name]}, {said}) AS {name}"
    return f"{said} AS {name}"


def _describe(connection: duckdb.DuckDBPyConnection, position: int, field: LeadField) -> None:
    options = _options(connection, field) if field.data_type is DataType.SELECT else None
    connection.execute(
        "INSERT INTO lead_fields VALUES (?, ?, ?, ?, ?)",
        [position, field.schema_name, field.display_name, str(field.data_type), options],
    )


def _options(connection: duckdb.DuckDBPyConnection, field: LeadField) -> list[str]:
    name = quoted(field.schema_name)
    found = connection.execute(
        f"SELECT DISTINCT {name} FROM leads WHERE {name} IS NOT NULL "  # noqa: S608 -- a quoted schema name
        f"ORDER BY lower({name}), {name}"
    ).fetchall()
    return [value for (value,) in found]
