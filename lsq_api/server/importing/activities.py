"""Reads the file of activities; those of unknown leads are left out, those of unlisted types are reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import duckdb

from lsq_api.server.importing import people
from lsq_api.server.importing.files import columns, headers
from lsq_api.server.importing.files.columns import Reading
from lsq_api.server.importing.files.files import Source
from lsq_api.server.importing.files.headers import AUTHOR_EMAIL, AUTHOR_NAME
from lsq_api.server.store.derive import quoted

_NAME: Final = "ActivityEventName"
_NAMED: Final = (AUTHOR_NAME, AUTHOR_EMAIL)


@dataclass(frozen=True)
class LeftOut:
    """What did not fit: activities left out as their lead is unknown, of unlisted types, and without an ID."""

    of_unknown_leads: int = 0
    unknown_leads: tuple[str, ...] = ()
    of_unlisted_types: int = 0
    unlisted_codes: tuple[int, ...] = ()
    without_id: int = 0


NUMBERS: Final = '(SELECT "ProspectID" AS id, rowid AS number FROM leads)'
"""Leads by ID, with the number that `finish` gives them: their rowid in the table they were read into."""


def read_activities(connection: duckdb.DuckDBPyConnection, source: Source, numbers: str = NUMBERS) -> LeftOut:
    """Fill `activities`, and add the types that are not listed to `activity_types`.

    `numbers` is SQL that gives leads their numbers: a table or query with `id` and `number`.
    """
    meant = headers.columns(source)
    headers.need(source, meant, "RelatedProspectId")
    headers.need(source, meant, "ActivityEvent", [_NAME])
    headers.need(source, meant, "CreatedOn")
    joins = [
        _know_types(connection, meant),
        _know_authors(connection, source, meant),
        _know_leads(source, meant, numbers),
    ]
    for name in meant:
        if name.startswith("mx_"):
            connection.execute(f"ALTER TABLE activities ADD COLUMN IF NOT EXISTS {quoted(name)} VARCHAR")
    columns.load(connection, source, "INSERT INTO activities BY NAME", _readings(source, meant), " ".join(joins))
    unknown, leads = _keep_out_unknown_leads(connection)
    unlisted, codes = _name_unlisted_types(connection)
    return LeftOut(unknown, leads, unlisted, codes, _give_ids(connection, meant))


def _readings(source: Source, meant: Mapping[str, int]) -> list[Reading]:
    readings = [_reading(source, name, position) for name, position in meant.items()]
    if "ProspectActivityId" not in meant:
        first = readings[0]
        readings.append(Reading("ProspectActivityId", first.position, first.cut, "uuid()::VARCHAR"))
    lead = next(each for each in readings if each.target == "RelatedProspectId")
    readings.append(Reading("_Lead", lead.position, lead.cut, "known.number"))
    author = next((each for each in readings if not each.target), None)
    if author is not None:
        readings.append(Reading("CreatedBy", author.position, author.cut, "named.user_id"))
    return readings


def _reading(source: Source, name: str, position: int) -> Reading:
    cut = f"trimmed({columns.as_text(source, position)})"
    if name in ("RelatedProspectId", "ProspectActivityId", "CreatedBy"):
        return columns.identity(source, name, position, mandatory=name == "RelatedProspectId")
    if name in ("CreatedOn", "ModifiedOn"):
        return columns.moment(source, name, position, mandatory=name == "CreatedOn")
    if name == "ActivityEvent":
        return columns.code(source, name, position)
    if name == _NAME:
        why = "names no activity type, or several; allowed: a code, or a name that activity_types has once"
        return Reading("ActivityEvent", position, cut, "coded.code", "coded.code IS NULL", why)
    return Reading("", position, cut, "") if name in _NAMED else columns.text(source, name, position)


def _know_types(connection: duckdb.DuckDBPyConnection, meant: Mapping[str, int]) -> str:
    """The join that finds a type's code by its name, for files without codes."""
    if _NAME not in meant:
        return ""
    connection.execute(
        """CREATE TEMP TABLE coded AS SELECT said, any_value(code) AS code FROM (
            SELECT lower(trimmed("ActivityEventName")) AS said, "ActivityEvent" AS code FROM activity_types
            UNION SELECT lower(trimmed("DisplayName")), "ActivityEvent" FROM activity_types
        ) WHERE said IS NOT NULL GROUP BY said HAVING count(*) = 1"""
    )
    return f"LEFT JOIN coded ON coded.said = lower(v{meant[_NAME]})"


def _know_authors(connection: duckdb.DuckDBPyConnection, source: Source, meant: Mapping[str, int]) -> str:
    """The join that finds the author by name or e-mail address; unlike owners, unknown authors do not become users."""
    if meant.keys().isdisjoint(_NAMED):
        return ""
    positions = [None, meant.get(AUTHOR_NAME), meant.get(AUTHOR_EMAIL)]
    people.write(connection, people.listed(connection), people.said_in(connection, source, positions))
    return people.join(positions[1], positions[2])


def _give_ids(connection: duckdb.DuckDBPyConnection, meant: Mapping[str, int]) -> int:
    """Give IDs to activities without one; returns how many these are."""
    if "ProspectActivityId" not in meant:
        return _count(connection, "SELECT count(*) FROM activities")
    without = _count(connection, 'SELECT count(*) - count("ProspectActivityId") FROM activities')
    if without:
        connection.execute(
            """UPDATE activities SET "ProspectActivityId" = uuid()::VARCHAR WHERE "ProspectActivityId" IS NULL"""
        )
    return without


def _know_leads(source: Source, meant: Mapping[str, int], numbers: str) -> str:
    """The join that finds the number of an activity's lead."""
    lead = columns.identity(source, "RelatedProspectId", meant["RelatedProspectId"]).value
    return f"LEFT JOIN {numbers} AS known ON known.id = {lead}"


def _keep_out_unknown_leads(connection: duckdb.DuckDBPyConnection) -> tuple[int, tuple[str, ...]]:
    strays = _count(connection, 'SELECT count(*) - count("_Lead") FROM activities')
    if not strays:
        return 0, ()
    first = connection.execute(
        """SELECT "RelatedProspectId" FROM activities WHERE "_Lead" IS NULL
        GROUP BY ALL ORDER BY min(rowid) LIMIT 3"""
    ).fetchall()
    connection.execute('DELETE FROM activities WHERE "_Lead" IS NULL')
    return strays, tuple(lead for (lead,) in first)


def _name_unlisted_types(connection: duckdb.DuckDBPyConnection) -> tuple[int, tuple[int, ...]]:
    unlisted = connection.execute(
        """SELECT "ActivityEvent", count(*) FROM activities ANTI JOIN activity_types USING ("ActivityEvent")
        GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    for code, _ in unlisted:
        connection.execute(
            """INSERT INTO activity_types BY NAME SELECT ? AS "ActivityEvent", ? AS "ActivityEventName" """,
            [code, f"Activity {code}"],
        )
    return sum(count for _, count in unlisted), tuple(code for code, _ in unlisted)


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    ((count,),) = connection.execute(query).fetchall()
    return int(count)
