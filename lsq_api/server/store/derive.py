"""The last step of making a store: computes what follows from its filled tables."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import duckdb

from lsq_api.server.store import layout, schema
from lsq_api.server.store.schema import DataType, StoredField

LAST: Final = "ProspectActivityDate_Max"
FROM_ACTIVITIES: Final = {
    LAST: "seen.last",
    "ProspectActivityDate_Min": "seen.first",
    "ProspectActivityName_Max": 'coalesce(named."ActivityEventName", seen.last_code::VARCHAR)',
}
"""Lead fields that follow from the activities, with their SQL over `layout.joins` and `NAMED`."""
NAMED: Final = 'LEFT JOIN activity_types AS named ON named."ActivityEvent" = seen.last_code'

OWNERS_NOT_LISTED: Final = """
    INSERT INTO users ("UserId", "StatusCode")
    SELECT DISTINCT leads."OwnerId", '0' FROM leads
    ANTI JOIN users ON users."UserId" = leads."OwnerId"
    WHERE leads."OwnerId" IS NOT NULL ORDER BY ALL
"""

_DESCRIBE_STORE: Final = """
    INSERT INTO store SELECT ?, ?, ?, date_trunc('second', now() AT TIME ZONE 'UTC'),
        (SELECT count(*) FROM leads), (SELECT count(*) FROM activities), ?
"""


_OWN_DATES: Final = """
    SELECT count(*) FILTER (said > seen.last), count(*) FILTER (seen.last IS NULL)
    FROM (SELECT {number} AS lead, {said} AS said FROM leads) AS own LEFT JOIN ends AS seen ON seen.lead = own.lead
    WHERE said IS NOT NULL
"""


class OwnDates(NamedTuple):
    """Leads whose own last activity is later than the newest of the known ones, and those with no known one at all."""

    later: int = 0
    alone: int = 0


def own_dates(connection: duckdb.DuckDBPyConnection, number: str, said: str) -> OwnDates:
    """How many leads' own dates of a last activity (`said`, SQL) contradict `ends`; `number` is SQL for the lead's."""
    ((later, alone),) = connection.execute(_OWN_DATES.format(number=number, said=said)).fetchall()
    return OwnDates(later, alone)


def finish(
    connection: duckdb.DuckDBPyConnection,
    *,
    title: str,
    demo: bool,
    fields: Sequence[StoredField],
    timezone: str = "UTC",
) -> OwnDates:
    """Complete a store whose `leads`, `activities`, `users` and `activity_types` are filled.

    `leads` has at least ProspectID and may be a temporary table, which saves the file the room of a second copy.
    `fields` describes its columns that are no core fields; core fields are described in `schema.py`. Options of
    fields are taken from the columns' values. `timezone` is the account's zone. Raises ValueError for a column
    without a description.

    `_Lead` of an activity may be NULL; else it is the rowid of its lead.
    Missing core columns are added as NULL. Last and first activity are those of any type (section 2.6), or what the
    file said for a lead without activities; how many leads' own dates contradict the activities is returned. An owner
    who is no user becomes one, without a name.
    """
    described = _described(_columns(connection), fields)
    own = _complete_leads(connection, described)
    connection.execute(OWNERS_NOT_LISTED)
    describe(connection, described)
    connection.execute(_DESCRIBE_STORE, [schema.FORMAT, title, demo, timezone])
    connection.execute("CHECKPOINT")
    return own


def quoted(name: str) -> str:
    """A column name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _columns(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for name, *_ in connection.execute("DESCRIBE leads").fetchall()]


def _described(columns: Sequence[str], fields: Sequence[StoredField]) -> list[StoredField]:
    """The fields of the finished table in column order: present columns, then missing core fields."""
    known = {**schema.CORE_LEAD_FIELDS, **{field.schema_name: field for field in fields}}
    unknown = [name for name in columns if name not in known]
    if unknown:
        raise ValueError(f"columns of leads that no field describes: {', '.join(unknown)}")
    missing = [name for name in schema.CORE_LEAD_FIELDS if name not in columns]
    return [known[name] for name in [*columns, *missing]]


def _complete_leads(connection: duckdb.DuckDBPyConnection, described: Sequence[StoredField]) -> OwnDates:
    """Write leads with all columns, oldest first: one write is much faster than updating each row."""
    there = set(_columns(connection))
    codes = layout.look_through(connection)
    own = own_dates(connection, "rowid", quoted(LAST)) if LAST in there else OwnDates()
    listed = [_column(field, field.schema_name in there) for field in described]
    order = "" if _is_in_order(connection, there) else 'ORDER BY "CreatedOn"'
    connection.execute(
        f"CREATE TABLE finished AS SELECT {', '.join([*listed, *layout.columns(codes, 'leads.rowid', 'ranks.rank')])} "  # noqa: S608
        f"FROM leads {layout.joins(codes, 'leads.rowid')} LEFT JOIN ranks ON ranks.lead = leads.rowid "
        f"{NAMED} {order}"
    )
    layout.forget(connection)
    connection.execute("DROP TABLE leads")
    connection.execute("ALTER TABLE finished RENAME TO leads")
    return own


def _is_in_order(connection: duckdb.DuckDBPyConnection, there: set[str]) -> bool:
    """Whether leads are in the order of creation already, which spares sorting wide rows."""
    if "CreatedOn" not in there:
        return True
    before = 'lag("CreatedOn") OVER ()'
    found = connection.execute(f'SELECT 1 FROM leads QUALIFY "CreatedOn" < {before} LIMIT 1')  # noqa: S608 -- ours
    return found.fetchone() is None


def _column(field: StoredField, there: bool) -> str:
    name = quoted(field.schema_name)
    said = f"leads.{name}" if there else f"NULL::{schema.CORE_COLUMN_TYPES[field.data_type]}"
    found = FROM_ACTIVITIES.get(field.schema_name)
    return f"coalesce({found}, {said}) AS {name}" if found else f"{said} AS {name}"


def describe(connection: duckdb.DuckDBPyConnection, fields: Sequence[StoredField]) -> None:
    """Fill `lead_fields` in this order."""
    for position, field in enumerate(fields):
        options = _options(connection, field) if field.data_type is DataType.SELECT else None
        connection.execute(
            "INSERT INTO lead_fields VALUES (?, ?, ?, ?, ?)",
            [position, field.schema_name, field.display_name, str(field.data_type), options],
        )


def _options(connection: duckdb.DuckDBPyConnection, field: StoredField) -> list[str]:
    name = quoted(field.schema_name)
    found = connection.execute(
        f"SELECT DISTINCT {name} FROM leads WHERE {name} IS NOT NULL "  # noqa: S608 -- a quoted schema name
        f"ORDER BY lower({name}), {name}"
    ).fetchall()
    return [value for (value,) in found]
