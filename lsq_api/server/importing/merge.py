"""Merges newly read files into a store: leads and activities by ID, then all that follows from them.

New rows are in temporary tables with the names of the store's, which are `store.main.…` here. The columns of leads that
follow from activities are computed anew only for leads with new or changed rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from lsq_api.server.store import derive, layout, schema
from lsq_api.server.store.derive import FROM_ACTIVITIES, NAMED, OwnDates, quoted
from lsq_api.server.store.layout import Columned
from lsq_api.server.store.outcomes import outcomes_of
from lsq_api.server.store.schema import MOST_ANSWERED, MOST_USED, NUMBER, RANK, StoredField

KEPT: Final = "store.main"
"""The store's own tables; the file being made is attached as `store`."""


@dataclass
class Merged:
    """How many rows were new, and how many replaced an old one."""

    new_leads: int = 0
    changed_leads: int = 0
    new_activities: int = 0
    changed_activities: int = 0


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make empty temporary tables to read into, and `touched` for the numbers of leads with new or changed rows."""
    for table in ("users", "activity_types", "activities"):
        listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in schema.FIXED[table].items())
        connection.execute(f"CREATE TEMP TABLE {table} ({listed})")
    for name in sorted(_columns(connection, f"{KEPT}.activities").keys() - schema.ACTIVITIES.keys()):
        connection.execute(f"ALTER TABLE activities ADD COLUMN {quoted(name)} VARCHAR")
    connection.execute("CREATE TEMP TABLE touched (lead INTEGER)")


def complete(connection: duckdb.DuckDBPyConnection, table: str, key: str, given: Iterable[str]) -> None:
    """Complete the temporary users or activity types with the store's rows, and with columns that the file lacks."""
    id_ = quoted(key)
    for name in schema.FIXED[table].keys() - set(given):
        connection.execute(
            f"UPDATE {table} SET {quoted(name)} = old.{quoted(name)} "  # noqa: S608 -- names of ours
            f"FROM {KEPT}.{table} AS old WHERE old.{id_} = {table}.{id_}"
        )
    connection.execute(
        f"INSERT INTO {table} FROM {KEPT}.{table} AS old "
        f"WHERE NOT EXISTS (FROM {table} WHERE {table}.{id_} = old.{id_})"
    )


def merge_leads(connection: duckdb.DuckDBPyConnection, merged: Merged) -> None:
    """Put the new leads into the store, without the columns that follow from activities."""
    kept = _columns(connection, f"{KEPT}.leads")
    _spell_alike(connection, kept)
    read = _columns(connection, "leads")
    for name, kind in read.items():
        _make_room(connection, name, kind, kept)
    listed = [_merged(name, read) for name in _columns(connection, f"{KEPT}.leads") if not schema.hidden(name)]
    connection.execute(
        f"""CREATE TEMP TABLE merged_leads AS SELECT {", ".join(listed)}, coalesce(old."{NUMBER}",
            (SELECT coalesce(max("{NUMBER}") + 1, 0) FROM {KEPT}.leads)
            + row_number() OVER (PARTITION BY old."{NUMBER}" IS NULL) - 1)::INTEGER AS "{NUMBER}",
            old."{NUMBER}" IS NULL AS is_new
        FROM leads AS new LEFT JOIN {KEPT}.leads AS old ON old."ProspectID" = new."ProspectID" """  # noqa: S608
    )
    counted = connection.execute("SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new) FROM merged_leads")
    ((merged.new_leads, merged.changed_leads),) = counted.fetchall()
    connection.execute(
        f'DELETE FROM {KEPT}.leads WHERE "{NUMBER}" IN (SELECT "{NUMBER}" FROM merged_leads WHERE NOT is_new)'  # noqa: S608
    )
    connection.execute(f"INSERT INTO {KEPT}.leads BY NAME SELECT * EXCLUDE (is_new) FROM merged_leads")  # noqa: S608
    connection.execute(f'INSERT INTO touched SELECT "{NUMBER}" FROM merged_leads')  # noqa: S608
    connection.execute("DROP TABLE leads")


def _spell_alike(connection: duckdb.DuckDBPyConnection, kept: Iterable[str]) -> None:
    """Rename the new leads' columns to the store's spelling, whatever their case in the file."""
    known = {name.lower(): name for name in kept}
    for name in _columns(connection, "leads"):
        if known.get(name.lower(), name) != name:
            connection.execute(f"ALTER TABLE leads RENAME COLUMN {quoted(name)} TO {quoted(known[name.lower()])}")


def _merged(name: str, read: Iterable[str]) -> str:
    if name in read:
        return f"new.{quoted(name)}"
    return f"{_said('old', name) if name in FROM_ACTIVITIES else f'old.{quoted(name)}'} AS {quoted(name)}"


def _make_room(connection: duckdb.DuckDBPyConnection, name: str, kind: str, kept: dict[str, str]) -> None:
    """Give the store a column for new values, or widen its type for them."""
    if name not in kept:
        connection.execute(f"ALTER TABLE {KEPT}.leads ADD COLUMN {quoted(name)} {kind}")
    elif (wide := _wide(kept[name], kind)) != kept[name]:
        connection.execute(f"ALTER TABLE {KEPT}.leads ALTER COLUMN {quoted(name)} TYPE {wide}")


def _wide(one: str, other: str) -> str:
    """The type that holds the values of both; only numbers come in several types."""
    if one == other:
        return one
    if "DOUBLE" in (one, other):
        return "DOUBLE"
    digits = [int(kind.partition(",")[2].rstrip(")") or 0) for kind in (one, other)]
    return f"DECIMAL(38,{max(digits)})"


def merge_activities(connection: duckdb.DuckDBPyConnection, merged: Merged, given: set[str]) -> None:
    """Put the new activities into the store, with their rows of `contacts`."""
    columns = _columns(connection, "activities")
    for name in columns.keys() - _columns(connection, f"{KEPT}.activities").keys():
        connection.execute(f"ALTER TABLE {KEPT}.activities ADD COLUMN {quoted(name)} VARCHAR")
    connection.execute(
        f"""CREATE TEMP TABLE replaced AS SELECT old.* FROM {KEPT}.activities AS old
        WHERE old."ProspectActivityId" IN (SELECT "ProspectActivityId" FROM activities)"""  # noqa: S608
    )
    ((read, merged.changed_activities),) = connection.execute(
        """SELECT (SELECT count(*) FROM activities),
        (SELECT count(DISTINCT "ProspectActivityId") FROM replaced)"""
    ).fetchall()
    merged.new_activities = read - merged.changed_activities
    connection.execute('INSERT INTO touched SELECT "_Lead" FROM activities UNION SELECT "_Lead" FROM replaced')
    if merged.changed_activities:
        connection.execute(
            f"""DELETE FROM {KEPT}.activities
            WHERE "ProspectActivityId" IN (SELECT "ProspectActivityId" FROM replaced)"""  # noqa: S608
        )
    given = {name.lower() for name in given}
    keep = {name for name in columns if name.lower() not in given} - {
        "RelatedProspectId",
        "ActivityEvent",
        "CreatedOn",
        "_Lead",
    }
    listed = [
        f"coalesce(new.{quoted(name)}, old.{quoted(name)}) AS {quoted(name)}" if name in keep else f"new.{quoted(name)}"
        for name in columns
    ]
    connection.execute(
        f"""INSERT INTO {KEPT}.activities BY NAME SELECT {", ".join(listed)} FROM activities AS new
        LEFT JOIN replaced AS old ON old."ProspectActivityId" = new."ProspectActivityId" """  # noqa: S608
    )
    _renew_contacts(connection, anew=merged.changed_activities > 0)


def _renew_contacts(connection: duckdb.DuckDBPyConnection, *, anew: bool) -> None:
    """Add rows of `contacts`. These have no ID: after replacing activities all rows of their leads are made anew."""
    if anew:
        connection.execute(f'DELETE FROM {KEPT}.contacts WHERE "Lead" IN (FROM touched)')  # noqa: S608 -- ours
        new = f'(FROM {KEPT}.activities WHERE "_Lead" IN (FROM touched))'
    else:
        new = "activities"
    connection.execute(f"INSERT INTO {KEPT}.contacts {outcomes_of(connection, new)}")


def finish(connection: duckdb.DuckDBPyConnection, described: Sequence[StoredField]) -> OwnDates:
    """Compute what follows from the new rows: users, types, the touched leads' columns, fields, the store's row.

    Returns how many own dates of touched leads contradict the activities.
    """
    _settle(connection)
    contacts = '(FROM contacts WHERE "Lead" IN (FROM touched))'
    layout.pair(connection, contacts)
    touched = f"CASE WHEN {NUMBERED} IN (FROM touched) THEN {_said('leads', derive.LAST)} END"
    own = derive.own_dates(connection, NUMBERED, touched)
    codes = _renew_codes(connection)
    shown = [_column(field.schema_name) for field in described]
    connection.execute(
        f"""CREATE TEMP TABLE renewed AS SELECT {", ".join([*shown, *layout.columns(codes, NUMBERED, _RANKED)])}
        FROM leads {layout.joins(codes, NUMBERED)} {NAMED} WHERE {NUMBERED} IN (FROM touched)"""  # noqa: S608 -- ours
    )
    connection.execute(f'DELETE FROM leads WHERE "{NUMBER}" IN (FROM touched)')  # noqa: S608 -- ours
    connection.execute("INSERT INTO leads BY NAME FROM renewed")
    layout.rank_anew(connection)
    layout.forget(connection)
    connection.execute(derive.OWNERS_NOT_LISTED)
    connection.execute("DELETE FROM lead_fields")
    derive.describe(connection, described)
    connection.execute(
        f"""UPDATE {KEPT}.store SET "MadeOn" = date_trunc('second', now() AT TIME ZONE 'UTC'),
        "Leads" = (SELECT count(*) FROM leads), "Activities" = (SELECT count(*) FROM activities)"""  # noqa: S608
    )
    connection.execute("CHECKPOINT")
    return own


NUMBERED: Final = f'leads."{NUMBER}"'
_RANKED: Final = f'leads."{RANK}"'


def _settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Store users and types, and touch all leads whose last activity's type has a new name."""
    connection.execute(
        f"""INSERT INTO touched SELECT "Lead" FROM {KEPT}.contacts WHERE "ActivityEvent" IN (
            SELECT new."ActivityEvent" FROM activity_types AS new LEFT JOIN {KEPT}.activity_types AS old
            ON old."ActivityEvent" = new."ActivityEvent"
            WHERE old."ActivityEventName" IS DISTINCT FROM new."ActivityEventName")"""  # noqa: S608 -- ours
    )
    for table in ("users", "activity_types"):
        connection.execute(f"DELETE FROM {KEPT}.{table}")  # noqa: S608 -- ours
        connection.execute(f"INSERT INTO {KEPT}.{table} FROM {table}")
    for table in ("users", "activity_types", "activities"):
        connection.execute(f"DROP TABLE {table}")  # the temporary one, after which the name means the store's
    connection.execute("CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT lead FROM touched")


def _renew_codes(connection: duckdb.DuckDBPyConnection) -> Columned:
    """Give new codes columns of leads while there is room, and codes whose first activity was answered now further
    ones; all leads that need a value there are touched.
    """
    codes = layout.codes_with_columns(connection)
    new = connection.execute(
        """SELECT code FROM pairs WHERE code NOT IN (SELECT "ActivityEvent" FROM contact_codes)
        GROUP BY code ORDER BY count(*) DESC, code"""
    ).fetchall()
    for (code,) in new[: max(0, MOST_USED - len(codes.used))]:
        codes.used.append(code)
        for seen in (schema.UP_TO, schema.SINCE):
            _add(connection, seen.of(code), "TIMESTAMP")
    first = connection.execute(
        """SELECT code FROM answered WHERE list_contains(?, code) AND NOT list_contains(?, code) AND code NOT IN (
            SELECT "ActivityEvent" FROM contact_codes WHERE "Answered" > 0)
        GROUP BY code ORDER BY count(*) DESC, code""",
        [codes.used, codes.answered],
    ).fetchall()
    for (code,) in first[: max(0, MOST_ANSWERED - len(codes.answered))]:
        codes.answered.append(code)
        for seen in (schema.UP_TO, schema.SINCE):
            _add(connection, seen.answered(code), "TIMESTAMP")
        _add(connection, schema.longest(code), "INTEGER")
    connection.execute("DELETE FROM contact_codes")
    connection.execute(
        """INSERT INTO contact_codes
        SELECT "ActivityEvent", min("CreatedOn"), max("CreatedOn"), list_contains(?, "ActivityEvent"), count(*),
            count(*) FILTER ("Answered"), count(*) FILTER (NOT "Answered"), count("Seconds") FILTER ("Answered"),
            list_contains(?, "ActivityEvent")
        FROM contacts GROUP BY ALL ORDER BY ALL""",
        [codes.used, codes.answered],
    )
    return codes


def _add(connection: duckdb.DuckDBPyConnection, column: str, kind: str) -> None:
    connection.execute(f"ALTER TABLE leads ADD COLUMN {quoted(column)} {kind}")


def _column(name: str) -> str:
    """SQL of a touched lead's field; what followed from activities that no longer exist becomes NULL."""
    kept = f"leads.{quoted(name)}"
    if name not in FROM_ACTIVITIES:
        return kept
    return f"coalesce({FROM_ACTIVITIES[name]}, {_said('leads', name)}) AS {quoted(name)}"


def _said(table: str, name: str) -> str:
    """What a file gave as a lead's first or last activity; a store keeps that only for leads without activities."""
    return f'CASE WHEN {table}."{schema.UP_TO.any}" IS NULL THEN {table}.{quoted(name)} END'


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE {table}").fetchall()}
